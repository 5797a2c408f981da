using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Pictures read at places that data decide: grids and boxes.</summary>
internal static class Sampling
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("GridSample", GridSample, GridSampleRefusal),
        OperatorMapper.Of("AffineGrid", AffineGrid),
        OperatorMapper.Of("RoiAlign", RoiAlign, RoiAlignRefusal),
    ];

    private static string? GridSampleRefusal(OnnxNode node) =>
        ModeOf(node) is null ? $"mode '{node.Text("mode", "linear")}' is not supported"
            : PaddingOf(node) is null
                ? $"padding_mode '{node.Text("padding_mode", "zeros")}' is not supported"
            : null;

    private static UpsampleMode? ModeOf(OnnxNode node) => node.Text("mode", "linear") switch
    {
        "nearest" => UpsampleMode.Nearest,
        "linear" or "bilinear" => UpsampleMode.Bilinear,
        "cubic" or "bicubic" => UpsampleMode.Bicubic,
        _ => null,
    };

    private static SamplePadding? PaddingOf(OnnxNode node) =>
        node.Text("padding_mode", "zeros") switch
        {
            "zeros" => SamplePadding.Zeros,
            "border" => SamplePadding.Border,
            "reflection" => SamplePadding.Reflection,
            _ => null,
        };

    private static GraphTensor GridSample(NodeContext n)
    {
        var sample = new GridSample(
            ModeOf(n.Node)!.Value, PaddingOf(n.Node)!.Value, n.Node.Flag("align_corners"));
        return new GraphTensor(
            n.Graph.Add(
                sample, n.Graph.InOrder(PictureOf(n), Axes.ChannelsLast(4)),
                n.Graph.InOrder(n.Floats(1))),
            Axes.ChannelsLast(4));
    }

    // Places of a grid that is not turned, times each picture's matrix.
    private static GraphTensor AffineGrid(NodeContext n)
    {
        long[] sizes = n.ConstantInts(1, "its size");
        if (sizes.Length != 4)
        {
            throw NodeContext.Unsupported($"grids of {sizes.Length - 2} dimensions are not supported");
        }

        var (h, w) = (checked((int)sizes[2]), checked((int)sizes[3]));
        bool alignsCorners = n.Node.Flag("align_corners");
        var places = new float[3 * h * w];
        for (int i = 0; i < h * w; i++)
        {
            places[3 * i] = Coordinate(i % w, w);
            places[(3 * i) + 1] = Coordinate(i / w, h);
            places[(3 * i) + 2] = 1;
        }

        var grid = n.Graph.Add(
            new MatMul(TransposeB: true),
            n.Graph.InOrder(n.Host(new Shape(h * w, 3), places)),
            n.Graph.InOrder(n.Floats(0)));
        return n.Graph.Reshape(new GraphTensor(grid), new(grid.Shape[0], h, w, 2));

        float Coordinate(int i, int size) => !alignsCorners ? (((2f * i) + 1) / size) - 1
            : size > 1 ? (2f * i / (size - 1)) - 1 : 0;
    }

    private static string? RoiAlignRefusal(OnnxNode node) =>
        node.Text("mode", "avg") is var mode && mode is not ("avg" or "max")
            ? $"mode '{mode}' is not supported"
            : null;

    private static GraphTensor RoiAlign(NodeContext n)
    {
        string coordinates = n.Node.Text(
            "coordinate_transformation_mode", n.Opset < 16 ? "output_half_pixel" : "half_pixel");
        var align = new RoiAlign(
            n.Node.Int("output_height", 1),
            n.Node.Int("output_width", 1),
            n.Node.Float("spatial_scale", 1),
            n.Node.Int("sampling_ratio", 0),
            HalfPixel: coordinates switch
            {
                "half_pixel" => true,
                "output_half_pixel" => false,
                _ => throw n.Node.Bad(
                    $"'{coordinates}' is no such mode", "coordinate_transformation_mode"),
            },
            Max: n.Node.Text("mode", "avg") == "max");
        return new GraphTensor(
            n.Graph.Add(
                align, n.Graph.InOrder(PictureOf(n), Axes.ChannelsLast(4)),
                n.Graph.InOrder(n.Floats(1)), n.Graph.InOrder(n.Input(2))),
            Axes.ChannelsLast(4));
    }

    private static GraphTensor PictureOf(NodeContext n) => n.Floats(0) is { Rank: 4 } x ? x
        : throw NodeContext.Unsupported(
            $"tensors {n.Input(0).Shape} of {n.Input(0).Rank} axes are not supported");
}
