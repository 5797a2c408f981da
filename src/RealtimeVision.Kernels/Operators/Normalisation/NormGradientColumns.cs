using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// <see cref="NormGradient"/> of groups that are spread over many places, as the channels of a
/// picture are: sums of blocks of rows, column by column, are put together for each group, and dx is
/// made in a second reading.
/// </summary>
internal static unsafe class NormGradientColumns
{
    private const int PieceElements = 32 * 1024;
    private const int StripeColumns = 1024;

    // Fewer columns are taken several rows at a time, so that all lanes of a vector have work.
    private const int NarrowColumns = 64;
    private const int WideColumns = 256;

    // Rows below this are laid out repeatedly where they are applied; whole vectors.
    private const int RepeatedRow = 512;

    // What dx is made of: mean, scale, shift and slope.
    private const int CoefficientRows = 4;

    /// <summary>Adds the steps.</summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="op">The operator.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="sums">[blocks, 2, C]: sums of dy, and of dy times the normalised x.</param>
    /// <returns>Number of blocks.</returns>
    public static int Add(CpuBindings b, NormGradient op, NormGroups groups, out CpuTensor sums)
    {
        var (n, p, _, _) = groups;
        int c = groups.C;
        int stripes = (c + StripeColumns - 1) / StripeColumns;
        int rows = Math.Clamp(PieceElements / Math.Min(c, StripeColumns), 1, p);
        int blocks = (p + rows - 1) / rows;
        sums = b.Scratch(TensorType.Float(n * blocks, 2, c));
        b.ReserveWorkerScratch(3 * StripeColumns);
        var mean = b.InputOrNull(NormGradient.Mean);
        var factor = b.Input(NormGradient.Factor);
        b.Add(new MeasureStep
        {
            Label = $"{op.Name} Measure",
            Width = b.Width,
            Pieces = checked(n * blocks * stripes),
            Groups = groups,
            Dy = b.Input(NormGradient.OutputGradient),
            X = b.Input(NormGradient.X),
            Mean = mean,
            Factor = factor,
            Sums = sums,
            Rows = rows,
            Blocks = blocks,
            Stripes = stripes,
        });
        if (!op.OfInput)
        {
            return n * blocks;
        }

        int repeats = c >= WideColumns
            ? 1
            : Math.Min(p, Lanes16.Count * ((RepeatedRow / (Lanes16.Count * c)) + 1));
        var coefficients = b.Scratch(TensorType.Float(n, CoefficientRows, repeats, c));
        int groupsAtOnce = Math.Clamp(
            PieceElements / (groups.K * (blocks + repeats)), 1, groups.Count);
        b.Add(new MergeStep
        {
            Label = $"{op.Name} Merge",
            Pieces = (groups.Count + groupsAtOnce - 1) / groupsAtOnce,
            Groups = groups,
            IsCentred = op.Forward.IsCentred,
            Blocks = blocks,
            Repeats = repeats,
            GroupsAtOnce = groupsAtOnce,
            Sums = sums,
            Mean = mean,
            Factor = factor,
            Gamma = b.InputOrNull(NormGradient.Gamma),
            Coefficients = coefficients,
        });

        int row = checked(repeats * c);
        int rowsOfPiece = Math.Max(1, PieceElements / row);
        long rowsOfPart = (groups.PartLength + row - 1) / row;
        int piecesOfPart = checked((int)((rowsOfPart + rowsOfPiece - 1) / rowsOfPiece));
        b.Add(new ApplyStep
        {
            Label = $"{op.Name} Apply",
            Width = b.Width,
            Pieces = checked(n * piecesOfPart),
            Groups = groups,
            Dy = b.Input(NormGradient.OutputGradient),
            X = b.Input(NormGradient.X),
            Coefficients = coefficients,
            Dx = b.Output(),
            RowLength = row,
            PieceLength = (long)rowsOfPiece * row,
            PiecesOfPart = piecesOfPart,
        });
        return n * blocks;
    }

    /// <summary>Sums of each column of a block of rows.</summary>
    private sealed class MeasureStep : VectorStep
    {
        public required NormGroups Groups { get; init; }

        public required CpuTensor Dy { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor? Mean { get; init; }

        public required CpuTensor Factor { get; init; }

        public required CpuTensor Sums { get; init; }

        public required int Rows { get; init; }

        public required int Blocks { get; init; }

        public required int Stripes { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int c = Groups.C;
            int first = piece % Stripes * StripeColumns;
            int block = piece / Stripes % Blocks;
            int n = piece / (Stripes * Blocks);
            int rows = Math.Min(Rows, Groups.P - (block * Rows));
            int columns = Math.Min(StripeColumns, c - first);
            long at = ((((long)n * Groups.P) + ((long)block * Rows)) * c) + first;

            // Some rows as one, where columns are few.
            int turns = c < NarrowColumns ? Math.Min(rows, WideColumns / c) : 1;
            int width = turns * columns;
            float* mean = worker.Scratch;
            float* sums = mean + StripeColumns;
            float* products = sums + StripeColumns;
            int group = n * Groups.G;
            for (int i = 0; i < width; i++)
            {
                mean[i] = Mean is null
                    ? 0
                    : Mean.Floats[group + ((first + (i % columns)) / Groups.K)];
            }

            new Span<float>(sums, 2 * StripeColumns).Clear();
            int wideRows = rows / turns;
            float* dy = Dy.Floats + at;
            float* x = X.Floats + at;
            NormGradientLoops.AddColumns<TLanes>(
                dy, x, mean, wideRows, width, (long)turns * c, sums, products);
            int left = rows - (wideRows * turns);
            long done = (long)wideRows * turns * c;
            if (left > 0)
            {
                NormGradientLoops.AddColumns<TLanes>(
                    dy + done, x + done, mean, 1, left * columns, 0, sums, products);
            }

            float* to = Sums.Floats + (((((long)n * Blocks) + block) * 2 * c) + first);
            for (int i = 0; i < columns; i++)
            {
                float sum = 0;
                float product = 0;
                for (int turn = i; turn < width; turn += columns)
                {
                    sum += sums[turn];
                    product += products[turn];
                }

                to[i] = sum;
                to[c + i] = product * Factor.Floats[group + ((first + i) / Groups.K)];
            }
        }
    }

    /// <summary>What dx of each group's channels is made of.</summary>
    private sealed class MergeStep : CpuStep
    {
        public required NormGroups Groups { get; init; }

        public required bool IsCentred { get; init; }

        public required int Blocks { get; init; }

        public required int Repeats { get; init; }

        public required int GroupsAtOnce { get; init; }

        public required CpuTensor Sums { get; init; }

        public required CpuTensor? Mean { get; init; }

        public required CpuTensor Factor { get; init; }

        public required CpuTensor? Gamma { get; init; }

        /// <summary>[N, coefficients, repeats, C].</summary>
        public required CpuTensor Coefficients { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int c = Groups.C;
            int first = piece * GroupsAtOnce;
            for (int group = first; group < Math.Min(Groups.Count, first + GroupsAtOnce); group++)
            {
                int n = group / Groups.G;
                int channel = (group - (n * Groups.G)) * Groups.K;
                double sum = 0;
                double product = 0;
                for (int block = 0; block < Blocks; block++)
                {
                    float* sums = Sums.Floats + ((((long)n * Blocks) + block) * 2 * c) + channel;
                    for (int k = 0; k < Groups.K; k++)
                    {
                        float gamma = Gamma is null ? 1 : Gamma.Floats[channel + k];
                        sum += (double)gamma * sums[k];
                        product += (double)gamma * sums[c + k];
                    }
                }

                float factor = Factor.Floats[group];
                float mean = Mean is null ? 0 : Mean.Floats[group];
                float shift = IsCentred ? (float)(-factor * sum / Groups.Length) : 0;
                float slope = (float)(-(double)factor * factor * product / Groups.Length);
                long row = (long)Repeats * c;
                float* to = Coefficients.Floats + (n * LengthOf(row)) + channel;
                for (int r = 0; r < Repeats; r++, to += c)
                {
                    for (int k = 0; k < Groups.K; k++)
                    {
                        to[k] = mean;
                        to[row + k] = Gamma is null ? factor : factor * Gamma.Floats[channel + k];
                        to[(2 * row) + k] = shift;
                        to[(3 * row) + k] = slope;
                    }
                }
            }
        }
    }

    /// <summary>dx of some rows.</summary>
    private sealed class ApplyStep : VectorStep
    {
        public required NormGroups Groups { get; init; }

        public required CpuTensor Dy { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Coefficients { get; init; }

        public required CpuTensor Dx { get; init; }

        public required int RowLength { get; init; }

        public required long PieceLength { get; init; }

        public required int PiecesOfPart { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            long begin = piece % PiecesOfPart * PieceLength;
            int n = piece / PiecesOfPart;
            long at = (n * Groups.PartLength) + begin;
            float* mean = Coefficients.Floats + (n * LengthOf(RowLength));
            NormGradientLoops.ApplyToRows<TLanes>(
                Dy.Floats + at, X.Floats + at, mean, mean + RowLength, mean + (2 * RowLength),
                mean + (3 * RowLength), Dx.Floats + at,
                Math.Min(PieceLength, Groups.PartLength - begin), RowLength);
        }
    }

    private static long LengthOf(long row) => CoefficientRows * row;
}
