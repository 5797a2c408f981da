using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Operators that change how many pixels a picture has.</summary>
internal static class Resizing
{
    private static readonly int[] SwapBlocks = [0, 1, 3, 2, 4, 5];

    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of(
            "RESIZE_BILINEAR", n => Resize(n, UpsampleMode.Bilinear, 2), n => Refusal(n, 2)),
        TfLiteMapper.Of(
            "RESIZE_NEAREST_NEIGHBOR", n => Resize(n, UpsampleMode.Nearest, 0),
            n => Refusal(n, 0)),
        TfLiteMapper.Of("DEPTH_TO_SPACE", DepthToSpace),
        TfLiteMapper.Of("SPACE_TO_DEPTH", SpaceToDepth),
    ];

    private static bool AlignsCorners(TfLiteNode node, int field) =>
        node.Flag(field, "align_corners");

    private static bool HasHalfPixels(TfLiteNode node, int field) =>
        node.Flag(field + 1, "half_pixel_centers");

    private static string? Refusal(TfLiteNode node, int field) =>
        AlignsCorners(node, field) && HasHalfPixels(node, field)
            ? "align_corners and half_pixel_centers exclude one another" : null;

    private static GraphTensor Resize(TfLiteContext n, UpsampleMode mode, int field)
    {
        if (n.Ints(1, "the sizes of its output") is not [var height, var width])
        {
            throw n.Node.Bad("two sizes belong there", "inputs[1]");
        }

        var coordinates = AlignsCorners(n.Node, field) ? CoordinateTransform.AlignCorners
            : HasHalfPixels(n.Node, field) ? CoordinateTransform.HalfPixel
            : CoordinateTransform.Asymmetric;
        var rounding = coordinates == CoordinateTransform.Asymmetric
            ? NearestRounding.Floor : NearestRounding.RoundPreferCeil;
        var size = Windows.Positive(n.Node, height, width, "inputs[1]");
        return new GraphTensor(n.Graph.Add(
            new Upsample2D(size.Height, size.Width, mode, coordinates, rounding), n.Picture(0)));
    }

    private static GraphTensor DepthToSpace(TfLiteContext n)
    {
        var (x, block) = Blocks(n);
        var s = x.Shape;
        int c = s.C / (block * block);
        var cut = n.Graph.Reshape(x, new(s.N, s.H, s.W, block, block, c)).Permuted(SwapBlocks);
        return n.Graph.Reshape(cut, new(s.N, s.H * block, s.W * block, c));
    }

    private static GraphTensor SpaceToDepth(TfLiteContext n)
    {
        var (x, block) = Blocks(n);
        var s = x.Shape;
        var (h, w) = (s.H / block, s.W / block);
        var cut = n.Graph.Reshape(x, new(s.N, h, block, w, block, s.C)).Permuted(SwapBlocks);
        return n.Graph.Reshape(cut, new(s.N, h, w, s.C * block * block));
    }

    private static (GraphTensor Picture, int Block) Blocks(TfLiteContext n)
    {
        int block = n.Node.Int(0, "block_size");
        return block is > 0 and <= short.MaxValue ? (new GraphTensor(n.Picture(0)), block)
            : throw n.Node.Bad($"{block} is no size of a block", "block_size");
    }
}
