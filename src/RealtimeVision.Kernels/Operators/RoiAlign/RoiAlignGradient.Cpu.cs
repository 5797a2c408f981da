using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record RoiAlignGradient : ICpuOperator
{
    /// <summary>A piece is a band of a picture's gradient; vectors run over channels.</summary>
    private sealed unsafe class SpreadStep : VectorStep
    {
        public required CpuTensor DY { get; init; }

        public required CpuTensor Boxes { get; init; }

        public required CpuTensor Pictures { get; init; }

        public required CpuTensor DX { get; init; }

        public required PictureBands Bands { get; init; }

        public required RoiGeometry Geometry { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var g = Geometry;
            int pitch = g.Columns.Pixels.Size * g.C;
            var (n, from, to) = Bands[piece];
            float* picture = DX.Floats + ((nint)n * g.Rows.Pixels.Size * pitch);
            new Span<float>(picture + ((nint)from * pitch), (to - from) * pitch).Clear();
            for (int r = 0; r < g.R; r++)
            {
                if (g.Picture(Pictures.Ints[r]) == n)
                {
                    SpreadBox<TLanes>(r, picture, from, to);
                }
            }
        }

        private void SpreadBox<TLanes>(int r, float* picture, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            var g = Geometry;
            float* box = Boxes.Floats + (4 * r);
            for (int cell = 0; cell < g.Rows.Cells * g.Columns.Cells; cell++)
            {
                var down = g.Rows.Cell(box[1], box[3], cell / g.Columns.Cells);
                var across = g.Columns.Cell(box[0], box[2], cell % g.Columns.Cells);
                float* gradient = DY.Floats
                    + ((((nint)r * g.Rows.Cells * g.Columns.Cells) + cell) * g.C);
                int samples = down.Samples * across.Samples;
                for (int i = 0; i < samples; i++)
                {
                    float y = down.Place(i / across.Samples);
                    float x = across.Place(i % across.Samples);
                    if (g.Rows.Contains(y) && g.Columns.Contains(x))
                    {
                        SpreadSample<TLanes>(
                            g.Rows.Held(y), g.Columns.Held(x), 1f / samples, gradient, picture,
                            from, to);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void SpreadSample<TLanes>(
            float y, float x, float share, float* gradient, float* picture, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            var (rows, columns, channels) = (Geometry.Rows.Pixels, Geometry.Columns.Pixels, Geometry.C);
            int top = rows.First(y);
            int left = columns.First(x);
            for (int iy = top; iy <= top + 1; iy++)
            {
                int row = rows.Pixel(iy);
                for (int ix = left; ix <= left + 1 && row >= from && row < to; ix++)
                {
                    nint pixel = ((nint)row * columns.Size) + columns.Pixel(ix);
                    SampleLoops.AddScaled<TLanes>(
                        gradient, rows.Weight(y, iy) * columns.Weight(x, ix) * share,
                        picture + (pixel * channels), channels);
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (dy, x) = (b.InputShape(Gradient), b.OutputShape());
        if (x.Count == 0)
        {
            return;
        }

        long samples = Math.Max(Forward.SamplingRatio, 2);
        var bands = PictureBands.ForCpu(
            N, H, dy.N * dy.H * dy.W * samples * samples * ((4L * dy.C) + 32));
        b.Add(new SpreadStep
        {
            Label = "RoiAlignGradient", Width = b.Width, Pieces = bands.Count, Bands = bands,
            DY = b.Input(Gradient), Boxes = b.Input(Boxes), Pictures = b.Input(BoxPictures),
            DX = b.Output(), Geometry = Forward.GeometryOf(x, dy),
        });
    }
}
