using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Layers;

/// <summary>Weights from files into networks that a program makes.</summary>
public static class NetworkWeights
{
    private const string FormatName = "weights";

    // [O, I, KH, KW] as [KH, KW, I, O], and [out, C, H, W] as [H, W, C, out].
    private static readonly IntList FromPyTorch = [2, 3, 1, 0];

    /// <summary>
    /// Gives parameters the values of a safetensors file; all of them, or none where something does
    /// not fit.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file. It may have more tensors than are needed.</param>
    /// <param name="mapping">Which tensor is which parameter's; null for the same names.</param>
    /// <exception cref="ModelFormatException">
    /// The file is bad, or tensors are missing or of another shape: all of them are named.
    /// </exception>
    public static void LoadWeights(this Network network, string path, WeightMapping? mapping = null)
    {
        using var file = Safetensors.Open(path);
        Read(file, path, network, mapping ?? WeightMapping.Own(network), null);
    }

    /// <summary>
    /// Reads an open file. Tensors that are neither parameters nor among the others are an error;
    /// where others are null, there may be any.
    /// </summary>
    internal static void Read(
        Safetensors file, string path, Network network, WeightMapping mapping,
        IEnumerable<string>? others)
    {
        var problems = new List<string>();
        var sources = new List<(Parameter Parameter, string Tensor, Shape Shape, IntList Order)>();
        var flattened = mapping.Order == WeightOrder.PyTorch ? Flattened(network) : [];
        foreach (var (name, tensorName) in mapping.Names)
        {
            var parameter = network.Parameter(name);
            if (!file.Tensors.TryGetValue(tensorName, out var tensor))
            {
                problems.Add($"'{tensorName}' is missing");
                continue;
            }

            var (shape, order) = mapping.Order == WeightOrder.Own
                ? (parameter.Type.Shape, Axes.Identity(parameter.Type.Shape.Rank))
                : InPyTorch(parameter.Type.Shape, flattened.GetValueOrDefault(name));
            var stored = shape.Rank == 4 && parameter.Type.Shape.Rank == 2
                ? new Shape(shape[0], (int)shape.Product(1, 4))
                : shape;
            sources.Add((parameter, tensorName, shape, order));
            if (!tensor.Type.IsFloat()
                || !tensor.Shape.SequenceEqual(stored.Sizes.ToArray().Select(s => (long)s)))
            {
                problems.Add(
                    $"'{tensorName}' is {tensor.Type}[{string.Join(", ", tensor.Shape)}] and has to "
                    + $"be {new TensorType(ElementType.Float32, stored)}");
            }
        }

        if (others is not null)
        {
            HashSet<string> known = [.. mapping.Names.Values, .. others];
            problems.AddRange(
                file.Tensors.Keys.Where(n => !known.Contains(n)).Select(n => $"'{n}' is surplus"));
        }

        if (problems.Count > 0)
        {
            throw new ModelFormatException(
                FormatName,
                $"tensors do not fit network '{network.Name}': {string.Join("; ", problems)}", path);
        }

        foreach (var (parameter, tensor, shape, order) in sources)
        {
            var values = new HostTensor(tensor, shape, file.ToSingles(tensor), isFixed: true);
            parameter.SetData(values.Bytes(order));
        }
    }

    /// <summary>
    /// The shape that PyTorch has of a parameter, a matrix of flattened pictures with the pictures'
    /// axes, and the order of its axes here.
    /// </summary>
    private static (Shape Shape, IntList Order) InPyTorch(Shape own, Shape? picture) =>
        (own.Rank, picture) switch
        {
            (4, _) => (new Shape(own[3], own[2], own[0], own[1]), FromPyTorch),
            (2, { } p) => (new Shape(own[1], p[2], p[0], p[1]), FromPyTorch),
            (2, null) => (new Shape(own[1], own[0]), [1, 0]),
            (1, _) => (own, [0]),
            _ => throw new NotSupportedException(
                $"how PyTorch stores weights of shape {own} is not known here"),
        };

    /// <summary>Pictures [H, W, C] whose pixels matrices read in one row, by parameter.</summary>
    private static Dictionary<string, Shape?> Flattened(Network network)
    {
        var pictures = new Dictionary<string, Shape?>();
        foreach (var node in network.Layers.Where(n => n.Layer is Dense))
        {
            var before = node.Inputs[0];
            while (before.Layer is Dropout or ActivationLayer)
            {
                before = before.Inputs[0];
            }

            if (before.Layer is Flatten && before.Inputs[0].Type.Shape is { Rank: 3 } picture)
            {
                pictures[$"{node.WeightsName}/kernel"] = picture;
            }
        }

        return pictures;
    }
}
