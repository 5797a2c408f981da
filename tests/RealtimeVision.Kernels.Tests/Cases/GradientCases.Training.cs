using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>What training adds to a graph: the loss of a classifier, and the optimisers' steps.</summary>
public static partial class GradientCases
{
    private static IEnumerable<OperatorCase> CrossEntropies()
    {
        int seed = 9300;
        foreach (var (sizes, ignore, smoothing, isWeighted) in
            new (int[] Sizes, int? Ignore, float Smoothing, bool IsWeighted)[]
            {
                ([6, 10], null, 0, false), ([6, 10], null, 0.1f, true), ([7, 1], null, 0, false),
                ([2, 5, 6, 4], 255, 0, true), ([2, 5, 6, 4], 1, 0.2f, true), ([33, 16], -100, 0, false),
                ([3, 1000], null, 0.1f, false), ([5, 63], 7, 0.1f, true), ([9, 64], 5, 0, false),
                ([2, 6, 65], 3, 0.3f, true), ([4, 130], null, 0, true), ([300, 19], 255, 0, false),
                ([17], null, 0, true), ([0, 5], null, 0, false),
                ([2, 24, 23, 9], 255, 0.1f, true), ([1031, 10], null, 0, false), ([1024, 1], null, 0, false),
                ([1030, 16], -100, 0, false), ([1027, 47], 3, 0.1f, true),
            })
        {
            var logits = HostTensor.Random(++seed, sizes).Map(v => 12 * v);
            int classes = sizes[^1];
            var random = new Random(seed);
            var shape = new Shape(sizes[..^1]);
            int[] labels = new int[shape.Count];
            for (int i = 0; i < labels.Length; i++)
            {
                labels[i] = ignore is { } ignored && random.Next(4) == 0 ? ignored : random.Next(classes);
            }

            var labelsOf = HostTensor.OfInts(shape, labels);
            var weights = isWeighted ? HostTensor.Random(seed + 1, classes).Map(v => v + 0.6f) : null;
            var upstream = HostTensor.Random(seed + 2, [.. shape.Sizes]);
            var op = new SoftmaxCrossEntropy(ignore, smoothing);
            var (losses, labelWeights, gradient) = Reference.CrossEntropy(
                op, logits, labelsOf, weights, upstream);
            string name = $"{logits.Shape} ignoring {ignore}, smoothed by {smoothing}, weights {isWeighted}";
            yield return new OperatorCase(
                $"{op.Name} {name}", op, [logits, labelsOf, weights], [losses, labelWeights]);
            yield return new OperatorCase(
                $"SoftmaxCrossEntropyGradient {name}", new SoftmaxCrossEntropyGradient(ignore, smoothing),
                [logits, labelsOf, weights, upstream], [gradient]);
        }
    }

    private static IEnumerable<OperatorCase> Updates()
    {
        int seed = 9400;
        foreach (var (name, op) in new (string, OptimiserUpdate)[]
        {
            ("plain", new SgdUpdate()),
            ("decay", new SgdUpdate(WeightDecay: 0.3)),
            ("momentum", new SgdUpdate(0.9)),
            ("Nesterov", new SgdUpdate(0.9, true, 0.1)),
            ("plain", new AdamUpdate()),
            ("decay", new AdamUpdate(0.8, 0.9, 1e-3, 0.1)),
            ("decoupled", new AdamUpdate(WeightDecay: 0.1, IsDecoupled: true)),
            ("plain", new RmsPropUpdate()),
            ("decay", new RmsPropUpdate(0.9, 1e-3, 0.2)),
            ("momentum", new RmsPropUpdate(0.9, 1e-3, 0.1, Momentum: 0.8)),
            ("centred", new RmsPropUpdate(0.9, 1e-3, 0.1, IsCentred: true)),
            ("centred momentum", new RmsPropUpdate(0.9, 1e-3, 0, 0.7, true)),
        })
        {
            foreach (var (sizes, scale, enabled) in new (int[], float?, float?)[]
            {
                ([7, 3], null, null), ([33], 0.25f, 1), ([2, 300], 2, 0), ([150, 151], 0.5f, null),
            })
            {
                var weights = HostTensor.Random(++seed, sizes);
                var gradient = HostTensor.Random(seed + 1000, sizes);
                if (enabled == 0)
                {
                    gradient = gradient.Map(v => v > 0 ? float.NaN : v);
                }

                HostTensor[] memories =
                [
                    .. Enumerable.Range(0, op.Memories)
                        .Select(i => HostTensor.Random(seed + 2000 + i, sizes).Map(MathF.Abs)),
                ];
                if (op is RmsPropUpdate { IsCentred: true })
                {
                    // A mean that goes with its squares: their difference is a variance.
                    memories[1] = memories[0].Map(v => 0.5f * MathF.Sqrt(v));
                }

                var numbers = Enumerable.Range(0, op.Numbers).Select(i => Number(0.3f + (0.2f * i))!);
                HostTensor?[] inputs =
                    [weights, gradient, Number(0.05f), Number(scale), Number(enabled), .. memories, .. numbers];
                yield return new OperatorCase(
                    $"{op.Name} {name} {weights.Shape} scale {scale} enabled {enabled}", op, inputs,
                    Reference.Update(op, inputs));
            }
        }
    }

    private static HostTensor? Number(float? number) =>
        number is { } value ? HostTensor.Of(default, [value]) : null;
}
