using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RealtimeVision.Street.City;

namespace RealtimeVision.Street.Drawing;

/// <summary>What the ground is at each place, and its colour.</summary>
internal static unsafe class GroundShader
{
    // The light on a centre line, which tells it from other marks.
    private const float CentreLine = 1.001f;

    // Metres that a texture covers.
    private const float Cover = Plan.Pitch / 16;

    /// <summary>One row: x and z of the world go straight along it.</summary>
    private readonly struct Line
    {
        public Line(in Camera camera, float depth, int from)
        {
            float side = (from + 0.5f - camera.CentreX) / camera.FocalLength;
            Vector3 place = camera.Position
                + ((camera.Forward + (camera.Right * side)) * depth);
            (X, Z) = (place.X, place.Z);
            Vector3 step = camera.Right * (depth / camera.FocalLength);
            (StepX, StepZ) = (step.X, step.Z);
        }

        public float X { get; }

        public float Z { get; }

        public float StepX { get; }

        public float StepZ { get; }
    }

    /// <summary>Writes the classes of a run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Classify(
        in Camera camera, CityStyle style, float depth, Span<byte> classes, int from, int to)
    {
        var line = new Line(camera, depth, from);
        bool seesMarks = depth < Plan.SeeMarks;
        for (int x = from; x < to; x++)
        {
            int i = x - from;
            var (kind, _) = At(
                line.X + (i * line.StepX), line.Z + (i * line.StepZ), seesMarks, style);
            classes[x] = kind;
        }
    }

    /// <summary>Writes the colours of a run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Shade(
        in Camera camera,
        CityStyle style,
        Atmosphere air,
        float depth,
        ReadOnlySpan<byte> shades,
        uint* row,
        int from,
        int to)
    {
        var line = new Line(camera, depth, from);
        bool seesMarks = depth < Plan.SeeMarks;
        int step = Atmosphere.StepOf(depth);
        float haze = air.Haze[step];
        Vector3 light = air.On(Vector3.UnitY) * (1 - haze);
        float wet = air.IsWet ? 0.62f : 1;
        var add = (air.Air * (255 * haze)).AsVector128();
        var road = (style.Asphalt * light * wet).AsVector128();
        var slabs = (style.Slabs * light * ((1 + wet) / 2)).AsVector128();
        var grass = (style.Grass * light).AsVector128();
        var white = (new Vector3(0.95f) * light).AsVector128();
        var centre = ((style.YellowCentre ? new(0.98f, 0.78f, 0.22f) : new Vector3(0.95f))
            * light).AsVector128();
        var lamps = Vector128.Create(1.25f, 0.95f, 0.6f, 0);
        var beam = air.Beam * air.BeamByDepth[step];
        bool isNight = air.IsNight;

        // A wet road mirrors the sky, the more the flatter one looks at it.
        var mirror = air.IsWet
            ? (air.Cloud * (255 * (1 - haze) * 0.7f * Math.Clamp(depth / 26, 0.14f, 1)))
                .AsVector128()
            : default;
        float texels = depth / camera.FocalLength / Cover * Texture.Size;
        int level = SurfaceShader.LevelOf(texels * 1.6f);
        int shift = 8 + level, mask = (Texture.Size >> level) - 1;
        int rowShift = Texture.Log2Size - level;
        fixed (uint* asphalt = Textures.Asphalt.Level(level))
        fixed (uint* stone = Textures.Slabs.Level(level))
        fixed (uint* green = Textures.Grass.Level(level))
        {
            for (int x = from; x < to; x++)
            {
                int i = x - from;
                float px = line.X + (i * line.StepX), pz = line.Z + (i * line.StepZ);
                var (kind, edge) = At(px, pz, seesMarks, style);
                int u = (int)(px * (65536 / Cover)) >> shift & mask;
                int v = (int)(pz * (65536 / Cover)) >> shift & mask;
                int at = (v << rowShift) + u;
                var factor = kind switch
                {
                    StreetClasses.Road => road,
                    StreetClasses.LaneMark => edge == CentreLine ? centre : white,
                    StreetClasses.Pavement => slabs,
                    _ => grass,
                };
                uint texel = kind switch
                {
                    StreetClasses.Pavement => stone[at],
                    StreetClasses.Vegetation => green[at],
                    _ => asphalt[at],
                };
                float shade = air.GroundLight[shades[x]];
                float brightness = edge * shade;
                if (isNight)
                {
                    factor *= Vector128.Create(edge * Math.Min(shade, 1))
                        + (lamps * Math.Max(shade - 1, 0)) + (beam * air.BeamAcross[x]);
                }
                else
                {
                    factor *= brightness;
                }

                var colour = (SurfaceShader.Unpack(texel) * factor) + add;
                if (kind is StreetClasses.Road or StreetClasses.LaneMark && air.IsWet)
                {
                    // Puddles where the asphalt is smooth.
                    colour += mirror * ((texel & 255) * (1f / 255) * brightness);
                }

                row[x] = SurfaceShader.Pack(colour);
            }
        }
    }

    /// <summary>The class of a place, and a factor on its light (kerbs, foot of houses).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (byte Class, float Light) At(
        float x, float z, bool seesMarks, CityStyle style)
    {
        // From the nearest street of each direction.
        float fx = x - (Plan.Pitch * MathF.Floor((x / Plan.Pitch) + 0.5f));
        float fz = z - (Plan.Pitch * MathF.Floor((z / Plan.Pitch) + 0.5f));
        float ax = MathF.Abs(fx), az = MathF.Abs(fz);
        float nearer = Math.Min(ax, az);
        if (nearer >= Plan.RoadHalf)
        {
            if (nearer >= Plan.FrontHalf)
            {
                return (StreetClasses.Vegetation, 1);
            }

            // A bright kerb stone with a dark gutter's edge; shade along the houses.
            float light = nearer < Plan.RoadHalf + 0.3f ? 1.16f
                : nearer > Plan.FrontHalf - 1
                    ? 1 - (0.22f * (nearer - Plan.FrontHalf + 1)) : 1;
            return (StreetClasses.Pavement, light);
        }

        if (!seesMarks || Math.Max(ax, az) < Plan.ZebraFrom)
        {
            return (StreetClasses.Road, Gutter(nearer, ax, az));
        }

        // Across and along the street that the place is on; traffic to the node keeps right.
        bool isAlongZ = ax < az;
        float across = nearer, along = isAlongZ ? az : ax;
        if (along > Plan.StopTo && across < 0.17f
            && (style.SolidCentre || Fraction(along / 6) < 0.55f))
        {
            return (StreetClasses.LaneMark, CentreLine);
        }

        bool isMark = along < Plan.StopFrom
            ? along < Plan.ZebraTo && MathF.Abs(Fraction(across / 1.4f) - 0.5f) > 0.21f
            : along < Plan.StopTo
                ? across < Plan.ParkingLine && (isAlongZ ? fx * fz < 0 : fx * fz > 0)
                : MathF.Abs(across - Plan.ParkingLine) < 0.13f;
        return isMark
            ? (StreetClasses.LaneMark, 1)
            : (StreetClasses.Road, Gutter(nearer, ax, az));
    }

    private static float Gutter(float nearer, float ax, float az) =>
        nearer > Plan.RoadHalf - 0.35f && Math.Max(ax, az) > Plan.RoadHalf ? 0.82f : 1;

    private static float Fraction(float x) => x - MathF.Floor(x);
}
