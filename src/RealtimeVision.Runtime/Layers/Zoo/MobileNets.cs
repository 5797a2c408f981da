namespace RealtimeVision.Runtime.Layers;

/// <summary>Networks of inverted residuals (Sandler et al. 2018), as torchvision has them.</summary>
internal static class MobileNets
{
    // Expansion, filters, blocks, stride of the first.
    private static readonly (int Expansion, int Filters, int Blocks, int Stride)[] Stages =
    [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    public static IEnumerable<ZooNetwork> All =>
    [
        new(
            "mobilenetv2", "MobileNetV2 (Sandler et al. 2018)", new(224, 224, 3), 1000, Build,
            nameof(ZooOptions.Width), nameof(ZooOptions.IncludeTop), nameof(ZooOptions.IsResizable),
            nameof(ZooOptions.SmallStem), nameof(ZooOptions.Dropout)),
    ];

    private static Symbol Build(Symbol x, ZooOptions options)
    {
        // Small pictures are not halved before there are 32 channels.
        bool isSmall = options.SmallStem ?? false;
        x = x.Normalised(
            new Conv2D(Rounded(32 * options.Width), 3) { Stride = isSmall ? 1 : 2 },
            Activation.Relu6);
        foreach (var (expansion, filters, blocks, stride) in Stages)
        {
            for (int i = 0; i < blocks; i++)
            {
                bool isStrided = i == 0 && !(isSmall && filters == 24);
                x = x.Then(new InvertedResidualBlock(Rounded(filters * options.Width), expansion)
                {
                    Stride = isStrided ? stride : 1,
                });
            }
        }

        // A narrower network keeps its last layer's width.
        int last = Rounded(1280 * Math.Max(options.Width, 1));
        return x.Normalised(new Conv2D(last, 1), Activation.Relu6).Classified(options, 0.2f);
    }

    // To a multiple of 8, and not down by more than a tenth.
    private static int Rounded(float channels)
    {
        int rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9f * channels ? rounded + 8 : rounded;
    }
}
