using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// 3x3 convolution at stride 1 on the CPU, after Lavin and Gray, "Fast Algorithms for Convolutional
/// Neural Networks" (2015): output tiles of 4x4 pixels come of input tiles of 6x6; in between, 36
/// matrix products. A block of tiles is transformed, multiplied and transformed back before the
/// next, so that it never leaves the second-level cache.
/// </summary>
/// <remarks>
/// Serves every operator that is such a convolution: a transposed one at stride 1 is a convolution
/// with the taps turned by half a turn, inputs and outputs swapped. Weights that change from run to
/// run are transformed in each.
/// </remarks>
internal static unsafe class WinogradConvolution
{
    private const int TileSize = WinogradTiles.Size;
    private const int Points = WinogradTiles.InputSize * WinogradTiles.InputSize;
    private const int LineFloats = 16;

    // Transforms pay from so many channels on.
    private const int LeastChannels = 16;

    // With few tiles the larger transformed weights cost more than they save, and so does to
    // transform them.
    private const int LeastTiles = 9;
    private const int LeastTilesOfChangingWeights = 32;

    /// <summary>
    /// Whether it is the quicker way: a pure function of shapes and of whether weights change.
    /// </summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="weights">Index of the weights among the inputs.</param>
    /// <param name="inputs">Channels of the picture.</param>
    public static bool Pays(CpuBindings b, int weights, int inputs)
    {
        var y = b.OutputShape();
        int tiles = y.N * ((y.H + TileSize - 1) / TileSize) * ((y.W + TileSize - 1) / TileSize);
        bool isConstant = b.ConstantOf(weights) is not null;
        return b.Precision != Precision.Exact && inputs >= LeastChannels && y.C >= LeastChannels
            && tiles >= (isConstant ? LeastTiles : LeastTilesOfChangingWeights);
    }

    /// <summary>
    /// Adds the steps of output 0 from a picture (input 0) of a 3x3 convolution at stride 1.
    /// </summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="label">Name of the main step.</param>
    /// <param name="weights">
    /// Index of the weights among the inputs: [3, 3, C, O], or turned [3, 3, O, C].
    /// </param>
    /// <param name="isTurned">Whether it is a transposed convolution.</param>
    /// <param name="padding">Of the convolution; right and below whatever the output needs.</param>
    /// <param name="bias">The bias, padded to whole panels, or null.</param>
    /// <param name="epilogue">What follows.</param>
    public static void Prepare(
        CpuBindings b, string label, int weights, bool isTurned, Padding2 padding, CpuTensor? bias,
        FusedEpilogue epilogue)
    {
        var (x, y) = (b.InputShape(0), b.OutputShape());
        var width = b.Width;
        int inputs = x.C;
        int outputs = y.C;
        int vector = (int)width;
        int columns = WeightPanels.Columns(width);
        int panels = WeightPanels.Count(outputs, width);
        var transformed = WinogradWeights.Of(b, weights, inputs, outputs, isTurned);
        var tiles = new WinogradTiles(x, y, padding);
        int paddedInputs = (inputs + vector - 1) / vector * vector;

        // As many tiles at once as fit the second-level cache with both their transforms; whole
        // multiples of four blocks, so that threads end together.
        int fitting = (int)Math.Clamp(192 * 1024 / (Points * (long)(inputs + outputs)), 8, 48);
        int blocks = (tiles.Count + fitting - 1) / fitting;
        blocks = blocks > 2 ? (blocks + 3) / 4 * 4 : blocks;
        int tilesPerPiece = (tiles.Count + blocks - 1) / blocks;
        blocks = (tiles.Count + tilesPerPiece - 1) / tilesPerPiece;
        int panelBlocks = blocks >= 4 ? 1 : Math.Min(panels, blocks >= 2 ? 2 : 4);
        int panelsPerPiece = (panels + panelBlocks - 1) / panelBlocks;
        panelBlocks = (panels + panelsPerPiece - 1) / panelsPerPiece;
        int pieceOutputs = panelsPerPiece * columns;
        b.ReserveWorkerScratch(
            (Points * (((long)tilesPerPiece * (paddedInputs + pieceOutputs)) + (2 * LineFloats))) + (Points * (long)inputs) + 64);
        b.Add(new WinogradStep
        {
            Label = label,
            Pieces = blocks * panelBlocks,
            TilesPerPiece = tilesPerPiece,
            PanelBlocks = panelBlocks,
            PanelsPerPiece = panelsPerPiece,
            Panels = panels,
            Tiles = tiles,
            X = b.Input(0),
            Y = b.Output(),
            Weights = transformed,
            WeightsPerPoint = WeightPanels.Floats(inputs, outputs, width),
            Bias = bias,
            Epilogue = epilogue,
            PaddedInputs = paddedInputs,
            PieceOutputs = pieceOutputs,
            Kernels = GemmKernels.Of(width),
        });
    }

    private sealed class WinogradStep : CpuStep
    {
        public required int TilesPerPiece { get; init; }

        public required int PanelBlocks { get; init; }

        public required int PanelsPerPiece { get; init; }

        public required int Panels { get; init; }

        public required WinogradTiles Tiles { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Weights { get; init; }

        public required long WeightsPerPoint { get; init; }

        public required CpuTensor? Bias { get; init; }

        public required FusedEpilogue Epilogue { get; init; }

        public required int PaddedInputs { get; init; }

        public required int PieceOutputs { get; init; }

        // Matrices of the points begin a line of the cache apart, modulo its size: what belongs to
        // one tile would else fall on the same few lines of the first level.
        private nint InputStride => ((nint)TilesPerPiece * PaddedInputs) + LineFloats;

        private nint OutputStride => ((nint)TilesPerPiece * PieceOutputs) + LineFloats;

        public required GemmKernels Kernels { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            switch (Kernels.Width)
            {
                case VectorWidth.Vector512:
                    Run<Lanes16>(piece, worker.Scratch);
                    break;
                case VectorWidth.Vector256:
                    Run<Lanes8>(piece, worker.Scratch);
                    break;
                case VectorWidth.Vector128:
                    Run<Lanes4>(piece, worker.Scratch);
                    break;
                default:
                    Run<Lanes1>(piece, worker.Scratch);
                    break;
            }
        }

        private void Run<TLanes>(int piece, float* scratch)
            where TLanes : struct, ILanes<TLanes>
        {
            int firstPanel = piece % PanelBlocks * PanelsPerPiece;
            int panels = Math.Min(PanelsPerPiece, Panels - firstPanel);
            int firstTile = piece / PanelBlocks * TilesPerPiece;
            int tiles = Math.Min(TilesPerPiece, Tiles.Count - firstTile);
            float* edge = scratch;
            float* transformed = edge + ((nint)Points * Tiles.Input.C) + 16;
            float* products = transformed + ((nint)Points * InputStride);

            for (int t = 0; t < tiles; t++)
            {
                TransformInput<TLanes>(firstTile + t, edge, transformed + ((nint)t * PaddedInputs));
            }

            Multiply(transformed, products, tiles, firstPanel, panels);

            int columns = WeightPanels.Columns(Kernels.Width);
            int from = firstPanel * columns;
            int to = Math.Min(from + (panels * columns), Tiles.Output.C);
            for (int t = 0; t < tiles; t++)
            {
                TransformOutput<TLanes>(firstTile + t, products + ((nint)t * PieceOutputs), from, to);
            }
        }

        private void TransformInput<TLanes>(int tile, float* edge, float* transformed)
            where TLanes : struct, ILanes<TLanes>
        {
            var window = Tiles.InputWindow(X.Floats, tile, .., edge);
            window.FetchNext(WinogradTiles.InputSize, Tiles.Input.C);
            WinogradTransforms.Input<TLanes>(
                window.Floats, window.Pitch, window.PixelStride, Tiles.Input.C, transformed,
                InputStride);
        }

        private void Multiply(float* transformed, float* products, int tiles, int firstPanel, int panels)
        {
            int columns = WeightPanels.Columns(Kernels.Width);
            nint tap = 0;
            var tile = new GemmTile
            {
                RowStride = PaddedInputs,
                Taps = &tap,
                TapCount = 1,
                Run = Tiles.Input.C,
                RunStride = 1,
                OutputStride = PieceOutputs,
                Columns = columns,
                Low = float.NegativeInfinity,
                High = float.PositiveInfinity,
            };
            for (int point = 0; point < Points; point++)
            {
                for (int panel = 0; panel < panels; panel++)
                {
                    tile.Rows = transformed + (point * InputStride);
                    tile.Weights = Weights.Floats + (point * WeightsPerPoint)
                        + ((nint)(firstPanel + panel) * Tiles.Input.C * columns);
                    tile.Output = products + (point * OutputStride) + (panel * columns);
                    Kernels.Run(tile, tiles);
                }
            }
        }

        private void TransformOutput<TLanes>(int tile, float* products, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            var output = Tiles.Output;
            var (n, ty, tx) = Tiles.Locate(tile);
            int rows = Math.Min(TileSize, output.H - (ty * TileSize));
            int columns = Math.Min(TileSize, output.W - (tx * TileSize));
            long at = ((((((long)n * output.H) + (ty * TileSize)) * output.W) + (tx * TileSize)) * output.C) + from;
            nint pitch = (nint)output.W * output.C;
            foreach (var tensor in (ReadOnlySpan<CpuTensor?>)[Y, Epilogue.Residual, Epilogue.Gate])
            {
                if (tensor is not null)
                {
                    new WinogradTiles.Window((nint)(tensor.Floats + at), pitch, output.C)
                        .FetchNext(TileSize, to - from);
                }
            }

            WinogradTransforms.Output<TLanes>(
                products,
                OutputStride,
                new WinogradTransforms.Target
                {
                    Output = Y.Floats + at,
                    Residual = Epilogue.Residual is null ? null : Epilogue.Residual.Floats + at,
                    Gate = Epilogue.Gate is null ? null : Epilogue.Gate.Floats + at,
                    Bias = Bias is null ? null : Bias.Floats + from,
                    Pitch = pitch,
                    PixelStride = output.C,
                    Rows = rows,
                    Columns = columns,
                    Channels = to - from,
                    Low = Epilogue.Low,
                    High = Epilogue.High,
                });
            if (Epilogue.Rest is { } rest)
            {
                for (int r = 0; r < rows; r++)
                {
                    long row = at + (r * pitch);
                    if (to - from == output.C)
                    {
                        rest.Apply(Y.Floats + row, row, (long)columns * output.C);
                        continue;
                    }

                    for (int p = 0; p < columns; p++)
                    {
                        long first = row + ((long)p * output.C);
                        rest.Apply(Y.Floats + first, first, to - from);
                    }
                }
            }
        }
    }
}
