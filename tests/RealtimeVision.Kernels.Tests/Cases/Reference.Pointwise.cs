using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Pointwise(Pointwise op, IReadOnlyList<HostTensor?> inputs)
    {
        var x = inputs[0]!;
        var y = op.Infer([.. inputs.Select(i => i!.Type)])[0].Shape;
        var at = BroadcastIndex(x.Shape, y);
        var values = new double[y.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = x.Floats[at(i)];
        }

        return Chain(values, y, op.Chain, [.. inputs.Skip(op.FirstOperand)]);
    }
}
