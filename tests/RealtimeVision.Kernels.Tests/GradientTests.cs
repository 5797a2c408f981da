using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// Gradients of every case of the table whose operator has one, against finite differences.
/// </summary>
public class GradientTests
{
    private const long MostElements = 20_000;

    /// <summary>Operators without a gradient, and why.</summary>
    private static readonly Dictionary<Type, string> NotDifferentiable = new()
    {
        [typeof(AdamUpdate)] = "comes after all gradients",
        [typeof(ArgMax)] = "gives integers",
        [typeof(BackgroundBlur)] = "draws frames of bytes",
        [typeof(BackgroundComposite)] = "draws frames of bytes",
        [typeof(ClassMask)] = "gives bytes",
        [typeof(ColourOverlay)] = "draws frames of bytes",
        [typeof(Compare)] = "gives bytes",
        [typeof(Conv2DWeightGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(FrameToTensor)] = "reads bytes",
        [typeof(GridSampleInputGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(GridSamplePlaceGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(GuidedFilter)] = "of the live path only, after the network",
        [typeof(GuidedUpsample)] = "of the live path only, after the network",
        [typeof(Hardmax)] = "is flat wherever it has no step",
        [typeof(IntegerPointwise)] = "computes integers",
        [typeof(MaxPool2DGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(NormGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(OneHot)] = "reads integers",
        [typeof(RecurrentGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(RmsPropUpdate)] = "comes after all gradients",
        [typeof(RoiAlignGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(SgdUpdate)] = "comes after all gradients",
        [typeof(SoftmaxCrossEntropyGradient)] = "is a gradient: second derivatives are not trained with",
        [typeof(TemporalSmoothing)] = "of the live path only, after the network",
        [typeof(ThresholdMask)] = "gives bytes",
    };

    private static IEnumerable<string> Names => CaseTable.All
        .Where(c => c.Operator.IsDifferentiable && c.IsSmooth && !c.IsForGpus && IsSmall(c))
        .Select(c => c.Name);

    private static IEnumerable<string> GoldenNames => GoldenGradients.Names;

    private static IEnumerable<string> Devices => TestDevices.All;

    [TestCaseSource(nameof(Names))]
    public void FollowsFiniteDifferences(string name)
    {
        var test = CaseTable.Get(name);
        var (error, where, compared) = FiniteDifferences.Check(
            TestDevices.Get("cpu"), test.Operator, test.Inputs);

        Assert.That(error, Is.LessThan(5e-3), where);
        if (compared == 0)
        {
            TestContext.Out.WriteLine("the loss has corners everywhere: nothing was compared");
        }
    }

    [Test]
    public void GoldenGradientsAreMet(
        [ValueSource(nameof(Devices))] string device,
        [ValueSource(nameof(GoldenNames))] string name) =>
        GoldenGradients.Build(name).Check(TestDevices.Get(device));

    /// <summary>Every operator has a gradient in some of its cases, or it is said why not.</summary>
    [Test]
    public void EveryOperatorHasAGradientOrAReason() => Assert.That(
        OperatorCatalog.All.Where(type => !CaseTable.All.Any(
            c => c.Operator.GetType() == type && c.Operator.IsDifferentiable)),
        Is.EquivalentTo(NotDifferentiable.Keys));

    /// <summary>Every golden file is held against: gradients here, optimisers' steps there.</summary>
    [Test]
    public void EveryGoldenFileIsHeldAgainst() => Assert.That(
        GoldenFile.Names(""),
        Is.EquivalentTo(GoldenNames.Concat(GoldenFile.Names("optimizer_"))));

    [Test]
    public void ValuesThatAreReadTwiceSumTheirGradients()
    {
        // loss = sum(x x + 3 x): 2 x + 3.
        var graph = new Graph.Graph();
        var x = graph.Input("x", TensorType.Float(5));
        var square = graph.Add(new Pointwise(Functions.Binary.Multiply), "square", x, x);
        var triple = graph.Add(new Pointwise(Functions.Unary.Affine, 3), "triple", x);
        var y = graph.Add(new Pointwise(Functions.Binary.Add), "sum", square, triple);
        var loss = graph.Add(new Reduce(ReduceKind.Sum, []), "loss", y);
        var gradient = Gradients.Append(graph, loss, x)[0]!;
        var input = HostTensor.Random(2, 5);

        using var runner = new GraphRunner(TestDevices.Get("cpu"), graph);
        runner.Set(x, input);
        runner.Run();

        Assert.That(
            runner.Get(gradient).ErrorAgainst(input.Map(v => (2 * v) + 3)), Is.LessThan(1e-6));
    }

    [Test]
    public void ALossThatDoesNotDependHasNoGradient()
    {
        var graph = new Graph.Graph();
        var x = graph.Input("x", TensorType.Float(5));
        var other = graph.Input("other", TensorType.Float(5));
        var loss = graph.Add(new Reduce(ReduceKind.Sum, []), "loss", x);

        Assert.That(Gradients.Append(graph, loss, other), Is.EqualTo(new Value?[] { null }));
    }

    [Test]
    public void AnOperatorWithoutAGradientIsNamed()
    {
        var graph = new Graph.Graph();
        var x = graph.Input("x", TensorType.Float(5));
        var rest = graph.Add(new Hardmax(0), "the rest", x);
        var loss = graph.Add(new Reduce(ReduceKind.Sum, []), "loss", rest);

        Assert.That(
            () => Gradients.Append(graph, loss, x),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("'the rest'"));
    }

    private static bool IsSmall(OperatorCase test) =>
        test.Inputs.Sum(i => i?.Shape.Count ?? 0) + test.Expected.Sum(e => e?.Shape.Count ?? 0) <= MostElements;
}
