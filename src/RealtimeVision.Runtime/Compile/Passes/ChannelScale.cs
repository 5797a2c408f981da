using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// What a node does that computes y = scale x + shift with constants of each channel (the last
/// dimension).
/// </summary>
/// <param name="Source">x, in the node's graph.</param>
/// <param name="Scales">One number a channel.</param>
/// <param name="Shifts">One number a channel.</param>
internal sealed record ChannelScale(Value Source, double[] Scales, double[] Shifts)
{
    /// <summary>Number of channels.</summary>
    public int Channels => Scales.Length;

    /// <summary>What the node does; null where it does something else.</summary>
    public static ChannelScale? Of(Node node)
    {
        var scale = node.Operator switch
        {
            BatchNorm norm => OfBatchNorm(node, norm.Epsilon),
            Pointwise { Chain.Length: 1 } pointwise => OfFunction(node, pointwise.Chain.Links[0]),
            _ => null,
        };
        // Infinity times a zero weight would be no number, where the node gives infinity.
        return scale is not null && Array.TrueForAll(scale.Scales, double.IsFinite)
            && Array.TrueForAll(scale.Shifts, double.IsFinite) ? scale : null;
    }

    private static ChannelScale? OfBatchNorm(Node node, float epsilon)
    {
        for (int i = BatchNorm.Gamma; i <= BatchNorm.Variance; i++)
        {
            if (!node.Inputs[i]!.IsConstant)
            {
                return null;
            }
        }

        var gamma = Data(node, BatchNorm.Gamma);
        var beta = Data(node, BatchNorm.Beta);
        var mean = Data(node, BatchNorm.Mean);
        var variance = Data(node, BatchNorm.Variance);
        var scales = new double[gamma.Length];
        var shifts = new double[gamma.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = gamma[i] / Math.Sqrt(variance[i] + (double)epsilon);
            shifts[i] = beta[i] - (mean[i] * scales[i]);
        }

        return new ChannelScale(node.Inputs[BatchNorm.X]!, scales, shifts);
    }

    private static ChannelScale? OfFunction(Node node, ChainLink link)
    {
        var output = node.Outputs[0].Shape;
        if (output.Rank == 0)
        {
            return null;
        }

        if (link.Function == Unary.Affine || link.Function == Unary.Negate)
        {
            var (a, b) = link.Function == Unary.Affine ? (link.A, link.B) : (-1f, 0f);
            return new ChannelScale(node.Inputs[0]!, Repeat(a, output[-1]), Repeat(b, output[-1]));
        }

        if (link.Function is not BinaryFunction function)
        {
            return null;
        }

        var (x, y) = (node.Inputs[0]!, node.Inputs[1]!);
        if (x.IsConstant)
        {
            (x, y, function) = (y, x, function.Swapped);
        }

        if (!y.IsConstant || x.Shape != output || PerChannel(y, output[-1]) is not { } c)
        {
            return null;
        }

        return function == Binary.Add ? new(x, Repeat(1, c.Length), c)
            : function == Binary.Subtract ? new(x, Repeat(1, c.Length), Each(c, v => -v))
            : function == Binary.SubtractFrom ? new(x, Repeat(-1, c.Length), c)
            : function == Binary.Multiply ? new(x, c, Repeat(0, c.Length))
            : function == Binary.Divide ? new(x, Each(c, v => 1 / v), Repeat(0, c.Length))
            : null;
    }

    /// <summary>
    /// A constant as one number a channel; null where it varies in other dimensions.
    /// </summary>
    private static double[]? PerChannel(Value constant, int channels)
    {
        var values = constant.Variable!.As<float>();
        if (values.Length == 1)
        {
            return Repeat(values[0], channels);
        }

        return values.Length == channels && constant.Shape[-1] == channels
            ? Array.ConvertAll(values.ToArray(), v => (double)v)
            : null;
    }

    private static ReadOnlySpan<float> Data(Node node, int input) =>
        node.Inputs[input]!.Variable!.As<float>();

    private static double[] Repeat(double value, int count)
    {
        var values = new double[count];
        values.AsSpan().Fill(value);
        return values;
    }

    private static double[] Each(double[] values, Converter<double, double> function) =>
        Array.ConvertAll(values, function);
}
