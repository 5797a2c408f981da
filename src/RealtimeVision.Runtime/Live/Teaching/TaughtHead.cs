using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What training has come to: the weights of a head on raw features, and the names of its classes.
/// Never changes, so that whoever reads the newest one sees all of it or nothing.
/// </summary>
internal sealed class TaughtHead
{
    /// <summary>Takes weights, which are not copied.</summary>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="weights">
    /// Kernel [inputs, units] and bias [units] of each layer, in order; the last has a unit for each
    /// class.
    /// </param>
    /// <param name="accuracy">Share of the frames held out that it knows; null without any.</param>
    public TaughtHead(
        IReadOnlyList<string> labels, IReadOnlyList<float[]> weights, double? accuracy)
    {
        Labels = [.. labels];
        Weights = weights;
        Accuracy = accuracy;
    }

    public string[] Labels { get; }

    public IReadOnlyList<float[]> Weights { get; }

    public double? Accuracy { get; }

    /// <summary>The layers of a head.</summary>
    /// <param name="hiddenUnits">Units between features and classes; 0 for none.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="names">Makes a layer's name of the one that it would have.</param>
    public static Module[] Layers(int hiddenUnits, int classes, Func<string, string>? names = null)
    {
        var top = new Dense(classes) { Name = Name("head") };
        return hiddenUnits == 0 ? [top] :
        [
            new Dense(hiddenUnits)
            {
                Name = Name("head_hidden"), Activation = Activation.Relu,
                KernelInitialiser = Initialiser.HeNormal,
            },
            top,
        ];

        string Name(string name) => names?.Invoke(name) ?? name;
    }

    /// <summary>The same head with other names of its classes.</summary>
    public TaughtHead Named(IReadOnlyList<string> labels) => new(labels, Weights, Accuracy);

    /// <summary>The head without a class: the others keep their scores.</summary>
    public TaughtHead Without(int index)
    {
        int classes = Labels.Length;
        return new TaughtHead(
            [.. Labels.Where((_, i) => i != index)],
            [
                .. Weights.SkipLast(2),
                .. Weights.TakeLast(2).Select(w => w.Where((_, i) => i % classes != index).ToArray()),
            ],
            null);
    }
}
