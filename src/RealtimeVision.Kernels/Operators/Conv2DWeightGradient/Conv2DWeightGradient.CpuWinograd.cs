using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <remarks>
/// Winograd's F(4x4, 3x3) the other way round: y = A^T [(G g G^T) (B^T d B)] A is linear in the
/// weights g, and the transpose of that map is dg = G^T [sum over tiles of (B^T d B) (A e A^T)] G
/// with e a tile of the output's gradient. The sum is a product of matrices, channels by tiles times
/// tiles by outputs, for each of 36 points: four times fewer multiplications than by windows.
/// </remarks>
public sealed partial record Conv2DWeightGradient
{
    private const int Points = WinogradTiles.InputSize * WinogradTiles.InputSize;
    private const int LineFloats = 16;

    // With fewer channels transforms cost more than they save; with few tiles, so does what follows
    // the sums.
    private const int LeastWinogradChannels = 16;
    private const int LeastWinogradTiles = 64;

    // Sums of a piece, which stay in the second-level cache while tiles go by.
    private const int MostSums = 160 << 10;

    // Transformed tiles of a piece, which stay there too.
    private const int TileFloats = 64 << 10;

    // Slices cost a pass over their sums, so each has to have its tiles.
    private const int WinogradPieces = 16;
    private const int TilesOfSlice = 128;

    private void PrepareWinograd(CpuBindings b)
    {
        var (x, dy) = (b.InputShape(Picture), b.InputShape(OutputGradient));
        var tiles = new WinogradTiles(x, dy, Padding);
        int vector = (int)b.Width;
        int columns = WeightPanels.Columns(b.Width);
        int panels = WeightPanels.Count(dy.C, b.Width);
        int outputs = panels * columns;
        int blocks = (int)Math.Max(((Points * (long)x.C * outputs) + MostSums - 1) / MostSums, 1);
        int channels = (((x.C + blocks - 1) / blocks) + vector - 1) / vector * vector;
        blocks = (x.C + channels - 1) / channels;
        int slices = Math.Clamp(WinogradPieces / blocks, 1, Math.Max(tiles.Count / TilesOfSlice, 1));
        int turn = Math.Clamp(TileFloats / Points / (channels + outputs), 8, 48);
        long sums = Points * (long)x.C * outputs;
        var partial = b.Scratch(TensorType.Float(slices, checked((int)sums)));
        b.ReserveWorkerScratch(
            (Points * ((turn * (long)(channels + outputs)) + (2 * LineFloats)))
                + (Points * (long)Math.Max(channels, outputs)) + (2 * columns));
        b.Add(new WinogradProductsStep
        {
            Label = "Conv2DWeightGradient WinogradF4", Width = b.Width, Pieces = slices * blocks,
            Slices = slices, Channels = channels, Outputs = outputs, Turn = turn, Tiles = tiles,
            X = b.Input(Picture), Gradient = b.Input(OutputGradient), Partial = partial,
            Kernels = GemmKernels.Of(b.Width),
        });
        var rows = RowBlocks.Of(x.C, (long)Points * outputs * slices);
        b.Add(new WinogradSumStep
        {
            Label = "Conv2DWeightGradient Taps", Width = b.Width, Pieces = rows.Pieces, Rows = rows,
            Slices = slices, Outputs = outputs, Partial = partial, Weights = b.Output(),
        });
    }

    private bool RunsByWinograd(CpuBindings b)
    {
        var (x, dy) = (b.InputShape(Picture), b.InputShape(OutputGradient));
        return ForcedCpuAlgorithm == CpuWeightGradientAlgorithm.WinogradF4
            || (ForcedCpuAlgorithm is null && CanRun(CpuWeightGradientAlgorithm.WinogradF4)
                && b.Precision != Devices.Precision.Exact
                && x.C >= LeastWinogradChannels && dy.C >= LeastWinogradChannels
                && new WinogradTiles(x, dy, Padding).Count >= LeastWinogradTiles);
    }

    /// <summary>
    /// A piece is a slice of the tiles and a block of the picture's channels, all outputs.
    /// </summary>
    private sealed unsafe class WinogradProductsStep : VectorStep
    {
        public required int Slices { get; init; }

        /// <summary>Channels of a piece, whole vectors.</summary>
        public required int Channels { get; init; }

        /// <summary>Outputs, whole panels.</summary>
        public required int Outputs { get; init; }

        /// <summary>Tiles that are transformed and multiplied at once.</summary>
        public required int Turn { get; init; }

        public required WinogradTiles Tiles { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Gradient { get; init; }

        /// <summary>A slice after the other: [points, channels, outputs].</summary>
        public required CpuTensor Partial { get; init; }

        public required GemmKernels Kernels { get; init; }

        private nint InputStride => ((nint)Turn * Channels) + LineFloats;

        private nint GradientStride => ((nint)Turn * Outputs) + LineFloats;

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (block, slice) = Math.DivRem(piece, Slices);
            int first = (int)((long)Tiles.Count * slice / Slices);
            int end = (int)((long)Tiles.Count * (slice + 1) / Slices);
            int from = block * Channels;
            int to = Math.Min(from + Channels, Tiles.Input.C);
            float* inputs = worker.Scratch;
            float* gradients = inputs + (Points * InputStride);
            float* edge = gradients + (Points * GradientStride);
            for (int tile = first; tile < end; tile += Turn)
            {
                int count = Math.Min(Turn, end - tile);
                for (int t = 0; t < count; t++)
                {
                    var window = Tiles.InputWindow(X.Floats, tile + t, from..to, edge);
                    window.FetchNext(WinogradTiles.InputSize, to - from);
                    WinogradTransforms.Input<TLanes>(
                        window.Floats, window.Pitch, window.PixelStride, to - from,
                        inputs + ((nint)t * Channels), InputStride);
                    TransformGradient<TLanes>(tile + t, gradients + ((nint)t * TwoVectors), edge);
                }

                Multiply(inputs, gradients, slice, from, to - from, count, isFirst: tile == first);
            }
        }

        private int TwoVectors => WeightPanels.Columns(Width);

        /// <summary>Transforms a tile of the gradient into panels.</summary>
        private void TransformGradient<TLanes>(int tile, float* destination, float* edge)
            where TLanes : struct, ILanes<TLanes>
        {
            int outputs = Tiles.Output.C;
            int whole = outputs / TLanes.Count * TLanes.Count;
            var window = Tiles.OutputWindow(Gradient.Floats, tile, .., edge);
            window.FetchNext(WinogradTiles.Size, outputs);
            for (int o = 0; o < outputs; o += TLanes.Count)
            {
                var (panel, column) = Math.DivRem(o, TwoVectors);
                float* target = destination + ((nint)panel * Turn * TwoVectors) + column;
                if (o == whole)
                {
                    // What lies after the last output is another pixel's, or anything.
                    window = Tail(window, o, outputs - o, TLanes.Count, edge);
                    WinogradTransforms.Gradient<TLanes>(
                        window.Floats, window.Pitch, window.PixelStride, target, GradientStride);
                    return;
                }

                WinogradTransforms.Gradient<TLanes>(
                    window.Floats + o, window.Pitch, window.PixelStride, target, GradientStride);
            }
        }

        /// <summary>The last outputs of a tile, with zeros up to a whole vector.</summary>
        private static WinogradTiles.Window Tail(
            WinogradTiles.Window window, int first, int count, int vector, float* edge)
        {
            // Behind a copy of the tile, which the window may be.
            const int Size = WinogradTiles.Size;
            float* copy = edge + (Size * Size * (first + count));
            for (int i = 0; i < Size * Size; i++)
            {
                var pixel = new Span<float>(copy + (i * vector), vector);
                new Span<float>(
                    window.Floats + (i / Size * window.Pitch) + (i % Size * window.PixelStride) + first,
                    count).CopyTo(pixel);
                pixel[count..].Clear();
            }

            return new((nint)copy, Size * vector, vector);
        }

        private void Multiply(
            float* inputs, float* gradients, int slice, int from, int channels, int tiles, bool isFirst)
        {
            nint tap = 0;
            var tile = new GemmTile
            {
                RowStride = 1,
                Taps = &tap,
                TapCount = 1,
                Run = tiles,
                RunStride = Channels,
                OutputStride = Outputs,
                Low = float.NegativeInfinity,
                High = float.PositiveInfinity,
            };
            float* sums = Partial.Floats
                + ((((long)slice * Points * Tiles.Input.C) + from) * Outputs);
            for (int point = 0; point < Points; point++)
            {
                for (int column = 0; column < Outputs; column += TwoVectors)
                {
                    tile.Rows = inputs + (point * InputStride);
                    tile.Weights = gradients + (point * GradientStride) + ((nint)column * Turn);
                    tile.Output = sums + ((nint)point * Tiles.Input.C * Outputs) + column;
                    tile.Residual = isFirst ? null : tile.Output;

                    // Whole vectors: the sums have room for them.
                    tile.Columns = Tiles.Output.C - column > (int)Width ? TwoVectors : (int)Width;
                    Kernels.Run(tile, channels);
                }
            }
        }
    }

    /// <summary>Adds up slices in their order, and turns sums into taps. A piece is some channels of
    /// the picture.</summary>
    private sealed unsafe class WinogradSumStep : VectorStep
    {
        public required RowBlocks Rows { get; init; }

        public required int Slices { get; init; }

        public required int Outputs { get; init; }

        public required CpuTensor Partial { get; init; }

        public required CpuTensor Weights { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            const int Taps = 9;
            var shape = Weights.Type.Shape;
            float* sums = worker.Scratch;
            float* taps = sums + (Points * TLanes.Count);
            long point = (long)Rows.Rows * Outputs;
            var (from, to) = Rows.Range(piece);
            for (int c = from; c < to; c++)
            {
                for (int o = 0; o < shape[3]; o += TLanes.Count)
                {
                    float* source = Partial.Floats + ((long)c * Outputs) + o;
                    for (int i = 0; i < Points; i++)
                    {
                        var sum = TLanes.Load(source + (i * point));
                        for (int slice = 1; slice < Slices; slice++)
                        {
                            sum += TLanes.Load(source + (((slice * Points) + i) * point));
                        }

                        sum.Store(sums + (i * TLanes.Count));
                    }

                    WinogradTransforms.WeightGradient<TLanes>(sums, taps);
                    int count = Math.Min(shape[3] - o, TLanes.Count);
                    for (int tap = 0; tap < Taps; tap++)
                    {
                        new Span<float>(taps + (tap * TLanes.Count), count).CopyTo(new Span<float>(
                            Weights.Floats + ((((long)tap * shape[2]) + c) * shape[3]) + o, count));
                    }
                }
            }
        }
    }
}
