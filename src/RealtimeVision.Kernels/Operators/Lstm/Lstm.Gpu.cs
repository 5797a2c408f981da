using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>How a GPU goes through the steps of an LSTM.</summary>
internal enum GpuLstmAlgorithm
{
    /// <summary>
    /// A launch a step, each with many groups: for one step, and for large layers.
    /// </summary>
    Steps,

    /// <summary>
    /// One launch, a group for each sequence and direction, its state in shared memory.
    /// </summary>
    Persistent,
}

public sealed partial record Lstm : IGpuOperator
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
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c,
        Geometry geometry);

    private delegate void StepLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c,
        Geometry geometry,
        int step);

    /// <summary>An algorithm to take whatever the shape; null for the one that fits.</summary>
    internal GpuLstmAlgorithm? ForcedGpuAlgorithm { get; init; }

    /// <summary>Sizes that a kernel needs.</summary>
    internal struct Geometry
    {
        public int Steps, N, H, Directions, IsReverse, HasBias, HasHidden, HasCell;

        /// <summary>Place in the sequence of a step of a direction.</summary>
        public readonly int Time(int direction, int step) =>
            direction == 1 || IsReverse != 0 ? Steps - 1 - step : step;

        /// <summary>Index of a direction's h in the output of all steps.</summary>
        public readonly int RowOfY(int direction, int step, int n) =>
            ((((Time(direction, step) * N) + n) * Directions) + direction) * H;

        /// <summary>Index of the input's share of the gates.</summary>
        public readonly int RowOfGates(int direction, int step, int n) =>
            ((((direction * Steps) + Time(direction, step)) * N) + n) * 4 * H;
    }

    /// <summary>
    /// One step of 32 hidden units of a sequence: 8 threads a unit share its four sums, which are
    /// added in shared memory, in order.
    /// </summary>
    [HotKernel]
    internal static void StepKernel(
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c,
        Geometry g,
        int step)
    {
        var parts = SharedMemory.Allocate<float>(4 * GroupSize);
        int slices = GroupSize / StepUnits;
        int blocks = (g.H + StepUnits - 1) / StepUnits;
        int unit = (Grid.IdxX % blocks * StepUnits) + (Group.IdxX % StepUnits);
        int slice = Group.IdxX / StepUnits;
        int sequence = Grid.IdxX / blocks;
        int n = sequence % g.N;
        int direction = sequence / g.N;
        int state = ((direction * g.N) + n) * g.H;

        float i = 0f, f = 0f, u = 0f, o = 0f;
        int depth = unit < g.H && (step > 0 || g.HasHidden != 0) ? g.H : 0;
        int before = step > 0 ? g.RowOfY(direction, step - 1, n) : state;
        int weights = (direction * g.H * 4 * g.H) + unit;
        for (int k = slice; k < depth; k += slices)
        {
            float hidden = step > 0 ? y[before + k] : h0[before + k];
            int at = weights + (k * 4 * g.H);
            i += hidden * r[at];
            f += hidden * r[at + g.H];
            u += hidden * r[at + (2 * g.H)];
            o += hidden * r[at + (3 * g.H)];
        }

        parts[Group.IdxX] = i;
        parts[GroupSize + Group.IdxX] = f;
        parts[(2 * GroupSize) + Group.IdxX] = u;
        parts[(3 * GroupSize) + Group.IdxX] = o;
        Group.Barrier();
        if (slice > 0 || unit >= g.H)
        {
            return;
        }

        for (int s = 1; s < slices; s++)
        {
            int part = (s * StepUnits) + Group.IdxX;
            i += parts[part];
            f += parts[GroupSize + part];
            u += parts[(2 * GroupSize) + part];
            o += parts[(3 * GroupSize) + part];
        }

        int gate = g.RowOfGates(direction, step, n) + unit;
        i += gates[gate];
        f += gates[gate + g.H];
        u += gates[gate + (2 * g.H)];
        o += gates[gate + (3 * g.H)];
        if (g.HasBias != 0)
        {
            int b = (direction * 4 * g.H) + unit;
            i += bias[b];
            f += bias[b + g.H];
            u += bias[b + (2 * g.H)];
            o += bias[b + (3 * g.H)];
        }

        float cell = step > 0 ? c[state + unit] : 0f;
        if (step == 0 && g.HasCell != 0)
        {
            cell = c0[state + unit];
        }

        cell = (SigmoidOf(f) * cell) + (SigmoidOf(i) * TanhOf(u));
        float result = SigmoidOf(o) * TanhOf(cell);
        c[state + unit] = cell;
        y[g.RowOfY(direction, step, n) + unit] = result;
        if (step == g.Steps - 1)
        {
            h[state + unit] = result;
        }
    }

    /// <summary>
    /// All steps of one sequence and direction: h in shared memory, c in the registers of the
    /// thread that owns the unit.
    /// </summary>
    [HotKernel]
    internal static void PersistentKernel(
        ArrayView<float> gates,
        ArrayView<float> r,
        ArrayView<float> bias,
        ArrayView<float> h0,
        ArrayView<float> c0,
        ArrayView<float> y,
        ArrayView<float> h,
        ArrayView<float> c,
        Geometry g)
    {
        var hidden = SharedMemory.Allocate<float>(MostPersistentUnits);
        var sums = SharedMemory.Allocate<float>(4 * MostPersistentUnits);
        int unit = Group.IdxX;
        int n = Grid.IdxX % g.N;
        int direction = Grid.IdxX / g.N;
        int state = (((direction * g.N) + n) * g.H) + unit;
        int columns = 4 * g.H;
        int weights = direction * g.H * columns;
        float cell = 0f;
        if (unit < g.H)
        {
            hidden[unit] = 0f;
            if (g.HasHidden != 0)
            {
                hidden[unit] = h0[state];
            }

            if (g.HasCell != 0)
            {
                cell = c0[state];
            }
        }

        Group.Barrier();
        for (int step = 0; step < g.Steps; step++)
        {
            int gate = g.RowOfGates(direction, step, n);
            for (int column = Group.IdxX; column < columns; column += GroupSize)
            {
                float sum = gates[gate + column];
                if (g.HasBias != 0)
                {
                    sum += bias[(direction * columns) + column];
                }

                for (int k = 0; k < g.H; k++)
                {
                    sum += hidden[k] * r[weights + (k * columns) + column];
                }

                sums[column] = sum;
            }

            Group.Barrier();
            if (unit < g.H)
            {
                cell = (SigmoidOf(sums[g.H + unit]) * cell)
                    + (SigmoidOf(sums[unit]) * TanhOf(sums[(2 * g.H) + unit]));
                float result = SigmoidOf(sums[(3 * g.H) + unit]) * TanhOf(cell);
                hidden[unit] = result;
                y[g.RowOfY(direction, step, n) + unit] = result;
            }

            Group.Barrier();
        }

        if (unit < g.H)
        {
            h[state] = hidden[unit];
            c[state] = cell;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var x = b.InputShape(Sequence);
        var geometry = new Geometry
        {
            Steps = x[0], N = x[1], H = Hidden, Directions = Directions,
            IsReverse = Direction == RecurrentDirection.Reverse ? 1 : 0,
            HasBias = b.Has(Bias) ? 1 : 0,
            HasHidden = b.Has(InitialHidden) ? 1 : 0,
            HasCell = b.Has(InitialCell) ? 1 : 0,
        };

        // The input's share of all gates of all steps is one product, a matrix of weights for each
        // direction.
        var gates = b.Scratch(TensorType.Float(Directions, x[0] * x[1], 4 * Hidden));
        var product = new MatrixProduct(
            x[0] * x[1], 4 * Hidden, x[2], false, false, new Shape(Directions), default,
            new Shape(Directions),
            gates.Type.Shape);
        var multiply = new MatMul();
        multiply.AddProduct(
            b, product, b.Input(Sequence), b.Input(InputWeights), null, gates,
            b.Operands(multiply, gates.Type.Shape));

        var r = b.Input(RecurrentWeights);
        var (y, h, c) = (b.Output(AllHidden), b.Output(LastHidden), b.Output(LastCell));
        var bias = b.InputOrNull(Bias) ?? r;
        var h0 = b.InputOrNull(InitialHidden) ?? r;
        var c0 = b.InputOrNull(InitialCell) ?? r;
        if ((ForcedGpuAlgorithm ?? Choose(geometry.Steps)) == GpuLstmAlgorithm.Persistent)
        {
            var launch = b.Load<PersistentLauncher>(PersistentKernel, GroupSize);
            var config = new KernelConfig(Directions * geometry.N, GroupSize);
            b.Add("Lstm Persistent", stream => launch(
                stream, config, gates.Floats, r.Floats, bias.Floats, h0.Floats, c0.Floats, y.Floats,
                h.Floats,
                c.Floats, geometry));
            return;
        }

        var launchStep = b.Load<StepLauncher>(StepKernel, GroupSize);
        int blocks = (Hidden + StepUnits - 1) / StepUnits;
        var stepConfig = new KernelConfig(checked(Directions * geometry.N * blocks), GroupSize);
        for (int i = 0; i < geometry.Steps; i++)
        {
            int step = i;
            b.Add("Lstm Step", stream => launchStep(
                stream, stepConfig, gates.Floats, r.Floats, bias.Floats, h0.Floats, c0.Floats,
                y.Floats, h.Floats,
                c.Floats, geometry, step));
        }
    }

    /// <summary>True where an algorithm can run this layer.</summary>
    internal bool CanRun(GpuLstmAlgorithm algorithm) =>
        algorithm != GpuLstmAlgorithm.Persistent || Hidden <= MostPersistentUnits;

    /// <summary>The algorithm for a sequence of so many steps.</summary>
    internal GpuLstmAlgorithm Choose(int steps) => steps > 1 && Hidden <= MostPersistentUnitsThatPay
        ? GpuLstmAlgorithm.Persistent
        : GpuLstmAlgorithm.Steps;

    private static float SigmoidOf(float x) =>
        Sigmoid.Apply(new Lanes1(x), default, default).Value;

    private static float TanhOf(float x) => Tanh.Apply(new Lanes1(x), default, default).Value;
}
