using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Nested loops over an output and the operands that broadcast to it, with neighbouring dimensions
/// merged wherever all operands allow it: [N, H, W, C] with [1, 1, 1, C] is two loops, and with its
/// like, one.
/// </summary>
/// <param name="Sizes">Turns of each loop, outermost first; at least one loop.</param>
/// <param name="Strides">For each operand, elements between turns of each loop; 0 where it is
/// repeated.</param>
internal sealed record BroadcastLoop(int[] Sizes, int[][] Strides)
{
    /// <summary>The loops for operands of these shapes.</summary>
    /// <exception cref="ShapeException">An operand does not broadcast to the output.</exception>
    public static BroadcastLoop Of(Shape output, params ReadOnlySpan<Shape> operands)
    {
        var strides = new List<int>[operands.Length];
        var sizes = new List<int>();
        var full = new int[operands.Length][];
        for (int k = 0; k < operands.Length; k++)
        {
            strides[k] = [];
            full[k] = StridesIn(output, operands[k]);
        }

        for (int d = 0; d < output.Rank; d++)
        {
            if (output[d] == 1)
            {
                continue;
            }

            bool merges = sizes.Count > 0;
            for (int k = 0; k < operands.Length && merges; k++)
            {
                merges = strides[k][^1] == full[k][d] * output[d];
            }

            if (merges)
            {
                sizes[^1] *= output[d];
                for (int k = 0; k < operands.Length; k++)
                {
                    strides[k][^1] = full[k][d];
                }
            }
            else
            {
                sizes.Add(output[d]);
                for (int k = 0; k < operands.Length; k++)
                {
                    strides[k].Add(full[k][d]);
                }
            }
        }

        if (sizes.Count == 0)
        {
            sizes.Add(1);
            foreach (var s in strides)
            {
                s.Add(0);
            }
        }

        return new BroadcastLoop([.. sizes], Array.ConvertAll(strides, s => s.ToArray()));
    }

    private static int[] StridesIn(Shape output, Shape operand)
    {
        if (Shape.Broadcast(operand, output) != output)
        {
            throw new ShapeException($"{operand} does not broadcast to {output}");
        }

        var own = operand.Strides();
        var strides = new int[output.Rank];
        for (int i = 1; i <= operand.Rank; i++)
        {
            strides[^i] = operand[-i] == 1 ? 0 : own[^i];
        }

        return strides;
    }
}
