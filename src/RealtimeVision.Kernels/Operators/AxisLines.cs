using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A tensor as lines along one dimension, or along neighbouring ones: [Outer, Length, Inner], where
/// element l of line (o, i) is at (o Length + l) Inner + i.
/// </summary>
/// <param name="Outer">Elements of the dimensions before.</param>
/// <param name="Length">Elements of a line.</param>
/// <param name="Inner">Elements of the dimensions after, and from one element of a line to the
/// next.</param>
internal readonly record struct AxisLines(int Outer, int Length, int Inner)
{
    /// <summary>How many lines.</summary>
    public int Count => checked(Outer * Inner);

    /// <summary>
    /// The lines along one dimension of a shape; a negative one counts from the end.
    /// </summary>
    public static AxisLines Of(Shape shape, int axis)
    {
        int d = axis < 0 ? axis + shape.Rank : axis;
        return new AxisLines(
            checked((int)shape.Product(0, d)), shape[d], checked((int)shape.Product(d + 1, shape.Rank)));
    }

    /// <summary>
    /// The lines to reduce one after the other, so that the given dimensions are gone: neighbouring
    /// dimensions at once, the innermost first, each stage on the result of the one before. At
    /// least one stage.
    /// </summary>
    public static List<AxisLines> Stages(Shape shape, ReadOnlySpan<bool> isReduced)
    {
        var groups = new List<(int Size, bool IsReduced)>();
        for (int d = 0; d < shape.Rank; d++)
        {
            if (groups.Count > 0 && groups[^1].IsReduced == isReduced[d])
            {
                groups[^1] = (checked(groups[^1].Size * shape[d]), isReduced[d]);
            }
            else if (shape[d] != 1)
            {
                groups.Add((shape[d], isReduced[d]));
            }
        }

        var stages = new List<AxisLines>();
        int inner = 1;
        for (int g = groups.Count - 1; g >= 0; g--)
        {
            if (groups[g].IsReduced)
            {
                int outer = groups.Take(g).Aggregate(1, (product, group) => checked(product * group.Size));
                stages.Add(new AxisLines(outer, groups[g].Size, inner));
            }
            else
            {
                inner *= groups[g].Size;
            }
        }

        return stages.Count > 0 ? stages : [new AxisLines(checked((int)shape.Count), 1, 1)];
    }
}
