using System.Numerics;
using System.Runtime.Intrinsics;
using RealtimeVision.Street.City;

namespace RealtimeVision.Street.Drawing;

/// <summary>Light and air of a picture.</summary>
internal sealed class Atmosphere
{
    // Steps of the tables of depth: a quarter of a metre, up to 256 metres.
    private const int DepthSteps = 1024;
    private const float StepsPerMetre = 4;

    private readonly float[] _haze = new float[DepthSteps];
    private readonly float[] _beam = new float[DepthSteps];
    private readonly float[] _across;
    private readonly float[] _groundLight = new float[256];
    private float _density = -1;

    public Atmosphere(int width)
    {
        _across = new float[width];
        for (int i = 0; i < DepthSteps; i++)
        {
            float z = i / StepsPerMetre;
            _beam[i] = MathF.Exp(-z / 20) * Math.Min(z / 4, 1);
        }

        for (int x = 0; x < width; x++)
        {
            float side = ((x + 0.5f) / width * 2) - 1;
            _across[x] = MathF.Exp(-side * side * 3.5f);
        }
    }

    public StreetWeather Weather { get; private set; }

    public bool IsNight => Weather == StreetWeather.Night;

    public bool IsWet => Weather == StreetWeather.Rain;

    /// <summary>Towards the sun, in the world.</summary>
    public Vector3 Sun { get; private set; }

    public Vector3 SunLight { get; private set; }

    /// <summary>Light from everywhere.</summary>
    public Vector3 Ambient { get; private set; }

    /// <summary>Colour of the air, 0 to 1.</summary>
    public Vector3 Air { get; private set; }

    /// <summary>Colours of the sky at the zenith and of clouds, 0 to 1.</summary>
    public Vector3 Zenith { get; private set; }

    public Vector3 Cloud { get; private set; }

    public float CloudAmount { get; private set; }

    /// <summary>Farther houses are as good as invisible, in metres.</summary>
    public float Sight { get; private set; }

    /// <summary>What the head lights add, as a multiple of the ambient light.</summary>
    public Vector128<float> Beam { get; private set; }

    /// <summary>By depth: how much of the colour is the air's.</summary>
    public ReadOnlySpan<float> Haze => _haze;

    /// <summary>By depth: how strong the head lights are.</summary>
    public ReadOnlySpan<float> BeamByDepth => _beam;

    /// <summary>By column: how strong the head lights are.</summary>
    public ReadOnlySpan<float> BeamAcross => _across;

    /// <summary>By the canvas's shade: a factor on the ground's light.</summary>
    public ReadOnlySpan<float> GroundLight => _groundLight;

    /// <summary>Where a depth is in the tables.</summary>
    public static int StepOf(float depth) =>
        Math.Min((int)(depth * StepsPerMetre), DepthSteps - 1);

    /// <summary>Light on a face, 0 to about 1.3.</summary>
    public Vector3 On(Vector3 normal) =>
        (Ambient * (0.86f + (0.14f * normal.Y)))
        + (SunLight * Math.Max(0, Space.Dot(normal, Sun)));

    /// <summary>Light on things without a direction: people, leaves, posts.</summary>
    public Vector3 OnRound => (Ambient * (IsNight ? 1.4f : 1)) + (SunLight * 0.6f);

    public void Set(StreetWeather weather, CityStyle style)
    {
        Weather = weather;
        var (sin, cos) = MathF.SinCos(style.SunAzimuth);
        var (up, flat) = MathF.SinCos(style.SunElevation);
        Sun = new Vector3(sin * flat, up, cos * flat);
        SunLight = default;
        Beam = default;
        Sight = Plan.SeeHouses;
        float density = 1 / 700f;
        switch (weather)
        {
            case StreetWeather.Rain:
                Ambient = new(0.60f, 0.63f, 0.68f);
                Air = new(0.60f, 0.63f, 0.67f);
                Zenith = new(0.44f, 0.47f, 0.53f);
                Cloud = new(0.68f, 0.70f, 0.74f);
                CloudAmount = 0.9f;
                density = 1 / 170f;
                break;
            case StreetWeather.Fog:
                Ambient = new(0.78f, 0.79f, 0.80f);
                Air = new(0.77f, 0.78f, 0.79f);
                Zenith = Air;
                Cloud = Air;
                CloudAmount = 0;
                density = 1 / 34f;
                Sight = 80;
                break;
            case StreetWeather.Night:
                Ambient = new(0.22f, 0.24f, 0.32f);
                Air = new(0.10f, 0.10f, 0.15f);
                Zenith = new(0.02f, 0.03f, 0.08f);
                Cloud = new(0.16f, 0.15f, 0.18f);
                CloudAmount = 0.7f;
                density = 1 / 260f;
                Beam = Vector128.Create(2.6f, 2.35f, 1.6f, 0);
                break;
            default:
                Ambient = new(0.60f, 0.64f, 0.72f);
                SunLight = new(0.86f, 0.77f, 0.60f);
                Air = new(0.76f, 0.84f, 0.93f);
                Zenith = new(0.25f, 0.47f, 0.82f);
                Cloud = new(0.98f, 0.98f, 1.0f);
                CloudAmount = 0.85f;
                break;
        }

        SetTables(density);
    }

    private void SetTables(float density)
    {
        float lamps = IsNight ? 2.4f : 0;
        for (int i = 0; i < 256; i++)
        {
            _groundLight[i] = i <= 128 ? i / 128f : 1 + ((i - 128) / 127f * lamps);
        }

        if (density != _density)
        {
            for (int i = 0; i < DepthSteps; i++)
            {
                _haze[i] = 1 - MathF.Exp(-i / StepsPerMetre * density);
            }

            _density = density;
        }
    }
}
