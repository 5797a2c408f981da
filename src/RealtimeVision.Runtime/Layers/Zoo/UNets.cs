namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// U-Nets (Ronneberger et al. 2015) with padding and batch normalisation: a number for each pixel and
/// class, the logits.
/// </summary>
/// <remarks>
/// Rows and columns may be any from 2^(sizes - 1) on: what halving drops is repeated from the edge
/// on the way up.
/// </remarks>
internal static class UNets
{
    private static readonly string[] Options =
    [
        nameof(ZooOptions.Width), nameof(ZooOptions.Filters), nameof(ZooOptions.Residual),
        nameof(ZooOptions.SqueezeRatio), nameof(ZooOptions.IsResizable), nameof(ZooOptions.Dropout),
        nameof(ZooOptions.HalfSize),
    ];

    public static IEnumerable<ZooNetwork> All =>
    [
        Of("unet", "U-Net (Ronneberger et al. 2015), padded and normalised", [64, 128, 256, 512, 1024]),
        Of("unet-small", "U-Net of three sizes", [32, 64, 128]),
        Of("unet-residual", "U-Net of four sizes and residual blocks", [16, 32, 64, 128], true),
        Of(
            "unet-se", "U-Net of four sizes, residual blocks and squeeze-and-excitation",
            [16, 32, 64, 128], true, 8),
    ];

    private static ZooNetwork Of(
        string name, string description, int[] filters, bool isResidual = false, int squeeze = 0) =>
        new(
            name, description, new(128, 128, 3), 1,
            (x, o) => Build(
                x, o, [.. (o.Filters ?? filters).Select(o.Scaled)], o.Residual ?? isResidual,
                o.SqueezeRatio ?? squeeze),
            Options);

    private static Symbol Build(
        Symbol x, ZooOptions options, int[] filters, bool isResidual, int squeeze)
    {
        if (filters.Length == 0)
        {
            throw new ArgumentException("a U-Net has filters of at least one size");
        }

        Module Block(int channels) => isResidual
            ? new ResidualBlock(channels) { SqueezeRatio = squeeze }
            : new DoubleConv(channels) { SqueezeRatio = squeeze };
        var (picture, isHalf) = (x, options.HalfSize == true);
        x = isHalf
            ? x.Normalised(new Conv2D(filters[0], 3) { Stride = 2 }, Activation.Relu)
            : x;
        var skips = new Stack<Symbol>();
        foreach (int channels in filters[..^1])
        {
            x = x.Then(Block(channels));
            skips.Push(x);
            x = x.Then(new MaxPooling2D(2));
        }

        x = x.Then(Block(filters[^1]));
        x = options.Dropout > 0 ? x.Then(new Dropout(options.Dropout.Value)) : x;
        while (skips.TryPop(out var skip))
        {
            var up = x.Then(new Conv2DTranspose(skip.Channels, 2) { Stride = 2 });
            x = new Concatenate().On(skip, new MatchSize2D().On(up, skip)).Then(Block(skip.Channels));
        }

        return isHalf
            ? new MatchSize2D().On(x.Then(Doubling(options)), picture)
            : x.Then(new Conv2D(options.Classes!.Value, 1)
            {
                Name = "classifier", KernelInitialiser = Initialiser.GlorotUniform,
            });
    }

    // Each pixel of half the size says which classes its four pixels are.
    private static Conv2DTranspose Doubling(ZooOptions options) =>
        new(options.Classes!.Value, 2)
        {
            Name = "classifier", Stride = 2, KernelInitialiser = Initialiser.GlorotUniform,
        };
}
