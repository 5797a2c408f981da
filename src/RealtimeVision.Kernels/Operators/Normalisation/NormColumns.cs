using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Groups that are spread over many places, as the channels of a picture are: blocks of rows are
/// measured column by column, the measures of a group's columns and blocks are put together, and
/// all is normalised in a second reading.
/// </summary>
internal static unsafe class NormColumns
{
    private const int PieceElements = 32 * 1024;
    private const int StripeColumns = 1024;

    // Fewer columns are taken several rows at a time, so that all lanes of a vector have work.
    private const int NarrowColumns = 64;
    private const int WideColumns = 256;

    // Rows below this are laid out repeatedly where they are applied; whole vectors.
    private const int RepeatedRow = 512;

    /// <summary>Adds the steps.</summary>
    public static void Add<TTerm>(
        CpuBindings b, string label, NormGroups groups, NormResults results, CpuTensor? gamma,
        CpuTensor? beta)
        where TTerm : struct, INormTerm
    {
        var (n, p, _, _) = groups;
        int c = groups.C;
        int stripes = (c + StripeColumns - 1) / StripeColumns;
        int rows = Math.Clamp(PieceElements / Math.Min(c, StripeColumns), 1, p);
        int blocks = (p + rows - 1) / rows;
        int partsAtOnce = blocks * stripes > 1
            ? 1
            : (int)Math.Clamp(PieceElements / groups.PartLength, 1, n);
        var mean = b.Scratch(TensorType.Float(n, blocks, c));
        var terms = b.Scratch(TensorType.Float(n, blocks, c));
        b.Add(new MeasureStep<TTerm>
        {
            Label = $"{label} Measure",
            Width = b.Width,
            Pieces = checked((n + partsAtOnce - 1) / partsAtOnce * blocks * stripes),
            X = b.Input(NormOperator.X),
            Mean = mean,
            Terms = terms,
            Groups = groups,
            Rows = rows,
            Blocks = blocks,
            Stripes = stripes,
            PartsAtOnce = partsAtOnce,
        });

        int repeats = c >= WideColumns
            ? 1
            : Lanes16.Count * ((RepeatedRow / (Lanes16.Count * c)) + 1);
        repeats = Math.Min(repeats, p);
        var centre = b.Scratch(TensorType.Float(n, repeats, c));
        var scale = b.Scratch(TensorType.Float(n, repeats, c));
        var shift = beta is null || repeats == 1 ? beta : b.Scratch(TensorType.Float(repeats, c));
        int groupsAtOnce = Math.Clamp(PieceElements / (groups.K * (blocks + repeats)), 1, groups.Count);
        b.Add(new MergeStep
        {
            Label = $"{label} Merge",
            Pieces = (groups.Count + groupsAtOnce - 1) / groupsAtOnce,
            Groups = groups,
            Results = results,
            Rows = rows,
            Blocks = blocks,
            Repeats = repeats,
            GroupsAtOnce = groupsAtOnce,
            Mean = mean,
            Terms = terms,
            Gamma = gamma,
            Beta = repeats == 1 ? null : beta,
            Centre = centre,
            Scale = scale,
            Shift = shift,
        });

        int row = checked(repeats * c);
        int rowsOfPiece = Math.Max(1, PieceElements / row);
        long rowsOfPart = (groups.PartLength + row - 1) / row;
        int piecesOfPart = checked((int)((rowsOfPart + rowsOfPiece - 1) / rowsOfPiece));
        partsAtOnce = piecesOfPart > 1
            ? 1
            : (int)Math.Clamp(PieceElements / groups.PartLength, 1, n);
        b.Add(new ApplyStep
        {
            Label = $"{label} Apply",
            Width = b.Width,
            Pieces = checked((n + partsAtOnce - 1) / partsAtOnce * piecesOfPart),
            Groups = groups,
            X = b.Input(NormOperator.X),
            Centre = centre,
            Scale = scale,
            Shift = shift,
            Y = b.Output(),
            RowLength = row,
            PieceLength = (long)rowsOfPiece * row,
            PiecesOfPart = piecesOfPart,
            PartsAtOnce = partsAtOnce,
        });
    }

    /// <summary>Mean and terms of each column of a block of rows.</summary>
    private sealed class MeasureStep<TTerm> : VectorStep
        where TTerm : struct, INormTerm
    {
        public required CpuTensor X { get; init; }

        /// <summary>[N, blocks, C].</summary>
        public required CpuTensor Mean { get; init; }

        /// <summary>[N, blocks, C].</summary>
        public required CpuTensor Terms { get; init; }

        public required NormGroups Groups { get; init; }

        public required int Rows { get; init; }

        public required int Blocks { get; init; }

        public required int Stripes { get; init; }

        public required int PartsAtOnce { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int c = Groups.C;
            int block = piece % Blocks;
            int column = piece / Blocks % Stripes * StripeColumns;
            int first = piece / (Blocks * Stripes) * PartsAtOnce;
            int rows = Math.Min(Rows, Groups.P - (block * Rows));
            int columns = Math.Min(StripeColumns, c - column);
            for (int n = first; n < Math.Min(Groups.N, first + PartsAtOnce); n++)
            {
                float* x = X.Floats + (((((long)n * Groups.P) + ((long)block * Rows)) * c) + column);
                long to = ((((long)n * Blocks) + block) * c) + column;
                if (c >= NarrowColumns)
                {
                    NormLoops.MeasureColumns<TTerm, TLanes>(
                        x, rows, columns, c, Mean.Floats + to, Terms.Floats + to);
                }
                else
                {
                    MeasureNarrow<TLanes>(x, rows, c, Mean.Floats + to, Terms.Floats + to);
                }
            }
        }

        private static void MeasureNarrow<TLanes>(
            float* x, int rows, int columns, float* mean, float* terms)
            where TLanes : struct, ILanes<TLanes>
        {
            int turns = WideColumns / columns;
            int width = turns * columns;
            int wideRows = rows / turns;
            int left = rows - (wideRows * turns);
            float* wideMean = stackalloc float[WideColumns];
            float* wideTerms = stackalloc float[WideColumns];
            float* leftMean = stackalloc float[WideColumns];
            float* leftTerms = stackalloc float[WideColumns];
            if (wideRows > 0)
            {
                NormLoops.MeasureColumns<TTerm, TLanes>(
                    x, wideRows, width, width, wideMean, wideTerms);
            }

            NormLoops.MeasureColumns<TTerm, Lanes1>(
                x + ((long)wideRows * width), 1, left * columns, 0, leftMean, leftTerms);
            for (int c = 0; c < columns; c++)
            {
                var merged = default(Merged);
                for (int i = c; wideRows > 0 && i < width; i += columns)
                {
                    merged.Add(wideRows, wideMean[i], wideTerms[i]);
                }

                for (int i = c; i < left * columns; i += columns)
                {
                    merged.Add(1, leftMean[i], leftTerms[i]);
                }

                mean[c] = (float)merged.Mean;
                terms[c] = (float)merged.Terms;
            }
        }
    }

    /// <summary>Puts the measures of each group together.</summary>
    private sealed class MergeStep : CpuStep
    {
        public required NormGroups Groups { get; init; }

        public required NormResults Results { get; init; }

        public required int Rows { get; init; }

        public required int Blocks { get; init; }

        public required int Repeats { get; init; }

        public required int GroupsAtOnce { get; init; }

        public required CpuTensor Mean { get; init; }

        public required CpuTensor Terms { get; init; }

        public required CpuTensor? Gamma { get; init; }

        /// <summary>What is laid out in <see cref="Shift"/>, or null.</summary>
        public required CpuTensor? Beta { get; init; }

        /// <summary>[N, repeats, C], as <see cref="Scale"/>.</summary>
        public required CpuTensor Centre { get; init; }

        public required CpuTensor Scale { get; init; }

        public required CpuTensor? Shift { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int c = Groups.C;
            int first = piece * GroupsAtOnce;
            for (int group = first; group < Math.Min(Groups.Count, first + GroupsAtOnce); group++)
            {
                int n = group / Groups.G;
                int channel = (group - (n * Groups.G)) * Groups.K;
                var merged = default(Merged);
                for (int block = 0; block < Blocks; block++)
                {
                    int rows = Math.Min(Rows, Groups.P - (block * Rows));
                    long at = ((((long)n * Blocks) + block) * c) + channel;
                    for (int k = 0; k < Groups.K; k++)
                    {
                        merged.Add(rows, Mean.Floats[at + k], Terms.Floats[at + k]);
                    }
                }

                float factor = Results.Write(group, merged.Mean, merged.Terms);
                for (int r = 0; r < Repeats; r++)
                {
                    long at = ((((long)n * Repeats) + r) * c) + channel;
                    for (int k = 0; k < Groups.K; k++)
                    {
                        Centre.Floats[at + k] = (float)merged.Mean;
                        Scale.Floats[at + k] =
                            Gamma is null ? factor : factor * Gamma.Floats[channel + k];
                    }
                }
            }

            if (piece == 0 && Beta is not null)
            {
                for (int r = 0; r < Repeats; r++)
                {
                    Beta.Span.CopyTo(Shift!.Span[(r * c * sizeof(float))..]);
                }
            }
        }
    }

    /// <summary>Normalises some rows, with one mean and one scale a channel.</summary>
    private sealed class ApplyStep : VectorStep
    {
        public required NormGroups Groups { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Centre { get; init; }

        public required CpuTensor Scale { get; init; }

        public required CpuTensor? Shift { get; init; }

        public required CpuTensor Y { get; init; }

        public required int RowLength { get; init; }

        public required long PieceLength { get; init; }

        public required int PiecesOfPart { get; init; }

        public required int PartsAtOnce { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            long begin = piece % PiecesOfPart * PieceLength;
            long length = Math.Min(PieceLength, Groups.PartLength - begin);
            int first = piece / PiecesOfPart * PartsAtOnce;
            for (int n = first; n < Math.Min(Groups.N, first + PartsAtOnce); n++)
            {
                long at = (n * Groups.PartLength) + begin;
                long row = (long)n * RowLength;
                NormLoops.ApplyToRows<TLanes>(
                    X.Floats + at, Centre.Floats + row, Scale.Floats + row,
                    Shift is null ? null : Shift.Floats, Y.Floats + at, length, RowLength);
            }
        }
    }

    /// <summary>
    /// Measures of sets that are put together one after the other (Chan et al. 1979); with means
    /// of 0 the terms are plain sums.
    /// </summary>
    private struct Merged
    {
        private long _count;

        /// <summary>Mean of all elements.</summary>
        public double Mean { get; private set; }

        /// <summary>Sum of the terms of all elements.</summary>
        public double Terms { get; private set; }

        public void Add(int count, double mean, double terms)
        {
            double difference = mean - Mean;
            double share = (double)count / (_count + count);
            Terms += terms + (difference * difference * _count * share);
            Mean += difference * share;
            _count += count;
        }
    }
}
