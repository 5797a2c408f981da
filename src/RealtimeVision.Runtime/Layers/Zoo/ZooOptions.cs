using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>How a network of the zoo differs from the published one.</summary>
/// <remarks>What is null is as published. Not every network has every option.</remarks>
public sealed record ZooOptions
{
    /// <summary>
    /// Shape of one sample: [H, W, C] of pictures, [T, H, W, C] of clips, [T, F] of sequences.
    /// </summary>
    public Shape? Input { get; init; }

    /// <summary>
    /// True where pictures may have other rows and columns than <see cref="Input"/> says.
    /// </summary>
    public bool IsResizable { get; init; }

    /// <summary>Size of the last layer: classes, or numbers that are forecast.</summary>
    public int? Classes { get; init; }

    /// <summary>How many times as many channels all layers have.</summary>
    public float Width { get; init; } = 1;

    /// <summary>
    /// False leaves out all behind the last feature map: no pooling of all pixels, no classifier.
    /// </summary>
    public bool IncludeTop { get; init; } = true;

    /// <summary>
    /// True for pictures of 28 to 64 pixels: the network begins with a 3x3 convolution at stride 1,
    /// without pooling.
    /// </summary>
    public bool? SmallStem { get; init; }

    /// <summary>
    /// True for a U-Net whose first convolution halves the picture and whose classifier doubles it
    /// again: about a quarter of the work.
    /// </summary>
    public bool? HalfSize { get; init; }

    /// <summary>The share of numbers that dropout before classifiers drops.</summary>
    public float? Dropout { get; init; }

    /// <summary>
    /// How many times fewer channels squeeze-and-excitation has; 0 for none.
    /// </summary>
    public int? SqueezeRatio { get; init; }

    /// <summary>Channels of a U-Net at each size, from the largest picture to the smallest.</summary>
    public IReadOnlyList<int>? Filters { get; init; }

    /// <summary>True for residual blocks in a U-Net.</summary>
    public bool? Residual { get; init; }

    /// <summary>Size of the state of recurrent layers.</summary>
    public int? Units { get; init; }

    /// <summary>A number of channels times the width.</summary>
    internal int Scaled(int channels) => Math.Max((int)MathF.Round(channels * Width), 1);

    /// <summary>Names of options that are not as published.</summary>
    internal IEnumerable<string> Given()
    {
        (string Name, bool IsGiven)[] all =
        [
            (nameof(Input), Input is not null), (nameof(IsResizable), IsResizable),
            (nameof(Classes), Classes is not null), (nameof(Width), Width != 1),
            (nameof(IncludeTop), !IncludeTop), (nameof(SmallStem), SmallStem is not null),
            (nameof(Dropout), Dropout is not null),
            (nameof(SqueezeRatio), SqueezeRatio is not null),
            (nameof(Filters), Filters is not null), (nameof(Residual), Residual is not null),
            (nameof(Units), Units is not null),
        ];
        return all.Where(o => o.IsGiven).Select(o => o.Name);
    }
}
