using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Import.TfLite;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Live;

/// <summary>The part of a model that a head sits on: a frozen network of pictures to features.</summary>
internal sealed class Backbone : IDisposable
{
    private readonly IDisposable? _owned;
    private readonly string _last;

    private Backbone(Network network, FrameModel source, IDisposable? owned)
    {
        Network = network;
        Model = new FrameModel(network, ModelTask.Classification);
        Notice = source.Notice();
        FeatureCount = network.OutputNodes[0].Type.Shape[0];
        _last = network.OutputNodes[0].Name;
        _owned = owned;
    }

    /// <summary>Pictures to features [F]. Its manifest knows no labels.</summary>
    public Network Network { get; }

    /// <summary>The same, with what frames need.</summary>
    public FrameModel Model { get; }

    /// <summary>Numbers of a frame.</summary>
    public int FeatureCount { get; }

    /// <summary>What to say where the model had no manifest; null where it had one.</summary>
    public string? Notice { get; }

    /// <summary>Cuts a model.</summary>
    /// <param name="choice">The model; one by its file is loaded, and released with this.</param>
    /// <param name="features">Where; null for what the last layer with weights reads.</param>
    /// <exception cref="ModelFormatException">The file is not what it should be.</exception>
    /// <exception cref="ArgumentException">The model takes no single pictures, or cannot be cut
    /// there; the message says what it has.</exception>
    public static Backbone Of(ModelChoice choice, string? features)
    {
        var model = choice.Model ?? ModelFile.Load(choice.Path!);
        var owned = choice.Model is null ? model : null;
        try
        {
            if (model.Inputs is [{ Dimensions.Count: 5 }])
            {
                throw new ArgumentException(
                    $"{model.Name} takes clips: what is taught live is told by single pictures");
            }

            var source = new FrameModel(
                model, model.Manifest?.Task ?? ModelTask.Classification);
            var network = Flat(model.Name, model switch
            {
                Network own => Cut(own, features),
                OnnxModel onnx => Cut(
                    source, features ?? onnx.FindFeatures(), onnx.LastValues,
                    value => new ImportedModel(onnx) { Output = value, Frozen = true }),
                TfLiteModel lite => Cut(
                    source, features ?? lite.FindFeatures(), lite.LastValues,
                    value => new ImportedTfLiteModel(lite) { Output = value, Frozen = true }),
                _ => throw new ArgumentException(
                    $"{model.Name}: only networks of this library, of ONNX and of TFLite files can "
                    + "be cut at their features"),
            });
            network.Manifest = source.Manifest with
            {
                Name = $"taught on {source.Manifest.Name}",
                Task = ModelTask.Classification,
                Output = ModelOutput.Logits,
                Labels = [],
                Palette = [],
                Threshold = null,
                Input = source.Manifest.Input with { Width = source.Width, Height = source.Height },
            };
            return new Backbone(network, source, owned);
        }
        catch
        {
            owned?.Dispose();
            throw;
        }
    }

    /// <summary>The backbone and a head as one network, which depends on neither.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="head">The head.</param>
    /// <param name="hiddenUnits">Units of the layer before its last; 0 for none.</param>
    public Network With(string name, TaughtHead head, int hiddenUnits)
    {
        var taken = Network.Layers.Select(n => n.Name).ToHashSet();
        var layers = TaughtHead.Layers(hiddenUnits, head.Labels.Length, Free);
        var network = Transfer.Extend(Network, name, _last, [""], seed: 0, layers);
        for (int i = 0; i < layers.Length; i++)
        {
            network.Parameter($"{layers[i].Name}/kernel").Set(head.Weights[2 * i]);
            network.Parameter($"{layers[i].Name}/bias").Set(head.Weights[(2 * i) + 1]);
        }

        network.Manifest = Network.Manifest! with
        {
            Name = name,
            Labels = head.Labels,
            Source = $"Taught live on the features of {Network.Name}",
        };
        return network;

        string Free(string wanted)
        {
            string free = wanted;
            for (int i = 2; !taken.Add(free); i++)
            {
                free = $"{wanted}_{i}";
            }

            return free;
        }
    }

    public void Dispose()
    {
        Network.Dispose();
        _owned?.Dispose();
    }

    private static (Network Network, string Last) Cut(Network network, string? features)
    {
        if (features is not null)
        {
            return (network, features);
        }

        if (network.OutputNodes is not [var node])
        {
            throw new ArgumentException(
                $"{network.Name} has {network.OutputNodes.Count} outputs: say which layer's output "
                + $"is taught on ({nameof(TeacherOptions)}.{nameof(TeacherOptions.Features)})");
        }

        while (node.Layer is ActivationLayer or Dropout or Flatten or Reshape
            or GlobalAveragePooling2D or GlobalMaxPooling2D)
        {
            node = node.Inputs[0];
        }

        if (node.Layer is not (Dense or Conv2D) || node.Inputs[0].Layer is Input)
        {
            throw NoFeatures(network.Name, network.Layers.TakeLast(8).Select(n => n.Name));
        }

        // At inference a dropout does nothing: what is before it is the same.
        node = node.Inputs[0];
        while (node.Layer is Dropout)
        {
            node = node.Inputs[0];
        }

        return (network, node.Name);
    }

    private static (Network Network, string Last) Cut(
        FrameModel source, string? value, Func<int, IEnumerable<string>> lastValues,
        Func<string, Layer> layerOf)
    {
        string name = source.Model.Name;
        var input = Symbol.Input(source.Height, source.Width, source.Channels);
        var layer = layerOf(value ?? throw NoFeatures(name, lastValues(8)));
        var network = new Network(name, input, input.Then(layer));
        return (network, network.OutputNodes[0].Name);
    }

    /// <summary>A frozen network up to a layer, averaged over pixels where it gives a picture.</summary>
    private static Network Flat(string name, (Network Network, string Last) cut)
    {
        var node = cut.Network.Layers.FirstOrDefault(n => n.Name == cut.Last);
        int rank = node?.Type.Shape.Rank ?? 1;
        if (rank is not (1 or 3) || node?.Type.Element == ElementType.Int32)
        {
            throw new ArgumentException(
                $"{name}: '{cut.Last}' gives {node!.Type}, features are numbers [count] or a picture "
                + "[rows, columns, channels]");
        }

        return Transfer.Extend(
            cut.Network, name, cut.Last, [""], seed: 0,
            rank == 3 ? [new GlobalAveragePooling2D()] : []);
    }

    private static ArgumentException NoFeatures(string name, IEnumerable<string> last) => new(
        $"{name} does not end in a layer with weights whose input could be taught on: say what is "
        + $"({nameof(TeacherOptions)}.{nameof(TeacherOptions.Features)}); its last are "
        + string.Join(", ", last.Select(n => $"'{n}'")));
}
