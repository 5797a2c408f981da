using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Inputs whose elements decide shapes.</summary>
public sealed class ShapeInputTests
{
    private CpuDevice _device = null!;

    [OneTimeSetUp]
    public void Open() => _device = new CpuDevice(1);

    [OneTimeTearDown]
    public void Close() => _device.Dispose();

    [Test]
    public void EachValueHasAPlan()
    {
        using var model = Reshaping();
        using var session = new Session(model, _device);
        var x = Tensor.Of<float>(new Shape(2, 6), [.. Enumerable.Range(-6, 12).Select(i => (float)i)]);
        var sizes = Tensor.Of<int>(new Shape(2), 3, 4);

        var shapes = new List<Shape>();
        foreach (int rows in (int[])[3, 4, 3])
        {
            // The same tensor each time: a plan must not be known by memory that changes.
            (sizes.As<int>()[0], sizes.As<int>()[1]) = (rows, 12 / rows);
            var y = session.Run(new Dictionary<string, Tensor> { ["x"] = x, ["rows"] = sizes })["y"];
            shapes.Add(y.Shape);
            Assert.That(y.As<float>().ToArray(), Is.EqualTo(x.As<float>().ToArray().Select(v => Math.Max(v, 0))));
        }

        Assert.That(shapes, Is.EqualTo([new Shape(3, 4), new Shape(4, 3), new Shape(3, 4)]));
        Assert.That(session.PlanCount, Is.EqualTo(2));
    }

    [Test]
    public void OnlyWhatEndsInAShapeDecidesOne()
    {
        using var model = Reshaping();

        Assert.That(model.Inputs.Where(i => i.DecidesShapes).Select(i => i.Name), Is.EqualTo(["rows"]));
    }

    [Test]
    public void AGraphWithoutTheElementsIsRefused()
    {
        using var model = Reshaping();

        Assert.That(
            () => model.Instantiate(new Shape(2, 6), new Shape(2)),
            Throws.TypeOf<InputException>().With.Message.Contains("rows: Int32[2] decide shapes"));
    }

    [Test]
    public void ElementsThatDoNotFitAreAnErrorOfTheNode()
    {
        using var model = Reshaping();

        Assert.That(
            () => model.Instantiate(new Shape(2, 6), Tensor.Of<int>(new Shape(2), 5, 5)),
            Throws.Exception.With.Message.Contains("Reshape"));
    }

    // y = relu(x reshaped to what sizes say, by way of a node that computes sizes).
    private static OnnxModel Reshaping()
    {
        var b = new OnnxModelBuilder();
        var x = b.Input("x", 2, 6);
        var rows = b.Input("rows", OnnxDataType.Int64, 2);
        string sizes = b.Node("Concat", [rows.Name, b.Integers()], ("axis", 0L));
        string y = b.Node("Relu", [b.Node("Reshape", [x.Name, sizes])]);
        return OnnxModel.Of(b.Output("y", new OnnxValue(y, -1, -1)).Build());
    }
}
