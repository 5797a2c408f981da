using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The models of an engine on a device, for frames up to a size. One thread at a time.
/// </summary>
internal abstract class FrameProcessor : IDisposable
{
    /// <summary>Bytes of the largest frame that it takes.</summary>
    public abstract int FrameBytes { get; }

    /// <summary>Runs everything once, so that the first frame meets nothing new.</summary>
    public abstract void WarmUp(CancellationToken cancellation);

    /// <summary>Gives a frame to the first model; drops a frame that was begun.</summary>
    /// <param name="result">What to write; its frame is the one to process.</param>
    /// <param name="isNewScene">Whether the past says nothing of it.</param>
    /// <param name="cancellation">Ends what has to be made ready for it first.</param>
    public abstract void Begin(
        VisionResult result, bool isNewScene, CancellationToken cancellation);

    /// <summary>Runs all that is left, and has written the result.</summary>
    public abstract void Run(CancellationToken cancellation);

    /// <summary>
    /// Runs as much of what is left as fits the budget; true when the result is written.
    /// </summary>
    public abstract bool RunSlice(SliceBudget budget);

    /// <summary>
    /// Begins what somebody wants to see only now of a frame whose result is written, for <see
    /// cref="Run"/> or <see cref="RunSlice"/>; false where that is nothing.
    /// </summary>
    public virtual bool TryRevisit(VisionResult result, CancellationToken cancellation) => false;

    /// <summary>Whether the device is broken after a run that failed.</summary>
    public abstract bool IsDeviceLost();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Makes the processor of an engine, again for larger frames or another device.</summary>
internal abstract class FrameProcessorFactory : IDisposable
{
    /// <summary>Name of the device that processors are made for now.</summary>
    public abstract string DeviceId { get; }

    /// <summary>What a person calls that device.</summary>
    public abstract string DeviceDescription { get; }

    /// <summary>Names of the models.</summary>
    public abstract string ModelName { get; }

    /// <summary>What the program should say of the making; empty where all is plain.</summary>
    public virtual IReadOnlyList<string> Notices => [];

    /// <summary>What the models have on the device.</summary>
    public virtual MemoryBudget? Memory => null;

    /// <summary>
    /// The engine's turns on a device that others may use too; null where nobody waits.
    /// </summary>
    public virtual DeviceTurn? Turn => null;

    /// <summary>What budgets are measured by.</summary>
    public virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>What may be changed while processors run.</summary>
    public VisionSettings Settings { get; } = new();

    /// <summary>Makes a processor for frames of up to that many bytes.</summary>
    public abstract FrameProcessor Create(
        int frameBytes, IProgress<WarmUpProgress>? progress, CancellationToken cancellation);

    /// <summary>Takes the CPU for all processors made from now on.</summary>
    public abstract void FallBackToCpu();

    /// <inheritdoc/>
    public abstract void Dispose();
}
