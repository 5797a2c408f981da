using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How a GPU goes through the steps of a recurrent layer.</summary>
internal enum GpuRecurrentAlgorithm
{
    /// <summary>
    /// A launch a part of a step, each with many groups: for one step, for large layers, and where
    /// a step has two parts.
    /// </summary>
    Steps,

    /// <summary>
    /// One launch, a group for each sequence and direction, its state in shared memory.
    /// </summary>
    Persistent,
}

public abstract partial record RecurrentOperator : IGpuOperator
{
    private const int GroupSize = 256;

    // Hidden units of a group of the step kernel; the rest of the group's threads share their sums.
    private const int StepUnits = 32;

    // A group's threads each own one unit of the state.
    private const int MostPersistentUnits = GroupSize;

    // With more, one multiprocessor reads its weights for longer than a launch takes.
    private const int MostPersistentUnitsThatPay = 128;

    private delegate void PersistentLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        Geometry geometry,
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c);

    private delegate void StepLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        Geometry geometry,
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> peepholes,
        ArrayView<int> lengths,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c,
        ArrayView<float> reset,
        int step);

    /// <summary>An algorithm to take whatever the shape; null for the one that fits.</summary>
    internal GpuRecurrentAlgorithm? ForcedGpuAlgorithm { get; init; }

    /// <summary>Sizes that a kernel needs.</summary>
    internal struct Geometry
    {
        public int Steps, N, H, Directions, Gates, BiasGates, FirstGate;

        public int IsReverse, HasBias, HasHidden, HasCell, HasPeepholes, HasLengths;

        public float Clip;

        /// <summary>Place in the sequence of a step of a direction.</summary>
        public readonly int Time(int direction, int step) =>
            direction == 1 || IsReverse != 0 ? Steps - 1 - step : step;

        /// <summary>Steps of a sequence.</summary>
        public readonly int LengthOf(ArrayView<int> lengths, int n)
        {
            int length = Steps;
            if (HasLengths != 0)
            {
                length = Math.Min(Math.Max(lengths[n], 0), Steps);
            }

            return length;
        }

        /// <summary>The first step that a direction does of a sequence of a length.</summary>
        public readonly int FirstStep(int direction, int length) =>
            direction == 1 || IsReverse != 0 ? Steps - length : 0;

        /// <summary>Index of a direction's h in the output of all steps.</summary>
        public readonly int RowOfY(int direction, int step, int n) =>
            ((((Time(direction, step) * N) + n) * Directions) + direction) * H;

        /// <summary>Index of the input's share of the first gate of a kernel.</summary>
        public readonly int RowOfGates(int direction, int step, int n) =>
            ((((((direction * Steps) + Time(direction, step)) * N) + n) * Gates) + FirstGate) * H;

        /// <summary>Index of the bias of the first gate of a kernel.</summary>
        public readonly int RowOfBias(int direction) =>
            ((direction * BiasGates) + FirstGate) * H;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var x = b.InputShape(Sequence);
        var geometry = new Geometry
        {
            Steps = x[0], N = x[1], H = Hidden, Directions = Directions, Gates = Gates,
            BiasGates = BiasGates,
            IsReverse = Direction == RecurrentDirection.Reverse ? 1 : 0,
            HasBias = b.Has(Bias) ? 1 : 0,
            HasHidden = b.Has(InitialHidden) ? 1 : 0,
            HasCell = InitialCellInput >= 0 && b.Has(InitialCellInput) ? 1 : 0,
            HasPeepholes = PeepholeInput >= 0 && b.Has(PeepholeInput) ? 1 : 0,
            HasLengths = b.Has(Lengths) ? 1 : 0,
            Clip = Clip,
        };

        // The input's share of all gates of all steps is one product, a matrix of weights for each
        // direction.
        var gates = b.Scratch(TensorType.Float(Directions, x[0] * x[1], Gates * Hidden));
        var product = new MatrixProduct(
            x[0] * x[1], Gates * Hidden, x[2], false, false, new Shape(Directions), default,
            new Shape(Directions),
            gates.Type.Shape);
        var multiply = new MatMul();
        multiply.AddProduct(
            b, product, b.Input(Sequence), b.Input(InputWeights), null, gates,
            b.Operands(multiply, gates.Type.Shape));

        var r = b.Input(RecurrentWeights);
        var (y, h) = (b.Output(AllHidden), b.Output(LastHidden));
        var parts = Parts;
        var c = LastCellOutput < 0 ? b.Scratch(h.Type) : b.Output(LastCellOutput);
        var reset = parts.Length == 1 ? h : b.Scratch(h.Type);
        var bias = b.InputOrNull(Bias) ?? r;
        var h0 = b.InputOrNull(InitialHidden) ?? r;
        var c0 = geometry.HasCell != 0 ? b.Input(InitialCellInput) : r;
        var peepholes = geometry.HasPeepholes != 0 ? b.Input(PeepholeInput) : r;
        var lengths = b.InputOrNull(Lengths) ?? r;
        if ((ForcedGpuAlgorithm ?? Choose(geometry.Steps)) == GpuRecurrentAlgorithm.Persistent)
        {
            var launch = b.Load<PersistentLauncher>(parts[0].PersistentKernel, GroupSize);
            var config = new KernelConfig(Directions * geometry.N, GroupSize);
            b.Add($"{Name} Persistent", stream => launch(
                stream, config, geometry, gates.Floats, r.Floats, bias.Floats, peepholes.Floats,
                lengths.Ints, h0.Floats, c0.Floats, y.Floats, h.Floats, c.Floats));
            return;
        }

        int blocks = (Hidden + StepUnits - 1) / StepUnits;
        var stepConfig = new KernelConfig(checked(Directions * geometry.N * blocks), GroupSize);
        var launches = Array.ConvertAll(
            parts, part => b.Load<StepLauncher>(part.StepKernel, GroupSize));
        for (int i = 0; i < geometry.Steps; i++)
        {
            for (int part = 0; part < parts.Length; part++)
            {
                int step = i;
                var launch = launches[part];
                var own = geometry;
                own.FirstGate = parts[part].FirstGate;
                b.Add($"{Name} Step", stream => launch(
                    stream, stepConfig, own, gates.Floats, r.Floats, bias.Floats, peepholes.Floats,
                    lengths.Ints, h0.Floats, c0.Floats, y.Floats, h.Floats, c.Floats, reset.Floats, step));
            }
        }
    }

    /// <summary>True where an algorithm can run this layer.</summary>
    internal bool CanRun(GpuRecurrentAlgorithm algorithm) =>
        algorithm != GpuRecurrentAlgorithm.Persistent
        || (Hidden <= MostPersistentUnits && Parts.Length == 1);

    /// <summary>The algorithm for a sequence of so many steps.</summary>
    internal GpuRecurrentAlgorithm Choose(int steps) =>
        steps > 1 && Hidden <= MostPersistentUnitsThatPay
        && CanRun(GpuRecurrentAlgorithm.Persistent)
            ? GpuRecurrentAlgorithm.Persistent
            : GpuRecurrentAlgorithm.Steps;
}
