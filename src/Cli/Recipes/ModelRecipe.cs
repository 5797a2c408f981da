using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Recipes;

/// <summary>The network: one of <c>zoo</c>, <c>layers</c> and <c>file</c>.</summary>
internal sealed record ModelRecipe
{
    [Description("A network by its name: resnet18, unet, mobilenetv2, ...")]
    public string? Zoo { get; init; }

    [Description("How it differs from the published one; input and classes are those of the data.")]
    public ZooOptions? Options { get; init; }

    [Description("Weights of a zoo network: a safetensors file with our names; for VGG, torchvision's too.")]
    public string? Weights { get; init; }

    [Description("Layers, one after another: {layer: conv2d, filters: 32, kernel: 3}.")]
    [MinLength(1)]
    public IReadOnlyList<JsonObject>? Layers { get; init; }

    [Description("A trained model to go on from: a file of ours, or an ONNX file.")]
    public string? File { get; init; }

    [Description("The layer, or the value of an ONNX file, up to which the model is taken.")]
    public string? Cut { get; init; }

    [Description("Weights whose names begin so are not trained.")]
    public IReadOnlyList<string> Freeze { get; init; } = [];

    [Description("Layers that are put behind what is taken.")]
    [MinLength(1)]
    public IReadOnlyList<JsonObject>? Head { get; init; }
}

/// <summary>What the network learns.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ClassificationRecipe), "classification")]
[JsonDerivedType(typeof(SegmentationRecipe), "segmentation")]
[JsonDerivedType(typeof(RegressionRecipe), "regression")]
internal abstract record TaskRecipe;

[Description("One class for a sample, by cross-entropy.")]
internal sealed record ClassificationRecipe : TaskRecipe
{
    [Description("The share of the loss that goes to all classes alike.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public float LabelSmoothing { get; init; }

    [Description("Weights of the classes in the loss: one each, or 'balanced' by how frequent they are.")]
    public ClassWeightsRecipe? ClassWeights { get; init; }
}

[Description("One class for each pixel.")]
internal sealed record SegmentationRecipe : TaskRecipe
{
    [Description("What the loss is made of.")]
    public SegmentationLoss Loss { get; init; }

    [Description("Weights of the classes in the cross-entropy: one each, or 'balanced' by their pixels.")]
    public ClassWeightsRecipe? ClassWeights { get; init; }
}

[Description("Numbers, by the mean squared error.")]
internal sealed record RegressionRecipe : TaskRecipe
{
    [Description("Where the Huber loss turns from a square to a line; without it the error is squared.")]
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public float? HuberDelta { get; init; }
}
