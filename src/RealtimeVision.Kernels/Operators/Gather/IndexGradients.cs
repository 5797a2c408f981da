using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Gradients of what gathers and scatters, each made of the other. Gathering brings indices inside
/// their dimension, scattering leaves out what is outside: its gradients tell the two apart.
/// </summary>
internal static class IndexGradients
{
    /// <summary>The gradient of x of <see cref="Gather"/>.</summary>
    public static Value OfGather(GradientBuilder g, int axis)
    {
        var (x, indices, dy) = (g.Input(0).Shape, g.Input(1), g.OutputGradient());
        axis = axis < 0 ? axis + x.Rank : axis;
        var tuples = g.Add(
            new Reshape(new Shape([.. indices.Shape.Sizes, 1])), Clamped(g, indices, x[axis]));

        // The dimension and its indices to the front, and back again.
        int named = indices.Shape.Rank;
        int[] others = [.. Enumerable.Range(0, axis), .. Enumerable.Range(axis + named, x.Rank - axis - 1)];
        var rows = Transposed(g, dy, [.. Enumerable.Range(axis, named), .. others]);
        var front = new Shape([x[axis], .. x.Sizes[..axis], .. x.Sizes[(axis + 1)..]]);
        var sums = g.Add(new ScatterNd(ScatterReduction.Add), g.Fill(0, front), tuples, rows);
        return Transposed(
            g, sums, [.. Enumerable.Range(1, axis), 0, .. Enumerable.Range(axis + 1, x.Rank - axis - 1)]);
    }

    /// <summary>The gradient of x of <see cref="GatherElements"/>.</summary>
    public static Value OfGatherElements(GradientBuilder g, int axis)
    {
        var x = g.Input(0).Shape;
        return g.Add(
            new ScatterElements(axis, ScatterReduction.Add),
            g.Fill(0, x), Clamped(g, g.Input(1), x[axis]), g.OutputGradient());
    }

    /// <summary>The gradient of x of <see cref="GatherNd"/>.</summary>
    public static Value OfGatherNd(GradientBuilder g, int batchDims)
    {
        var (x, indices, dy) = (g.Input(0).Shape, g.Input(1), g.OutputGradient());
        int depth = indices.Shape[-1];
        var tuples = depth == 0
            ? indices
            : Clamped(g, indices, x.Sizes.Slice(batchDims, depth));
        if (batchDims == 0)
        {
            return g.Add(new ScatterNd(ScatterReduction.Add), g.Fill(0, x), tuples, dy);
        }

        // All batches as one dimension, whose number goes before the others.
        int batches = checked((int)x.Product(0, batchDims));
        int rows = checked((int)indices.Shape.Product(batchDims, indices.Shape.Rank - 1));
        int[] numbers = new int[batches * rows];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i / rows;
        }

        var flat = new Shape([batches, .. x.Sizes[batchDims..]]);
        tuples = g.Add(new Concat(1), g.Integers(new Shape(numbers.Length, 1), numbers),
            g.Add(new Reshape(new Shape(numbers.Length, depth)), tuples));
        var updates = new Shape([numbers.Length, .. x.Sizes[(batchDims + depth)..]]);
        var sums = g.Add(new ScatterNd(ScatterReduction.Add), g.Fill(0, flat), tuples,
            g.Add(new Reshape(updates), dy));
        return g.Add(new Reshape(x), sums);
    }

    /// <summary>Gives the gradients of data and updates.</summary>
    public static void ScatterElements(GradientBuilder g, int axis, ScatterReduction reduction)
    {
        var (data, indices, dy) = (g.Input(0), g.Input(1), g.OutputGradient());
        var scatter = new ScatterElements(axis);
        if (g.Wants(0))
        {
            g.Give(0, reduction == ScatterReduction.Add
                ? dy
                : g.Add(scatter, dy, indices, g.Fill(0, indices.Shape)));
        }

        if (g.Wants(2))
        {
            var gather = new GatherElements(axis);
            var counts = reduction == ScatterReduction.Add
                ? g.Add(new Compare(Comparison.Equal), indices, Clamped(g, indices, data.Shape[axis]))
                : IsLast(g, scatter, gather, data.Shape, indices, indices.Shape);
            g.Give(2, g.Add(new Select(), counts, g.Add(gather, dy, indices), g.Fill(0, default)));
        }
    }

    /// <summary>Gives the gradients of data and updates.</summary>
    public static void ScatterNd(GradientBuilder g, ScatterReduction reduction)
    {
        var (data, indices, updates, dy) = (g.Input(0).Shape, g.Input(1), g.Input(2), g.OutputGradient());
        var scatter = new ScatterNd();
        if (g.Wants(0))
        {
            g.Give(0, reduction == ScatterReduction.Add
                ? dy
                : g.Add(scatter, dy, indices, g.Fill(0, updates.Shape)));
        }

        if (g.Wants(2))
        {
            var gather = new GatherNd();
            int depth = indices.Shape[-1];
            var tuples = new Shape(indices.Shape.Sizes[..^1]);
            var named = new Shape(data.Sizes[..depth]);
            Value counts;
            if (reduction == ScatterReduction.Add && depth == 0)
            {
                // Each tuple names all of the data.
                g.Give(2, g.Add(gather, dy, indices));
                return;
            }

            if (reduction == ScatterReduction.Add)
            {
                var inside = g.Add(new Cast(ElementType.Int32), g.Add(
                    new Compare(Comparison.Equal), indices, Clamped(g, indices, named.Sizes)));
                counts = g.Add(
                    new Cast(ElementType.UInt8), g.Add(new Reduce(ReduceKind.Min, [-1], false), inside));
            }
            else
            {
                counts = IsLast(g, scatter, gather, named, indices, tuples);
            }

            var rows = new int[updates.Shape.Rank];
            Array.Fill(rows, 1);
            tuples.Sizes.CopyTo(rows);
            counts = g.Add(new Reshape(new Shape(rows)), counts);
            g.Give(2, g.Add(new Select(), counts, g.Add(gather, dy, indices), g.Fill(0, default)));
        }
    }

    // Which updates are the last of their element, and inside: each scatters its number, and looks
    // whether it is still there.
    private static Value IsLast(
        GradientBuilder g, Operator scatter, Operator gather, Shape named, Value indices, Shape updates)
    {
        var numbers = g.Integers(
            updates, [.. Enumerable.Range(0, checked((int)updates.Count))]);
        var none = g.Add(new Expand(named), g.Integers(default, [-1]));
        var found = g.Add(gather, g.Add(scatter, none, indices, numbers), indices);
        return g.Add(new Compare(Comparison.Equal), found, numbers);
    }

    private static Value Clamped(GradientBuilder g, Value indices, params ReadOnlySpan<int> sizes)
    {
        var shape = sizes.Length == 1 ? default : new Shape(sizes.Length);
        int[] last = new int[sizes.Length];
        int[] first = new int[sizes.Length];
        for (int d = 0; d < sizes.Length; d++)
        {
            (first[d], last[d]) = (-sizes[d], sizes[d] - 1);
        }

        var below = g.Add(new IntegerPointwise(Integer.Minimum), indices, g.Integers(shape, last));
        return g.Add(new IntegerPointwise(Integer.Maximum), below, g.Integers(shape, first));
    }

    private static Value Transposed(GradientBuilder g, Value x, int[] order) =>
        order.Where((d, i) => d != i).Any() ? g.Add(new Transpose([.. order]), x) : x;
}
