using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// A model of pictures or clips on a device, to be looked into: what its layers give, and which
/// pixels count for a class. Networks of this library and of files are the same to it.
/// </summary>
/// <remarks>
/// Of a network of clips the picture is a clip, [frames, rows, columns, channels], and what is
/// explained is what it says behind the last frame; maps have a frame for each of the clip's. Owns
/// neither the model nor the device. Plans are compiled when they are first needed, and share
/// the model's weights. One thread at a time.
/// </remarks>
public sealed partial class Explainer : IDisposable
{
    private readonly FrameModel _model;
    private readonly Device _device;
    private readonly CompileOptions _options;
    private readonly ConstantStore _constants;
    private readonly VariableStore _states;
    private readonly Dictionary<string, ExecutionPlan> _plans = [];
    private readonly LayerList _layers;
    private readonly ClassScores _scores;

    /// <summary>Takes a model; nothing is compiled yet.</summary>
    /// <param name="model">Takes a picture or a clip, and gives scores of classes.</param>
    /// <param name="device">Where everything runs.</param>
    /// <param name="task">What the model is for, where no manifest says so; null to guess by its
    /// output.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="ExplainException">The model takes no pictures, or gives no
    /// scores.</exception>
    public Explainer(
        Model model, Device device, ModelTask? task = null, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        try
        {
            _model = new FrameModel(model, model.Manifest?.Task ?? task ?? Guess(model));
        }
        catch (ArgumentException e)
        {
            throw new ExplainException(e.Message, e);
        }

        _device = device;
        _options = options ?? CompileOptions.Default;
        _constants = new ConstantStore(device);
        _states = new VariableStore(device);
        var graph = new PictureGraph(_model);
        (_layers, _scores) = (graph.Layers, graph.Scores);
        Classes = [.. Enumerable.Range(0, _scores.Count).Select(NameOf)];
    }

    /// <summary>The model.</summary>
    public Model Model => _model.Model;

    /// <summary>What the model is for.</summary>
    public ModelTask Task => _model.Manifest.Task;

    /// <summary>Columns of the picture that the model sees.</summary>
    public int Width => _model.Width;

    /// <summary>Rows of the picture that the model sees.</summary>
    public int Height => _model.Height;

    /// <summary>Channels of the picture that the model sees, 1 or 3.</summary>
    public int Channels => _model.Channels;

    /// <summary>
    /// Frames of the clips that the model sees; 1 where it sees single pictures.
    /// </summary>
    public int Frames => _model.Frames;

    /// <summary>Told how much of long work is done, 0 to 1; null to tell nobody.</summary>
    public IProgress<double>? Progress { get; set; }

    /// <summary>Looked at between the runs of long work.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Names of the classes; numbers where nobody has named them.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What can be looked into, in the order in which it runs.</summary>
    public IReadOnlyList<ModelLayer> Layers => _layers.Layers;

    /// <summary>
    /// The layer that classes are explained by where none is named: the last that has maps, behind
    /// its activation and before pooling; of a segmenter the last before its scores. Null where no
    /// layer has maps.
    /// </summary>
    public ModelLayer? DefaultLayer => _layers.DefaultFor(Task, _scores.Count);

    /// <summary>A layer by its name.</summary>
    /// <exception cref="ExplainException">There is none; near names are told.</exception>
    public ModelLayer FindLayer(string name) => Layers[_layers.IndexOf(name)];

    /// <summary>A class by its name or number.</summary>
    /// <exception cref="ExplainException">There is none; the classes are told.</exception>
    public int FindClass(string name)
    {
        for (int i = 0; i < Classes.Count; i++)
        {
            if (Classes[i].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && index < Classes.Count
            ? index
            : throw new ExplainException(
                $"{Model.Name} has no class '{name}'; it has {Classes.Count}: "
                + (Classes.Count <= 20
                    ? string.Join(", ", Classes)
                    : "near it are " + string.Join(", ", NearNames.Of(name, Classes))));
    }

    /// <summary>A frame as the model sees it, Float32 [1, rows, columns, channels].</summary>
    public Tensor Read(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var (red, green, blue) = Frame.OffsetsOf(frame.Format);
        var geometry = new FrameGeometry(
            frame.Width, frame.Height, frame.Channels, red, green, blue,
            frame.Width * frame.Channels);
        int bytes = frame.Pixels.Length;
        var plan = Plan($"read {bytes}", () =>
        {
            var graph = new Graph();
            Value pixels = graph.Input(
                "frame/pixels", new TensorType(ElementType.UInt8, new Shape(bytes)));
            Value integers = graph.Input(
                "frame/geometry",
                new TensorType(ElementType.Int32, new Shape(FrameGeometry.FrameLength)));
            graph.Output(_model.AddPicture(graph, pixels, integers));
            return graph;
        });
        Span<int> numbers = stackalloc int[FrameGeometry.FrameLength];
        geometry.CopyTo(numbers);
        plan.SetInput(0, frame.Pixels);
        plan.SetInput(1, MemoryMarshal.AsBytes(numbers));
        plan.Run();
        return plan.ReadOutput(0);
    }

    /// <summary>Pictures, or frames, one after the other: a clip.</summary>
    /// <param name="frames">What <see cref="Read"/> gives of each frame.</param>
    /// <returns>[frames, rows, columns, channels].</returns>
    /// <exception cref="ExplainException">The model takes another number of frames.</exception>
    public Tensor Clip(IReadOnlyList<Tensor> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count != Frames)
        {
            throw new ExplainException(
                $"{Model.Name} sees {Frames} {(Frames == 1 ? "frame" : "frames")} at a time, not "
                + $"{frames.Count}");
        }

        var clip = new Tensor(PictureType);
        for (int i = 0; i < frames.Count; i++)
        {
            frames[i].Bytes.CopyTo(clip.Bytes[(i * frames[i].Bytes.Length)..]);
        }

        return clip;
    }

    /// <summary>A picture of one grey, or a clip of it, as the model sees it.</summary>
    /// <param name="level">0 for black to 1 for white.</param>
    public Tensor Grey(float level)
    {
        var picture = new Tensor(PictureType);
        Span<float> pixels = picture.As<float>();
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = ToSeen(level, i % Channels);
        }

        return picture;
    }

    /// <summary>
    /// A picture as the model sees it as levels, 0 for black to 1 for white: red, green and blue, in
    /// whatever order the model has them.
    /// </summary>
    public float[] Levels(Tensor picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ReadOnlySpan<float> seen = picture.As<float>();
        var levels = new float[seen.Length];
        for (int i = 0; i < levels.Length; i++)
        {
            int channel = ChannelOf(i % Channels);
            levels[i] = FromSeen(seen[i - (i % Channels) + channel], channel);
        }

        return levels;
    }

    /// <summary>Where a frame of a size lies in the picture that the model sees.</summary>
    public Letterbox Fit(int width, int height) =>
        Letterbox.Fit(width, height, Width, Height, _model.Fit);

    /// <summary>A map over the picture that the model sees as one over the whole frame.</summary>
    /// <param name="map">The map, of any size.</param>
    /// <param name="width">Columns of the frame.</param>
    /// <param name="height">Rows of the frame.</param>
    public AttributionMap OverFrame(AttributionMap map, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(map);
        Letterbox box = Fit(width, height);
        float scaleX = (float)map.Width / Width, scaleY = (float)map.Height / Height;
        var values = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var (column, row) = box.ToTensor(x + 0.5f, y + 0.5f);
                values[(y * width) + x] = map.At(column * scaleX, row * scaleY);
            }
        }

        return new AttributionMap(width, height, values, map.IsSigned);
    }

    /// <summary>Releases plans and weights on the device.</summary>
    public void Dispose()
    {
        foreach (ExecutionPlan plan in _plans.Values)
        {
            plan.Dispose();
        }

        _plans.Clear();
        _states.Dispose();
        _constants.Dispose();
    }

    /// <summary>Number of plans that are compiled.</summary>
    internal int PlanCount => _plans.Count;

    /// <summary>Type of the picture or clip that the model sees.</summary>
    internal TensorType PictureType => TensorType.Float(Frames, Height, Width, Channels);

    /// <summary>A new graph of the model.</summary>
    internal PictureGraph NewGraph(int samples = 1) => new(_model, samples);

    /// <summary>A new graph of single pictures, or clips of one frame, of a size.</summary>
    /// <exception cref="ShapeException">The model does not take that size.</exception>
    internal PictureGraph NewGraph(int samples, int height, int width) =>
        new(_model, samples, 1, height, width);

    /// <summary>Whether a plan of that name is compiled.</summary>
    internal bool HasPlan(string name) => _plans.ContainsKey(name);

    /// <summary>The model's channel of red, green or blue.</summary>
    internal int ChannelOf(int colour) =>
        _model.Manifest.Input.Colour == Import.ColourOrder.Bgr ? Channels - 1 - colour : colour;

    /// <summary>A channel's value, 0 to 1, as the model sees it.</summary>
    internal float ToSeen(float level, int channel) =>
        (level - _model.Manifest.Input.Mean[channel]) / _model.Manifest.Input.Std[channel];

    /// <summary>What the model sees, as a channel's value from 0 to 1.</summary>
    internal float FromSeen(float seen, int channel) =>
        (seen * _model.Manifest.Input.Std[channel]) + _model.Manifest.Input.Mean[channel];

    /// <summary>The plan of that name, compiled on the first call.</summary>
    internal ExecutionPlan Plan(string name, Func<Graph> build)
    {
        if (!_plans.TryGetValue(name, out ExecutionPlan? plan))
        {
            plan = ExecutionPlan.Compile(build(), _device, _constants, _states, _options);
            _plans.Add(name, plan);
        }

        return plan;
    }

    private static ModelTask Guess(Model model) =>
        model.Outputs.Count > 0 && model.Outputs[0].Dimensions.Count >= 3
            && model.Inputs is not [{ Dimensions.Count: 5 }]
            ? ModelTask.Segmentation : ModelTask.Classification;

    // Of one class alone, two labels tell what it is not and what it is.
    private string NameOf(int index)
    {
        IReadOnlyList<string> labels = _model.Manifest.Labels;
        return _scores.Count == 1 && labels.Count == 2 ? labels[1]
            : index < labels.Count ? labels[index]
            : index.ToString(CultureInfo.InvariantCulture);
    }
}
