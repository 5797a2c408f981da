using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What a model has on a device, whatever plans are made of it: packed weights and state.
/// </summary>
internal sealed class ModelStores : IDisposable
{
    private readonly bool _ownsConstants;

    public ModelStores(Device device, MemoryBudget memory)
        : this(device, memory, new ConstantStore(device, memory), ownsConstants: true)
    {
    }

    private ModelStores(
        Device device, MemoryBudget memory, ConstantStore constants, bool ownsConstants)
    {
        (Device, Memory, Constants, _ownsConstants) = (device, memory, constants, ownsConstants);
        Variables = new VariableStore(device, memory);
    }

    public Device Device { get; }

    public MemoryBudget Memory { get; }

    public ConstantStore Constants { get; }

    public VariableStore Variables { get; }

    /// <summary>The same weights with state apart: not to outlive this one.</summary>
    public ModelStores WithStateOfItsOwn() =>
        new(Device, Memory, Constants, ownsConstants: false);

    public void Dispose()
    {
        if (_ownsConstants)
        {
            Constants.Dispose();
        }

        Variables.Dispose();
    }
}

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
    private readonly ExecutionPlan _plan;
    private readonly VariableStore _variables;
    private readonly int[] _geometry = new int[FrameGeometry.FrameLength];
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
            BeginWarmUp(frame);
        }

        _plan.WarmUp(cancellation);
    }

    /// <summary>
    /// Gives the plan what it needs of the result's frame; false where there is nothing to run.
    /// </summary>
    public abstract bool Begin(VisionResult result, bool isNewScene);

    public void Run(CancellationToken cancellation) => _plan.Run(cancellation);

    public bool RunSlice(TimeSpan budget) => _plan.RunSlice(budget);

    /// <summary>Asks for all that a frame could ask for.</summary>
    protected virtual void BeginWarmUp(Frame frame)
    {
    }

    /// <summary>Writes what the plan gave.</summary>
    public abstract void Finish(VisionResult result);

    public virtual void Dispose() => _plan.Dispose();

    /// <summary>Sets what the model keeps from frame to frame to what it began with.</summary>
    protected void Forget() => _variables.Reset();

    /// <summary>Uploads the rows of a region, and where the region lies in them.</summary>
    protected void Upload(Frame frame, PixelBox region)
    {
        int rowBytes = frame.Width * frame.Channels;
        var (red, green, blue) = Frame.OffsetsOf(frame.Format);
        int first = (region.Y * rowBytes) + (region.X * frame.Channels);
        int bytes = ((region.Height - 1) * rowBytes) + (region.Width * frame.Channels);
        var geometry = new FrameGeometry(
            region.Width, region.Height, frame.Channels, red, green, blue, rowBytes);
        _plan.SetInputStart(PixelsInput, frame.Pixels.Slice(first, bytes));
        if (geometry != _uploaded)
        {
            geometry.Check(checked((int)_plan.Inputs[PixelsInput].Type.Bytes));
            geometry.CopyTo(_geometry);
            _plan.SetInput(GeometryInput, MemoryMarshal.AsBytes<int>(_geometry));
            _uploaded = geometry;
        }
    }
}
