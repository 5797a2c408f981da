using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>Plain stacks of convolutions.</summary>
internal static class ConvNets
{
    private static readonly Shape Small = new(32, 32, 3);

    public static IEnumerable<ZooNetwork> All =>
    [
        new(
            "convnet", "A convolution of 32 filters, pooling, dense layers of 64 and 10", Small, 10,
            ConvNet, nameof(ZooOptions.Width), nameof(ZooOptions.Dropout)),
        new(
            "vgg16", "VGG16 (Simonyan and Zisserman 2015), configuration D", new(224, 224, 3), 1000,
            Vgg16, nameof(ZooOptions.Width), nameof(ZooOptions.IncludeTop),
            nameof(ZooOptions.IsResizable), nameof(ZooOptions.Dropout)),
        new(
            "vgg-small", "Six normalised convolutions in three pairs, for small pictures", Small, 10,
            VggSmall, nameof(ZooOptions.Width), nameof(ZooOptions.IncludeTop),
            nameof(ZooOptions.IsResizable), nameof(ZooOptions.Dropout)),
    ];

    private static Symbol ConvNet(Symbol x, ZooOptions options)
    {
        x = x.Then(
            new Conv2D(options.Scaled(32), 3) { Activation = Activation.Relu },
            new MaxPooling2D(2),
            new Flatten(),
            Hidden(options.Scaled(64)));
        return Dropped(x, options.Dropout ?? 0)
            .Then(new Dense(options.Classes!.Value) { Name = "classifier" });
    }

    private static Symbol Vgg16(Symbol x, ZooOptions options)
    {
        (int Convolutions, int Filters)[] stages = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];
        foreach (var (convolutions, filters) in stages)
        {
            for (int i = 0; i < convolutions; i++)
            {
                x = x.Then(
                    new Conv2D(options.Scaled(filters), 3) { Activation = Activation.Relu });
            }

            x = x.Then(new MaxPooling2D(2));
        }

        if (!options.IncludeTop)
        {
            return x;
        }

        float dropout = options.Dropout ?? 0.5f;
        x = x.Then(new Flatten());
        x = Dropped(x.Then(Hidden(options.Scaled(4096))), dropout);
        x = Dropped(x.Then(Hidden(options.Scaled(4096))), dropout);
        return x.Then(new Dense(options.Classes!.Value) { Name = "classifier" });
    }

    private static Symbol VggSmall(Symbol x, ZooOptions options)
    {
        foreach (int filters in (int[])[32, 64, 128])
        {
            x = x.Then(new DoubleConv(options.Scaled(filters)), new MaxPooling2D(2));
        }

        return x.Classified(options);
    }

    private static Dense Hidden(int units) => new(units)
    {
        Activation = Activation.Relu, KernelInitialiser = Initialiser.HeNormal,
    };

    private static Symbol Dropped(Symbol x, float rate) => rate > 0 ? x.Then(new Dropout(rate)) : x;
}
