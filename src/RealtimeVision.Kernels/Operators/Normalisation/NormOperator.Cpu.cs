using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public abstract unsafe partial record NormOperator : ICpuOperator
{
    private const int PieceElements = 16 * 1024;

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var groups = GroupsOf(b.InputShape(X));
        switch (Statistic)
        {
            case NormStatistic.Deviation:
                Prepare<SquaredDeviation>(b, groups);
                break;
            case NormStatistic.Norm1:
                Prepare<Magnitude>(b, groups);
                break;
            default:
                Prepare<SquaredElement>(b, groups);
                break;
        }
    }

    private void Prepare<TTerm>(CpuBindings b, NormGroups groups)
        where TTerm : struct, INormTerm
    {
        var results = new NormResults
        {
            Statistic = Statistic,
            Epsilon = Epsilon,
            Length = groups.Length,
            Mean = MeanOutput < 0 ? null : b.Output(MeanOutput),
            Factor = FactorOutput < 0 ? null : b.Output(FactorOutput),
            Variance = VarianceOutput < 0 ? null : b.Output(VarianceOutput),
        };
        if (groups.P > 1)
        {
            NormColumns.Add<TTerm>(
                b, $"{Name}", groups, results, b.InputOrNull(Gamma), b.InputOrNull(Beta));
            return;
        }

        int rowsOfPiece = Math.Max(1, PieceElements / groups.K);
        b.Add(new RowsStep<TTerm>
        {
            Label = Name,
            Width = b.Width,
            Pieces = (groups.Count + rowsOfPiece - 1) / rowsOfPiece,
            RowsOfPiece = rowsOfPiece,
            Groups = groups,
            Results = results,
            Source = b.Input(X),
            Gamma = b.InputOrNull(Gamma),
            Beta = b.InputOrNull(Beta),
            Target = b.Output(),
        });
    }

    /// <summary>
    /// Groups whose elements are neighbours: each is measured and normalised while it is near.
    /// </summary>
    private sealed class RowsStep<TTerm> : VectorStep
        where TTerm : struct, INormTerm
    {
        public required NormGroups Groups { get; init; }

        public required NormResults Results { get; init; }

        public required int RowsOfPiece { get; init; }

        public required CpuTensor Source { get; init; }

        public required CpuTensor? Gamma { get; init; }

        public required CpuTensor? Beta { get; init; }

        public required CpuTensor Target { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int length = Groups.K;
            int end = Math.Min(Groups.Count, (piece + 1) * RowsOfPiece);
            for (int row = piece * RowsOfPiece; row < end; row++)
            {
                float* x = Source.Floats + ((long)row * length);
                double mean = TTerm.IsCentred ? NormLoops.Sum<TLanes>(x, length) / length : 0;
                double terms = NormLoops.SumOfTerms<TTerm, TLanes>(x, length, (float)mean);
                float factor = Results.Write(row, mean, terms);
                long place = (long)(row % Groups.G) * length;
                NormLoops.ApplyToRow<TLanes>(
                    x, (float)mean, factor,
                    Gamma is null ? null : Gamma.Floats + place,
                    Beta is null ? null : Beta.Floats + place,
                    Target.Floats + ((long)row * length), length);
            }
        }
    }
}

/// <summary>What is made of the measures of a group, and where it goes on the CPU.</summary>
internal sealed unsafe class NormResults
{
    public required NormStatistic Statistic { get; init; }

    public required float Epsilon { get; init; }

    /// <summary>Elements of a group.</summary>
    public required long Length { get; init; }

    public required CpuTensor? Mean { get; init; }

    public required CpuTensor? Factor { get; init; }

    public required CpuTensor? Variance { get; init; }

    /// <summary>
    /// Writes the results of a group that are asked for; gives what its elements are multiplied by.
    /// </summary>
    /// <param name="group">Number of the group.</param>
    /// <param name="mean">Its mean.</param>
    /// <param name="terms">Sum of its terms.</param>
    public float Write(int group, double mean, double terms)
    {
        float factor = (float)(Statistic switch
        {
            NormStatistic.Norm1 => 1 / Math.Max(terms, Epsilon),
            NormStatistic.Norm2 => 1 / Math.Max(Math.Sqrt(terms), Epsilon),
            _ => 1 / Math.Sqrt((terms / Length) + Epsilon),
        });
        if (Mean is not null)
        {
            Mean.Floats[group] = (float)mean;
        }

        if (Factor is not null)
        {
            Factor.Floats[group] = factor;
        }

        if (Variance is not null)
        {
            Variance.Floats[group] = (float)(terms / Length);
        }

        return factor;
    }
}
