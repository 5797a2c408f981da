using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>A network of the zoo.</summary>
public sealed class ZooNetwork
{
    private readonly Func<Symbol, ZooOptions, Symbol> _build;
    private readonly HashSet<string> _options;

    internal ZooNetwork(
        string name, string description, Shape input, int classes,
        Func<Symbol, ZooOptions, Symbol> build, params ReadOnlySpan<string> options)
    {
        Name = name;
        Description = description;
        Input = input;
        Classes = classes;
        _build = build;
        _options = [nameof(ZooOptions.Input), nameof(ZooOptions.Classes), .. options];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is, with its source.</summary>
    public string Description { get; }

    /// <summary>Shape of one sample, as published.</summary>
    public Shape Input { get; }

    /// <summary>Size of the last layer, as published.</summary>
    public int Classes { get; }

    /// <summary>Names of the options that it has, of <see cref="ZooOptions"/>.</summary>
    public IReadOnlyCollection<string> Options => _options;

    internal Network Create(ZooOptions options)
    {
        if (options.Given().FirstOrDefault(o => !_options.Contains(o)) is { } unknown)
        {
            throw new ArgumentException(
                $"network '{Name}' has no option {unknown}; it has {string.Join(", ", _options)}");
        }

        options = options with { Classes = options.Classes ?? Classes };
        var type = new TensorType(ElementType.Float32, options.Input ?? Input);
        if (options.Classes < 1 || options.Width <= 0 || type.Shape.Rank != Input.Rank)
        {
            throw new ArgumentException(
                $"network '{Name}' takes {Input.Rank} sizes as {Input}, at least one class and a "
                + $"positive width; given are {type.Shape}, {options.Classes}, {options.Width}");
        }

        var input = Symbol.Input(new Input(type) { IsResizable = options.IsResizable });
        return new Network(Name, input, _build(input, options));
    }
}

/// <summary>
/// Networks of the literature, with the parameters that were published, and small ones for pictures
/// of 28 to 64 pixels. Weights have their first values: train them, or load them.
/// </summary>
public static class Zoo
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ZooNetwork> Networks { get; } =
    [
        .. ConvNets.All, .. ResNets.All, .. DenseNets.All, .. MobileNets.All, .. UNets.All,
        .. Sequences.All,
    ];

    /// <summary>Makes a network.</summary>
    /// <param name="name">Its name: <c>resnet18</c>.</param>
    /// <param name="options">How it differs from the published one; null for not at all.</param>
    /// <exception cref="ArgumentException">There is no network of that name, or it has not one of
    /// the options.</exception>
    /// <exception cref="ShapeException">The input is too small; the message names the layer and the
    /// shapes.</exception>
    public static Network Create(string name, ZooOptions? options = null)
    {
        var network = Networks.FirstOrDefault(
            n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return (network ?? throw new ArgumentException(
            $"the zoo has no network '{name}'; it has {string.Join(", ", Networks.Select(n => n.Name))}"))
            .Create(options ?? new ZooOptions());
    }

    /// <summary>The mean of all pixels, dropout where there is some, and a classifier.</summary>
    internal static Symbol Classified(this Symbol x, ZooOptions options, float dropout = 0)
    {
        if (!options.IncludeTop)
        {
            return x;
        }

        x = x.Then(new GlobalAveragePooling2D());
        dropout = options.Dropout ?? dropout;
        x = dropout > 0 ? x.Then(new Dropout(dropout)) : x;
        return x.Then(new Dense(options.Classes!.Value) { Name = "classifier" });
    }
}
