using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Layers;

/// <summary>Runs networks of layers in tests, on the CPU.</summary>
internal static class NetworkRun
{
    public static float[] Numbers(int seed, long count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    public static Tensor Input(int seed, params ReadOnlySpan<int> sizes)
    {
        var shape = new Shape(sizes);
        return Tensor.Of<float>(shape, Numbers(seed, shape.Count));
    }

    public static float[] Predict(Network network, params ReadOnlySpan<Tensor> inputs)
    {
        using var device = new CpuDevice(1);
        using var session = new Session(network, device);
        var named = new Dictionary<string, Tensor>();
        for (int i = 0; i < inputs.Length; i++)
        {
            named.Add(network.Inputs[i].Name, inputs[i]);
        }

        return session.Run(named)[network.Outputs[0].Name].As<float>().ToArray();
    }

    /// <summary>What a network gives for the parts of a stream, one after the other.</summary>
    public static List<float[]> Stream(Network network, IEnumerable<Tensor> parts)
    {
        using var device = new CpuDevice(1);
        using var constants = new ConstantStore(device);
        using var variables = new VariableStore(device);
        var results = new List<float[]>();
        foreach (var part in parts)
        {
            var graph = new Graph();
            graph.Output(network.BuildStreaming(graph, [graph.Input("part", part.Type)])[0], "y");
            using var plan = ExecutionPlan.Compile(graph, device, constants, variables);
            plan.SetInput(0, part.Bytes);
            plan.Run();
            results.Add(plan.ReadOutput(0).As<float>().ToArray());
        }

        return results;
    }

    /// <summary>
    /// Compares the gradient of each parameter, in training, with a difference of losses along it.
    /// The loss is the mean squared distance from random targets.
    /// </summary>
    public static void CheckGradients(Network network, Tensor input, double tolerance = 0.02)
    {
        network.Initialise(3);
        using var training = new TrainingGraph(network, input);
        var (loss, gradients) = training.Run();
        Assert.That(loss, Is.GreaterThan(0));
        foreach (var (parameter, gradient) in gradients)
        {
            double norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            if (norm < 1e-6 * loss)
            {
                Assert.Fail($"{parameter.Name}: the gradient is {norm}, at a loss of {loss}");
            }

            // Of long distances functions bend, and ReLU has kinks; of short ones little is left of
            // single precision.
            double farthest = Math.Min(2e-3 * loss / norm, 0.02);
            double[] slopes = [.. ((double[])[1, 0.25, 0.06]).Select(share =>
            {
                double distance = share * farthest;
                double above = training.LossAt([(parameter, gradient)], distance / norm);
                double below = training.LossAt([(parameter, gradient)], -distance / norm);
                return (above - below) / (2 * distance);
            })];
            Assert.That(slopes, Has.Some.EqualTo(norm).Within(tolerance * norm), parameter.Name);
        }
    }

    /// <summary>A loss and its gradients, as training has them.</summary>
    public sealed class TrainingGraph : IDisposable
    {
        private readonly CpuDevice _device = new(1);
        private readonly ConstantStore _constants;
        private readonly VariableStore _variables;
        private readonly ExecutionPlan _plan;
        private readonly Dictionary<Parameter, Variable> _parameters = [];
        private readonly Parameter[] _trained;

        public TrainingGraph(Network network, Tensor input, ulong seed = 0)
        {
            _constants = new ConstantStore(_device);
            _variables = new VariableStore(_device);
            foreach (var parameter in network.Parameters)
            {
                _parameters.Add(
                    parameter,
                    new Variable(
                        parameter.Name, parameter.Type, [.. parameter.Data], isConstant: false));
            }

            var graph = new Graph();
            var x = graph.Input("x", input.Type);
            var step = graph.Variable(new Variable(
                "step", new TensorType(ElementType.Int32, new Shape(1)), [5, 0, 0, 0]));
            var context = new TrainingContext(graph, network, _parameters, step, seed);
            var y = network.Build(context, [x])[0];
            var target = graph.Constant("target", y.Shape, Numbers(9, y.Shape.Count));
            var loss = Losses.MeanSquaredError(graph, y, target);
            _trained = [.. network.Parameters.Where(p => p.IsTrainable)];
            var gradients = Gradients.Append(
                graph, loss, [.. _trained.Select(p => graph.Variable(_parameters[p]))]);
            graph.Output(loss, "loss");
            for (int i = 0; i < _trained.Length; i++)
            {
                graph.Output(
                    gradients[i] ?? throw new AssertionException($"{_trained[i]} has no gradient"),
                    _trained[i].Name);
            }

            foreach (var (variable, next) in context.Updates)
            {
                graph.Assign(variable, next);
            }

            _plan = ExecutionPlan.Compile(graph, _device, _constants, _variables);
            _plan.SetInput(0, input.Bytes);
        }

        public (double Loss, List<(Parameter Parameter, float[] Gradient)> Gradients) Run()
        {
            _plan.Run();
            return (
                _plan.ReadOutput(0).As<float>()[0],
                [.. _trained.Select((p, i) => (p, _plan.ReadOutput(i + 1).As<float>().ToArray()))]);
        }

        public double LossAt(
            IEnumerable<(Parameter Parameter, float[] Direction)> directions, double steps)
        {
            foreach (var (parameter, direction) in directions)
            {
                float[] moved = parameter.Values.ToArray();
                for (int i = 0; i < moved.Length; i++)
                {
                    moved[i] += (float)(steps * direction[i]);
                }

                _variables.Write(_parameters[parameter], MemoryMarshal.AsBytes<float>(moved));
            }

            double loss = Run().Loss;
            foreach (var (parameter, _) in directions)
            {
                _variables.Write(_parameters[parameter], parameter.Data);
            }

            return loss;
        }

        public float[] ValueOf(Parameter parameter)
        {
            var values = new float[parameter.Type.Shape.Count];
            _variables.Read(_parameters[parameter], MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        public void Dispose()
        {
            _plan.Dispose();
            _constants.Dispose();
            _variables.Dispose();
            _device.Dispose();
        }
    }
}
