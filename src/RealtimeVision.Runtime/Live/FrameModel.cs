using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using ColourOrder = RealtimeVision.Kernels.Operators.ColourOrder;
using Reshape = RealtimeVision.Kernels.Operators.Reshape;

namespace RealtimeVision.Runtime.Live;

/// <summary>A model, and what its manifest and declarations say of pictures.</summary>
internal sealed class FrameModel
{
    private const string WhatItIs = "a model of pictures takes [1, 3, height, width], "
        + "[1, height, width, 3], or one channel instead of three; a network of clips [1, time, "
        + "height, width, 3]";

    // Set where frames are the steps of clips: the network, seen a step at a time.
    private readonly Network? _stream;

    public FrameModel(Model model, ModelTask task)
    {
        Model = model;
        HasManifest = model.Manifest is ModelManifest;
        Manifest = model.Manifest as ModelManifest
            ?? new ModelManifest { Name = model.Name, Task = task };
        if (Manifest.Task != task)
        {
            throw new ArgumentException(
                $"{model.Name} is a model of {Word(Manifest.Task)}, not of {Word(task)}");
        }

        if (model.Inputs is [{ Dimensions.Count: 5 }] && task == ModelTask.Classification)
        {
            _stream = model as Network;
        }

        if (model.Inputs.Count != 1 || model.Outputs.Count == 0
            || model.Inputs[0] is not { Element: ElementType.Float32 } input
            || input.Dimensions.Count != (_stream is null ? 4 : 5))
        {
            throw new ArgumentException(
                $"{model.Name}: {WhatItIs}; this one takes {string.Join(", ", model.Inputs)}");
        }

        Dimension[] picture = [.. input.Dimensions.TakeLast(3)];
        IsChannelsFirst = _stream is null && input.Layout switch
        {
            TensorLayout.Nchw => true,
            TensorLayout.Nhwc => false,
            _ => !IsChannels(picture[2]) || IsChannels(picture[0]),
        };
        Dimension channels = picture[IsChannelsFirst ? 0 : 2];
        if (!channels.IsFree && !IsChannels(channels))
        {
            throw new ArgumentException($"{model.Name}: {WhatItIs}; this one takes {input}");
        }

        Channels = channels.IsFree ? 3 : channels.Size;
        Height = Side("height", picture[IsChannelsFirst ? 1 : 0], Manifest.Input.Height);
        Width = Side("width", picture[IsChannelsFirst ? 2 : 1], Manifest.Input.Width);
    }

    public Model Model { get; }

    public ModelManifest Manifest { get; }

    /// <summary>False where the manifest is a guess.</summary>
    public bool HasManifest { get; }

    /// <summary>Columns of the picture that the model takes.</summary>
    public int Width { get; }

    /// <summary>Rows of the picture that the model takes.</summary>
    public int Height { get; }

    public FrameFit Fit => Manifest.Input.Letterbox ? FrameFit.Letterbox : FrameFit.Stretch;

    /// <summary>Channels of the picture that the model takes, 1 or 3.</summary>
    public int Channels { get; }

    /// <summary>True where frames are the steps of clips.</summary>
    public bool IsStreaming => _stream is not null;

    /// <summary>Frames of a clip; 1 for models of pictures.</summary>
    public int Frames => _stream is null ? 1 : Model.Inputs[0].Dimensions[1].Size;

    /// <summary>True where the model takes any number of pictures or clips at a time.</summary>
    public bool TakesBatches => Model.Inputs[0].Dimensions[0].IsFree;

    private bool IsChannelsFirst { get; }

    private ColourOrder Order => Channels == 1 ? ColourOrder.Gray
        : Manifest.Input.Colour == Import.ColourOrder.Bgr ? ColourOrder.Bgr
        : ColourOrder.Rgb;

    /// <summary>Adds the way of a frame's bytes into the model, and the model.</summary>
    public ModelGraph Build(
        Graph graph, Value pixels, Value geometry, Action<LayerNode, Value>? built = null)
    {
        Value picture = AddPicture(graph, pixels, geometry);
        return new ModelGraph(graph, pixels, geometry, picture, Apply(graph, picture, built));
    }

    /// <summary>Adds what makes the picture that the model sees of a frame's bytes.</summary>
    public Value AddPicture(Graph graph, Value pixels, Value geometry)
    {
        ManifestInput input = Manifest.Input;
        var toTensor = new FrameToTensor(
            Height, Width, Fit, Order, input.Pad, Each(input.Mean), Each(input.Std));
        return graph.Add(toTensor, "frame/tensor", pixels, geometry);
    }

    /// <summary>
    /// Adds the model to a graph that has the picture, [1, height, width, channels], and gives its
    /// first output; tells what each layer of a network gives.
    /// </summary>
    public Value Apply(Graph graph, Value picture, Action<LayerNode, Value>? built = null)
    {
        if (_stream is not null)
        {
            var step = new Shape([1, .. picture.Shape.Sizes]);
            Value clip = graph.Add(new Reshape(step), "frame/step", picture);
            return _stream.Build(new StreamingContext(graph, _stream), [clip], built)[0];
        }

        Value seen = IsChannelsFirst
            ? graph.Add(new Transpose([0, 3, 1, 2]), "frame/nchw", picture)
            : picture;
        return Model is Network network
            ? network.Build(new InferenceContext(graph, network), [seen], built)[0]
            : Model.Build(graph, [seen])[0];
    }

    /// <summary>
    /// As <see cref="Apply"/>, of several pictures or whole clips: [samples x frames, height, width,
    /// channels].
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="pictures">The pictures, or the frames of one clip after the other.</param>
    /// <param name="samples">Number of pictures or clips.</param>
    /// <param name="built">Gets what each layer gives.</param>
    public Value ApplyWhole(
        Graph graph, Value pictures, int samples, Action<LayerNode, Value>? built = null)
    {
        if (_stream is null)
        {
            return Apply(graph, pictures, built);
        }

        Shape shape = pictures.Shape;
        var clips = new Shape([samples, shape[0] / samples, .. shape.Sizes[1..]]);
        Value clip = graph.Add(new Reshape(clips), "clips", pictures);
        return _stream.Build(new InferenceContext(graph, _stream), [clip], built)[0];
    }

    /// <summary>A filter that knows how the picture was made.</summary>
    public GuidedFilter GuidedFilter(int radius, float epsilon) => new(
        radius, epsilon, Fit, Order, Each(Manifest.Input.Mean), Each(Manifest.Input.Std));

    /// <summary>
    /// The output of a segmenter as [samples, rows, columns, classes], of one sample as a rule.
    /// </summary>
    public Value AsPicture(Graph graph, Value output, int samples = 1)
    {
        Shape shape = output.Shape;
        if (output.Type.Element != ElementType.Float32
            || shape.Rank is not (3 or 4) || shape[0] != samples)
        {
            throw new ArgumentException(
                $"{Model.Name}: a segmenter gives scores [1, classes, rows, columns] or [1, rows, "
                + $"columns, classes], this one gives {output.Type}");
        }

        if (shape.Rank == 3)
        {
            return graph.Add(
                new Reshape(new Shape(samples, shape[1], shape[2], 1)), "mask/picture", output);
        }

        bool isChannelsFirst = Model.Outputs[0].Layout switch
        {
            TensorLayout.Nchw => true,
            TensorLayout.Nhwc => false,
            _ => shape[1] < shape[3],
        };
        return isChannelsFirst
            ? graph.Add(new Transpose([0, 2, 3, 1]), "mask/nhwc", output)
            : output;
    }

    /// <summary>
    /// Scores as probabilities of one class, or of the classes along the last dimension.
    /// </summary>
    public Value AsProbabilities(Graph graph, Value scores)
    {
        if (HasManifest ? Manifest.Output == ModelOutput.Probability : EndsInProbabilities(scores))
        {
            return scores;
        }

        return scores.Shape[-1] == 1
            ? graph.Add(new Pointwise(Unary.Sigmoid), "probability", scores)
            : graph.Add(new Softmax(-1), "probability", scores);
    }

    /// <summary>What to say where there is no manifest; null where there is one.</summary>
    public string? Notice() => HasManifest ? null
        : $"{Model.Name} has no manifest: taken to want {Width}x{Height} letterboxed "
          + $"{(Channels == 1 ? "gray" : "rgb")} from 0 to 1, and to know no labels";

    private static bool IsChannels(Dimension dimension) => dimension.Size is 1 or 3;

    private static string Word(ModelTask task) => task.ToString().ToLowerInvariant();

    private static PerChannel Each(IReadOnlyList<float> values) =>
        new(values[0], values[1], values[2]);

    private static bool EndsInProbabilities(Value scores)
    {
        Node? node = scores.Producer;
        while (node?.Operator is Transpose or Reshape)
        {
            node = node.Inputs[0]!.Producer;
        }

        return node?.Operator is Softmax { IsLog: false }
            || (node?.Operator is Pointwise { Chain: { Length: > 0 } chain }
                && chain.Links[^1].Function == Unary.Sigmoid);
    }

    private int Side(string what, Dimension declared, int? stated)
    {
        if (!declared.IsFree && stated is { } side && side != declared.Size)
        {
            throw new ArgumentException(
                $"{Model.Name}: the manifest says {what} {side}, the model takes {declared.Size}");
        }

        return !declared.IsFree ? declared.Size : stated
            ?? throw new ArgumentException(
                $"{Model.Name} takes any {what}: its manifest has to say one (input.{what})");
    }
}
