using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record RecurrentGradient : IGpuOperator
{
    private const int GroupSize = 256;

    // Threads that share the sum of a hidden unit; neighbours read neighbouring weights.
    private const int Slices = 32;

    private const int Units = GroupSize / Slices;

    private delegate void CellsLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        Geometry geometry,
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> bias,
        ArrayView<float> c0,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> cells);

    private delegate void StepLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        Geometry geometry,
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> r,
        ArrayView<float> hiddenBefore,
        ArrayView<float> bias,
        ArrayView<float> c0,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> cells,
        ArrayView<float> dAllHidden,
        ArrayView<float> dLastHidden,
        ArrayView<float> dLastCell,
        ArrayView<float> dSums,
        ArrayView<float> dShare,
        ArrayView<float> dHidden,
        ArrayView<float> dCell,
        int step);

    private delegate void ResetLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        Geometry geometry,
        ArrayView<float> inputShare,
        ArrayView<float> hiddenShare,
        ArrayView<float> r,
        ArrayView<float> hiddenBefore,
        ArrayView<float> bias,
        ArrayView<int> lengths,
        ArrayView<float> dSums,
        ArrayView<float> dHidden,
        int step);

    /// <summary>Sizes that a kernel needs.</summary>
    internal struct Geometry
    {
        public int Steps, N, H, Directions, Columns, IsReverse;

        public int HasBias, HasCell, HasPeepholes, HasAllHidden, HasLastHidden, HasLastCell;

        public int HasLengths;

        /// <summary>Columns of the weights that h of the step before was multiplied by.</summary>
        public int Gated;

        public float Clip;

        /// <summary>Place in the sequence of a step of a direction.</summary>
        public readonly int Time(int direction, int step) =>
            direction == 1 || IsReverse != 0 ? Steps - 1 - step : step;

        /// <summary>True for a step that a direction does not do of a sequence.</summary>
        public readonly bool IsBeyond(ArrayView<int> lengths, int direction, int step, int n)
        {
            int length = Steps;
            if (HasLengths != 0)
            {
                length = lengths[n];
            }

            return Time(direction, step) >= length;
        }

        /// <summary>Row of a [D, T, N, ...] tensor.</summary>
        public readonly int RowOf(int direction, int step, int n) =>
            (((direction * Steps) + Time(direction, step)) * N) + n;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var adjoint = Adjoint;
        var sums = b.InputShape(InputShare);
        var geometry = new Geometry
        {
            Directions = sums[0], Steps = sums[1], N = sums[2], Columns = sums[3],
            H = Forward.Hidden,
            IsReverse = Forward.Direction == RecurrentDirection.Reverse ? 1 : 0,
            HasBias = b.Has(Bias) ? 1 : 0,
            HasCell = b.Has(InitialCell) ? 1 : 0,
            HasPeepholes = b.Has(Peepholes) ? 1 : 0,
            HasAllHidden = b.Has(AllHiddenGradient) ? 1 : 0,
            HasLastHidden = b.Has(LastHiddenGradient) ? 1 : 0,
            HasLastCell = b.Has(LastCellGradient) ? 1 : 0,
            HasLengths = b.Has(Lengths) ? 1 : 0,
            Gated = sums[3] - (adjoint.HasReset ? Forward.Hidden : 0),
            Clip = Forward.Clip,
        };
        var (x, h, r) = (b.Input(InputShare), b.Input(HiddenShare), b.Input(RecurrentWeights));
        var before = b.InputOrNull(HiddenBefore) ?? x;
        var bias = b.InputOrNull(Bias) ?? x;
        var c0 = b.InputOrNull(InitialCell) ?? x;
        var peepholes = b.InputOrNull(Peepholes) ?? x;
        var dAllHidden = b.InputOrNull(AllHiddenGradient) ?? x;
        var dLastHidden = b.InputOrNull(LastHiddenGradient) ?? x;
        var dLastCell = b.InputOrNull(LastCellGradient) ?? x;
        var lengths = b.InputOrNull(Lengths) ?? x;
        var (dSums, dHidden) = (b.Output(SumGradient), b.Output(InitialHiddenGradient));
        var dShare = adjoint.IsSplit ? b.Output(HiddenShareGradient) : dSums;
        var dCell = adjoint.HasCell ? b.Output(InitialCellGradient) : dHidden;
        var cells = adjoint.HasCell ? b.Output(AllCells) : dHidden;
        int sequences = geometry.Directions * geometry.N;
        if (adjoint.HasCell)
        {
            var scan = b.Load<CellsLauncher>(adjoint.CellsKernel, GroupSize);
            var config = GpuBindings.Cover((long)sequences * geometry.H, GroupSize);
            b.Add($"{Forward.Name} Cells", stream => scan(
                stream, config, geometry, x.Floats, h.Floats, bias.Floats, c0.Floats,
                peepholes.Floats, lengths.Ints, cells.Floats));
        }

        var launch = b.Load<StepLauncher>(adjoint.StepKernel, GroupSize);
        int blocks = (geometry.H + Units - 1) / Units;
        var stepConfig = new KernelConfig(checked(sequences * blocks), GroupSize);
        for (int i = geometry.Steps - 1; i >= -1; i--)
        {
            int step = i;
            b.Add($"{Forward.Name} Step Back", stream => launch(
                stream, stepConfig, geometry, x.Floats, h.Floats, r.Floats, before.Floats,
                bias.Floats, c0.Floats, peepholes.Floats, lengths.Ints, cells.Floats,
                dAllHidden.Floats, dLastHidden.Floats, dLastCell.Floats, dSums.Floats,
                dShare.Floats, dHidden.Floats, dCell.Floats, step));
            if (adjoint.HasReset && step >= 0)
            {
                var reset = b.Load<ResetLauncher>(adjoint.ResetKernel, GroupSize);
                b.Add($"{Forward.Name} Reset Back", stream => reset(
                    stream, stepConfig, geometry, x.Floats, h.Floats, r.Floats, before.Floats,
                    bias.Floats, lengths.Ints, dSums.Floats, dHidden.Floats, step));
            }
        }
    }
}
