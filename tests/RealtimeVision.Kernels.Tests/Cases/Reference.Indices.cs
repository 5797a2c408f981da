using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Expand(Expand op, HostTensor x) => Gather(
        op.Infer([x.Type])[0],
        at => (x, [.. at[(at.Length - x.Shape.Rank)..].Select((i, d) => x.Shape[d] == 1 ? 0 : i)]));

    public static HostTensor Gather(Gather op, HostTensor x, HostTensor indices)
    {
        int axis = op.Axis < 0 ? op.Axis + x.Shape.Rank : op.Axis;
        int rank = indices.Shape.Rank;
        return Gather(op.Infer([x.Type, indices.Type])[0], at =>
        {
            int index = indices.Ints[Flat(indices.Shape, at[axis..(axis + rank)])];
            return (x, [.. at[..axis], Near(index, x.Shape[axis]), .. at[(axis + rank)..]]);
        });
    }

    public static HostTensor GatherElements(GatherElements op, HostTensor x, HostTensor indices)
    {
        int axis = op.Axis < 0 ? op.Axis + x.Shape.Rank : op.Axis;
        return Gather(op.Infer([x.Type, indices.Type])[0], at =>
        {
            int index = indices.Ints[Flat(indices.Shape, at)];
            return (x, [.. at.Select((i, d) => d == axis ? Near(index, x.Shape[axis]) : i)]);
        });
    }

    public static HostTensor GatherNd(GatherNd op, HostTensor x, HostTensor indices)
    {
        int depth = indices.Shape[-1];
        return Gather(op.Infer([x.Type, indices.Type])[0], at =>
        {
            int[] tuple = [.. Enumerable.Range(0, depth).Select(j =>
                Near(indices.Ints[Flat(indices.Shape, [.. at[..(indices.Shape.Rank - 1)], j])], x.Shape[op.BatchDims + j]))];
            return (x, [.. at[..op.BatchDims], .. tuple, .. at[(indices.Shape.Rank - 1)..]]);
        });
    }

    public static HostTensor ScatterElements(
        ScatterElements op, HostTensor data, HostTensor indices, HostTensor updates)
    {
        int axis = op.Axis < 0 ? op.Axis + data.Shape.Rank : op.Axis;
        return Scatter(data, updates, op.Reduction, at =>
        {
            at[axis] = indices.Ints[Flat(indices.Shape, at)];
            return at;
        });
    }

    public static HostTensor ScatterNd(ScatterNd op, HostTensor data, HostTensor indices, HostTensor updates)
    {
        int rank = indices.Shape.Rank - 1;
        return Scatter(data, updates, op.Reduction, at =>
        [
            .. Enumerable.Range(0, indices.Shape[-1]).Select(j => indices.Ints[Flat(indices.Shape, [.. at[..rank], j])]),
            .. at[rank..],
        ]);
    }

    /// <summary>Each update, row-major, at the index that <paramref name="to"/> says.</summary>
    private static HostTensor Scatter(
        HostTensor data, HostTensor updates, ScatterReduction reduction, Func<int[], int[]> to)
    {
        int size = data.Type.Element.Size();
        var result = new HostTensor(data.Type, [.. data.Data]);
        var strides = updates.Shape.Strides();
        for (int i = 0; i < updates.Shape.Count; i++)
        {
            int[] at = to([.. strides.Select((s, d) => i / s % updates.Shape[d])]);
            at = [.. at.Select((k, d) => k < 0 ? k + data.Shape[d] : k)];
            if (!at.Select((k, d) => k >= 0 && k < data.Shape[d]).All(inside => inside))
            {
                continue;
            }

            var target = result.Data.AsSpan(Flat(data.Shape, at) * size, size);
            var update = updates.Data.AsSpan(i * size, size);
            if (reduction == ScatterReduction.None)
            {
                update.CopyTo(target);
            }
            else if (data.Type.Element == ElementType.Float32)
            {
                float value = (float)Combine(reduction, BitConverter.ToSingle(target), BitConverter.ToSingle(update));
                BitConverter.TryWriteBytes(target, value);
            }
            else
            {
                int value = unchecked(reduction switch
                {
                    ScatterReduction.Add => BitConverter.ToInt32(target) + BitConverter.ToInt32(update),
                    ScatterReduction.Multiply => BitConverter.ToInt32(target) * BitConverter.ToInt32(update),
                    _ => (int)Combine(reduction, BitConverter.ToInt32(target), BitConverter.ToInt32(update)),
                });
                BitConverter.TryWriteBytes(target, value);
            }
        }

        return result;
    }

    private static double Combine(ScatterReduction reduction, double held, double update) => reduction switch
    {
        ScatterReduction.Add => held + update,
        ScatterReduction.Multiply => held * update,
        ScatterReduction.Minimum => Math.Min(held, update),
        _ => Math.Max(held, update),
    };

    private static int Near(int index, int size) => Math.Clamp(index < 0 ? index + size : index, 0, size - 1);

    private static int Flat(Shape shape, int[] at) => shape.Strides().Zip(at, (s, a) => s * a).Sum();
}
