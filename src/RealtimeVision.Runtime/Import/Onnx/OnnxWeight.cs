using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>A constant of an ONNX file that can be trained.</summary>
/// <param name="Tensor">What the file has.</param>
/// <param name="Order">The order in memory of its axes: that in which kernels read it.</param>
/// <param name="Role">What it is.</param>
internal sealed record OnnxWeight(HostTensor Tensor, IntList Order, ParameterRole Role)
{
    private static readonly HashSet<string> Products = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    /// <summary>Its shape in memory.</summary>
    public Shape Shape => Axes.Permute(Tensor.Shape, Order);

    /// <summary>
    /// The constants of floats that nodes read as weights, biases and statistics, by their names.
    /// Those that are read in other ways too, or in two orders, stay constants.
    /// </summary>
    public static Dictionary<string, OnnxWeight> Find(
        IReadOnlyList<OnnxNode> nodes, Func<string, HostTensor?> constant)
    {
        var producers = new Dictionary<string, OnnxNode>();
        var found = new Dictionary<string, OnnxWeight?>();
        foreach (var node in nodes)
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (constant(node.Inputs[i]) is { IsFloat: true } tensor)
                {
                    var weight = Use(node, i, tensor, producers);
                    bool isNew = found.TryAdd(node.Inputs[i], weight);
                    if (!isNew && found[node.Inputs[i]] is { } other
                        && (weight is null || weight.Order != other.Order))
                    {
                        found[node.Inputs[i]] = null;
                    }
                }
            }

            foreach (string captured in node.Bodies.SelectMany(b => b.Captured))
            {
                found[captured] = null;
            }

            foreach (string output in node.Outputs)
            {
                producers[output] = node;
            }
        }

        return found.Where(f => f.Value is not null).ToDictionary(f => f.Key, f => f.Value!);
    }

    private static OnnxWeight? Use(
        OnnxNode node, int input, HostTensor tensor, Dictionary<string, OnnxNode> producers)
    {
        var order = Axes.Identity(tensor.Rank);
        return (node.IsStandard ? node.OpType : "", input) switch
        {
            ("Conv" or "ConvTranspose", 1) when tensor.Rank is 3 or 4 => Weight(
                tensor.Rank == 4 ? Convolutions.WeightOrder : order),
            ("Conv" or "ConvTranspose", 2) => Bias(),
            ("Gemm", 1) when tensor.Rank == 2 => Weight(node.Flag("transB") ? [1, 0] : order),
            ("Gemm", 2) => Bias(),
            ("MatMul", 1) when tensor.Rank > 1 => Weight(order),
            ("BatchNormalization", 1 or 2) => Bias(),
            ("BatchNormalization", 3 or 4) => new(tensor, order, ParameterRole.Statistic),
            ("Add", var i) when tensor.Rank > 0 && node.Inputs.Count == 2
                && producers.TryGetValue(node.Inputs[1 - i], out var producer)
                && producer.IsStandard && Products.Contains(producer.OpType) => Bias(),
            _ => null,
        };

        OnnxWeight Weight(IntList memory) => new(tensor, memory, ParameterRole.Weight);
        OnnxWeight Bias() => new(tensor, order, ParameterRole.Bias);
    }
}
