using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Import.Building;

/// <summary>
/// How a tensor whose axes lie in some order is reshaped. Sizes before and after fall into groups
/// of neighbouring axes with equal products: [N, C, H, W] to [N, C, HW] has the groups N to N, C to
/// C, and H, W to HW. Only within a group do axes have to be neighbours in memory, in the file's
/// order; the groups may lie in any order.
/// </summary>
/// <param name="SourceOrder">The order of axes in which the tensor has to be.</param>
/// <param name="TargetOrder">The order in which the new axes then are.</param>
internal readonly record struct Regrouping(IntList SourceOrder, IntList TargetOrder)
{
    /// <summary>The way from one shape to another of as many elements.</summary>
    public static Regrouping Of(Shape source, IntList order, Shape target)
    {
        if (source.Count == 0)
        {
            return new Regrouping(Axes.Identity(source.Rank), Axes.Identity(target.Rank));
        }

        var groups = GroupsOf(source, target);
        int[] significant = [.. Axes.Significant(source, order)];

        // A group lies where its first axis does; one whose sizes are all 1 goes with the group
        // before it.
        var places = new int[groups.Count];
        for (int g = 0; g < places.Length; g++)
        {
            places[g] = groups[g].Source
                .Select(axis => Array.IndexOf(significant, axis))
                .Where(place => place >= 0)
                .DefaultIfEmpty(g == 0 ? -1 : places[g - 1])
                .Min();
        }

        int[] ordered = [.. Enumerable.Range(0, groups.Count).OrderBy(g => places[g])];
        IntList wanted = [.. ordered.SelectMany(g => groups[g].Source)];
        return new Regrouping(
            Axes.AreEquivalent(source, order, wanted) ? order : wanted,
            [.. ordered.SelectMany(g => groups[g].Target)]);
    }

    private static List<Group> GroupsOf(Shape source, Shape target)
    {
        var groups = new List<Group>();
        int s = 0;
        int t = 0;
        while (s < source.Rank && t < target.Rank)
        {
            var group = new Group([], []);
            long before = Take(group.Source, source, ref s);
            long after = Take(group.Target, target, ref t);
            while (before != after)
            {
                if (before < after)
                {
                    before *= Take(group.Source, source, ref s);
                }
                else
                {
                    after *= Take(group.Target, target, ref t);
                }
            }

            groups.Add(group);
        }

        // What is left has sizes of 1.
        if (groups.Count == 0)
        {
            groups.Add(new Group([], []));
        }

        groups[^1].Source.AddRange(Enumerable.Range(s, source.Rank - s));
        groups[^1].Target.AddRange(Enumerable.Range(t, target.Rank - t));
        return groups;
    }

    private static int Take(List<int> axes, Shape shape, ref int axis)
    {
        axes.Add(axis);
        return shape[axis++];
    }

    private sealed record Group(List<int> Source, List<int> Target);
}
