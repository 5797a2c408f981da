using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor[] TopK(TopK op, HostTensor x)
    {
        var types = op.Infer([x.Type]);
        int axis = op.Axis < 0 ? op.Axis + x.Shape.Rank : op.Axis;
        var lines = new Dictionary<string, int[]>();
        var indices = new int[types[1].Shape.Count];
        var values = Gather(types[0], at =>
        {
            string line = string.Join(' ', at.Select((i, d) => d == axis ? 0 : i));
            if (!lines.TryGetValue(line, out int[]? order))
            {
                var elements = Enumerable.Range(0, x.Shape[axis])
                    .Select(i => (Index: i, Value: Number(x, Flat(x.Shape, [.. at[..axis], i, .. at[(axis + 1)..]]))));
                order = [.. (op.Largest ? elements.OrderByDescending(e => e.Value) : elements.OrderBy(e => e.Value))
                    .Select(e => e.Index)];
                lines.Add(line, order);
            }

            int index = order[at[axis]];
            indices[Flat(types[0].Shape, at)] = index;
            return (x, [.. at[..axis], index, .. at[(axis + 1)..]]);
        });
        return [values, HostTensor.OfInts(types[1].Shape, indices)];
    }

    public static HostTensor CumSum(CumSum op, HostTensor x)
    {
        int axis = op.Axis < 0 ? op.Axis + x.Shape.Rank : op.Axis;
        var strides = x.Shape.Strides();
        var sums = new double[x.Shape.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            int at = i / strides[axis] % x.Shape[axis];
            var taken = (op.IsReversed, op.IsExclusive) switch
            {
                (false, false) => Enumerable.Range(0, at + 1),
                (false, true) => Enumerable.Range(0, at),
                (true, false) => Enumerable.Range(at, x.Shape[axis] - at),
                _ => Enumerable.Range(at + 1, x.Shape[axis] - at - 1),
            };
            sums[i] = taken.Sum(l => Number(x, i + ((l - at) * strides[axis])));
        }

        return x.Type.Element == ElementType.Float32
            ? HostTensor.Of(x.Shape, Array.ConvertAll(sums, s => (float)s))
            : HostTensor.OfInts(x.Shape, Array.ConvertAll(sums, s => unchecked((int)(long)s)));
    }

    public static HostTensor OneHot(OneHot op, HostTensor indices, HostTensor values)
    {
        int axis = op.Axis < 0 ? op.Axis + indices.Shape.Rank + 1 : op.Axis;
        return Gather(op.Infer([indices.Type, values.Type])[0], at =>
        {
            int index = (int)Number(indices, Flat(indices.Shape, [.. at[..axis], .. at[(axis + 1)..]]));
            return (values, [(index < 0 ? index + op.Depth : index) == at[axis] ? 1 : 0]);
        });
    }

    public static HostTensor ReverseSequence(ReverseSequence op, HostTensor x, HostTensor lengths) =>
        Gather(x.Type, at =>
        {
            int length = Math.Min(lengths.Ints[at[1 - op.TimeAxis]], x.Shape[op.TimeAxis]);
            int time = at[op.TimeAxis];
            at[op.TimeAxis] = time < length ? length - 1 - time : time;
            return (x, at);
        });

    public static HostTensor Trilu(Trilu op, HostTensor x)
    {
        var zero = new HostTensor(x.Type with { Shape = new Shape() }, new byte[x.Type.Element.Size()]);
        return Gather(x.Type, at =>
        {
            long right = (long)at[^1] - at[^2] - op.Diagonal;
            return (op.IsUpper ? right >= 0 : right <= 0) ? (x, at) : (zero, []);
        });
    }

    private static double Number(HostTensor x, int index) => x.Type.Element switch
    {
        ElementType.Float32 => x.Floats[index],
        ElementType.Int32 => x.Ints[index],
        _ => x.Data[index],
    };
}
