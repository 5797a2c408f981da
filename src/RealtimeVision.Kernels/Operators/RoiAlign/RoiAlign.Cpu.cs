using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record RoiAlign : ICpuOperator
{
    // Vectors may be written so far past the channels in scratch memory.
    private const int Slack = 16;

    /// <summary>
    /// A piece is some rows of cells; samples are gathered in scratch memory, vectors run over
    /// channels.
    /// </summary>
    private sealed unsafe class CellsStep<TReduction> : VectorStep
        where TReduction : struct, IPoolReduction
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Boxes { get; init; }

        public required CpuTensor Pictures { get; init; }

        public required CpuTensor Y { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required RoiGeometry Geometry { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var g = Geometry;
            nint pictureFloats = (nint)g.Rows.Pixels.Size * g.Columns.Pixels.Size * g.C;
            var (from, to) = Blocks.Range(piece);
            float* result = Y.Floats + ((nint)from * g.Columns.Cells * g.C);
            for (int row = from; row < to; row++)
            {
                int r = row / g.Rows.Cells;
                float* box = Boxes.Floats + (4 * r);
                float* picture = X.Floats + (g.Picture(Pictures.Ints[r]) * pictureFloats);
                var down = g.Rows.Cell(box[1], box[3], row % g.Rows.Cells);
                for (int column = 0; column < g.Columns.Cells; column++, result += g.C)
                {
                    var across = g.Columns.Cell(box[0], box[2], column);
                    RunCell<TLanes>(picture, down, across, worker.Scratch);
                    new Span<float>(worker.Scratch, g.C).CopyTo(new Span<float>(result, g.C));
                }
            }
        }

        private void RunCell<TLanes>(float* picture, RoiCell down, RoiCell across, float* result)
            where TLanes : struct, ILanes<TLanes>
        {
            var (rows, columns) = (Geometry.Rows, Geometry.Columns);
            int samples = down.Samples * across.Samples;
            new Span<float>(result, Geometry.C).Fill(samples > 0 ? TReduction.Empty : 0);
            for (int i = 0; i < samples; i++)
            {
                float y = down.Place(i / across.Samples);
                float x = across.Place(i % across.Samples);
                float scale = rows.Contains(y) && columns.Contains(x) ? 1 : 0;
                AddSample<TLanes>(
                    picture, rows.Pixels, columns.Pixels, rows.Held(y), columns.Held(x), scale, result);
            }

            if (samples > 0)
            {
                var share = TLanes.Broadcast(1f / samples);
                for (int c = 0; c < Geometry.C; c += TLanes.Count)
                {
                    TReduction.Finish(TLanes.Load(result + c), share).Store(result + c);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddSample<TLanes>(
            float* picture, SampleAxis rows, SampleAxis columns, float y, float x, float scale,
            float* result)
            where TLanes : struct, ILanes<TLanes>
        {
            int channels = Geometry.C;
            int top = rows.First(y);
            int left = columns.First(x);
            nint pitch = (nint)columns.Size * channels;
            float* upper = picture + (top * pitch);
            float* lower = picture + (rows.Pixel(top + 1) * pitch);
            nint before = (nint)left * channels;
            nint after = (nint)columns.Pixel(left + 1) * channels;
            float up = rows.Weight(y, top) * scale;
            float low = rows.Weight(y, top + 1) * scale;
            var upperLeft = TLanes.Broadcast(up * columns.Weight(x, left));
            var upperRight = TLanes.Broadcast(up * columns.Weight(x, left + 1));
            var lowerLeft = TLanes.Broadcast(low * columns.Weight(x, left));
            var lowerRight = TLanes.Broadcast(low * columns.Weight(x, left + 1));
            for (int c = 0; c < channels; c += TLanes.Count)
            {
                var value = TLanes.Load(result + c);
                value = TReduction.Accumulate(value, TLanes.Load(upper + before + c) * upperLeft);
                value = TReduction.Accumulate(value, TLanes.Load(upper + after + c) * upperRight);
                value = TReduction.Accumulate(value, TLanes.Load(lower + before + c) * lowerLeft);
                value = TReduction.Accumulate(value, TLanes.Load(lower + after + c) * lowerRight);
                value.Store(result + c);
            }
        }
    }

    private void Prepare<TReduction>(CpuBindings b)
        where TReduction : struct, IPoolReduction
    {
        var (x, y) = (b.InputShape(Pictures), b.OutputShape());
        if (y.Count == 0)
        {
            return;
        }

        int samples = Math.Max(SamplingRatio, 2);
        var blocks = RowBlocks.Of((long)y.N * y.H, (long)y.W * samples * samples * ((4 * y.C) + 32));
        b.ReserveWorkerScratch(y.C + Slack);
        b.Add(new CellsStep<TReduction>
        {
            Label = "RoiAlign", Width = b.Width, Pieces = blocks.Pieces, Blocks = blocks,
            X = b.Input(Pictures), Boxes = b.Input(Boxes), Pictures = b.Input(BoxPictures),
            Y = b.Output(), Geometry = GeometryOf(x, y),
        });
    }
}
