using System.Numerics;
using RealtimeVision.Street.Drawing;

namespace RealtimeVision.Street.City;

/// <summary>What a seed decides once for its whole city.</summary>
internal sealed class CityStyle
{
    private static readonly Vector3[] Walls =
    [
        new(0.62f, 0.30f, 0.22f), new(0.72f, 0.42f, 0.28f), new(0.80f, 0.70f, 0.52f),
        new(0.82f, 0.78f, 0.70f), new(0.55f, 0.50f, 0.46f), new(0.70f, 0.55f, 0.42f),
        new(0.60f, 0.64f, 0.68f), new(0.84f, 0.66f, 0.44f), new(0.50f, 0.26f, 0.22f),
        new(0.74f, 0.60f, 0.56f), new(0.58f, 0.56f, 0.44f), new(0.86f, 0.84f, 0.80f),
    ];

    public CityStyle(ulong seed)
    {
        Seed = seed;
        var d = new Draws(seed, Purpose.Style);
        Speed = d.Next(8f, 10f);
        SunAzimuth = d.Next(0, 2 * MathF.PI);
        SunElevation = d.Next(0.55f, 1.0f);
        MostFloors = 3 + d.Next(5);
        Trees = d.Next(0.25f, 0.55f);
        Signs = d.Next(0.3f, 0.5f);
        ParkedCars = d.Next(0.3f, 0.65f);
        Walkers = d.Next(4, 9);
        YellowCentre = d.Chance(0.3f);
        SolidCentre = d.Chance(0.4f);
        Asphalt = new Vector3(0.42f, 0.42f, 0.44f) * d.Next(0.85f, 1.12f);
        Slabs = Space.Mix(new(0.74f, 0.70f, 0.64f), new(0.66f, 0.66f, 0.68f), d.Next())
            * d.Next(0.92f, 1.08f);
        Grass = Space.Mix(new(0.30f, 0.48f, 0.16f), new(0.42f, 0.52f, 0.20f), d.Next());
        Leaves = Space.Mix(new(0.20f, 0.46f, 0.14f), new(0.42f, 0.56f, 0.16f), d.Next());
        _palette = d.Next(Walls.Length);
        _spread = 3 + d.Next(6);
    }

    private readonly int _palette;
    private readonly int _spread;

    public ulong Seed { get; }

    /// <summary>At which the camera drives on, metres a second.</summary>
    public float Speed { get; }

    public float SunAzimuth { get; }

    public float SunElevation { get; }

    public int MostFloors { get; }

    /// <summary>How likely a place at the kerb has a tree.</summary>
    public float Trees { get; }

    /// <summary>How likely one that is left has a sign.</summary>
    public float Signs { get; }

    public float ParkedCars { get; }

    /// <summary>People along one side of a block.</summary>
    public float Walkers { get; }

    public bool YellowCentre { get; }

    public bool SolidCentre { get; }

    public Vector3 Asphalt { get; }

    public Vector3 Slabs { get; }

    public Vector3 Grass { get; }

    public Vector3 Leaves { get; }

    /// <summary>The colour of a wall.</summary>
    public Vector3 Wall(ref Draws draws) =>
        Walls[(_palette + draws.Next(_spread)) % Walls.Length] * draws.Next(0.88f, 1.1f);
}
