using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record AxisProduct : ICpuOperator
{
    /// <summary>A piece is some rows of the output; vectors run along the dimensions after.</summary>
    private sealed unsafe class ProductStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Starts { get; init; }

        public required CpuTensor Indices { get; init; }

        public required CpuTensor Weights { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required AxisLines Lines { get; init; }

        public required int Rows { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                int outer = row / Rows;
                SumRow<TLanes>(
                    X.Floats + ((nint)outer * Lines.Length * Lines.Inner),
                    row - (outer * Rows),
                    Y.Floats + ((nint)row * Lines.Inner));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void SumRow<TLanes>(float* lines, int row, float* result)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = Starts.Ints[row];
            int end = Starts.Ints[row + 1];
            int* indices = Indices.Ints;
            float* weights = Weights.Floats;
            nint inner = Lines.Inner;
            for (nint at = 0; at < inner; at += TLanes.Count)
            {
                nint i = Math.Min(at, inner - TLanes.Count);
                var sum = TLanes.Broadcast(0f);
                for (int k = first; k < end; k++)
                {
                    sum = TLanes.MultiplyAdd(
                        TLanes.Load(lines + (indices[k] * inner) + i),
                        TLanes.Broadcast(weights[k]),
                        sum);
                }

                sum.Store(result + i);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var y = b.OutputShape();
        if (y.Count == 0)
        {
            return;
        }

        var lines = AxisLines.Of(b.InputShape(0), Axis);
        var (starts, indices, weights) = Tables(b);
        long elements = Matrix.Count / Matrix.Rows;
        var blocks = RowBlocks.Of((long)lines.Outer * Matrix.Rows, lines.Inner * (elements + 1));
        b.Add(new ProductStep
        {
            Label = Name, Width = b.Width.Within(lines.Inner), Pieces = blocks.Pieces,
            Blocks = blocks, X = b.Input(0), Y = b.Output(), Starts = starts, Indices = indices,
            Weights = weights, Lines = lines, Rows = Matrix.Rows,
        });
    }
}
