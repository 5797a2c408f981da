using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Concat(Concat op, IReadOnlyList<HostTensor?> inputs)
    {
        var y = op.Infer([.. inputs.Select(i => i!.Type)])[0];
        int axis = op.Axis < 0 ? op.Axis + y.Shape.Rank : op.Axis;
        return Gather(y, at =>
        {
            int input = 0;
            for (; at[axis] >= inputs[input]!.Shape[axis]; input++)
            {
                at[axis] -= inputs[input]!.Shape[axis];
            }

            return (inputs[input]!, at);
        });
    }

    public static HostTensor Slice(Slice op, HostTensor x) => Gather(
        op.Infer([x.Type])[0],
        at => (x, [.. at.Select((i, d) => op.Starts[d] + (i * op.Steps[d]))]));

    public static HostTensor Pad(Pad op, HostTensor x)
    {
        byte[] data = x.Type.Element switch
        {
            ElementType.Float32 => BitConverter.GetBytes((float)op.Value),
            ElementType.Int32 => BitConverter.GetBytes((int)op.Value),
            _ => [(byte)op.Value],
        };
        var value = new HostTensor(x.Type with { Shape = default }, data);
        return Gather(op.Infer([x.Type])[0], at =>
        {
            int[] from = [.. at.Select((i, d) => op.Mode == PadMode.Constant
                ? i - op.Before[d]
                : Walk(op.Mode, i - op.Before[d], Math.Max(-op.Before[d], 0), x.Shape[d] - Math.Max(-op.After[d], 0)))];
            return from.Select((i, d) => i >= 0 && i < x.Shape[d]).All(inside => inside) ? (x, from) : (value, []);
        });
    }

    // Steps from outside towards [first, end) until inside.
    private static int Walk(PadMode mode, int place, int first, int end)
    {
        while (place < first || place >= end)
        {
            int size = end - first;
            place = mode switch
            {
                PadMode.Edge => place < first ? first : end - 1,
                PadMode.Wrap => place < first ? place + size : place - size,
                _ when size == 1 => first,
                _ => place < first ? (2 * first) - place : (2 * (end - 1)) - place,
            };
        }

        return place;
    }

    /// <summary>
    /// Each element taken from where <paramref name="from"/> says, given its index.
    /// </summary>
    private static HostTensor Gather(TensorType type, Func<int[], (HostTensor Source, int[] At)> from)
    {
        int size = type.Element.Size();
        var strides = type.Shape.Strides();
        var data = new byte[type.Bytes];
        for (int i = 0; i < type.Shape.Count; i++)
        {
            var (source, at) = from([.. strides.Select((s, d) => i / s % type.Shape[d])]);
            int index = source.Shape.Strides().Zip(at, (s, a) => s * a).Sum();
            source.Data.AsSpan(index * size, size).CopyTo(data.AsSpan(i * size));
        }

        return new HostTensor(type, data);
    }
}
