using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace RealtimeVision.Cli.Recipes;

/// <summary>Pictures of the street that we draw ourselves, no city in two parts.</summary>
internal abstract record StreetData : DataRecipe
{
    [Description("Rows and columns of a picture: a number, or [height, width].")]
    public required Kernels.Operators.Size2 Size { get; init; }

    [Description("Samples to train with.")]
    [Range(1, int.MaxValue)]
    public required int Train { get; init; }

    [Description("Samples that validate after each epoch.")]
    [Range(0, int.MaxValue)]
    public int Validation { get; init; } = 200;

    [Description("Samples that test.")]
    [Range(0, int.MaxValue)]
    public int Test { get; init; } = 400;

    [Description("How many times larger pictures are drawn before they are averaged.")]
    [Range(1, 16)]
    public int? Detail { get; init; }
}

[Description("Pictures of the street, and the class of each pixel.")]
internal sealed record StreetSegmentationData : StreetData;

[Description("Pictures of the street, and its weather.")]
internal sealed record StreetWeatherData : StreetData;

[Description("Clips from a car, and what it does in each frame but the first.")]
internal sealed record StreetMotionData : StreetData
{
    [Description("Frames of a clip.")]
    [Range(2, 4096)]
    public int Frames { get; init; } = 24;

    [Description("Frames a second.")]
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double FrameRate { get; init; } = 10;
}
