using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// The checks themselves: gradients that are wrong, on purpose, are found by finite differences and
/// by golden files, on every device.
/// </summary>
public class PlantedGradientTests
{
    /// <summary>How a gradient is wrong.</summary>
    public enum Fault
    {
        /// <summary>Not at all: what the check has to let pass.</summary>
        None,

        /// <summary>2 % too large.</summary>
        TooLarge,

        /// <summary>Of the other sign.</summary>
        Negated,

        /// <summary>0.</summary>
        Zero,

        /// <summary>Not stated.</summary>
        Missing,

        /// <summary>Of an element beside the right one.</summary>
        Displaced,

        /// <summary>NaN.</summary>
        NotANumber,
    }

    // The check is the same at every width.
    private static IEnumerable<string> Devices => TestDevices.Gpus.Prepend("cpu");

    private static IEnumerable<Fault> Faults => Enum.GetValues<Fault>();

    private static IEnumerable<string> GoldenNames =>
        ["linear", "conv2d_3x3", "lstm", "batchnorm_training", "cross_entropy", "mul_broadcast_channel"];

    [Test]
    public void FiniteDifferencesFindIt(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(Faults))] Fault fault)
    {
        var (error, where, compared) = FiniteDifferences.Check(
            TestDevices.Get(device), new Planted(Unary.Sin, fault), [HostTensor.Random(1, 3, 5)]);

        Assert.That(compared, Is.GreaterThan(0));
        Assert.That(
            error, fault == Fault.None ? Is.LessThan(5e-3) : Is.GreaterThan(0.01), where);
    }

    [Test]
    public void GoldenFilesFindIt(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(GoldenNames))] string name,
        [ValueSource(nameof(Faults))] Fault fault)
    {
        var golden = GoldenGradients.Build(name, (graph, value) =>
            graph.Add(new Planted(Unary.Affine, fault), "planted", value));

        var errors = golden.Errors(TestDevices.Get(device));

        bool isRight = fault == Fault.None;
        Assert.That(errors.Where(e => e.What.StartsWith("output")).Max(e => e.Error), Is.LessThan(1e-5));
        Assert.That(
            errors.Any(e => !(e.Error <= golden.Tolerance)), Is.EqualTo(!isRight),
            string.Join(", ", errors));
    }

    /// <summary>A function of one number (or nothing, as x 1 + 0) whose gradient is wrong.</summary>
    private sealed record Planted(UnaryFunction Function, Fault Fault)
        : Operator, ICpuOperator, IGpuOperator
    {
        public override bool IsDifferentiable => true;

        private Pointwise Forward => new(Function, Function == Unary.Affine ? 1 : 0, 0);

        public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

        public override void Differentiate(GradientBuilder g)
        {
            if (Fault == Fault.Missing)
            {
                return;
            }

            var dy = g.OutputGradient();
            var right = Function == Unary.Sin
                ? g.Apply(Binary.Multiply, dy, g.Apply(Unary.Cos, g.Input(0)))
                : dy;
            g.Give(0, Fault switch
            {
                Fault.TooLarge => g.Apply(Unary.Affine, right, 1.02f),
                Fault.Negated => g.Apply(Unary.Negate, right),
                Fault.Zero => g.Fill(0, right.Shape),
                Fault.Displaced => Displaced(g, right),
                Fault.NotANumber => g.Fill(float.NaN, right.Shape),
                _ => right,
            });
        }

        public void Prepare(CpuBindings b) => ((ICpuOperator)Forward).Prepare(b);

        public void Prepare(GpuBindings b) => ((IGpuOperator)Forward).Prepare(b);

        private static Value Displaced(GradientBuilder g, Value right)
        {
            int count = (int)right.Shape.Count;
            var line = g.Add(new Reshape(new Shape(count)), right);
            var moved = g.Add(
                new Concat(0), g.Add(new Slice([1], new Shape(count - 1)), line),
                g.Add(new Slice([0], new Shape(1)), line));
            return g.Add(new Reshape(right.Shape), moved);
        }
    }
}
