using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>What brings groups of elements to one mean and size.</summary>
internal static class Normalisation
{
    public static IEnumerable<OperatorMapper> All =>
    [
        new("BatchNormalization", BatchNormalization, BatchNormalizationRefusal),
        new("LayerNormalization", LayerNormalization),
        OperatorMapper.Of("RMSNormalization", RmsNormalization),
        OperatorMapper.Of("SimplifiedLayerNormalization", RmsNormalization),
        OperatorMapper.Of("InstanceNormalization", InstanceNormalization),
        OperatorMapper.Of("GroupNormalization", GroupNormalization),
        OperatorMapper.Of("MeanVarianceNormalization", MeanVarianceNormalization),
        OperatorMapper.Of("LpNormalization", LpNormalization),
        OperatorMapper.Of("LRN", LocalResponseNormalization),
    ];

    private static string? BatchNormalizationRefusal(OnnxNode node) =>
        node.Opset < 14 && Enumerable.Range(1, 4).Any(node.HasOutput)
            ? "it is in the training mode of operator sets before 14: export the network for "
                + "inference"
        : !node.Flag("spatial", true)
            ? "spatial 0 (a scale for each place) is not supported"
        : null;

    private static ImportedTensor?[] BatchNormalization(NodeContext n)
    {
        var x = WithChannels(n);
        var order = Axes.ChannelsLast(x.Rank);
        float epsilon = n.Node.Float("epsilon", 1e-5f);
        var picture = n.Graph.InOrder(x, order);
        Value[] parameters =
            [.. Enumerable.Range(1, 4).Select(i => n.Graph.InOrder(n.Floats(i)))];
        if (!n.Node.Flag("training_mode"))
        {
            var y = n.Graph.Add(new BatchNorm(epsilon), [picture, .. parameters]);
            return [new GraphTensor(y, order)];
        }

        var outputs = n.Graph.AddAll(
            new BatchNormTraining(epsilon), picture, parameters[0], parameters[1]);
        float momentum = n.Node.Float("momentum", 0.9f);
        return
        [
            new GraphTensor(outputs[0], order),
            Running(parameters[2], outputs[BatchNormTraining.Mean]),
            Running(parameters[3], outputs[BatchNormTraining.Variance]),
        ];

        GraphTensor Running(Value before, Value batch) => n.Graph.Pointwise(
            n.Graph.Pointwise(new GraphTensor(before), Unary.Affine, momentum),
            PointwiseChain.Of(Binary.Add),
            n.Graph.Pointwise(new GraphTensor(batch), Unary.Affine, 1 - momentum));
    }

    private static ImportedTensor?[] LayerNormalization(NodeContext n)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Node.Int("axis", -1), x.Rank);
        var order = TrailingOrder(x, axis);
        var value = n.Graph.InOrder(x, order);
        var sizes = new Shape(x.Shape.Sizes[axis..]);
        var norm = new LayerNorm(axis, n.Node.Float("epsilon", 1e-5f));

        // A scale of one number, or of fewer axes, is a pointwise function of its own.
        bool isWhole = n.Input(1).Shape.Count == sizes.Count
            && (n.Optional(2) is not { } beta || beta.Shape.Count == sizes.Count);
        var outputs = isWhole
            ? n.Graph.AddAll(norm, value, Parameter(n, 1, sizes), Parameter(n, 2, sizes))
            : n.Graph.AddAll(norm, value);
        var y = new GraphTensor(outputs[0], order);
        return
        [
            isWhole ? y : Affine(n, y),
            new GraphTensor(outputs[LayerNorm.Mean], order),
            new GraphTensor(outputs[LayerNorm.InverseDeviation], order),
        ];
    }

    private static GraphTensor RmsNormalization(NodeContext n)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Node.Int("axis", -1), x.Rank);
        var order = TrailingOrder(x, axis);
        var value = n.Graph.InOrder(x, order);
        var sizes = new Shape(x.Shape.Sizes[axis..]);
        var norm = new RmsNorm(axis, n.Node.Float("epsilon", 1e-5f));
        return n.Input(1).Shape.Count == sizes.Count
            ? new GraphTensor(n.Graph.Add(norm, value, Parameter(n, 1, sizes)), order)
            : Affine(n, new GraphTensor(n.Graph.Add(norm, value), order));
    }

    private static GraphTensor InstanceNormalization(NodeContext n) =>
        InGroups(n, WithChannels(n).Shape[1], n.Input(1), n.Input(2));

    private static GraphTensor GroupNormalization(NodeContext n)
    {
        var x = WithChannels(n);
        int groups = n.Node.Int("num_groups");
        if (groups < 1 || x.Shape[1] % groups != 0)
        {
            throw n.Node.Bad($"{x.Shape[1]} channels are not {groups} groups", "num_groups");
        }

        return InGroups(n, groups, PerChannel(1), PerChannel(2));

        // Before operator set 21 there was one number a group.
        ImportedTensor PerChannel(int input)
        {
            var parameter = n.Input(input);
            int channels = x.Shape[1];
            return n.Opset >= 21 || channels == groups
                ? parameter
                : n.Constant(input, "the parameters of its groups").Derive(
                    $"channels {channels}",
                    p => p.Take(
                        new Shape(channels),
                        [.. Enumerable.Range(0, channels).Select(c => c / (channels / groups))]));
        }
    }

    private static GraphTensor InGroups(
        NodeContext n, int groups, ImportedTensor gamma, ImportedTensor beta)
    {
        var x = WithChannels(n);
        var order = Axes.ChannelsLast(x.Rank);
        var norm = new GroupNorm(groups, n.Node.Float("epsilon", 1e-5f));
        return new GraphTensor(
            n.Graph.Add(
                norm, n.Graph.InOrder(x, order), n.Graph.InOrder(gamma), n.Graph.InOrder(beta)),
            order);
    }

    private static GraphTensor MeanVarianceNormalization(NodeContext n)
    {
        var x = n.Floats(0);
        int[] axes = n.AxesOf(n.Node.Ints("axes") ?? [0, 2, 3], x.Rank);

        // In an order where the dimensions alternate too often, those that are normalised go last.
        var order = x.Order;
        if (!IsGrouped(x, axes))
        {
            order = [.. Enumerable.Range(0, x.Rank).Except(axes), .. axes.Order()];
        }

        var norm = new MeanVarianceNorm([.. axes.Select(a => order.Values.IndexOf(a)).Order()]);
        return new GraphTensor(n.Graph.Add(norm, n.Graph.InOrder(x, order)), order);
    }

    private static bool IsGrouped(GraphTensor x, int[] axes)
    {
        try
        {
            new MeanVarianceNorm([.. axes.Select(x.DimensionOf)]).Infer([x.Value.Type]);
            return true;
        }
        catch (ShapeException)
        {
            return false;
        }
    }

    private static GraphTensor LpNormalization(NodeContext n)
    {
        var x = n.Floats(0);
        int axis = n.Axis(n.Node.Int("axis", -1), x.Rank);
        int p = n.Node.Int("p", 2);
        return p is 1 or 2
            ? new GraphTensor(n.Graph.Add(new LpNormalise(x.DimensionOf(axis), p), x.Value), x.Order)
            : throw n.Node.Bad($"there is no norm {p}", "p");
    }

    private static GraphTensor LocalResponseNormalization(NodeContext n)
    {
        var x = WithChannels(n);
        var order = Axes.ChannelsLast(x.Rank);
        var norm = new LocalResponseNorm(
            n.Node.Int("size"), n.Node.Float("alpha", 1e-4f), n.Node.Float("beta", 0.75f),
            n.Node.Float("bias", 1));
        return new GraphTensor(n.Graph.Add(norm, n.Graph.InOrder(x, order)), order);
    }

    private static GraphTensor WithChannels(NodeContext n)
    {
        var x = n.Floats(0);
        return x.Rank >= 2 ? x : throw new ShapeException($"{x.Shape} has no axis of channels");
    }

    /// <summary>
    /// The tensor's own order where the axes from one on lie last, as in the file; else the file's.
    /// </summary>
    private static IntList TrailingOrder(GraphTensor x, int axis)
    {
        for (int i = axis; i < x.Rank; i++)
        {
            if (x.Order[i] != i)
            {
                return Axes.Identity(x.Rank);
            }
        }

        return x.Order;
    }

    /// <summary>A parameter under the sizes of what it scales; null where it is left out.</summary>
    private static Value? Parameter(NodeContext n, int input, Shape sizes) =>
        n.Optional(input) switch
        {
            null => null,
            HostTensor host => n.Graph.InOrder(host.Reshape(sizes)),
            var tensor => n.Graph.InOrder(n.Graph.Reshape(n.Floats(tensor), sizes)),
        };

    /// <summary>Scale and, where it is given, offset that broadcast.</summary>
    private static GraphTensor Affine(NodeContext n, GraphTensor x)
    {
        x = n.Graph.Pointwise(x, PointwiseChain.Of(Binary.Multiply), n.Input(1));
        return n.Optional(2) is { } offset
            ? n.Graph.Pointwise(x, PointwiseChain.Of(Binary.Add), offset)
            : x;
    }
}
