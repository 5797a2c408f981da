using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Testing;

/// <summary>Well-known architectures with random weights, as exporters write them.</summary>
public static class ReferenceModels
{
    /// <summary>
    /// ResNet-18 (He et al. 2015, https://arxiv.org/abs/1512.03385): input [batch, 3, size, size],
    /// output [batch, 1000].
    /// </summary>
    public static ModelProto ResNet18(int seed = 1, int opset = 13, long batch = 1, long size = 224)
    {
        var b = new OnnxModelBuilder(seed, opset, "resnet18");
        OnnxValue x = b.Input("input", batch, 3, size, size);
        x = b.Relu(b.BatchNorm(b.Conv(x, 64, 7, 2, bias: false)));
        x = b.Pool("MaxPool", x, 3, 2, 1);
        (long, long)[] stages = [(64, 1), (128, 2), (256, 2), (512, 2)];
        foreach ((long channels, long stride) in stages)
        {
            x = BasicBlock(b, x, channels, stride);
            x = BasicBlock(b, x, channels, 1);
        }

        x = b.Gemm(b.Flatten(b.GlobalAveragePool(x)), 1000);
        return b.Output("output", x).Build();
    }

    /// <summary>
    /// MobileNetV2, width 1 (Sandler et al. 2018, https://arxiv.org/abs/1801.04381): input
    /// [batch, 3, size, size], output [batch, 1000].
    /// </summary>
    public static ModelProto MobileNetV2(
        int seed = 1, int opset = 13, long batch = 1, long size = 224)
    {
        var b = new OnnxModelBuilder(seed, opset, "mobilenet_v2");
        OnnxValue x = b.Input("input", batch, 3, size, size);
        x = Relu6(b, b.BatchNorm(b.Conv(x, 32, 3, 2, bias: false)));

        // Expansion, channels, blocks, stride of the first block: table 2 of the paper.
        (long Expand, long Channels, int Blocks, long Stride)[] stages =
        [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1),
        ];
        foreach ((long expand, long channels, int blocks, long stride) in stages)
        {
            for (int i = 0; i < blocks; i++)
            {
                x = InvertedResidual(b, x, expand, channels, i == 0 ? stride : 1);
            }
        }

        x = Relu6(b, b.BatchNorm(b.Conv(x, 1280, 1, bias: false)));
        x = b.Gemm(b.Flatten(b.GlobalAveragePool(x)), 1000);
        return b.Output("output", x).Build();
    }

    /// <summary>
    /// A U-Net (Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597) of channels
    /// 3-32-64-128-64-32-1: input [batch, 3, size, size], output [batch, 1, size, size] in 0..1.
    /// The size is a multiple of 4.
    /// </summary>
    public static ModelProto UNet(int seed = 1, int opset = 13, long batch = 1, long size = 256)
    {
        var b = new OnnxModelBuilder(seed, opset, "unet");
        OnnxValue x = b.Input("input", batch, 3, size, size);
        OnnxValue outer = DoubleConv(b, x, 32);
        OnnxValue inner = DoubleConv(b, b.Pool("MaxPool", outer, 2, 2), 64);
        x = DoubleConv(b, b.Pool("MaxPool", inner, 2, 2), 128);
        x = DoubleConv(b, b.Concat(1, inner, b.ConvTranspose(x, 64, 2, 2)), 64);
        x = DoubleConv(b, b.Concat(1, outer, b.ConvTranspose(x, 32, 2, 2)), 32);
        x = b.Unary("Sigmoid", b.Conv(x, 1, 1, gain: 1));
        return b.Output("output", x).Build();
    }

    /// <summary>
    /// Two LSTM layers and a classifier of every step, as PyTorch exports them. Inputs:
    /// <c>input</c> [steps, batch, features], <c>h0</c> and <c>c0</c> [directions, batch, hidden]
    /// of the first layer. Outputs: <c>output</c> [steps, batch, classes], <c>hn</c> and <c>cn</c>.
    /// </summary>
    public static ModelProto Lstm(
        int seed = 1,
        int opset = 13,
        long steps = 16,
        long batch = 2,
        long features = 32,
        long hidden = 48,
        long classes = 10,
        bool bidirectional = true)
    {
        var b = new OnnxModelBuilder(seed, opset, "lstm");
        long directions = bidirectional ? 2 : 1;
        OnnxValue x = b.Input("input", steps, batch, features);
        OnnxValue h0 = b.Input("h0", directions, batch, hidden);
        OnnxValue c0 = b.Input("c0", directions, batch, hidden);
        (x, string hn, string cn) = LstmLayer(b, x, hidden, directions, h0.Name, c0.Name);
        (x, _, _) = LstmLayer(b, x, hidden, directions, "", "");
        x = b.MatMul(x, b.Weight(x.Shape[2], 3, x.Shape[2], classes));
        x = b.Softmax(b.Add(x, b.Uniform(-0.1, 0.1, classes)), 2);
        return b.Output("output", x)
            .Output("hn", h0 with { Name = hn })
            .Output("cn", c0 with { Name = cn })
            .Build();
    }

    private static (OnnxValue Y, string H, string C) LstmLayer(
        OnnxModelBuilder b, OnnxValue x, long hidden, long directions, string h0, string c0)
    {
        (long steps, long batch, long features) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        string[] outputs = b.Nodes("LSTM",
            [
                x.Name,
                b.Weight(features, 2, directions, 4 * hidden, features).Name,
                b.Weight(hidden, 2, directions, 4 * hidden, hidden).Name,
                b.Uniform(-0.1, 0.1, directions, 8 * hidden).Name,
                "", h0, c0,
            ],
            3, ("hidden_size", hidden),
            ("direction", directions == 2 ? "bidirectional" : "forward"));
        var y = new OnnxValue(outputs[0], steps, directions, batch, hidden);
        y = b.Reshape(b.Transpose(y, 0, 2, 1, 3), steps, batch, directions * hidden);
        return (y, outputs[1], outputs[2]);
    }

    private static OnnxValue BasicBlock(
        OnnxModelBuilder b, OnnxValue x, long channels, long stride)
    {
        OnnxValue y = b.Relu(b.BatchNorm(b.Conv(x, channels, 3, stride, bias: false)));
        y = b.BatchNorm(b.Conv(y, channels, 3, bias: false), scale: 0.5);
        OnnxValue shortcut = stride == 1 && x.Channels == channels
            ? x : b.BatchNorm(b.Conv(x, channels, 1, stride, bias: false, gain: 1));
        return b.Relu(b.Add(y, shortcut));
    }

    private static OnnxValue InvertedResidual(
        OnnxModelBuilder b, OnnxValue x, long expand, long channels, long stride)
    {
        long wide = x.Channels * expand;
        OnnxValue y = expand == 1 ? x : Relu6(b, b.BatchNorm(b.Conv(x, wide, 1, bias: false)));
        y = Relu6(b, b.BatchNorm(b.Conv(y, wide, 3, stride, groups: wide, bias: false)));
        y = b.BatchNorm(b.Conv(y, channels, 1, bias: false, gain: 1), scale: 0.7);
        return stride == 1 && x.Channels == channels ? b.Add(x, y) : y;
    }

    private static OnnxValue DoubleConv(OnnxModelBuilder b, OnnxValue x, long channels) =>
        b.Relu(b.Conv(b.Relu(b.Conv(x, channels, 3)), channels, 3));

    private static OnnxValue Relu6(OnnxModelBuilder b, OnnxValue x) => b.Clip(x, 0, 6);
}
