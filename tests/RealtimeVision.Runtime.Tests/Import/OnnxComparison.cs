using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Runs models here and in ONNX Runtime, and compares the outputs.</summary>
internal static class OnnxComparison
{
    private static readonly Dictionary<string, Device> Devices = [];

    /// <summary>Devices that whole networks are compared on.</summary>
    public static IEnumerable<string> DeviceNames { get; } =
    [
        "cpu",
        .. DeviceList.Find()
            .Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null).Select(d => d.Id),
    ];

    public static Device Open(string name)
    {
        lock (Devices)
        {
            if (!Devices.TryGetValue(name, out var device))
            {
                device = name == "cpu" ? new CpuDevice(2) : DeviceList.Open(name);
                Devices.Add(name, device);
            }

            return device;
        }
    }

    /// <summary>Asserts that all outputs are as ONNX Runtime has them.</summary>
    /// <param name="proto">The model; integers are compared exactly.</param>
    /// <param name="inputs">Inputs by name; random ones where null.</param>
    /// <param name="device">Where it runs here.</param>
    /// <param name="tolerance">Largest difference, as a share of the largest value.</param>
    public static void Check(
        ModelProto proto,
        IReadOnlyDictionary<string, ReferenceTensor>? inputs = null,
        string device = "cpu",
        double tolerance = 1e-4)
    {
        inputs ??= ReferenceTensor.RandomInputs(proto);
        var expected = OrtReference.Run(proto, inputs, optimize: false);
        using var model = OnnxModel.Of(proto);
        Compare(expected, Run(model, inputs, device), tolerance);
    }

    public static IReadOnlyDictionary<string, Tensor> Run(
        Model model, IReadOnlyDictionary<string, ReferenceTensor> inputs, string device = "cpu")
    {
        using var session = new Session(model, Open(device));
        return session.Run(inputs.ToDictionary(i => i.Key, i => ToTensor(i.Value)));
    }

    public static void Compare(
        IReadOnlyDictionary<string, ReferenceTensor> expected,
        IReadOnlyDictionary<string, Tensor> actual,
        double tolerance)
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var (name, reference) in expected)
            {
                var tensor = actual[name];
                Assert.That(tensor.Shape, Is.EqualTo(ShapeOf(reference)), name);
                if (tensor.Shape != ShapeOf(reference))
                {
                    continue;
                }

                if (reference.IsFloat)
                {
                    Assert.That(
                        reference.RelativeError(tensor.As<float>()), Is.LessThan(tolerance), name);
                }
                else
                {
                    Assert.That(tensor.As<int>().ToArray(), Is.EqualTo(reference.Integers), name);
                }
            }
        }
    }

    public static Shape ShapeOf(ReferenceTensor tensor) =>
        new([.. tensor.Shape.Select(s => (int)s)]);

    private static Tensor ToTensor(ReferenceTensor tensor) => tensor.IsFloat
        ? Tensor.Of<float>(ShapeOf(tensor), tensor.Floats)
        : Tensor.Of<int>(ShapeOf(tensor), [.. tensor.Integers.Select(i => (int)i)]);
}
