using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;
using GlPixelFormat = Silk.NET.OpenGL.PixelFormat;
using PixelFormat = RealtimeVision.Runtime.Live.PixelFormat;

namespace RealtimeVision.Viewer;

/// <summary>
/// Brings rendered pictures back from the GPU without waiting for it: a ring of pixel buffers, each
/// behind a fence. A picture arrives a frame or two after it was asked for.
/// </summary>
/// <remarks>
/// It belongs to the thread on which the context is current. Nothing is allocated per picture while
/// sizes stay. For engines of games the same is their own readback: Unity's and Godot's are called
/// asynchronous GPU readback.
/// </remarks>
public sealed unsafe class FrameReadback : IDisposable
{
    private const int Channels = 4;
    private readonly GlDevice _device;
    private readonly GL _gl;
    private readonly Slot[] _ring;
    private int _first;
    private int _count;

    /// <summary>Makes the ring.</summary>
    /// <param name="gl">OpenGL of the context that is current.</param>
    /// <param name="depth">Pictures that may be on their way at a time; 3 hides a GPU that is two
    /// frames behind.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not positive.</exception>
    public FrameReadback(GL gl, int depth = 3)
    {
        ArgumentNullException.ThrowIfNull(gl);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        _device = new GlDevice(gl);
        _gl = gl;
        _ring = new Slot[depth];
        for (int i = 0; i < depth; i++)
        {
            _ring[i].Buffer = gl.GenBuffer();
            _device.LiveObjects++;
        }
    }

    /// <summary>Pictures that were asked for and not yet taken.</summary>
    public int Pending => _count;

    /// <summary>OpenGL objects made and not yet deleted.</summary>
    internal int LiveObjects => _device.LiveObjects;

    /// <summary>
    /// Asks for the lower left pixels of the framebuffer that is bound for reading. Does not wait.
    /// </summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="timestamp">What <see cref="TryTake"/> gives the frame as its time.</param>
    /// <param name="index">What it gives the frame as its number.</param>
    /// <returns>False where all buffers are on their way: this picture is left out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    /// <exception cref="ViewerException">OpenGL reports an error.</exception>
    public bool Begin(int width, int height, TimeSpan timestamp, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (_count == _ring.Length)
        {
            return false;
        }

        ref Slot slot = ref _ring[(_first + _count) % _ring.Length];
        int bytes = checked(width * height * Channels);
        _gl.BindBuffer(BufferTargetARB.PixelPackBuffer, slot.Buffer);
        if (slot.Capacity < bytes)
        {
            _gl.BufferData(
                BufferTargetARB.PixelPackBuffer, (nuint)bytes, (void*)null, BufferUsageARB.StreamRead);
            slot.Capacity = bytes;
        }

        _gl.PixelStore(PixelStoreParameter.PackAlignment, 1);
        _gl.ReadPixels(
            0, 0, (uint)width, (uint)height, GlPixelFormat.Rgba, PixelType.UnsignedByte, (void*)null);
        _gl.BindBuffer(BufferTargetARB.PixelPackBuffer, 0);
        slot.Fence = _gl.FenceSync(SyncCondition.SyncGpuCommandsComplete, SyncBehaviorFlags.None);
        _device.Check("asking for a picture");
        _device.LiveObjects++;
        (slot.Width, slot.Height, slot.Timestamp, slot.Index) = (width, height, timestamp, index);
        _count++;
        return true;
    }

    /// <summary>Takes the oldest picture that was asked for, where it has arrived.</summary>
    /// <param name="target">Is given size, <see cref="PixelFormat.Rgba32"/>, pixels from the upper
    /// row on, time and number.</param>
    /// <returns>False where none has; the target is as it was.</returns>
    /// <exception cref="ViewerException">OpenGL reports an error.</exception>
    public bool TryTake(Frame target)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (_count == 0)
        {
            return false;
        }

        ref Slot slot = ref _ring[_first];
        // Flushed, or a driver may keep the fence in a queue that nobody sends off.
        GLEnum state = _gl.ClientWaitSync(slot.Fence, SyncObjectMask.Bit, 0);
        if (state == GLEnum.TimeoutExpired)
        {
            return false;
        }

        Free(ref slot);
        if (state == GLEnum.WaitFailed)
        {
            throw new ViewerException("OpenGL failed while waiting for a picture");
        }

        Copy(slot, target);
        return true;
    }

    /// <summary>Drops what is on its way and releases the buffers.</summary>
    public void Dispose()
    {
        while (_count > 0)
        {
            Free(ref _ring[_first]);
        }

        foreach (ref Slot slot in _ring.AsSpan())
        {
            if (slot.Buffer != 0)
            {
                _gl.DeleteBuffer(slot.Buffer);
                slot.Buffer = 0;
                _device.LiveObjects--;
            }
        }
    }

    private void Free(ref Slot slot)
    {
        _gl.DeleteSync(slot.Fence);
        _device.LiveObjects--;
        slot.Fence = 0;
        _first = (_first + 1) % _ring.Length;
        _count--;
    }

    private void Copy(in Slot slot, Frame target)
    {
        target.Resize(slot.Width, slot.Height, PixelFormat.Rgba32);
        target.Timestamp = slot.Timestamp;
        target.Index = slot.Index;
        int row = slot.Width * Channels;
        _gl.BindBuffer(BufferTargetARB.PixelPackBuffer, slot.Buffer);
        void* mapped = _gl.MapBufferRange(
            BufferTargetARB.PixelPackBuffer, 0, (nuint)(row * slot.Height), MapBufferAccessMask.ReadBit);
        if (mapped is not null)
        {
            // OpenGL's first row is the lowest.
            var source = new ReadOnlySpan<byte>(mapped, row * slot.Height);
            Span<byte> pixels = target.Pixels;
            for (int y = 0; y < slot.Height; y++)
            {
                source.Slice(y * row, row).CopyTo(pixels[((slot.Height - 1 - y) * row)..]);
            }

            _gl.UnmapBuffer(BufferTargetARB.PixelPackBuffer);
        }

        _gl.BindBuffer(BufferTargetARB.PixelPackBuffer, 0);
        _device.Check("reading a picture back");
    }

    private struct Slot
    {
        public uint Buffer;
        public int Capacity;
        public nint Fence;
        public int Width;
        public int Height;
        public TimeSpan Timestamp;
        public long Index;
    }
}
