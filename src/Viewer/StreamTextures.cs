using System.Numerics;
using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>
/// The bytes of one stream as textures: each is uploaded when a view asks for it, and once for each
/// time that it was shown.
/// </summary>
internal sealed class StreamTextures : IDisposable
{
    private readonly Slot _frame;
    private readonly Slot _original;
    private readonly Slot _palette;
    private readonly Slot[] _planes;
    private readonly DeviceSharing _sharing;
    private Palette? _shownPalette;

    public StreamTextures(GlDevice device, DeviceSharing sharing, StreamView stream)
    {
        _sharing = sharing;
        Stream = stream;
        _frame = new Slot(device, "the frame", TextureMinFilter.Linear);
        _original = new Slot(device, "the frame", TextureMinFilter.Linear);
        _palette = new Slot(device, "the palette", TextureMinFilter.Nearest);
        _planes = Array.ConvertAll(
            Enum.GetValues<ViewPlane>(),
            plane => new Slot(device, $"the {plane}", TextureMinFilter.Nearest));
    }

    public StreamView Stream { get; }

    /// <summary>Binds the frame, as it is or without its background effect.</summary>
    /// <param name="unit">Texture unit.</param>
    /// <param name="isOriginal">Without the effect.</param>
    /// <param name="rectangle">Left, top, width and height of where it is drawn, in pixels.</param>
    public void BindFrame(int unit, bool isOriginal, Vector4 rectangle)
    {
        bool isApart = isOriginal && !ReferenceEquals(Stream.Original, Stream.Frame);
        Slot slot = isApart ? _original : _frame;
        Frame frame = (isApart ? Stream.Original : Stream.Frame)!;
        if (slot.IsOld(Stream.Revision))
        {
            DeviceImage? image = isOriginal ? null : Stream.FrameOnDevice;
            if (!Share(slot, image, frame.Width, frame.Height, Stream.Revision, unit))
            {
                slot.Upload(
                    frame.Pixels, frame.Width, frame.Height, frame.Channels, Stream.Revision, unit);
            }

            Swizzle(slot.Texture, frame.Format);
        }

        // A texel a pixel: nothing lies between them, and a software rasteriser saves a third.
        bool isExact = (rectangle.Z, rectangle.W) == (frame.Width, frame.Height)
            && float.IsInteger(rectangle.X) && float.IsInteger(rectangle.Y);
        slot.Texture.Filter(isExact ? TextureMinFilter.Nearest : TextureMinFilter.Linear);
        slot.Texture.Bind(unit);
    }

    /// <summary>Binds a plane that the stream has.</summary>
    /// <returns>Whether it comes from the device where it was computed.</returns>
    public bool BindPlane(ViewPlane plane, int unit)
    {
        Slot slot = _planes[(int)plane];
        long revision = Stream.RevisionOf(plane);
        if (slot.IsOld(revision))
        {
            MaskView values = Stream[plane]!.Value;
            bool isShared = Share(
                slot, values.OnDevice, values.Width, values.Height, revision, unit);
            if (!isShared)
            {
                slot.Upload(values.Values.Span, values.Width, values.Height, 1, revision, unit);
            }

            Stream.DrawnPath = isShared ? TransferPath.CudaToOpenGl : Stream.HostPath;
        }

        slot.Texture.Bind(unit);
        return slot.IsShared;
    }

    public void BindPalette(int unit)
    {
        Palette palette = Stream.Palette;
        if (!ReferenceEquals(palette, _shownPalette) || _palette.IsOld(palette.Revision))
        {
            _palette.Upload(palette.Rgba, Palette.Size, 1, 4, palette.Revision, unit);
            _shownPalette = palette;
        }

        _palette.Texture.Bind(unit);
    }

    public void Dispose()
    {
        _frame.Dispose();
        _original.Dispose();
        _palette.Dispose();
        foreach (Slot plane in _planes)
        {
            plane.Dispose();
        }
    }

    /// <summary>Takes a picture from the device where it was computed; false where it cannot.</summary>
    private bool Share(
        Slot slot, DeviceImage? image, int width, int height, long revision, int unit) =>
        image is not null && (image.Part.Width, image.Part.Height) == (width, height)
        && slot.TryShare(_sharing, image, revision, unit);

    private static void Swizzle(StreamingTexture texture, Runtime.Live.PixelFormat format)
    {
        switch (format)
        {
            case Runtime.Live.PixelFormat.Bgr24 or Runtime.Live.PixelFormat.Bgra32:
                texture.Swizzle(2, 1, 0);
                break;
            case Runtime.Live.PixelFormat.Gray8:
                texture.Swizzle(0, 0, 0);
                break;
            default:
                texture.Swizzle(0, 1, 2);
                break;
        }
    }

    /// <summary>A texture that is made when it is first needed, and what it holds.</summary>
    private sealed class Slot(GlDevice device, string name, TextureMinFilter filter) : IDisposable
    {
        private StreamingTexture? _texture;
        private long _revision = -1;

        public StreamingTexture Texture => _texture!;

        /// <summary>Whether it was filled by a device.</summary>
        public bool IsShared { get; private set; }

        public bool IsOld(long revision) => _texture is null || _revision != revision;

        public void Upload(
            ReadOnlySpan<byte> pixels, int width, int height, int channels, long revision, int unit)
        {
            Begin(unit).Upload(pixels, width, height, channels);
            (_revision, IsShared) = (revision, false);
        }

        public bool TryShare(DeviceSharing sharing, DeviceImage image, long revision, int unit)
        {
            if (!sharing.TryUpload(image, Begin(unit)))
            {
                return false;
            }

            (_revision, IsShared) = (revision, true);
            return true;
        }

        public void Dispose()
        {
            _texture?.Dispose();
            _texture = null;
        }

        private StreamingTexture Begin(int unit)
        {
            // Uploading binds: to the unit that is asked for, or another one's texture would go.
            device.Gl.ActiveTexture(TextureUnit.Texture0 + unit);
            _revision = -1;
            return _texture ??= new StreamingTexture(device, name, filter);
        }
    }
}
