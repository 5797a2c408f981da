using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Upsample2D
{
    // Vectors may be written so far past the end of a row in scratch memory.
    private const int RowSlack = 16;

    /// <summary>
    /// A piece is some rows of the output, each made of two sums in scratch memory: rows of the
    /// input into one, then its pixels into the output's.
    /// </summary>
    private sealed unsafe class SeparableStep : RowsStep
    {
        public required CpuTensor RowWeights { get; init; }

        public required CpuTensor ColumnWeights { get; init; }

        public required int RowTaps { get; init; }

        public required int ColumnTaps { get; init; }

        public required float Extrapolation { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int pitch = W * C;
            float* mixed = worker.Scratch;
            float* result = mixed + pitch + RowSlack;
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                int oy = row % OH;
                var target = new Span<float>(Y.Floats + ((nint)row * OW * C), OW * C);
                int* rows = Rows.Ints + (oy * RowTaps);
                if (rows[0] < 0)
                {
                    target.Fill(Extrapolation);
                    continue;
                }

                float* picture = X.Floats + ((nint)(row / OH) * H * pitch);
                MixRows<TLanes>(picture, rows, RowWeights.Floats + (oy * RowTaps), mixed);
                MixColumns<TLanes>(mixed, result);
                new Span<float>(result, OW * C).CopyTo(target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MixRows<TLanes>(float* picture, int* rows, float* weights, float* mixed)
            where TLanes : struct, ILanes<TLanes>
        {
            int pitch = W * C;
            for (int i = 0; i < pitch; i += TLanes.Count)
            {
                var sum = TLanes.Broadcast(0);
                for (int k = 0; k < RowTaps; k++)
                {
                    sum = TLanes.MultiplyAdd(
                        TLanes.Load(picture + ((nint)rows[k] * pitch) + i),
                        TLanes.Broadcast(weights[k]),
                        sum);
                }

                sum.Store(mixed + i);
            }
        }

        // Pixels are written in order, so that what a vector leaves behind its pixel's channels is
        // overwritten by the next one.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void MixColumns<TLanes>(float* mixed, float* result)
            where TLanes : struct, ILanes<TLanes>
        {
            int* columns = Columns.Ints;
            float* weights = ColumnWeights.Floats;
            int taps = ColumnTaps;
            int channels = C;
            for (int ox = 0; ox < OW; ox++)
            {
                bool isOutside = columns[0] < 0;
                for (int c = 0; c < channels; c += TLanes.Count)
                {
                    var sum = TLanes.Broadcast(isOutside ? Extrapolation : 0);
                    for (int k = 0; k < taps && !isOutside; k++)
                    {
                        sum = TLanes.MultiplyAdd(
                            TLanes.Load(mixed + ((nint)columns[k] * channels) + c),
                            TLanes.Broadcast(weights[k]),
                            sum);
                    }

                    sum.Store(result + c);
                }

                result += channels;
                columns += taps;
                weights += taps;
            }
        }
    }

    private void AddSeparable(CpuBindings b, Tables<CpuTensor> tables)
    {
        var (x, y) = (b.InputShape(0), b.OutputShape());
        var blocks = RowBlocks.Of(
            (long)y.N * y.H,
            ((long)x.W * x.C * tables.RowTaps) + ((long)y.W * y.C * tables.ColumnTaps));
        b.ReserveWorkerScratch(((long)x.W * x.C) + ((long)y.W * y.C) + (2 * RowSlack));
        b.Add(new SeparableStep
        {
            Label = "Upsample2D Separable", Width = b.Width, Pieces = blocks.Pieces,
            Blocks = blocks,
            X = b.Input(0), Y = b.Output(), Rows = tables.Rows, Columns = tables.Columns,
            RowWeights = tables.RowWeights!, ColumnWeights = tables.ColumnWeights!,
            RowTaps = tables.RowTaps, ColumnTaps = tables.ColumnTaps,
            H = x.H, W = x.W, OH = OutH, OW = OutW, C = x.C, Extrapolation = Extrapolation,
        });
    }
}
