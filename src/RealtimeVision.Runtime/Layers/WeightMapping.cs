namespace RealtimeVision.Runtime.Layers;

/// <summary>How the numbers of weights lie in a file.</summary>
public enum WeightOrder
{
    /// <summary>As here: kernels [KH, KW, C / groups, O], matrices [in, out].</summary>
    Own,

    /// <summary>
    /// As in PyTorch: kernels [O, C / groups, KH, KW], matrices [out, in]; a matrix that reads
    /// flattened pictures has its inputs in the order [C, H, W].
    /// </summary>
    PyTorch,
}

/// <summary>What a network's parameters are called in a file of weights.</summary>
public sealed record WeightMapping
{
    /// <summary>
    /// Names of tensors by names of parameters. What is left out keeps its values.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Names { get; init; }

    /// <summary>How their numbers lie.</summary>
    public WeightOrder Order { get; init; }

    /// <summary>Names and order of this library: all parameters, by their own names.</summary>
    public static WeightMapping Own(Network network) => new()
    {
        Names = network.Parameters.ToDictionary(p => p.Name, p => p.Name),
    };

    /// <summary>
    /// The names that VGG networks have in torchvision: <c>features.N</c>, N counting convolutions,
    /// normalisations, activations and poolings, and <c>classifier.N</c>, N counting dense layers,
    /// activations and dropouts.
    /// </summary>
    /// <param name="network">
    /// A stack of convolutions and dense layers, such as the zoo's <c>vgg16</c>.
    /// </param>
    public static WeightMapping TorchvisionVgg(Network network)
    {
        var names = new Dictionary<string, string>();
        int feature = 0;
        int dense = 0;
        foreach (var node in network.Layers)
        {
            switch (node.Layer)
            {
                case Conv2D conv:
                    Add(
                        node, $"features.{feature}",
                        conv.UseBias ? [("kernel", "weight"), ("bias", "bias")]
                            : [("kernel", "weight")]);
                    feature += conv.Activation == Activation.Linear ? 1 : 2;
                    break;
                case BatchNorm norm:
                    Add(
                        node, $"features.{feature}", ("gamma", "weight"), ("beta", "bias"),
                        ("mean", "running_mean"), ("variance", "running_var"));
                    feature += norm.Activation == Activation.Linear ? 1 : 2;
                    break;
                case MaxPooling2D:
                    feature++;
                    break;
                case Dense:
                    Add(node, $"classifier.{3 * dense++}", ("kernel", "weight"), ("bias", "bias"));
                    break;
            }
        }

        return new WeightMapping { Names = names, Order = WeightOrder.PyTorch };

        void Add(LayerNode node, string tensor, params ReadOnlySpan<(string Own, string Torch)> pairs)
        {
            foreach (var (own, torch) in pairs)
            {
                names[$"{node.WeightsName}/{own}"] = $"{tensor}.{torch}";
            }
        }
    }

    /// <summary>The same without the weights of some layers, which keep their values.</summary>
    /// <param name="layers">Names of layers, or of blocks of them.</param>
    /// <exception cref="ArgumentException">There is no such layer.</exception>
    public WeightMapping Without(params IReadOnlyList<string> layers)
    {
        var left = Names.ToDictionary();
        foreach (string layer in layers)
        {
            string[] names = [.. left.Keys.Where(n => n.StartsWith(layer + "/", StringComparison.Ordinal))];
            if (names.Length == 0)
            {
                throw new ArgumentException($"there are no weights of '{layer}'", nameof(layers));
            }

            Array.ForEach(names, n => left.Remove(n));
        }

        return this with { Names = left };
    }
}
