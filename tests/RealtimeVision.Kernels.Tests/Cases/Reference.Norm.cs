using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>
    /// y, and for each group in order its mean and its variance, or what is in their place.
    /// </summary>
    public static HostTensor[] Norm(NormOperator op, IReadOnlyList<HostTensor?> inputs)
    {
        var x = inputs[0]!;
        var types = op.Infer([.. inputs.Select(i => i?.Type ?? TensorType.Absent)]);
        var y = new float[x.Shape.Count];
        var means = new List<float>();
        var factors = new List<float>();
        var variances = new List<float>();
        foreach (var group in NormGroups(op, x.Shape))
        {
            double mean = group.Average(i => (double)x.Floats[i]);
            double variance = group.Average(i => (x.Floats[i] - mean) * (x.Floats[i] - mean));
            double square = group.Sum(i => (double)x.Floats[i] * x.Floats[i]);
            double sum = group.Sum(i => Math.Abs((double)x.Floats[i]));
            if (op is RmsNorm or LpNormalise)
            {
                mean = 0;
            }

            double factor = op switch
            {
                LpNormalise { P: 1 } => 1 / Math.Max(sum, op.Epsilon),
                LpNormalise => 1 / Math.Max(Math.Sqrt(square), op.Epsilon),
                RmsNorm => 1 / Math.Sqrt((square / group.Length) + op.Epsilon),
                _ => 1 / Math.Sqrt(variance + op.Epsilon),
            };
            foreach (int i in group)
            {
                double value = (x.Floats[i] - mean) * factor;
                if (inputs.Count > 1 && inputs[1] is { } gamma)
                {
                    value *= gamma.Floats[i % (int)gamma.Shape.Count];
                }

                if (inputs.Count > 2 && inputs[2] is { } beta)
                {
                    value += beta.Floats[i % (int)beta.Shape.Count];
                }

                y[i] = (float)value;
            }

            means.Add((float)mean);
            factors.Add((float)factor);
            variances.Add((float)variance);
        }

        List<float>[] statistics = op switch
        {
            LayerNorm or GroupNorm => [means, factors],
            RmsNorm => [factors],
            BatchNormTraining => [means, variances],
            _ => [],
        };
        return
        [
            HostTensor.Of(x.Shape, y),
            .. statistics.Select((s, i) => HostTensor.Of(types[i + 1].Shape, s.ToArray())),
        ];
    }

    public static HostTensor LocalResponseNorm(LocalResponseNorm op, HostTensor x)
    {
        var y = new float[x.Shape.Count];
        foreach (var line in Lines(x.Shape, [-1]))
        {
            for (int c = 0; c < line.Length; c++)
            {
                double sum = 0;
                int first = c - ((op.Size - 1) / 2);
                for (int i = Math.Max(first, 0); i < Math.Min(first + op.Size, line.Length); i++)
                {
                    sum += (double)x.Floats[line[i]] * x.Floats[line[i]];
                }

                y[line[c]] = (float)(
                    x.Floats[line[c]] / Math.Pow(op.Bias + (op.Alpha / op.Size * sum), op.Beta));
            }
        }

        return HostTensor.Of(x.Shape, y);
    }

    private static IEnumerable<int[]> NormGroups(NormOperator op, Shape x)
    {
        int rank = x.Rank;
        switch (op)
        {
            case LayerNorm layer:
                return Lines(x, From(layer.Axis));
            case RmsNorm rms:
                return Lines(x, From(rms.Axis));
            case BatchNormTraining:
                return Lines(x, [.. Enumerable.Range(0, rank - 1)]);
            case MeanVarianceNorm norm:
                return Lines(x, norm.Axes.Values.ToArray());
            case LpNormalise norm:
                return Lines(x, [norm.Axis]);
            default:
                // Channels as groups and their members.
                int groups = ((GroupNorm)op).Groups;
                int[] sizes = [.. x.Sizes[..^1], groups, x[-1] / groups];
                return Lines(new Shape(sizes), [.. Enumerable.Range(1, rank - 2), rank]);
        }

        int[] From(int axis) => [.. Enumerable.Range(
            axis < 0 ? axis + rank : axis, axis < 0 ? -axis : rank - axis)];
    }
}
