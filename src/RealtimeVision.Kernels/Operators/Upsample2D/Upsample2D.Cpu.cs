using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Upsample2D : ICpuOperator
{
    /// <summary>A piece is some rows of the output.</summary>
    private abstract unsafe class RowsStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Rows { get; init; }

        public required CpuTensor Columns { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required int H { get; init; }

        public required int W { get; init; }

        public required int OH { get; init; }

        public required int OW { get; init; }

        public required int C { get; init; }
    }

    private sealed unsafe class NearestStep : RowsStep
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            nint rowFloats = (nint)OW * C;
            nint copied = -1;
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                float* result = Y.Floats + (row * rowFloats);
                nint source = ((nint)(row / OH) * H) + Rows.Ints[row % OH];
                if (source == copied)
                {
                    long bytes = rowFloats * sizeof(float);
                    Buffer.MemoryCopy(result - rowFloats, result, bytes, bytes);
                    continue;
                }

                CopyRow<TLanes>(X.Floats + (source * W * C), result);
                copied = source;
            }
        }

        // Enlarging gives runs of output pixels that are the same input pixel: read once, written
        // all along the run.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void CopyRow<TLanes>(float* source, float* result)
            where TLanes : struct, ILanes<TLanes>
        {
            int* columns = Columns.Ints;
            int channels = C;
            int count = OW;
            for (int ox = 0; ox < count;)
            {
                int column = columns[ox];
                int run = 1;
                while (ox + run < count && columns[ox + run] == column)
                {
                    run++;
                }

                float* pixel = source + ((nint)column * channels);
                for (int at = 0; at < channels; at += TLanes.Count)
                {
                    int c = Math.Min(at, channels - TLanes.Count);
                    var value = TLanes.Load(pixel + c);
                    float* target = result + c;
                    for (int i = 0; i < run; i++, target += channels)
                    {
                        value.Store(target);
                    }
                }

                result += run * channels;
                ox += run;
            }
        }
    }

    private sealed unsafe class BilinearStep : RowsStep
    {
        public required CpuTensor RowWeights { get; init; }

        public required CpuTensor ColumnWeights { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            nint pitch = (nint)W * C;
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                int oy = row % OH;
                float* picture = X.Floats + (row / OH * H * pitch);
                BlendRow<TLanes>(
                    picture + (Rows.Ints[2 * oy] * pitch),
                    picture + (Rows.Ints[(2 * oy) + 1] * pitch),
                    RowWeights.Floats[oy],
                    Y.Floats + ((nint)row * OW * C));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void BlendRow<TLanes>(float* upper, float* lower, float rowWeight, float* result)
            where TLanes : struct, ILanes<TLanes>
        {
            int* columns = Columns.Ints;
            float* weights = ColumnWeights.Floats;
            int channels = C;
            int count = OW;
            for (int ox = 0; ox < count; ox++, result += channels)
            {
                nint left = (nint)columns[2 * ox] * channels;
                nint right = (nint)columns[(2 * ox) + 1] * channels;
                float weight = weights[ox];
                var upperLeft = TLanes.Broadcast((1 - rowWeight) * (1 - weight));
                var upperRight = TLanes.Broadcast((1 - rowWeight) * weight);
                var lowerLeft = TLanes.Broadcast(rowWeight * (1 - weight));
                var lowerRight = TLanes.Broadcast(rowWeight * weight);
                for (int at = 0; at < channels; at += TLanes.Count)
                {
                    int c = Math.Min(at, channels - TLanes.Count);
                    var value = TLanes.Load(upper + left + c) * upperLeft;
                    value = TLanes.MultiplyAdd(TLanes.Load(upper + right + c), upperRight, value);
                    value = TLanes.MultiplyAdd(TLanes.Load(lower + left + c), lowerLeft, value);
                    value = TLanes.MultiplyAdd(TLanes.Load(lower + right + c), lowerRight, value);
                    value.Store(result + c);
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, y) = (b.InputShape(0), b.OutputShape());
        var tables = Tables<CpuTensor>.Of(b, this);
        if (IsSeparable)
        {
            AddSeparable(b, tables);
            return;
        }

        var blocks = RowBlocks.Of(
            (long)y.N * y.H, (long)y.W * y.C * (Mode == UpsampleMode.Bilinear ? 4 : 1));
        var width = b.Width.Within(y.C);
        b.Add(Mode == UpsampleMode.Nearest
            ? new NearestStep
            {
                Label = "Upsample2D Nearest", Width = width, Pieces = blocks.Pieces,
                Blocks = blocks,
                X = b.Input(0), Y = b.Output(), Rows = tables.Rows, Columns = tables.Columns,
                H = x.H, W = x.W, OH = OutH, OW = OutW, C = x.C,
            }
            : new BilinearStep
            {
                Label = "Upsample2D Bilinear", Width = width, Pieces = blocks.Pieces,
                Blocks = blocks,
                X = b.Input(0), Y = b.Output(), Rows = tables.Rows, Columns = tables.Columns,
                RowWeights = tables.RowWeights!, ColumnWeights = tables.ColumnWeights!,
                H = x.H, W = x.W, OH = OutH, OW = OutW, C = x.C,
            });
    }
}
