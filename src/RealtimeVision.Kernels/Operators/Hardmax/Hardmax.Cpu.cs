using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Hardmax : ICpuOperator
{
    private const int PieceElements = 16 * 1024;

    /// <summary>Some of the lines.</summary>
    private sealed class LinesStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required AxisLines Lines { get; init; }

        public required int LinesAtOnce { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (_, length, inner) = Lines;
            int end = Math.Min(Lines.Count, (piece + 1) * LinesAtOnce);
            for (int line = piece * LinesAtOnce; line < end; line++)
            {
                int outer = line / inner;
                long first = ((long)outer * length * inner) + (line - ((long)outer * inner));
                float* x = X.Floats + first;
                float* y = Y.Floats + first;
                int at = 0;
                float largest = *x;
                for (int l = 1; l < length; l++)
                {
                    float value = x[(long)l * inner];
                    if (IsLarger(value, largest))
                    {
                        (largest, at) = (value, l);
                    }
                }

                for (int l = 0; l < length; l++)
                {
                    y[(long)l * inner] = l == at ? 1 : 0;
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        var lines = AxisLines.Of(b.OutputShape(), Axis);
        int atOnce = Math.Max(1, PieceElements / lines.Length);
        b.Add(new LinesStep
        {
            Label = Name, Pieces = (lines.Count + atOnce - 1) / atOnce, X = b.Input(0),
            Y = b.Output(), Lines = lines, LinesAtOnce = atOnce,
        });
    }
}
