using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Operators that change how many pixels a picture has.</summary>
internal static class Resizing
{
    private static readonly int[] ToChannelsFirst = [0, 3, 1, 2];
    private static readonly int[] ToChannelsLast = [0, 2, 3, 1];

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Resize", Resize, Refusal),
        OperatorMapper.Of("Upsample", Resize, Refusal),
        OperatorMapper.Of("DepthToSpace", DepthToSpace),
        OperatorMapper.Of("SpaceToDepth", SpaceToDepth),
    ];

    private static string? Refusal(OnnxNode node)
    {
        string mode = node.Text("mode", "nearest");
        string coordinates = node.Text("coordinate_transformation_mode", "half_pixel");
        string policy = node.Text("keep_aspect_ratio_policy", "stretch");
        return mode is not ("nearest" or "linear" or "bilinear") ? $"mode '{mode}' is not supported"
            : coordinates is not (
                "half_pixel" or "pytorch_half_pixel" or "align_corners" or "asymmetric")
                ? $"coordinate_transformation_mode '{coordinates}' is not supported"
            : node.Flag("antialias") ? "antialias is not supported"
            : policy != "stretch" ? $"keep_aspect_ratio_policy '{policy}' is not supported"
            : null;
    }

    private static GraphTensor Resize(NodeContext n)
    {
        var x = n.Floats(0);
        var (sizes, scales) = Target(n, x.Shape);
        int[] changed =
            [.. Enumerable.Range(0, x.Rank).Where(
                i => sizes[i] != x.Shape[i] || scales?[i] is not (null or 1))];
        if (changed.Length == 0)
        {
            return x;
        }

        if (x.Rank == 3)
        {
            x = n.Graph.Reshape(x, new(x.Shape[0], x.Shape[1], 1, x.Shape[2]));
            sizes = [sizes[0], sizes[1], 1, sizes[2]];
            scales = scales is null ? null : [scales[0], scales[1], 1, scales[2]];
            changed = [.. changed.Select(axis => axis == 2 ? 3 : axis)];
            return n.Graph.Reshape(
                Resize(n, x, sizes, scales, changed), new(sizes[0], sizes[1], sizes[3]));
        }

        return x.Rank == 4 ? Resize(n, x, sizes, scales, changed)
            : throw NodeContext.Unsupported(
                $"tensors {x.Shape} of {x.Rank} axes are not supported");
    }

    private static GraphTensor Resize(
        NodeContext n, GraphTensor x, int[] sizes, float[]? scales, int[] changed)
    {
        // Files of other origin resize pictures [N, H, W, C].
        bool channelsLast = changed.Contains(1);
        if (changed.Any(axis => axis is not (2 or 3)) && changed.Any(axis => axis is not (1 or 2)))
        {
            throw NodeContext.Unsupported(
                $"axes {string.Join(" and ", changed)} of {x.Shape} are not those of a picture");
        }

        int row = channelsLast ? 1 : 2;
        x = channelsLast ? x.Permuted(ToChannelsFirst) : x;
        var upsample = new Upsample2D(
            sizes[row], sizes[row + 1],
            n.Node.Text("mode", "nearest") == "nearest"
                ? UpsampleMode.Nearest
                : UpsampleMode.Bilinear,
            Coordinates(n), Rounding(n, scales?[row] ?? 1, scales?[row + 1] ?? 1),
            ScaleOf(x.Shape[2], sizes[row], scales?[row]),
            ScaleOf(x.Shape[3], sizes[row + 1], scales?[row + 1]));
        var y = new GraphTensor(
            n.Graph.Add(upsample, n.Graph.InOrder(x, Axes.ChannelsLast(4))), Axes.ChannelsLast(4));
        return channelsLast ? y.Permuted(ToChannelsLast) : y;
    }

    // A scale is given on where the quotient of the sizes is another.
    private static float? ScaleOf(int from, int to, float? scale) =>
        scale is { } s && from * s != to ? s : null;

    private static (int[] Sizes, float[]? Scales) Target(NodeContext n, Shape shape)
    {
        var node = n.Node;
        int scalesInput = node.OpType == "Resize" && n.Opset >= 11 ? 2 : 1;
        int[] axes = node.Ints("axes") is { } given ? n.AxesOf(given, shape.Rank)
            : [.. Enumerable.Range(0, shape.Rank)];
        int[] sizes = [.. shape.Sizes];
        if (n.Optional(scalesInput) is { Shape.Count: > 0 })
        {
            float[] values = n.Constant(scalesInput, "its scales").Floats;
            float[] scales = [.. Enumerable.Repeat(1f, shape.Rank)];
            Fill(values, scales, "scales");
            for (int i = 0; i < sizes.Length; i++)
            {
                sizes[i] = scales[i] > 0 ? (int)MathF.Floor(sizes[i] * scales[i])
                    : throw node.Bad($"scale {scales[i]} is not positive", "scales");
            }

            return (sizes, scales);
        }

        if (n.Optional(3) is null)
        {
            throw node.Bad("neither scales nor sizes are given");
        }

        long[] wanted = n.ConstantInts(3, "its sizes");
        Fill(Array.ConvertAll(wanted, s => checked((int)s)), sizes, "sizes");
        return (sizes, null);

        void Fill<T>(T[] values, T[] target, string what)
        {
            if (values.Length != axes.Length)
            {
                throw node.Bad($"{values.Length} {what} for {axes.Length} axes", what);
            }

            for (int i = 0; i < axes.Length; i++)
            {
                target[axes[i]] = values[i];
            }
        }
    }

    private static CoordinateTransform Coordinates(NodeContext n) =>
        n.Node.Text(
            "coordinate_transformation_mode", n.Opset < 11 ? "asymmetric" : "half_pixel") switch
        {
            "asymmetric" => CoordinateTransform.Asymmetric,
            "align_corners" => CoordinateTransform.AlignCorners,
            "pytorch_half_pixel" => CoordinateTransform.PyTorchHalfPixel,
            _ => CoordinateTransform.HalfPixel,
        };

    private static NearestRounding Rounding(NodeContext n, float scaleH, float scaleW)
    {
        if (n.Opset < 11)
        {
            // Not in the text of these operator sets; ONNX Runtime rounds up where a picture
            // becomes smaller.
            return (scaleH < 1, scaleW < 1) switch
            {
                (false, false) => NearestRounding.Floor,
                (true, true) => NearestRounding.Ceil,
                _ => throw NodeContext.Unsupported(
                    $"scales {scaleH} and {scaleW} round differently in operator set {n.Opset}"),
            };
        }

        string mode = n.Node.Text("nearest_mode", "round_prefer_floor");
        return mode switch
        {
            "round_prefer_floor" => NearestRounding.RoundPreferFloor,
            "round_prefer_ceil" => NearestRounding.RoundPreferCeil,
            "floor" => NearestRounding.Floor,
            "ceil" => NearestRounding.Ceil,
            _ => throw n.Node.Bad($"'{mode}' is no way of rounding", "nearest_mode"),
        };
    }

    private static GraphTensor DepthToSpace(NodeContext n)
    {
        var (x, block) = Blocks(n);
        var (c, h, w) = (x.Shape[1] / (block * block), x.Shape[2], x.Shape[3]);
        string mode = n.Node.Text("mode", "DCR");
        var cut = mode switch
        {
            "DCR" => n.Graph.Reshape(x, new(x.Shape[0], block, block, c, h, w)).Permuted(
                [0, 3, 4, 1, 5, 2]),
            "CRD" => n.Graph.Reshape(x, new(x.Shape[0], c, block, block, h, w)).Permuted(
                [0, 1, 4, 2, 5, 3]),
            _ => throw n.Node.Bad($"'{mode}' is neither DCR nor CRD", "mode"),
        };
        return n.Graph.Reshape(cut, new(x.Shape[0], c, h * block, w * block));
    }

    private static GraphTensor SpaceToDepth(NodeContext n)
    {
        var (x, block) = Blocks(n);
        var (c, h, w) = (x.Shape[1], x.Shape[2] / block, x.Shape[3] / block);
        var cut = n.Graph.Reshape(x, new(x.Shape[0], c, h, block, w, block)).Permuted(
            [0, 3, 5, 1, 2, 4]);
        return n.Graph.Reshape(cut, new(x.Shape[0], c * block * block, h, w));
    }

    private static (GraphTensor Picture, int Block) Blocks(NodeContext n)
    {
        int block = n.Node.Int("blocksize");
        var x = n.Graph.ToGraph(n.Input(0));
        return block < 1 ? throw n.Node.Bad($"{block} is no size of a block", "blocksize")
            : x.Rank != 4 ? throw new ShapeException($"{x.Shape} is no picture [N, C, H, W]")
            : (x, block);
    }
}
