using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Dropout, whose masks are the same bits everywhere.</summary>
public static class DropoutCases
{
    public static IEnumerable<OperatorCase> All()
    {
        int seed = 9600;

        // On both sides of a vector, of a run of 16, of a group of 64 and of a piece of the CPU.
        foreach (var (sizes, op, step) in new (int[] Sizes, Dropout Operator, int[] Step)[]
        {
            ([1], new(0.5f, 0), [0]), ([15], new(0.3f, 1), [1]), ([64], new(0.5f, 2), [2]),
            ([65], new(0.5f, 3, 1), [3]), ([127], new(0.9f, 4, ulong.MaxValue), [-1]),
            ([3, 5, 7, 4], new(0.25f, 5), [10]), ([3, 5, 7, 4], new(0, 5), [10]),
            ([2, 33, 65], new(0.1f, int.MaxValue, 1UL << 40), [int.MaxValue, 7]),
            ([257, 257], new(0.99f, 6, 12345), [0, -5]), ([0, 4], new(0.5f, 0), [0]),
            ([32 * 1024], new(1 / 3f, 7), [1 << 30]),
        })
        {
            // Neither infinity nor NaN comes through where an element is dropped.
            var x = HostTensor.Random(++seed, sizes)
                .Map(v => op.Rate > 0 && v > 0.9f ? float.NaN : v);
            var steps = HostTensor.OfInts(new Shape(step.Length), step);
            yield return new OperatorCase(
                $"Dropout {x.Shape} of {op.Rate}, step {string.Join(' ', step)}", op, [x, steps],
                [Reference.Dropout(op, x, step)])
            {
                Tolerance = 0, IsSmooth = false,
            };
        }

        foreach (int[] sizes in new int[][] { [7], [2, 3, 4, 5], [6, 20] })
        {
            var op = new Dropout(0.4f, 8, (ulong)++seed);
            var x = HostTensor.Random(seed, sizes);
            yield return new OperatorCase(
                $"Dropout {x.Shape} of numbers", op,
                [x, HostTensor.OfInts(default, [seed])], [Reference.Dropout(op, x, seed)])
            {
                Tolerance = 0,
            };
        }
    }
}
