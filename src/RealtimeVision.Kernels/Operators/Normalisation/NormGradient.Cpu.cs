using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record NormGradient : ICpuOperator
{
    private const int PieceElements = 16 * 1024;

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var groups = Forward.GroupsOf(b.InputShape(X));
        int blocks = groups.P > 1
            ? NormGradientColumns.Add(b, this, groups, out var sums)
            : AddRows(b, groups, out sums);
        if (OfParameters)
        {
            int columns = Math.Min(Math.Max(PieceElements / blocks, 16), groups.C);
            b.Add(new ParametersStep
            {
                Label = $"{Name} Parameters",
                Pieces = (groups.C + columns - 1) / columns,
                Columns = columns,
                Channels = groups.C,
                Blocks = blocks,
                Sums = sums,
                DGamma = b.Output(GammaOutput),
                DBeta = b.Output(GammaOutput + 1),
            });
        }
    }

    private int AddRows(CpuBindings b, NormGroups groups, out CpuTensor sums)
    {
        int partsOfPiece = Math.Clamp(PieceElements / groups.C, 1, groups.N);
        int pieces = (groups.N + partsOfPiece - 1) / partsOfPiece;
        sums = b.Scratch(TensorType.Float(OfParameters ? pieces : 1, 2, groups.C));
        b.Add(new RowsStep
        {
            Label = $"{Name} Rows",
            Width = b.Width,
            Pieces = pieces,
            PartsOfPiece = partsOfPiece,
            Groups = groups,
            IsCentred = Forward.IsCentred,
            Dy = b.Input(OutputGradient),
            X = b.Input(X),
            Factor = b.Input(Factor),
            Mean = b.InputOrNull(Mean),
            Gamma = b.InputOrNull(Gamma),
            Dx = OfInput ? b.Output() : null,
            Sums = OfParameters ? sums : null,
        });
        return pieces;
    }

    /// <summary>
    /// Groups whose elements are neighbours: dx, and what a piece's groups add to the gradients of
    /// the parameters.
    /// </summary>
    private sealed class RowsStep : VectorStep
    {
        public required NormGroups Groups { get; init; }

        public required int PartsOfPiece { get; init; }

        public required bool IsCentred { get; init; }

        public required CpuTensor Dy { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Factor { get; init; }

        public required CpuTensor? Mean { get; init; }

        public required CpuTensor? Gamma { get; init; }

        public required CpuTensor? Dx { get; init; }

        /// <summary>[pieces, 2, C]: sums of dy, and of dy times the normalised x.</summary>
        public required CpuTensor? Sums { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int length = Groups.K;
            float* sums = Sums is null ? null : Sums.Floats + ((long)piece * 2 * Groups.C);
            if (sums is not null)
            {
                new Span<float>(sums, 2 * Groups.C).Clear();
            }

            int first = piece * PartsOfPiece * Groups.G;
            int end = Math.Min(Groups.Count, first + (PartsOfPiece * Groups.G));
            for (int row = first; row < end; row++)
            {
                float* dy = Dy.Floats + ((long)row * length);
                float* x = X.Floats + ((long)row * length);
                long place = (long)(row % Groups.G) * length;
                float* gamma = Gamma is null ? null : Gamma.Floats + place;
                float mean = Mean is null ? 0 : Mean.Floats[row];
                float factor = Factor.Floats[row];
                if (Dx is not null)
                {
                    var (sum, product) = NormGradientLoops.SumsOfRow<TLanes>(
                        dy, x, gamma, mean, length);
                    double shift = IsCentred ? factor * sum / length : 0;
                    double slope = product / length * factor * factor * factor;
                    NormGradientLoops.ApplyToRow<TLanes>(
                        dy, x, gamma, mean, factor, (float)shift, (float)slope,
                        Dx.Floats + ((long)row * length), length);
                }

                if (sums is not null)
                {
                    NormGradientLoops.AddRow<TLanes>(
                        dy, x, mean, factor, sums + place, sums + Groups.C + place, length);
                }
            }
        }
    }

    /// <summary>The gradients of some channels' parameters: sums over blocks, in order.</summary>
    private sealed class ParametersStep : CpuStep
    {
        public required int Columns { get; init; }

        public required int Channels { get; init; }

        public required int Blocks { get; init; }

        /// <summary>[blocks, 2, C].</summary>
        public required CpuTensor Sums { get; init; }

        public required CpuTensor DGamma { get; init; }

        public required CpuTensor DBeta { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int end = Math.Min(Channels, (piece + 1) * Columns);
            for (int channel = piece * Columns; channel < end; channel++)
            {
                double beta = 0;
                double gamma = 0;
                float* sums = Sums.Floats + channel;
                for (int block = 0; block < Blocks; block++, sums += 2 * Channels)
                {
                    beta += sums[0];
                    gamma += sums[Channels];
                }

                DBeta.Floats[channel] = (float)beta;
                DGamma.Floats[channel] = (float)gamma;
            }
        }
    }
}
