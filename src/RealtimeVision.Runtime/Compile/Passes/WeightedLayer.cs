using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// A node that multiplies by constant weights and has no epilogue yet, and which channels each of
/// its weights joins.
/// </summary>
internal abstract class WeightedLayer
{
    private WeightedLayer(Node node, int outputChannels, int inputChannels)
    {
        Node = node;
        OutputChannels = outputChannels;
        InputChannels = inputChannels;
    }

    /// <summary>The node: inputs are x, the weights and perhaps a bias.</summary>
    public Node Node { get; }

    /// <summary>Channels that it gives.</summary>
    public int OutputChannels { get; }

    /// <summary>Channels that it takes.</summary>
    public int InputChannels { get; }

    /// <summary>The weights.</summary>
    public Variable Weights => Node.Inputs[1]!.Variable!;

    /// <summary>The bias, or null.</summary>
    public Variable? Bias => Node.Inputs is [_, _, { } bias] ? bias.Variable : null;

    /// <summary>Whether some results are sums over fewer inputs than others.</summary>
    public abstract bool HasPadding { get; }

    /// <summary>The channel of the result that a weight, by its index, counts to.</summary>
    public abstract int OutputChannelOf(int weight);

    /// <summary>The channel of the input that a weight is multiplied with.</summary>
    public abstract int InputChannelOf(int weight);

    /// <summary>The layer that a node is; null where it is none, or has an epilogue.</summary>
    public static WeightedLayer? Of(Node? node)
    {
        if (node is not { Inputs: [_, { IsConstant: true }] or [_, { IsConstant: true }, _] }
            || node.Inputs is [_, _, { IsConstant: false }]
            || node.Operator is not IEpilogueOperator { Epilogue.Length: 0 })
        {
            return null;
        }

        return node.Operator switch
        {
            Conv2D op => new Convolution(node, op),
            ConvTranspose2D op => new TransposedConvolution(node, op),
            MatMul op when node.Inputs[1]!.Shape.Rank == 2 => new Product(node, op),
            _ => null,
        };
    }

    /// <summary>Weights [KH, KW, C / groups, O].</summary>
    private sealed class Convolution(Node node, Conv2D op)
        : WeightedLayer(node, node.Outputs[0].Shape.C, node.Inputs[0]!.Shape.C)
    {
        private readonly int _channelsOfGroup = node.Inputs[1]!.Shape[2];

        public override bool HasPadding => op.Padding != Padding2.None;

        public override int OutputChannelOf(int weight) => weight % OutputChannels;

        public override int InputChannelOf(int weight)
        {
            int group = OutputChannelOf(weight) / (OutputChannels / op.Groups);
            return (group * _channelsOfGroup) + (weight / OutputChannels % _channelsOfGroup);
        }
    }

    /// <summary>Weights [KH, KW, O / groups, C].</summary>
    private sealed class TransposedConvolution(Node node, ConvTranspose2D op)
        : WeightedLayer(node, node.Outputs[0].Shape.C, node.Inputs[0]!.Shape.C)
    {
        // Pixels of the output are reached by different taps, whatever the padding.
        public override bool HasPadding => true;

        public override int OutputChannelOf(int weight)
        {
            int channelsOfGroup = OutputChannels / op.Groups;
            int group = InputChannelOf(weight) / (InputChannels / op.Groups);
            return (group * channelsOfGroup) + (weight / InputChannels % channelsOfGroup);
        }

        public override int InputChannelOf(int weight) => weight % InputChannels;
    }

    /// <summary>Weights [in, out], or [out, in] where they are transposed.</summary>
    private sealed class Product(Node node, MatMul op)
        : WeightedLayer(
            node,
            node.Inputs[1]!.Shape[op.TransposeB ? 0 : 1],
            // Of a transposed matrix the last dimension is no sum's: nothing before it can be
            // folded.
            op.TransposeA ? -1 : node.Inputs[1]!.Shape[op.TransposeB ? 1 : 0])
    {
        public override bool HasPadding => false;

        public override int OutputChannelOf(int weight) =>
            op.TransposeB ? weight / InputsOf() : weight % OutputChannels;

        public override int InputChannelOf(int weight) =>
            op.TransposeB ? weight % InputsOf() : weight / OutputChannels;

        private int InputsOf() => Node.Inputs[1]!.Shape[op.TransposeB ? 1 : 0];
    }
}
