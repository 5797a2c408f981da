using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Golden cases whose gradients are held against PyTorch's: a line a file, or a family of files
/// whose names begin alike, with what builds the graph.
/// </summary>
public static class GoldenGradients
{
    private static readonly Dictionary<string, Action<GoldenGraph>> Builders = new()
    {
        ["batchnorm_inference"] = g => g.OutputPicture("y", g.Graph.Add(
            new BatchNorm(1e-5f), "norm", g.Picture("x"), g.Input("gamma"), g.Input("beta"),
            g.Input("running_mean"), g.Input("running_var"))),
        ["batchnorm_training"] = g => g.OutputPicture("y", g.Graph.Add(
            new BatchNormTraining(), "norm", g.Picture("x"), g.Input("gamma"), g.Input("beta"))),
        ["groupnorm"] = g => g.OutputPicture("y", g.Graph.Add(
            new GroupNorm(g.File.Int("groups")), "norm", g.Picture("x"), g.Input("gamma"),
            g.Input("beta"))),
        ["layernorm"] = g => g.Output("y", g.Graph.Add(
            new LayerNorm(), "norm", g.Input("x"), g.Input("gamma"), g.Input("beta"))),
        ["conv2d_*"] = g => Convolution(g, Conv2DCases.GoldenOperator(g.File)),
        ["conv_transpose2d_*"] = g => Convolution(g, ConvTranspose2DCases.GoldenOperator(g.File)),
        ["maxpool_*"] = g => OfPicture(g, Pool2DCases.GoldenOperator(g.File)),
        ["avgpool_*"] = g => OfPicture(g, Pool2DCases.GoldenOperator(g.File)),
        ["global_avgpool"] = g => OfPicture(g, new GlobalAvgPool2D()),
        ["upsample_*"] = g => OfPicture(g, Upsample2DCases.GoldenOperator(g.File)),
        ["downsample_*"] = g => OfPicture(g, Upsample2DCases.GoldenOperator(g.File)),
        ["activation_*"] = g => g.Output("y", g.Graph.Add(
            PointwiseCases.ActivationOf(g.File.Operation), "activation", g.Input("x"))),
        ["cross_entropy*"] = g => g.Output("y", Losses.CrossEntropy(
            g.Graph,
            g.Input("logits", l => l.Shape.Rank == 4 ? l.Permute(0, 2, 3, 1) : l),
            g.Input("target"),
            g.InputOrNull("weight"),
            g.File.Attributes.TryGetProperty("ignore_index", out var ignored) ? ignored.GetInt32() : null,
            g.File.Attributes.TryGetProperty("label_smoothing", out var share) ? share.GetSingle() : 0)),
        ["bce_with_logits"] = g => g.Output("y", Losses.BinaryCrossEntropyWithLogits(
            g.Graph, g.Input("logits"), g.Input("target"))),
        ["dice"] = g => g.Output("y", Losses.Dice(g.Graph, g.Input("logits"), g.Input("target"))),
        ["mse"] = g => g.Output("y", Losses.MeanSquaredError(g.Graph, g.Input("x"), g.Input("target"))),
        ["huber"] = g => g.Output("y", Losses.Huber(g.Graph, g.Input("x"), g.Input("target"))),
        ["add_broadcast"] = g => OfTwo(g, Binary.Add),
        ["div_broadcast"] = g => OfTwo(g, Binary.Divide),
        ["mul_broadcast_channel"] = g => OfTwo(g, Binary.Multiply),
        ["gru"] = Gru,
        ["residual_block"] = Residual,
        ["dense_block"] = Dense,
        ["squeeze_excite_block"] = SqueezeExcite,
        ["linear"] = g => g.Output("y", g.Graph.Add(
            new MatMul(), "linear", g.Input("x"), g.Input("w", w => w.Permute(1, 0)),
            g.Input("b"))),
        ["log_softmax_channel"] = g => g.OutputPicture(
            "y", g.Graph.Add(new Softmax(-1, IsLog: true), "softmax", g.Picture("x"))),
        ["lstm*"] = Lstm,
        ["matmul_batched"] = g => g.Output(
            "y", g.Graph.Add(new MatMul(), "product", g.Input("a"), g.Input("b"))),
        ["softmax"] = g => g.Output("y", g.Graph.Add(new Softmax(1), "softmax", g.Input("x"))),
    };

    /// <summary>Names of the files that are held against.</summary>
    public static IEnumerable<string> Names => Builders.Keys.SelectMany(
        key => key.EndsWith('*') ? GoldenFile.Names(key[..^1]) : [key]);

    /// <summary>The graph of a file.</summary>
    /// <param name="name">The file.</param>
    /// <param name="planted">What is put behind the first input, if anything.</param>
    public static GoldenGraph Build(string name, Func<Graph.Graph, Value, Value>? planted = null)
    {
        var graph = new GoldenGraph(GoldenFile.Open(name)) { Planted = planted };
        var builder = Builders.TryGetValue(name, out var exact)
            ? exact
            : Builders.Single(b => b.Key.EndsWith('*') && name.StartsWith(
                b.Key[..^1], StringComparison.Ordinal)).Value;
        builder(graph);
        return graph;
    }

    private static void Convolution(GoldenGraph g, Operator op) => g.OutputPicture("y", g.Graph.Add(
        op, "convolution", g.Picture("x"), g.Input("w", w => w.Permute(2, 3, 1, 0)), g.InputOrNull("b")));

    private static void Residual(GoldenGraph g)
    {
        var x = g.Picture("x");
        var sum = g.Graph.Add(
            new Pointwise(Binary.Add), "sum", x, Convolved(g, g.Relu(Convolved(g, x, "w1")), "w2"));
        g.OutputPicture("y", g.Relu(sum));
    }

    private static void Dense(GoldenGraph g)
    {
        var x = g.Picture("x");
        var both = g.Graph.Add(new Concat(-1), "both", x, g.Relu(Convolved(g, x, "w1")));
        g.OutputPicture(
            "y", g.Graph.Add(new Concat(-1), "all", both, g.Relu(Convolved(g, both, "w2"))));
    }

    private static void SqueezeExcite(GoldenGraph g)
    {
        var x = g.Picture("x");
        var mean = g.Graph.Add(
            new Reduce(ReduceKind.Mean, [1, 2], KeepDims: false), "squeeze", x);
        var hidden = g.Relu(Linear(g, mean, "1"));
        var gates = g.Graph.Add(new Pointwise(Unary.Sigmoid), "gates", Linear(g, hidden, "2"));
        var scale = g.Graph.Add(
            new Reshape(new Shape(x.Shape.N, 1, 1, x.Shape.C)), "scale", gates);
        g.OutputPicture("y", g.Graph.Add(new Pointwise(Binary.Multiply), "excite", x, scale));
    }

    private static Value Convolved(GoldenGraph g, Value x, string weights) => g.Graph.Add(
        new Conv2D(Size2.One, new Padding2(1, 1, 1, 1), Size2.One), "convolution", x,
        g.Input(weights, w => w.Permute(2, 3, 1, 0)));

    private static Value Linear(GoldenGraph g, Value x, string layer) => g.Graph.Add(
        new MatMul(), "linear", x, g.Input($"w{layer}", w => w.Permute(1, 0)),
        g.Input($"b{layer}"));

    private static void OfPicture(GoldenGraph g, Operator op) =>
        g.OutputPicture("y", g.Graph.Add(op, "node", g.Picture("x")));

    private static void OfTwo(GoldenGraph g, BinaryFunction function) => g.Output(
        "y", g.Graph.Add(new Pointwise(function), "node", g.Input("a"), g.Input("b")));

    private static void Gru(GoldenGraph g)
    {
        var node = g.Graph.Node(
            new Gru(g.File.Int("hidden")), "gru", g.Input("x"),
            g.Input("weight_ih_l0", InputsFirst), g.Input("weight_hh_l0", InputsFirst),
            g.Made("bias_ih_l0", prefix => prefix == "in"
                ? RecurrentCases.GruBias(g.File["in.bias_ih_l0"], g.File["in.bias_hh_l0"])
                : GruBiasGradient(g.File["grad.bias_ih_l0"], g.File["grad.bias_hh_l0"])),
            g.Input("h0"));
        g.Output("y", node.Outputs[RecurrentOperator.AllHidden]);
        g.Output("h", node.Outputs[RecurrentOperator.LastHidden]);
    }

    private static void Lstm(GoldenGraph g)
    {
        int layers = g.File.Int("layers");
        string[] suffixes = g.File.Bool("bidirectional") ? ["", "_reverse"] : [""];
        var op = new Lstm(
            g.File.Int("hidden"),
            suffixes.Length == 2 ? RecurrentDirection.Bidirectional : RecurrentDirection.Forward);
        var x = g.Input("x");
        for (int layer = 0; layer < layers; layer++)
        {
            int number = layer;
            var node = g.Graph.Node(
                op, $"lstm {layer}", x,
                Stacked("weight_ih_l", w => w.Permute(1, 0)),
                Stacked("weight_hh_l", w => w.Permute(1, 0)),
                g.Made($"bias_ih_l{layer}", prefix => prefix == "in"
                    ? LstmCases.Weights(g.File, number)[2]
                    : LstmCases.Stack(suffixes.Select(s => g.File[$"grad.bias_hh_l{number}{s}"]))),
                g.Input("h0", OfLayer), g.Input("c0", OfLayer));
            x = node.Outputs[RecurrentOperator.AllHidden];
            g.Output("h", node.Outputs[RecurrentOperator.LastHidden], OfLayer);
            g.Output("c", node.Outputs[Operators.Lstm.LastCell], OfLayer);

            HostTensor OfLayer(HostTensor state) => layers == 1 ? state : state.At(number);

            Value Stacked(string name, Func<HostTensor, HostTensor> layout) => g.Made(
                $"{name}{number}", prefix => LstmCases.Stack(
                    suffixes.Select(s => layout(g.File[$"{prefix}.{name}{number}{s}"]))));
        }

        g.Output("y", x);
    }

    /// <summary>
    /// PyTorch's weights [out, in] of one direction as the operator has them: [1, in, out].
    /// </summary>
    private static HostTensor InputsFirst(HostTensor w) => LstmCases.Stack([w.Permute(1, 0)]);

    /// <summary>
    /// Of both biases' gradients, which agree but for the last gate, what the operator's is.
    /// </summary>
    private static HostTensor GruBiasGradient(HostTensor input, HostTensor hidden) => HostTensor.Of(
        new Shape(1, (int)input.Shape.Count / 3 * 4),
        [.. input.Floats, .. hidden.Floats[((int)input.Shape.Count / 3 * 2)..]]);
}
