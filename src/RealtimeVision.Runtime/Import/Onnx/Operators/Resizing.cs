using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Operators that change how many pixels a picture has.</summary>
internal static class Resizing
{
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
        return ModeOf(mode) is null ? $"mode '{mode}' is not supported"
            : CoordinatesOf(coordinates) is null
                ? $"coordinate_transformation_mode '{coordinates}' is not supported"
            : policy is not ("stretch" or "not_larger" or "not_smaller")
                ? $"keep_aspect_ratio_policy '{policy}' is not supported"
            : null;
    }

    private static UpsampleMode? ModeOf(string mode) => mode switch
    {
        "nearest" => UpsampleMode.Nearest,
        "linear" or "bilinear" => UpsampleMode.Bilinear,
        "cubic" => UpsampleMode.Bicubic,
        _ => null,
    };

    private static CoordinateTransform? CoordinatesOf(string name) => name switch
    {
        "asymmetric" => CoordinateTransform.Asymmetric,
        "align_corners" => CoordinateTransform.AlignCorners,
        "half_pixel" => CoordinateTransform.HalfPixel,
        "half_pixel_symmetric" => CoordinateTransform.HalfPixelSymmetric,
        "pytorch_half_pixel" => CoordinateTransform.PyTorchHalfPixel,
        "tf_half_pixel_for_nn" => CoordinateTransform.HalfPixelNearest,
        "tf_crop_and_resize" => CoordinateTransform.CropAndResize,
        _ => null,
    };

    private static GraphTensor Resize(NodeContext n)
    {
        var x = n.Floats(0);
        var target = Target(n, x.Shape);
        var changed = new List<int>(Enumerable.Range(0, x.Rank).Where(
            axis => target.Sizes[axis] != x.Shape[axis] || target.Scales?[axis] is not (null or 1)
                || target.Starts[axis] != 0 || target.Ends[axis] != 1));

        // Along one axis after the other is as well as along all at once.
        while (changed.Count > 0)
        {
            int[] pair = PairOf(changed, x.Rank);
            x = Resize(n, x, target, pair);
            changed.RemoveAll(axis => pair.Contains(axis));
        }

        return x;
    }

    // The last two axes, with an unchanged one beside them where that makes a picture, [N, C, H, W]
    // or [N, H, W, C].
    private static int[] PairOf(List<int> changed, int rank)
    {
        int last = changed[^1];
        return changed.Count > 1 ? [changed[^2], last]
            : rank != 4 ? [last]
            : last is 2 or 3 ? [2, 3]
            : last == 1 ? [1, 2]
            : [last];
    }

    private static GraphTensor Resize(NodeContext n, GraphTensor x, ResizeTarget target, int[] axes)
    {
        // As a picture [others, channel, rows, columns]. The channel is ONNX's, or the last axis of
        // files that have it there.
        var others = new List<int>(Enumerable.Range(0, x.Rank).Except(axes));
        int channel = others.Count == 0 ? -1 : others.Contains(1) ? 1 : others[^1];
        others.Remove(channel);
        int[] order = [.. others, .. channel < 0 ? (int[])[] : [channel], .. axes];
        var permuted = x.Permuted(order);
        int last = axes[^1];
        int row = axes.Length > 1 ? axes[0] : -1;
        var picture = n.Graph.Reshape(permuted, new(
            others.Aggregate(1, (product, axis) => product * x.Shape[axis]),
            channel < 0 ? 1 : x.Shape[channel],
            row < 0 ? 1 : x.Shape[row],
            x.Shape[last]));
        var upsample = new Upsample2D(
            row < 0 ? 1 : target.Sizes[row],
            target.Sizes[last],
            ModeOf(n.Node.Text("mode", "nearest"))!.Value,
            Coordinates(n),
            Rounding(n, row < 0 ? null : target.Scales?[row], target.Scales?[last]),
            row < 0 ? null : ScaleOf(x.Shape[row], target.Sizes[row], target.Scales?[row]),
            ScaleOf(x.Shape[last], target.Sizes[last], target.Scales?[last]))
        {
            CubicCoefficient = n.Node.Float("cubic_coeff_a", -0.75f),
            ExcludeOutside = n.Node.Flag("exclude_outside"),
            Antialias = n.Node.Flag("antialias"),
            Extrapolation = n.Node.Float("extrapolation_value", 0),
            Crop = new(
                row < 0 ? 0 : target.Starts[row], target.Starts[last],
                row < 0 ? 1 : target.Ends[row], target.Ends[last]),
        };
        var y = new GraphTensor(
            n.Graph.Add(upsample, n.Graph.InOrder(picture, Axes.ChannelsLast(4))),
            Axes.ChannelsLast(4));
        int[] sizes = [.. permuted.Shape.Sizes];
        for (int i = 0; i < axes.Length; i++)
        {
            sizes[sizes.Length - axes.Length + i] = target.Sizes[axes[i]];
        }

        int[] back = [.. Enumerable.Range(0, x.Rank).Select(axis => Array.IndexOf(order, axis))];
        return n.Graph.Reshape(y, new(sizes)).Permuted(back);
    }

    // A scale is given on where the quotient of the sizes is another.
    private static float? ScaleOf(int from, int to, float? scale) =>
        scale is { } s && from * s != to ? s : null;

    private static ResizeTarget Target(NodeContext n, Shape shape)
    {
        var node = n.Node;
        bool hasRegion = node.OpType == "Resize" && n.Opset >= 11;
        int scalesInput = hasRegion ? 2 : 1;
        int[] axes = node.Ints("axes") is { } given ? n.AxesOf(given, shape.Rank)
            : [.. Enumerable.Range(0, shape.Rank)];
        int[] sizes = [.. shape.Sizes];
        var starts = new float[shape.Rank];
        float[] ends = [.. Enumerable.Repeat(1f, shape.Rank)];
        if (hasRegion && Coordinates(n) == CoordinateTransform.CropAndResize)
        {
            float[] region = n.Constant(1, "its roi").Floats;
            Fill(region.AsSpan(0, region.Length / 2), starts, "roi");
            Fill(region.AsSpan(region.Length / 2), ends, "roi");
        }

        float[] scales = [.. Enumerable.Repeat(1f, shape.Rank)];
        if (node.OpType == "Upsample" && node.Floats("scales") is { } attribute)
        {
            Fill(attribute, scales, "scales");
        }
        else if (n.Optional(scalesInput) is { Shape.Count: > 0 })
        {
            Fill(n.Constant(scalesInput, "its scales").Floats, scales, "scales");
        }
        else if (n.Optional(3) is null)
        {
            throw node.Bad("neither scales nor sizes are given");
        }
        else
        {
            int[] wanted =
                Array.ConvertAll(n.ConstantInts(3, "its sizes"), s => checked((int)s));
            string policy = node.Text("keep_aspect_ratio_policy", "stretch");
            if (policy == "stretch")
            {
                Fill(wanted, sizes, "sizes");
                return new(sizes, null, starts, ends);
            }

            // One scale for all axes, so that no size is above those given, or none below.
            var each = axes.Zip(wanted, (axis, size) => (float)size / shape[axis]);
            float scale = policy == "not_larger" ? each.Min() : each.Max();
            foreach (int axis in axes)
            {
                sizes[axis] = (int)MathF.Floor((shape[axis] * scale) + 0.5f);
                scales[axis] = scale;
            }

            return new(sizes, scales, starts, ends);
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = scales[i] > 0 ? (int)MathF.Floor(sizes[i] * scales[i])
                : throw node.Bad($"scale {scales[i]} is not positive", "scales");
        }

        return new(sizes, scales, starts, ends);

        void Fill<T>(ReadOnlySpan<T> values, T[] target, string what)
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
        CoordinatesOf(n.Node.Text(
            "coordinate_transformation_mode", n.Opset < 11 ? "asymmetric" : "half_pixel"))!.Value;

    private static NearestRounding Rounding(NodeContext n, float? scaleH, float? scaleW)
    {
        if (n.Opset < 11)
        {
            // Not in the text of these operator sets; ONNX Runtime rounds up where a picture
            // becomes smaller.
            bool isSmaller = scaleH < 1 || scaleW < 1;
            return isSmaller && (scaleH > 1 || scaleW > 1)
                ? throw NodeContext.Unsupported(
                    $"scales {scaleH} and {scaleW} round differently in operator set {n.Opset}")
                : isSmaller ? NearestRounding.Ceil : NearestRounding.Floor;
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

    /// <summary>What a tensor becomes, axis by axis.</summary>
    /// <param name="Sizes">Sizes of the result.</param>
    /// <param name="Scales">Scales, where these were given.</param>
    /// <param name="Starts">Where the part that is resized begins, as a share of the axis.</param>
    /// <param name="Ends">Where it ends.</param>
    private sealed record ResizeTarget(int[] Sizes, float[]? Scales, float[] Starts, float[] Ends);

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
