using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record BatchNorm : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    // Channels below this are laid out repeatedly, so that vectors run across pixels; a whole
    // number of vectors.
    private const int ShortRow = 256;
    private const int RepeatedRow = 512;

    /// <summary>
    /// y = x scale + shift over rows of as many floats as there are scales and shifts.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void ScaleRows<TLanes>(
        float* x, float* scale, float* shift, float* y, long count, int rowLength)
        where TLanes : struct, ILanes<TLanes>
    {
        while (count > 0)
        {
            long row = Math.Min(rowLength, count);
            long i = 0;
            for (; i <= row - TLanes.Count; i += TLanes.Count)
            {
                TLanes.MultiplyAdd(TLanes.Load(x + i), TLanes.Load(scale + i), TLanes.Load(shift + i)).Store(y + i);
            }

            for (; i < row; i++)
            {
                y[i] = (x[i] * scale[i]) + shift[i];
            }

            x += row;
            y += row;
            count -= row;
        }
    }

    /// <summary>Makes one scale and one shift a channel of the four parameters.</summary>
    private sealed class FoldStep : CpuStep
    {
        public required CpuTensor Gamma { get; init; }

        public required CpuTensor Beta { get; init; }

        public required CpuTensor Mean { get; init; }

        public required CpuTensor Variance { get; init; }

        public required CpuTensor Scale { get; init; }

        public required CpuTensor Shift { get; init; }

        public required double Epsilon { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int channels = Gamma.Type.Shape[0];
            int length = Scale.Type.Shape[0];
            for (int c = 0; c < channels; c++)
            {
                double scale = Gamma.Floats[c] / Math.Sqrt(Variance.Floats[c] + Epsilon);
                double shift = Beta.Floats[c] - (Mean.Floats[c] * scale);
                for (int i = c; i < length; i += channels)
                {
                    Scale.Floats[i] = (float)scale;
                    Shift.Floats[i] = (float)shift;
                }
            }
        }
    }

    private sealed class ScaleStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Scale { get; init; }

        public required CpuTensor Shift { get; init; }

        public required CpuTensor Y { get; init; }

        public required int Rows { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int row = Scale.Type.Shape[0];
            long first = (long)piece * Rows * row;
            long count = Math.Min((long)Rows * row, Y.Type.Shape.Count - first);
            ScaleRows<TLanes>(
                X.Floats + first, Scale.Floats, Shift.Floats, Y.Floats + first, count, row);
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var shape = b.OutputShape();
        if (shape.Count == 0)
        {
            return;
        }

        int channels = shape[-1];
        int repeats = channels >= ShortRow ? 1
            : Lanes16.Count * ((RepeatedRow + (Lanes16.Count * channels) - 1) / (Lanes16.Count * channels));
        int row = channels * repeats;
        int rows = Math.Max(1, PieceElements / row);
        var scale = b.Scratch(TensorType.Float(row));
        var shift = b.Scratch(TensorType.Float(row));
        b.Add(new FoldStep
        {
            Label = "BatchNorm Fold", Gamma = b.Input(Gamma), Beta = b.Input(Beta), Mean = b.Input(Mean),
            Variance = b.Input(Variance), Scale = scale, Shift = shift, Epsilon = Epsilon,
        });
        b.Add(new ScaleStep
        {
            Label = "BatchNorm Scale", X = b.Input(X), Scale = scale, Shift = shift, Y = b.Output(), Width = b.Width,
            Rows = rows, Pieces = checked((int)((shape.Count + ((long)rows * row) - 1) / ((long)rows * row))),
        });
    }
}
