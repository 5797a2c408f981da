using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>A model in a graph, between a frame's bytes and what is made of its output.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Pixels">The frame's bytes.</param>
/// <param name="Geometry">How to read them.</param>
/// <param name="Picture">What the model sees, [1, height, width, channels].</param>
/// <param name="Output">The model's first output.</param>
internal sealed record ModelGraph(
    Graph Graph, Value Pixels, Value Geometry, Value Picture, Value Output);

/// <summary>
/// One model as one plan, from a frame's bytes to the bytes that say what is in it. The size of
/// frames is an input of the plan, up to its capacity.
/// </summary>
internal abstract class ModelStage : IDisposable
{
    private const int PixelsInput = 0;
    private const int GeometryInput = 1;
    private const int WarmUpSide = 16;

    // What a slice moves at once, in some tens of microseconds: a frame of a large camera would take
    // milliseconds. Whole runs move everything at once, as each copy has to be waited for.
    private const int TransferBytes = 1 << 18;
    private readonly ExecutionPlan _plan;
    private readonly VariableStore _variables;
    private readonly PinnedArrays _pinned;
    private readonly int[] _geometry = new int[FrameGeometry.FrameLength];
    private readonly List<(int Output, Memory<byte> Target)> _toTake = new(2);
    private readonly CostHistory _uploadCost = new();
    private readonly CostHistory _takeCost = new();
    private ReadOnlyMemory<byte> _toUpload;
    private int _uploadedBytes;
    private int _takenBytes;
    private FrameGeometry _uploaded;

    /// <summary>Compiles the plan.</summary>
    /// <param name="model">The model.</param>
    /// <param name="build">Adds what comes of the model's output, and declares outputs.</param>
    /// <param name="frameBytes">Bytes of the largest frame.</param>
    /// <param name="stores">Weights and state.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="cancellation">Looked at between nodes.</param>
    protected ModelStage(
        FrameModel model,
        Action<ModelGraph> build,
        int frameBytes,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation)
        : this(
            model, (graph, pixels, geometry) => build(model.Build(graph, pixels, geometry)),
            frameBytes, stores, options, cancellation)
    {
    }

    /// <summary>Compiles the plan of a graph that is built as a whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="build">Adds everything from pixels and geometry on, and declares
    /// outputs.</param>
    /// <param name="frameBytes">Bytes of the largest frame.</param>
    /// <param name="stores">Weights and state.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="cancellation">Looked at between nodes.</param>
    protected ModelStage(
        FrameModel model,
        Action<Graph, Value, Value> build,
        int frameBytes,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation)
    {
        Model = model;
        _variables = stores.Variables;
        _pinned = new PinnedArrays(stores.Device);
        var graph = new Graph();
        Value pixels = graph.Input(
            "frame/pixels", new TensorType(ElementType.UInt8, new Shape(frameBytes)));
        Value geometry = graph.Input(
            "frame/geometry", new TensorType(ElementType.Int32, new Shape(_geometry.Length)));
        build(graph, pixels, geometry);
        _plan = ExecutionPlan.Compile(
            graph, stores.Device, stores.Constants, stores.Variables,
            options with { Memory = stores.Memory }, cancellation);
    }

    /// <summary>What <see cref="Begin"/> took lately.</summary>
    public CostHistory BeginCost { get; } = new();

    /// <summary>What <see cref="Finish"/> took lately.</summary>
    public CostHistory FinishCost { get; } = new();

    protected FrameModel Model { get; }

    /// <summary>The plan, which is the same as long as the stage lives.</summary>
    public ExecutionPlan Plan => _plan;

    public virtual void WarmUp(CancellationToken cancellation)
    {
        var frame = new Frame();
        frame.Resize(WarmUpSide, WarmUpSide, PixelFormat.Rgb24);
        frame.Pixels.Clear();
        if (frame.Pixels.Length <= _plan.Inputs[PixelsInput].Type.Bytes)
        {
            Upload(frame, new PixelBox(0, 0, frame.Width, frame.Height));
            UploadAll();
            BeginWarmUp(frame);
        }

        _plan.WarmUp(cancellation);
    }

    /// <summary>
    /// Gives the plan what it needs of the result's frame; false where there is nothing to run.
    /// </summary>
    public abstract bool Begin(VisionResult result, bool isNewScene);

    /// <summary>Runs everything.</summary>
    public void Run(CancellationToken cancellation)
    {
        UploadAll();
        _plan.Run(cancellation);
    }

    /// <summary>Runs what fits the budget; true when everything is done.</summary>
    public bool RunSlice(SliceBudget budget)
    {
        while (_uploadedBytes < _toUpload.Length)
        {
            if (!budget.TryBegin(_uploadCost))
            {
                return false;
            }

            UploadPart(TransferBytes);
            budget.Done();
        }

        return _plan.RunSlice(budget);
    }

    /// <summary>Asks for all that a frame could ask for.</summary>
    protected virtual void BeginWarmUp(Frame frame)
    {
    }

    /// <summary>
    /// Writes what the plan gave. What is as large as a frame is left to <see cref="TakeAll"/> or
    /// <see cref="TakeSlice"/>.
    /// </summary>
    public abstract void Finish(VisionResult result);

    /// <summary>Copies what <see cref="Finish"/> has left.</summary>
    public void TakeAll()
    {
        while (_toTake.Count > 0)
        {
            TakePart(int.MaxValue);
        }
    }

    /// <summary>
    /// Copies as much of what <see cref="Finish"/> has left as fits the budget; true when that is
    /// all.
    /// </summary>
    public bool TakeSlice(SliceBudget budget)
    {
        while (_toTake.Count > 0)
        {
            if (!budget.TryBegin(_takeCost))
            {
                return false;
            }

            TakePart(TransferBytes);
            budget.Done();
        }

        return true;
    }

    public virtual void Dispose()
    {
        _plan.Dispose();
        _pinned.Dispose();
    }

    /// <summary>
    /// Lets the device write a pinned array by itself; whether it does. Costs nothing the next time.
    /// </summary>
    protected bool Pin(byte[] array) => _pinned.Add(array);

    /// <summary>Sets what the model keeps from frame to frame to what it began with.</summary>
    protected void Forget() => _variables.Reset();

    /// <summary>
    /// Lets the beginning of an output be copied, into a pinned array, once the stage has finished.
    /// </summary>
    protected void Take(int output, Memory<byte> target)
    {
        if (MemoryMarshal.TryGetArray(target, out ArraySegment<byte> segment))
        {
            Pin(segment.Array!);
        }

        _toTake.Add((output, target));
    }

    /// <summary>
    /// Uploads where a region lies in its rows, and the rows where the stage runs. Drops what is
    /// left of the frame before.
    /// </summary>
    protected void Upload(Frame frame, PixelBox region)
    {
        int rowBytes = frame.Width * frame.Channels;
        var (red, green, blue) = Frame.OffsetsOf(frame.Format);
        int first = (region.Y * rowBytes) + (region.X * frame.Channels);
        int bytes = ((region.Height - 1) * rowBytes) + (region.Width * frame.Channels);
        var geometry = new FrameGeometry(
            region.Width, region.Height, frame.Channels, red, green, blue, rowBytes);
        Pin(frame.Buffer);
        _toUpload = frame.PixelMemory.Slice(first, bytes);
        _uploadedBytes = 0;
        _takenBytes = 0;
        _toTake.Clear();
        if (geometry != _uploaded)
        {
            geometry.Check(checked((int)_plan.Inputs[PixelsInput].Type.Bytes));
            geometry.CopyTo(_geometry);
            _plan.SetInput(GeometryInput, MemoryMarshal.AsBytes<int>(_geometry));
            _uploaded = geometry;
        }
    }

    private void UploadAll()
    {
        while (_uploadedBytes < _toUpload.Length)
        {
            UploadPart(int.MaxValue);
        }
    }

    private void UploadPart(int most)
    {
        int bytes = Math.Min(_toUpload.Length - _uploadedBytes, most);
        _plan.SetInputPart(
            PixelsInput, _toUpload.Span.Slice(_uploadedBytes, bytes), _uploadedBytes);
        _uploadedBytes += bytes;
    }

    private void TakePart(int most)
    {
        var (output, target) = _toTake[0];
        int bytes = Math.Min(target.Length - _takenBytes, most);
        _plan.ReadOutputPart(output, target.Span.Slice(_takenBytes, bytes), _takenBytes);
        _takenBytes += bytes;
        if (_takenBytes == target.Length)
        {
            _toTake.RemoveAt(0);
            _takenBytes = 0;
        }
    }
}
