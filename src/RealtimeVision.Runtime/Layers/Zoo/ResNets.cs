namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Residual networks (He et al. 2016), also with squeeze-and-excitation (Hu et al. 2018).
/// </summary>
/// <remarks>
/// Those for large pictures are torchvision's; SE-ResNets have biases in their dense layers. Those of
/// 20 layers are the paper's for CIFAR-10, with 1x1 convolutions where the shape changes.
/// </remarks>
internal static class ResNets
{
    private const int Squeeze = 16;

    private static readonly string[] Options =
    [
        nameof(ZooOptions.Width), nameof(ZooOptions.IncludeTop), nameof(ZooOptions.IsResizable),
        nameof(ZooOptions.SmallStem), nameof(ZooOptions.Dropout), nameof(ZooOptions.SqueezeRatio),
    ];

    public static IEnumerable<ZooNetwork> All =>
    [
        Large("resnet18", "ResNet-18 (He et al. 2016)", [2, 2, 2, 2], false),
        Large("resnet34", "ResNet-34 (He et al. 2016)", [3, 4, 6, 3], false),
        Large("resnet50", "ResNet-50 (He et al. 2016), stride in the 3x3", [3, 4, 6, 3], true),
        Large("se-resnet18", "SE-ResNet-18 (Hu et al. 2018)", [2, 2, 2, 2], false, Squeeze),
        Large("se-resnet50", "SE-ResNet-50 (Hu et al. 2018)", [3, 4, 6, 3], true, Squeeze),
        Small("resnet20", "ResNet-20 for small pictures (He et al. 2016)", 0),
        Small("se-resnet20", "SE-ResNet-20 for small pictures (Hu et al. 2018)", Squeeze),
    ];

    private static ZooNetwork Large(
        string name, string description, int[] stages, bool isBottleneck, int squeeze = 0) => new(
            name, description, new(224, 224, 3), 1000,
            (x, o) => Build(x, o, false, stages, 64, isBottleneck, squeeze), Options);

    private static ZooNetwork Small(string name, string description, int squeeze) => new(
        name, description, new(32, 32, 3), 10,
        (x, o) => Build(x, o, true, [3, 3, 3], 16, false, squeeze), Options);

    private static Symbol Build(
        Symbol x, ZooOptions options, bool isSmall, int[] stages, int filters, bool isBottleneck,
        int squeeze)
    {
        squeeze = options.SqueezeRatio ?? squeeze;
        filters = options.Scaled(filters);
        x = x.Stem(filters, options.SmallStem ?? isSmall);
        for (int stage = 0; stage < stages.Length; stage++)
        {
            for (int i = 0; i < stages[stage]; i++)
            {
                int stride = i == 0 && stage > 0 ? 2 : 1;
                x = x.Then(isBottleneck
                    ? new BottleneckBlock(filters << stage)
                    {
                        Stride = stride, SqueezeRatio = squeeze, ZeroInitialised = true,
                    }
                    : new ResidualBlock(filters << stage)
                    {
                        Stride = stride, SqueezeRatio = squeeze, ZeroInitialised = true,
                    });
            }
        }

        return x.Classified(options);
    }

    /// <summary>
    /// The first layers: 7x7 and pooling, both at stride 2, or 3x3 at stride 1.
    /// </summary>
    internal static Symbol Stem(this Symbol x, int filters, bool isSmall) => isSmall
        ? x.Normalised(new Conv2D(filters, 3), Activation.Relu)
        : x.Normalised(new Conv2D(filters, 7) { Stride = 2 }, Activation.Relu)
            .Then(new MaxPooling2D(3) { Stride = 2, Padding = 1 });
}
