using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2D
{
    private unsafe void PrepareDirect(CpuBindings b)
    {
        var (x, w, y) = (b.InputShape(Picture), b.InputShape(Weights), b.OutputShape());
        var window = WindowOf(w);

        // A 1x1 window at every pixel does not care where a row ends: all pixels of the batch make
        // one row.
        if (window.IsPointwise)
        {
            int pixels = checked(x.N * x.H * x.W);
            (x, y) = (new Shape(1, 1, pixels, x.C), new Shape(1, 1, pixels, y.C));
        }

        int groupC = w[2];
        int groupO = w[3] / Groups;
        int depth = w[0] * w[1] * groupC;

        // Neighbouring taps of a row are neighbours in memory, channels and all, where nothing lies
        // between them.
        bool rowsAreRuns = Groups == 1 && Dilation.Width == 1;
        var rows = new PictureRows(window, x, new Size2(y.H, y.W));
        var taps = new List<nint>();
        for (int ky = 0; ky < w[0]; ky++)
        {
            for (int kx = 0; kx < (rowsAreRuns ? 1 : w[1]); kx++)
            {
                taps.Add(((nint)ky * Dilation.Height * rows.Pitch) + ((nint)kx * Dilation.Width * x.C));
            }
        }

        var groups = Groups;
        var width = b.Width;
        int outputs = w[3];
        long panelFloats = WeightPanels.Floats(depth, groupO, width);
        var weights = b.Packed(Weights, $"panels/{groups}/{width}", groups * panelFloats, (source, destination) =>
        {
            for (int g = 0; g < groups; g++)
            {
                WeightPanels.Pack(
                    source + (g * groupO), outputs, 1, depth, groupO, destination + (g * panelFloats), width);
            }
        });
        // A group's bias begins where the group's outputs do; vectors that run past it read the
        // next group's.
        var bias = PackBias(b);
        var epilogue = FusedEpilogue.Of(b, this);
        var cut = DirectCut.Of(
            y, (long)depth * outputs, groups * WeightPanels.Count(groupO, width), panelFloats * groups,
            window.IsPointwise, hasRest: epilogue.Rest is not null);
        b.ReserveWorkerScratch(rows.ScratchFloats(cut.RowsPerPiece));
        b.Add(new DirectStep
        {
            Label = "Conv2D Direct",
            Pieces = y.N * cut.RowBlocks * cut.PixelBlocks * cut.PanelBlocks,
            Cut = cut,
            Rows = rows,
            X = b.Input(Picture),
            Y = b.Output(),
            Output = y,
            Weights = weights,
            Bias = bias,
            Epilogue = epilogue,
            Taps = [.. taps],
            RunLength = rowsAreRuns ? w[1] * x.C : groupC,
            RowStride = Stride.Width * x.C,
            Stride = Stride.Height,
            Groups = groups,
            GroupC = groupC,
            GroupO = groupO,
            PanelStride = (long)depth * WeightPanels.Columns(width),
            Kernels = GemmKernels.Of(width),
        });
    }

    /// <summary>
    /// How the output is cut into pieces: blocks of rows of one picture (blocks of pixels where all
    /// pixels are one row), and blocks of weight panels where there are few pixels. Where an
    /// epilogue has to follow, all panels of a piece go over one block of pixels after the other.
    /// </summary>
    private readonly record struct DirectCut(
        int RowsPerPiece,
        int RowBlocks,
        int PixelsPerPiece,
        int PixelBlocks,
        int PanelsPerPiece,
        int PanelBlocks,
        int PixelsPerTurn)
    {
        // Large enough to outweigh handing it out, small enough that threads end together.
        private const double MultiplicationsPerPiece = 1.5e6;

        // Results of a turn, which stay in L1 until the epilogue has gone over them.
        private const int TurnBytes = 24 << 10;

        // Weights that stay in L2 from turn to turn; more of them are better read once a piece.
        private const int NearWeightBytes = 256 << 10;

        public static DirectCut Of(
            Shape y, long multiplicationsPerPixel, int panels, long weightFloats, bool isOneRow, bool hasRest)
        {
            double all = (double)multiplicationsPerPixel * y.N * y.H * y.W;
            int pieces = (int)Math.Clamp(all / MultiplicationsPerPiece, 1, 64);
            int rowsPerPiece = y.H;
            int pixelsPerPiece = y.W;
            int perPicture = Math.Max(1, pieces / y.N);
            if (isOneRow)
            {
                // Whole calls of the micro-kernel, and at least a few of them for each panel that
                // is loaded.
                pixelsPerPiece = Math.Max((y.W + perPicture - 1) / perPicture, 48);
                pixelsPerPiece = Math.Min((pixelsPerPiece + 11) / 12 * 12, y.W);
            }
            else
            {
                int least = Math.Max(1, Math.Min(y.H, (48 + y.W - 1) / y.W));
                rowsPerPiece = Math.Clamp((y.H + perPicture - 1) / perPicture, least, y.H);
            }

            int rowBlocks = (y.H + rowsPerPiece - 1) / rowsPerPiece;
            int pixelBlocks = (y.W + pixelsPerPiece - 1) / pixelsPerPiece;
            int blocks = y.N * rowBlocks * pixelBlocks;
            int panelBlocks = blocks >= 8 ? 1 : Math.Clamp((pieces + blocks - 1) / blocks, 1, Math.Min(panels, 16));
            int panelsPerPiece = (panels + panelBlocks - 1) / panelBlocks;
            int pixelsPerTurn = int.MaxValue;
            if (hasRest && 4 * weightFloats * panelsPerPiece / panels <= NearWeightBytes)
            {
                pixelsPerTurn = Math.Max(TurnBytes / 4 / y.C / 12, 1) * 12;
            }

            return new DirectCut(
                rowsPerPiece, rowBlocks, pixelsPerPiece, pixelBlocks, panelsPerPiece,
                (panels + panelsPerPiece - 1) / panelsPerPiece, pixelsPerTurn);
        }
    }

    private sealed unsafe class DirectStep : CpuStep
    {
        public required DirectCut Cut { get; init; }

        public required PictureRows Rows { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required Shape Output { get; init; }

        public required CpuTensor Weights { get; init; }

        public required CpuTensor? Bias { get; init; }

        public required FusedEpilogue Epilogue { get; init; }

        public required nint[] Taps { get; init; }

        public required int RunLength { get; init; }

        public required int RowStride { get; init; }

        public required int Stride { get; init; }

        public required int Groups { get; init; }

        public required int GroupC { get; init; }

        public required int GroupO { get; init; }

        public required long PanelStride { get; init; }

        public required GemmKernels Kernels { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int panelBlock = piece % Cut.PanelBlocks;
            piece /= Cut.PanelBlocks;
            int pixelBlock = piece % Cut.PixelBlocks;
            piece /= Cut.PixelBlocks;
            int rowBlock = piece % Cut.RowBlocks;
            int n = piece / Cut.RowBlocks;

            int firstRow = rowBlock * Cut.RowsPerPiece;
            int rows = Math.Min(Cut.RowsPerPiece, Output.H - firstRow);
            int firstPixel = pixelBlock * Cut.PixelsPerPiece;
            int pixels = Math.Min(Cut.PixelsPerPiece, Output.W - firstPixel);
            float* x = Rows.Get(X.Floats, n, firstRow, rows, worker.Scratch) + ((long)firstPixel * RowStride);
            long at = ((((long)n * Output.H) + firstRow) * Output.W + firstPixel) * Output.C;

            int firstPanel = panelBlock * Cut.PanelsPerPiece;
            int lastPanel = Math.Min(
                firstPanel + Cut.PanelsPerPiece, Groups * WeightPanels.Count(GroupO, Kernels.Width));
            int rowsPerTurn = Math.Clamp(Cut.PixelsPerTurn / pixels, 1, rows);
            int pixelsPerTurn = Math.Min(Cut.PixelsPerTurn, pixels);
            for (int r = 0; r < rows; r += rowsPerTurn)
            {
                for (int p = 0; p < pixels; p += pixelsPerTurn)
                {
                    Turn(
                        x + ((nint)r * Rows.Pitch * Stride) + ((nint)p * RowStride),
                        at + ((((long)r * Output.W) + p) * Output.C),
                        Math.Min(rowsPerTurn, rows - r),
                        Math.Min(pixelsPerTurn, pixels - p),
                        firstPanel,
                        lastPanel);
                }
            }
        }

        private void Turn(float* x, long at, int rows, int pixels, int firstPanel, int lastPanel)
        {
            int columns = WeightPanels.Columns(Kernels.Width);
            int panelsPerGroup = WeightPanels.Count(GroupO, Kernels.Width);
            nint inputPitch = (nint)Rows.Pitch * Stride;
            nint outputPitch = (nint)Output.W * Output.C;
            fixed (nint* taps = Taps)
            {
                for (int panel = firstPanel; panel < lastPanel; panel++)
                {
                    int group = panel / panelsPerGroup;
                    int inGroup = (panel - (group * panelsPerGroup)) * columns;
                    long o = ((long)group * GroupO) + inGroup;
                    var tile = new GemmTile
                    {
                        RowStride = RowStride,
                        Taps = taps,
                        TapCount = Taps.Length,
                        Run = RunLength,
                        RunStride = 1,
                        Weights = Weights.Floats + (panel * PanelStride),
                        Bias = Bias is null ? null : Bias.Floats + o,
                        OutputStride = Output.C,
                        Columns = Math.Min(columns, GroupO - inGroup),
                        Low = Epilogue.Low,
                        High = Epilogue.High,
                    };
                    for (int r = 0; r < rows; r++)
                    {
                        tile.Rows = x + (r * inputPitch) + ((long)group * GroupC);
                        tile.Output = Y.Floats + at + (r * outputPitch) + o;
                        tile.Residual = Epilogue.Residual is null
                            ? null
                            : Epilogue.Residual.Floats + at + (r * outputPitch) + o;
                        Kernels.Run(tile, pixels);
                    }
                }
            }

            if (Epilogue.Rest is { } rest)
            {
                Finish(rest, at, rows, pixels, firstPanel, lastPanel, panelsPerGroup, columns);
            }
        }

        private void Finish(
            CpuEpilogue rest, long at, int rows, int pixels, int firstPanel, int lastPanel, int panelsPerGroup, int columns)
        {
            int from = ((firstPanel / panelsPerGroup) * GroupO) + (firstPanel % panelsPerGroup * columns);
            int to = lastPanel == Groups * panelsPerGroup
                ? Output.C
                : ((lastPanel / panelsPerGroup) * GroupO) + (lastPanel % panelsPerGroup * columns);
            for (int r = 0; r < rows; r++)
            {
                long row = at + ((long)r * Output.W * Output.C);
                if (to - from == Output.C)
                {
                    rest.Apply(Y.Floats + row, row, (long)pixels * Output.C);
                    continue;
                }

                for (int p = 0; p < pixels; p++)
                {
                    long first = row + ((long)p * Output.C) + from;
                    rest.Apply(Y.Floats + first, first, to - from);
                }
            }
        }
    }
}
