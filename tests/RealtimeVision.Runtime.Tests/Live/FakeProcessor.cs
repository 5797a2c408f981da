using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>
/// A processor without models: a mask of one pixel that is the frame's first byte, after a number
/// of slices. The test can hold it, let it fail and let its device die.
/// </summary>
internal sealed class FakeProcessor(FakeFactory factory, int frameBytes) : FrameProcessor
{
    private VisionResult? _result;
    private int _slices;

    public override int FrameBytes => frameBytes;

    public override void WarmUp(CancellationToken cancellation) =>
        cancellation.ThrowIfCancellationRequested();

    public override void Begin(
        VisionResult result, bool isNewScene, CancellationToken cancellation)
    {
        Frame frame = result.Frame;
        if (frame.Pixels.Length > frameBytes)
        {
            throw new InvalidOperationException("the frame is too large");
        }

        _result = result;
        _slices = 0;
        factory.BeforeFrame?.Invoke();
        if (isNewScene)
        {
            factory.NewScenes++;
            factory.FirstOfScenes?.Add(frame.Index);
        }
    }

    public override void Run(CancellationToken cancellation)
    {
        factory.Entered?.Release();
        factory.Gate?.Wait(cancellation);
        Fail();
        Write();
    }

    public override bool RunSlice(SliceBudget budget)
    {
        factory.SlicesRun++;
        Fail();
        if (++_slices < factory.SlicesPerFrame)
        {
            return false;
        }

        Write();
        return true;
    }

    public override bool IsDeviceLost() => factory.IsDeviceDead;

    public override void Dispose() => Interlocked.Decrement(ref factory.Alive);

    private void Write()
    {
        _result!.ResizeMask(1, 1)[0] = _result.Frame.Pixels[0];
        _result.MaskKind = MaskKind.Classes;
    }

    private void Fail()
    {
        if (factory.IsDeviceDead)
        {
            throw new InvalidOperationException("the device is gone");
        }

        if (factory.Fails?.Invoke(_result!.Frame) == true)
        {
            throw new InvalidOperationException("the model does not like it");
        }
    }
}

internal sealed class FakeFactory : FrameProcessorFactory
{
    public int Alive;

    public int Made { get; private set; }

    public bool IsDisposed { get; private set; }

    public int NewScenes { get; set; }

    /// <summary>Gets the indices of the frames that began a scene.</summary>
    public List<long>? FirstOfScenes { get; init; }

    public int SlicesRun { get; set; }

    public int SlicesPerFrame { get; set; } = 1;

    /// <summary>Turns on a device that others use too.</summary>
    public DeviceTurn? SharedTurn { get; init; }

    public override DeviceTurn? Turn => SharedTurn;

    public bool IsDeviceDead { get; set; }

    public bool CannotMake { get; set; }

    public Action? BeforeFrame { get; set; }

    public Func<Frame, bool>? Fails { get; init; }

    /// <summary>A run waits for it.</summary>
    public SemaphoreSlim? Gate { get; init; }

    /// <summary>Counts the runs that wait.</summary>
    public SemaphoreSlim? Entered { get; init; }

    public override string DeviceId => IsOnCpu ? "cpu" : "fake";

    public override string DeviceDescription => DeviceId;

    public override string ModelName => "fake";

    public bool IsOnCpu { get; private set; }

    public override FrameProcessor Create(
        int frameBytes, IProgress<WarmUpProgress>? progress, CancellationToken cancellation)
    {
        if (CannotMake)
        {
            throw new OutOfMemoryException("no room");
        }

        Made++;
        Interlocked.Increment(ref Alive);
        return new FakeProcessor(this, frameBytes);
    }

    public override void FallBackToCpu()
    {
        IsOnCpu = true;
        IsDeviceDead = false;
    }

    public override void Dispose()
    {
        Assert.That(Alive, Is.Zero, "processors alive");
        IsDisposed = true;
    }
}
