using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street.City;
using RealtimeVision.Street.Drawing;
using RealtimeVision.Street.Models;

namespace RealtimeVision.Street;

/// <summary>
/// Draws pictures of streets, and the class of every pixel. It keeps its buffers: nothing is
/// allocated from the second picture on. One thread at a time may use it.
/// </summary>
public sealed unsafe class StreetRenderer
{
    /// <summary>The smallest side of a picture.</summary>
    public const int LeastSide = 16;

    /// <summary>The largest side of a picture.</summary>
    public const int MostSide = 4096;

    private readonly Canvas _canvas;
    private readonly Atmosphere _air;
    private readonly Glows _glows = new();
    private readonly Painter _painter;
    private readonly uint[] _pixels;
    private Route _route;
    private bool _hasRoute;

    /// <summary>Makes a renderer for pictures of a size in pixels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from <see cref="LeastSide"/> to
    /// <see cref="MostSide"/>.</exception>
    public StreetRenderer(int width = 640, int height = 360)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, LeastSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MostSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, LeastSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, MostSide);
        Width = width;
        Height = height;
        _canvas = new Canvas(width, height);
        _air = new Atmosphere(width);
        _painter = new Painter(_canvas, _air, _glows);
        _pixels = new uint[width * height];
    }

    /// <summary>In pixels.</summary>
    public int Width { get; }

    /// <summary>In pixels.</summary>
    public int Height { get; }

    /// <summary>
    /// Draws a moment of a scene into a frame, which gets the renderer's size and the time as its
    /// stamp.
    /// </summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="time">Seconds from the scene's beginning.</param>
    /// <param name="frame">Where the picture goes, as Rgb24.</param>
    /// <param name="classes">Where the class indices go, <see cref="Height"/> x <see
    /// cref="Width"/>; empty where they are not wanted.</param>
    public void Render(StreetScene scene, double time, Frame frame, Span<byte> classes = default)
    {
        frame.Resize(Width, Height, PixelFormat.Rgb24);
        Render(scene, time, frame.Pixels, classes);
        frame.Timestamp = TimeSpan.FromSeconds(time);
    }

    /// <summary>Draws a moment of a scene.</summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="time">Seconds from the scene's beginning, 0 or more.</param>
    /// <param name="rgb">Where the picture goes, <see cref="Height"/> x <see cref="Width"/> x 3
    /// bytes; empty where it is not wanted.</param>
    /// <param name="classes">Where the class indices go (<see cref="StreetClasses"/>), <see
    /// cref="Height"/> x <see cref="Width"/> bytes; empty where they are not wanted.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The time is negative or not finite.
    /// </exception>
    public void Render(StreetScene scene, double time, Span<byte> rgb, Span<byte> classes)
    {
        StreetScene.Checked(time);
        CheckLength(rgb.Length, 3, nameof(rgb));
        CheckLength(classes.Length, 1, nameof(classes));
        Draw(scene, time);
        if (!classes.IsEmpty)
        {
            Classify(scene, classes);
        }

        if (!rgb.IsEmpty)
        {
            Shade(scene, time);
            CopyRgb(rgb);
        }
    }

    /// <summary>
    /// Finds the class of every pixel of a moment, without the picture: in a fraction of the time.
    /// </summary>
    /// <param name="scene">What to draw.</param>
    /// <param name="time">Seconds from the scene's beginning, 0 or more.</param>
    /// <param name="classes">Where the class indices go (<see cref="StreetClasses"/>), <see
    /// cref="Height"/> x <see cref="Width"/> bytes.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The time is negative or not finite.
    /// </exception>
    public void RenderTruth(StreetScene scene, double time, Span<byte> classes) =>
        Render(scene, time, Span<byte>.Empty, classes);

    private void CheckLength(int length, int channels, string name)
    {
        if (length != 0 && length != Width * Height * channels)
        {
            throw new ArgumentException(
                $"{length} bytes given, {Width}x{Height} pixels of {channels} have "
                + $"{Width * Height * channels}.",
                name);
        }
    }

    private void Draw(StreetScene scene, double time)
    {
        if (!_hasRoute || _route.Seed != scene.Seed)
        {
            _route = scene.NewRoute();
            _hasRoute = true;
        }

        Leg leg = _route.LegAt(time);
        Pose pose = _route.At(time);

        // The car sways a little as it drives.
        float sway = Math.Min(pose.Speed / 8, 1);
        float lift = sway * 0.012f * MathF.Sin((float)(time * 9.1 % (2 * Math.PI)));
        float nod = sway * 0.0016f * MathF.Sin((float)(time * 6.3 % (2 * Math.PI)));
        var camera = new Camera(pose, Width, Height, Plan.CameraHeight + lift, nod);
        _air.Set(scene.WeatherAt(time), scene.Style);
        _glows.Clear();
        _canvas.Clear(camera);
        Scenery.Draw(_painter, scene.Style, pose, leg, time);
        Traffic.Draw(_painter, scene.Seed, scene.Style.Speed, pose, leg, time);
    }

    private void Classify(StreetScene scene, Span<byte> classes)
    {
        ReadOnlySpan<Surface> surfaces = _canvas.Surfaces;
        for (int y = 0; y < Height; y++)
        {
            ReadOnlySpan<int> ids = _canvas.Ids.AsSpan(y * Width, Width);
            Span<byte> row = classes.Slice(y * Width, Width);
            for (int x = 0, end; x < Width; x = end)
            {
                end = EndOfRun(ids, x);
                switch (ids[x])
                {
                    case Canvas.SkyId:
                        row[x..end].Fill(StreetClasses.Sky);
                        break;
                    case Canvas.GroundId:
                        GroundShader.Classify(
                            _canvas.Camera, scene.Style, 1 / _canvas.GroundDepth(y), row, x, end);
                        break;
                    default:
                        row[x..end].Fill(surfaces[ids[x]].Class);
                        break;
                }
            }
        }
    }

    private void Shade(StreetScene scene, double time)
    {
        ReadOnlySpan<Surface> surfaces = _canvas.Surfaces;
        fixed (uint* pixels = _pixels)
        {
            for (int y = 0; y < Height; y++)
            {
                uint* row = pixels + ((nint)y * Width);
                ReadOnlySpan<int> ids = _canvas.Ids.AsSpan(y * Width, Width);
                ReadOnlySpan<byte> shades = _canvas.Shades.AsSpan(y * Width, Width);
                for (int x = 0, end; x < Width; x = end)
                {
                    end = EndOfRun(ids, x);
                    switch (ids[x])
                    {
                        case Canvas.SkyId:
                            SkyShader.Shade(_canvas.Camera, _air, time, row, y, x, end);
                            break;
                        case Canvas.GroundId:
                            GroundShader.Shade(
                                _canvas.Camera, scene.Style, _air, 1 / _canvas.GroundDepth(y),
                                shades, row, x, end);
                            break;
                        default:
                            SurfaceShader.Shade(surfaces[ids[x]], _air, row, y, x, end);
                            break;
                    }
                }
            }

            Edges.Smooth(_canvas, pixels);
            _glows.Draw(_canvas, pixels);
            if (_air.IsWet)
            {
                Drops.Draw(Width, Height, time, scene.Seed, pixels);
            }
        }
    }

    private static int EndOfRun(ReadOnlySpan<int> ids, int from)
    {
        int length = ids[from..].IndexOfAnyExcept(ids[from]);
        return length < 0 ? ids.Length : from + length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyRgb(Span<byte> rgb)
    {
        int count = _pixels.Length, i = 0;
        var order = Vector128.Create(
            (byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
        fixed (uint* pixels = _pixels)
        fixed (byte* bytes = rgb)
        {
            // Four pixels fill twelve bytes; the four zeros behind them are written over.
            for (; i + 6 <= count; i += 4)
            {
                Vector128.Shuffle(Vector128.Load(pixels + i).AsByte(), order)
                    .Store(bytes + (3 * i));
            }

            for (; i < count; i++)
            {
                uint pixel = pixels[i];
                bytes[3 * i] = (byte)pixel;
                bytes[(3 * i) + 1] = (byte)(pixel >> 8);
                bytes[(3 * i) + 2] = (byte)(pixel >> 16);
            }
        }
    }
}
