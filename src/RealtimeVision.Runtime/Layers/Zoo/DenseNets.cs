namespace RealtimeVision.Runtime.Layers;

/// <summary>Densely connected networks (Huang et al. 2017), with bottlenecks and compression.</summary>
internal static class DenseNets
{
    private static readonly string[] Options =
    [
        nameof(ZooOptions.Width), nameof(ZooOptions.IncludeTop), nameof(ZooOptions.IsResizable),
        nameof(ZooOptions.SmallStem), nameof(ZooOptions.Dropout),
    ];

    public static IEnumerable<ZooNetwork> All =>
    [
        new(
            "densenet121", "DenseNet-121 (Huang et al. 2017)", new(224, 224, 3), 1000,
            (x, o) => Build(x, o, false, [6, 12, 24, 16], 32), Options),
        new(
            "densenet40", "DenseNet-BC of 40 layers and growth 12, for small pictures "
            + "(Huang et al. 2017)", new(32, 32, 3), 10,
            (x, o) => Build(x, o, true, [6, 6, 6], 12), Options),
    ];

    private static Symbol Build(
        Symbol x, ZooOptions options, bool isSmall, int[] stages, int growth)
    {
        growth = options.Scaled(growth);
        bool small = options.SmallStem ?? isSmall;

        // Before small pictures' blocks there is a bare convolution: blocks begin by normalising.
        x = small ? x.Then(new Conv2D(2 * growth, 3) { UseBias = false })
            : x.Stem(2 * growth, isSmall: false);
        for (int stage = 0; stage < stages.Length; stage++)
        {
            x = stage == 0 ? x : x.Then(new TransitionBlock());
            x = x.Then(new DenseBlock(stages[stage], growth));
        }

        return x.Then(new BatchNorm { Activation = Activation.Relu }).Classified(options);
    }
}
