using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxUnpool2D : ICpuOperator
{
    private const int MostChannels = 16;

    /// <summary>A piece is some channels of one picture: nothing else is written to them.</summary>
    private sealed unsafe class UnpoolStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Indices { get; init; }

        public required CpuTensor Y { get; init; }

        public required int Pixels { get; init; }

        public required int Places { get; init; }

        public required int C { get; init; }

        public required int Parts { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int n = piece / Parts;
            int first = piece % Parts * MostChannels;
            int channels = Math.Min(MostChannels, C - first);
            float* y = Y.Floats + ((nint)n * Places * C) + first;
            for (int place = 0; place < Places; place++)
            {
                new Span<float>(y + ((nint)place * C), channels).Clear();
            }

            nint at = ((nint)n * Pixels * C) + first;
            for (int pixel = 0; pixel < Pixels; pixel++, at += C)
            {
                for (int c = 0; c < channels; c++)
                {
                    int place = Indices.Ints[at + c] - (((n * C) + first + c) * Places);
                    if (place >= 0 && place < Places)
                    {
                        y[((nint)place * C) + c] = X.Floats[at + c];
                    }
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var x = b.InputShape(0);
        int parts = (x.C + MostChannels - 1) / MostChannels;
        b.Add(new UnpoolStep
        {
            Label = "MaxUnpool2D", Pieces = Math.Max(x.N * parts, 1), X = b.Input(0),
            Indices = b.Input(1), Y = b.Output(), Pixels = x.H * x.W, Places = OutH * OutW,
            C = x.C, Parts = parts,
        });
    }
}
