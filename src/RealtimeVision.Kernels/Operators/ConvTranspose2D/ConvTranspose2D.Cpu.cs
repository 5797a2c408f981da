using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Ways to compute a transposed convolution on the CPU.</summary>
internal enum CpuTransposeAlgorithm
{
    /// <summary>
    /// A convolution of stride 1 for each row phase and column phase: any transposed convolution.
    /// </summary>
    Phases,

    /// <summary>
    /// 3x3 at stride 1 as a convolution by Winograd's F(4x4, 3x3), which see.
    /// </summary>
    WinogradF4,
}

public sealed partial record ConvTranspose2D : ICpuOperator
{
    // Large enough to outweigh handing it out, small enough that threads end together.
    private const double MultiplicationsPerPiece = 1.5e6;

    /// <summary>
    /// Output pixels of one row phase and one column phase: a convolution of stride 1.
    /// </summary>
    private sealed class Phase
    {
        /// <summary>First column.</summary>
        public required int Column { get; init; }

        /// <summary>Pixels of a row.</summary>
        public required int Pixels { get; init; }

        /// <summary>Where each tap lies from a row's first pixel, in floats.</summary>
        public required nint[] Taps { get; init; }

        /// <summary>Where each tap's matrix [outputs, C] lies in the weights, in floats.</summary>
        public required long[] Sources { get; init; }

        /// <summary>Where its panels begin in the packed weights, in floats.</summary>
        public required long Weights { get; init; }
    }

    /// <summary>A piece is some rows of one row phase of one picture, all columns.</summary>
    private sealed unsafe class PhaseStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Weights { get; init; }

        public required CpuTensor? Bias { get; init; }

        public required FusedEpilogue Epilogue { get; init; }

        public required PictureRows Rows { get; init; }

        public required Shape Output { get; init; }

        public required Phase[][] Phases { get; init; }

        public required TransposeAxis RowAxis { get; init; }

        public required int ColumnStride { get; init; }

        public required int RowsPerPiece { get; init; }

        public required int BlocksPerPhase { get; init; }

        public required int Groups { get; init; }

        public required int GroupC { get; init; }

        public required int GroupColumns { get; init; }

        public required GemmKernels Kernels { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int rowPhase = piece / BlocksPerPhase % RowAxis.Stride;
            int n = piece / (BlocksPerPhase * RowAxis.Stride);
            int first = piece % BlocksPerPhase * RowsPerPiece;
            int rows = Math.Min(RowsPerPiece, RowAxis.Positions(rowPhase) - first);
            if (rows <= 0)
            {
                return;
            }

            float* x = Rows.Get(X.Floats, n, first, rows, worker.Scratch);
            nint pitch = (nint)Output.W * Output.C;
            long at = (((long)n * Output.H) + rowPhase + ((long)first * RowAxis.Stride)) * pitch;
            foreach (var phase in Phases[rowPhase])
            {
                RunPhase(phase, x, at, rows);
            }

            if (Epilogue.Rest is { } rest)
            {
                for (int r = 0; r < rows; r++, at += RowAxis.Stride * pitch)
                {
                    rest.Apply(Y.Floats + at, at, pitch);
                }
            }
        }

        private void RunPhase(Phase phase, float* x, long at, int rows)
        {
            int columns = WeightPanels.Columns(Kernels.Width);
            int panels = WeightPanels.Count(GroupColumns, Kernels.Width);
            nint outputPitch = (nint)Output.W * Output.C * RowAxis.Stride;
            long panelFloats = (long)phase.Taps.Length * GroupC * columns;
            fixed (nint* taps = phase.Taps)
            {
                for (int panel = 0; panel < Groups * panels; panel++)
                {
                    int group = panel / panels;
                    int inGroup = panel % panels * columns;
                    long o = ((long)group * GroupColumns) + inGroup;
                    long to = at + ((long)phase.Column * Output.C) + o;
                    var tile = new GemmTile
                    {
                        RowStride = Groups * GroupC,
                        Taps = taps,
                        TapCount = phase.Taps.Length,
                        Run = GroupC,
                        RunStride = 1,
                        Weights = Weights.Floats + phase.Weights + (panel * panelFloats),
                        Bias = Bias is null ? null : Bias.Floats + o,
                        OutputStride = (nint)ColumnStride * Output.C,
                        Columns = Math.Min(columns, GroupColumns - inGroup),
                        Low = Epilogue.Low,
                        High = Epilogue.High,
                    };
                    for (int r = 0; r < rows; r++)
                    {
                        long row = to + (r * outputPitch);
                        tile.Rows = x + ((nint)r * Rows.Pitch) + (group * GroupC);
                        tile.Output = Y.Floats + row;
                        tile.Residual = Epilogue.Residual is null
                            ? null
                            : Epilogue.Residual.Floats + row;
                        Kernels.Run(tile, phase.Pixels);
                    }
                }
            }
        }
    }

    /// <summary>Takes this algorithm instead of choosing; for tests and benchmarks.</summary>
    internal CpuTransposeAlgorithm? ForcedCpuAlgorithm { get; init; }

    /// <summary>True where an algorithm can compute this convolution.</summary>
    internal bool CanRun(CpuTransposeAlgorithm algorithm, Shape weights) =>
        algorithm == CpuTransposeAlgorithm.Phases
        || (Groups == 1 && weights[0] == 3 && weights[1] == 3 && Stride == Size2.One
            && Dilation == Size2.One && Padding.Top <= 2 && Padding.Left <= 2);

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var choice = ForcedCpuAlgorithm
            ?? (CanRun(CpuTransposeAlgorithm.WinogradF4, b.InputShape(Weights))
                && WinogradConvolution.Pays(b, Weights, b.InputShape(Picture).C)
                    ? CpuTransposeAlgorithm.WinogradF4
                    : CpuTransposeAlgorithm.Phases);
        if (choice == CpuTransposeAlgorithm.Phases)
        {
            PreparePhases(b);
            return;
        }

        // A convolution with the taps turned, of the picture with as much around it as the window
        // reaches over its edge.
        var padding = new Padding2(
            2 - Padding.Top, 2 - Padding.Left, 2 - Padding.Bottom, 2 - Padding.Right);
        WinogradConvolution.Prepare(
            b, "ConvTranspose2D WinogradF4", Weights, isTurned: true, padding, PackBias(b, 1),
            FusedEpilogue.Of(b, this, gates: true));
    }

    private unsafe void PreparePhases(CpuBindings b)
    {
        var (x, w, y) = (b.InputShape(Picture), b.InputShape(Weights), b.OutputShape());
        int groupC = x.C / Groups;
        int groupO = w[2];
        var rowAxis = new TransposeAxis(y.H, w[0], Stride.Height, Padding.Top, Dilation.Height);
        var columnAxis = new TransposeAxis(y.W, w[1], Stride.Width, Padding.Left, Dilation.Width);

        // Windows that lie side by side: what a pixel gives to a row of its window is one run of
        // numbers in the output and in the weights, so that all column phases are one matrix
        // product.
        bool isSideBySide = Groups == 1 && w[1] == Stride.Width && Dilation.Width == 1
            && Padding.Left == 0 && y.W == x.W * Stride.Width;
        int groupColumns = isSideBySide ? w[1] * groupO : groupO;

        var (rowLeast, rowMost) = rowAxis.Offsets();
        var (columnLeast, columnMost) = isSideBySide ? (0, 0) : columnAxis.Offsets();
        var reach = new Window2(
            new Size2(rowMost - rowLeast + 1, columnMost - columnLeast + 1),
            1,
            new Padding2(-rowLeast, -columnLeast, 0, 0),
            1);
        var most = new Size2(rowAxis.Positions(0), isSideBySide ? x.W : columnAxis.Positions(0));
        var rows = new PictureRows(reach, x, most);

        int width = (int)b.Width;
        int panelColumns = WeightPanels.Columns(b.Width);
        int panels = Groups * WeightPanels.Count(groupColumns, b.Width);
        long packedFloats = 0;
        var phases = new Phase[Stride.Height][];
        for (int rowPhase = 0; rowPhase < phases.Length; rowPhase++)
        {
            phases[rowPhase] = new Phase[isSideBySide ? 1 : Stride.Width];
            for (int columnPhase = 0; columnPhase < phases[rowPhase].Length; columnPhase++)
            {
                var phase = PhaseOf(rowPhase, columnPhase, packedFloats);
                phases[rowPhase][columnPhase] = phase;
                packedFloats += (long)panels * phase.Taps.Length * groupC * panelColumns;
            }
        }

        // Weights that are trained are packed in every run, where nothing may be allocated.
        Phase[] allPhases = [.. phases.SelectMany(p => p)];
        var weights = b.Packed(
            Weights,
            $"{this with { Epilogue = default }}/{x.C}/{isSideBySide}/{width}",
            packedFloats,
            Pack);
        double multiplicationsPerRow =
            (double)w[0] * w[1] / (Stride.Height * Stride.Width) * groupC * y.C * y.W;
        int rowsPerPiece = (int)Math.Clamp(
            MultiplicationsPerPiece / multiplicationsPerRow, 1, most.Height);
        int blocks = (most.Height + rowsPerPiece - 1) / rowsPerPiece;
        b.ReserveWorkerScratch(rows.ScratchFloats(rowsPerPiece));
        b.Add(new PhaseStep
        {
            Label = "ConvTranspose2D Phases",
            Pieces = y.N * Stride.Height * blocks,
            X = b.Input(Picture),
            Y = b.Output(),
            Weights = weights,
            Bias = PackBias(b, isSideBySide ? w[1] : 1),
            Epilogue = FusedEpilogue.Of(b, this),
            Rows = rows,
            Output = y,
            Phases = phases,
            RowAxis = rowAxis,
            ColumnStride = Stride.Width,
            RowsPerPiece = rowsPerPiece,
            BlocksPerPhase = blocks,
            Groups = Groups,
            GroupC = groupC,
            GroupColumns = groupColumns,
            Kernels = GemmKernels.Of(b.Width),
        });

        Phase PhaseOf(int rowPhase, int columnPhase, long at)
        {
            var taps = new List<nint>();
            var sources = new List<long>();
            for (int ky = 0; ky < w[0]; ky++)
            {
                for (int kx = 0; kx < (isSideBySide ? 1 : w[1]); kx++)
                {
                    if (rowAxis.Offset(rowPhase, ky) is { } dy
                        && columnAxis.Offset(columnPhase, kx) is { } dx)
                    {
                        nint row = (nint)(dy - rowLeast) * rows.Pitch;
                        taps.Add(row + ((nint)(dx - columnLeast) * x.C));
                        sources.Add(((long)ky * w[1] + kx) * groupO * x.C);
                    }
                }
            }

            return new Phase
            {
                Column = columnPhase,
                Pixels = isSideBySide ? x.W : columnAxis.Positions(columnPhase),
                Taps = [.. taps],
                Sources = [.. sources],
                Weights = at,
            };
        }

        void Pack(float* source, float* destination)
        {
            foreach (var phase in allPhases)
            {
                float* panel = destination + phase.Weights;
                for (int group = 0; group < Groups; group++)
                {
                    for (int first = 0; first < groupColumns; first += panelColumns)
                    {
                        foreach (long tap in phase.Sources)
                        {
                            float* matrix = source + tap + ((long)first * x.C) + (group * groupC);
                            int columns = Math.Min(panelColumns, groupColumns - first);
                            WeightPanels.Pack(matrix, 1, x.C, groupC, columns, panel, b.Width);
                            panel += (long)groupC * panelColumns;
                        }
                    }
                }
            }
        }
    }

    /// <summary>
    /// The bias, a number of times, padded so that vectors can be loaded past its end.
    /// </summary>
    private static unsafe CpuTensor? PackBias(CpuBindings b, int times)
    {
        if (!b.Has(Bias))
        {
            return null;
        }

        int count = b.InputShape(Bias)[0];
        long floats = WeightPanels.BiasFloats(times * count, b.Width);
        return b.Packed(Bias, $"bias x{times}/{b.Width}", floats, (source, destination) =>
        {
            for (int i = 0; i < times; i++)
            {
                new Span<float>(source, count).CopyTo(
                    new Span<float>(destination + ((long)i * count), count));
            }
        });
    }
}
