using CsCheck;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Tests.Compile;

public class GraphCompilerTests
{
    [Test]
    public void RandomNetworksGiveTheSameWithAndWithoutPasses() => RandomNetworks.Recipes.Sample(
        recipe => { CompiledPair.Check(RandomNetworks.Build(recipe), 1e-3); }, threads: 1);

    [Test]
    public void StatisticsCountWhatIsThere()
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(1, 4, 4, 2));
        var weights = graph.Constant("w", new Shape(1, 1, 2, 3), new float[6]);
        graph.Output(graph.Add(new Conv2D(), "c", x, weights));

        Assert.That(
            GraphStatistics.Of(graph), Is.EqualTo(new GraphStatistics(1, 6, 24, 2 * 16 * 6)));
    }
}
