using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Recipes;

/// <summary>How a network learns.</summary>
internal sealed record TrainingRecipe
{
    [Description("Passes over the data.")]
    [Range(1, 1_000_000)]
    public required int Epochs { get; init; }

    [Description("Samples a batch.")]
    [Range(1, 65536)]
    public int BatchSize { get; init; } = 32;

    [Description("Batches a step: their gradients' mean is what the step takes.")]
    [Range(1, 65536)]
    public int BatchesPerStep { get; init; } = 1;

    [Description("What turns gradients into steps.")]
    public required OptimiserRecipe Optimiser { get; init; }

    [Description("The learning rate of each step; the optimiser's throughout where it is not said.")]
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule();

    [Description("The greatest length of all gradients together.")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public float? ClipNorm { get; init; }

    [Description("What a step leaves of the weights' average, which is scored and kept instead of them.")]
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double? AverageDecay { get; init; }

    [Description("Ends the training when the score stays.")]
    public EarlyStoppingRecipe? EarlyStopping { get; init; }

    [Description("Random changes of training samples, in this order.")]
    public IReadOnlyList<Augmentation> Augmentation { get; init; } = [];

    [Description("Ways of mixing training batches, one of which is drawn for each.")]
    public IReadOnlyList<BatchMixing> Mixing { get; init; } = [];

    [Description("What inputs from 0 to 1 are normalised by.")]
    public NormalisationKind Normalisation { get; init; } = NormalisationKind.TrainingData;
}

/// <summary>
/// A training on other classes of the same data, from which all but the top is carried over.
/// </summary>
internal sealed record PretrainingRecipe
{
    [Description("The classes that are learnt before, by name.")]
    [MinLength(2)]
    public required IReadOnlyList<string> Classes { get; init; }

    [Description("Passes over their samples.")]
    [Range(1, 1_000_000)]
    public required int Epochs { get; init; }

    [Description("Samples a batch; as in the training where it is not said.")]
    [Range(1, 65536)]
    public int? BatchSize { get; init; }

    [Description("Whether the network is trained from scratch too, on the same samples, to compare.")]
    public bool Compare { get; init; } = true;
}

/// <summary>What inputs are normalised by.</summary>
internal enum NormalisationKind
{
    /// <summary>Mean and deviation of the training samples, channel by channel.</summary>
    TrainingData,

    /// <summary>The numbers that networks trained on ImageNet take.</summary>
    Imagenet,

    /// <summary>Nothing: values stay from 0 to 1.</summary>
    None,
}

/// <summary>Ends a training whose score stays.</summary>
internal sealed record EarlyStoppingRecipe
{
    [Description("Epochs without a better score after which training ends.")]
    [Range(1, int.MaxValue)]
    public int Patience { get; init; } = 10;

    [Description("By more than how much a better score has to be better.")]
    [Range(0.0, double.MaxValue)]
    public double MinimumDelta { get; init; }

    [Description("The validation's metric; that of the task where it is not said.")]
    public string? Metric { get; init; }

    [Description("Whether the weights of the best epoch are kept, and not the last; true where it is not said.")]
    public bool RestoreBest { get; init; } = true;
}

/// <summary>An optimiser. See <see cref="Optimiser"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(SgdRecipe), "sgd")]
[JsonDerivedType(typeof(AdamRecipe), "adam")]
[JsonDerivedType(typeof(AdamWRecipe), "adamw")]
[JsonDerivedType(typeof(RmsPropRecipe), "rmsprop")]
internal abstract record OptimiserRecipe
{
    [Description("Size of the steps: what a schedule departs from.")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public required float LearningRate { get; init; }

    public abstract Optimiser Create();
}

[Description("Stochastic gradient descent, plain or with momentum.")]
internal sealed record SgdRecipe : OptimiserRecipe
{
    [Description("What is kept of the last step's velocity.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; }

    [Description("Whether the momentum is Nesterov's.")]
    public bool Nesterov { get; init; }

    [Description("The weights' share of the gradient.")]
    [Range(0.0, double.MaxValue)]
    public double WeightDecay { get; init; }

    public override Optimiser Create() => new Sgd(LearningRate, Momentum, Nesterov, WeightDecay);
}

/// <summary>Numbers that Adam and AdamW share.</summary>
internal abstract record AdamNumbers : OptimiserRecipe
{
    [Description("What is kept of the mean of the gradients.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    [Description("What is kept of the mean of their squares.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    [Description("Added to the root.")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 1e-8;
}

[Description("Adam; weight decay is a share of the gradient.")]
internal sealed record AdamRecipe : AdamNumbers
{
    [Description("The weights' share of the gradient.")]
    [Range(0.0, double.MaxValue)]
    public double WeightDecay { get; init; }

    public override Optimiser Create() =>
        new Adam(LearningRate, Beta1, Beta2, Epsilon, WeightDecay);
}

[Description("Adam whose weights shrink beside the step.")]
internal sealed record AdamWRecipe : AdamNumbers
{
    [Description("How fast weights shrink, times the learning rate.")]
    [Range(0.0, double.MaxValue)]
    public double WeightDecay { get; init; } = 0.01;

    public override Optimiser Create() =>
        new AdamW(LearningRate, Beta1, Beta2, Epsilon, WeightDecay);
}

[Description("RMSprop, plain, centred or with momentum.")]
internal sealed record RmsPropRecipe : OptimiserRecipe
{
    [Description("What is kept of the mean of the gradients' squares.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Alpha { get; init; } = 0.99;

    [Description("Added to the root.")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 1e-8;

    [Description("The weights' share of the gradient.")]
    [Range(0.0, double.MaxValue)]
    public double WeightDecay { get; init; }

    [Description("What is kept of the last step's direction.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; }

    [Description("Whether gradients are divided by their deviation, not by the root of their squares' mean.")]
    public bool Centred { get; init; }

    public override Optimiser Create() =>
        new RmsProp(LearningRate, Alpha, Epsilon, WeightDecay, Momentum, Centred);
}
