using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>
/// A golden case as a graph: its inputs with their golden gradients, its outputs with what the
/// gradients of the loss are to be computed from.
/// </summary>
public sealed class GoldenGraph(GoldenFile file)
{
    private readonly List<GivenInput> _inputs = [];
    private readonly List<GivenOutput> _outputs = [];

    public GoldenFile File { get; } = file;

    public Graph.Graph Graph { get; } = new();

    /// <summary>Put behind the first input that has a gradient, where it is given.</summary>
    public Func<Graph.Graph, Value, Value>? Planted { get; set; }

    /// <summary>Largest error of a gradient, relative to its largest element.</summary>
    public double Tolerance { get; set; } = 1e-5;

    /// <summary>
    /// The input <c>in.NAME</c>, whose gradient is <c>grad.NAME</c> if there is one.
    /// </summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="layout">From PyTorch's layout to the operator's; gradients take it too.</param>
    public Value Input(string name, Func<HostTensor, HostTensor>? layout = null) =>
        Made(name, prefix => InLayout(File[$"{prefix}.{name}"], layout));

    /// <summary>The input <c>in.NAME</c>, or null where the case has none.</summary>
    public Value? InputOrNull(string name, Func<HostTensor, HostTensor>? layout = null) =>
        File.Has($"in.{name}") ? Input(name, layout) : null;

    /// <summary>A batch of pictures, from [N, C, H, W] to [N, H, W, C].</summary>
    public Value Picture(string name) => Input(name, AsPicture);

    /// <summary>An input made of several tensors of the file.</summary>
    /// <param name="name">The input's name in messages, and of the gradient that tells whether it
    /// has one.</param>
    /// <param name="make">Makes it, given <c>in</c>, and its gradient, given <c>grad</c>.</param>
    public Value Made(string name, Func<string, HostTensor> make)
    {
        var tensor = make("in");
        var value = Graph.Input(name, tensor.Type);
        var gradient = File.Has($"grad.{name}") ? make("grad") : null;
        _inputs.Add(new GivenInput(name, value, tensor, gradient));
        if (gradient is null || Planted is not { } planted)
        {
            return value;
        }

        Planted = null;
        return planted(Graph, value);
    }

    /// <summary>max(x, 0).</summary>
    public Value Relu(Value x) => Graph.Add(new Pointwise(Unary.Relu), "relu", x);

    /// <summary>The output <c>out.NAME</c>, with the loss's gradient <c>dout.NAME</c>.</summary>
    public void Output(string name, Value value, Func<HostTensor, HostTensor>? layout = null) =>
        _outputs.Add(new GivenOutput(
            name, value, InLayout(File[$"out.{name}"], layout),
            InLayout(File[$"dout.{name}"], layout)));

    /// <summary>An output that is a batch of pictures.</summary>
    public void OutputPicture(string name, Value value) => Output(name, value, AsPicture);

    /// <summary>Holds outputs and gradients against the file.</summary>
    public void Check(Device device)
    {
        var errors = Errors(device);
        Assert.That(errors.Count, Is.GreaterThan(_outputs.Count), "gradients to compare");
        Assert.Multiple(() =>
        {
            foreach (var (what, error) in errors)
            {
                Assert.That(error, Is.LessThanOrEqualTo(Tolerance), what);
            }
        });
    }

    /// <summary>
    /// The errors of outputs and gradients, each relative to its largest element; infinite where a
    /// gradient is missing.
    /// </summary>
    public IReadOnlyList<(string What, double Error)> Errors(Device device)
    {
        Value[] upstream =
            [.. _outputs.Select(o => Graph.Input($"gradient of {o.Name}", o.Value.Type))];
        var wanted = _inputs.Where(i => i.Gradient is not null).ToArray();
        var gradients = Gradients.Append(
            Graph, [.. _outputs.Select((o, i) => (o.Value, upstream[i]))],
            [.. wanted.Select(i => i.Value)]);
        using var runner = new GraphRunner(device, Graph);
        foreach (var input in _inputs)
        {
            runner.Set(input.Value, input.Tensor);
        }

        for (int i = 0; i < upstream.Length; i++)
        {
            runner.Set(upstream[i], _outputs[i].Upstream);
        }

        runner.Run();
        return
        [
            .. _outputs.Select(o => (
                $"output {o.Name}", runner.Get(o.Value).ErrorAgainst(o.Expected))),
            .. wanted.Select((input, i) => (
                $"gradient of {input.Name}",
                gradients[i] is { } gradient
                    ? runner.Get(gradient).ErrorAgainst(input.Gradient!)
                    : double.PositiveInfinity)),
        ];
    }

    private sealed record GivenInput(
        string Name, Value Value, HostTensor Tensor, HostTensor? Gradient);

    private sealed record GivenOutput(
        string Name, Value Value, HostTensor Expected, HostTensor Upstream);

    private static HostTensor AsPicture(HostTensor tensor) => tensor.Permute(0, 2, 3, 1);

    private static HostTensor InLayout(HostTensor tensor, Func<HostTensor, HostTensor>? layout) =>
        layout is null ? tensor : layout(tensor);
}
