using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Cli.Recipes;

/// <summary>Where samples are from. Paths are relative to the recipe.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(MnistData), "mnist")]
[JsonDerivedType(typeof(FashionMnistData), "fashion_mnist")]
[JsonDerivedType(typeof(CifarData), "cifar10")]
[JsonDerivedType(typeof(ClassFolderData), "class_folder")]
[JsonDerivedType(typeof(MaskFolderData), "mask_folder")]
[JsonDerivedType(typeof(ClipFolderData), "clip_folder")]
[JsonDerivedType(typeof(SeriesData), "series")]
[JsonDerivedType(typeof(StreetSegmentationData), "street_segmentation")]
[JsonDerivedType(typeof(StreetWeatherData), "street_weather")]
[JsonDerivedType(typeof(StreetMotionData), "street_motion")]
internal abstract record DataRecipe
{
    [Description("Samples are kept in memory once they are read: for data that are dear to read.")]
    public bool Cache { get; init; }
}

/// <summary>Samples of files.</summary>
internal abstract record FileData : DataRecipe
{
    [Description("The share of the samples that validates after each epoch.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Validation { get; init; } = 0.1;

    [Description("What is done with samples that cannot be read.")]
    public UnreadableSamples Unreadable { get; init; }
}

/// <summary>Samples with labels.</summary>
internal abstract record LabelledData : FileData
{
    [Description("The classes that are used, by name; they become classes 0, 1, ... in this order.")]
    [MinLength(1)]
    public IReadOnlyList<string>? Classes { get; init; }

    [Description("Training samples of each class that are used, drawn by the seed.")]
    [Range(1, int.MaxValue)]
    public int? PerClass { get; init; }
}

/// <summary>Samples that come without a part to test with.</summary>
internal interface ITestShare
{
    /// <summary>The share of the samples that tests.</summary>
    double Test { get; }
}

[Description("The IDX files of MNIST, or others of the same names.")]
internal sealed record MnistData : LabelledData
{
    [Description("Where train-images-idx3-ubyte and the other three files are, with .gz or without.")]
    public required string Folder { get; init; }

    [Description("Names of all classes; digits where it is not said.")]
    public IReadOnlyList<string>? ClassNames { get; init; }
}

[Description("Fashion-MNIST: 60,000 and 10,000 grey pictures of 28x28 in ten classes of clothes.")]
internal sealed record FashionMnistData : LabelledData
{
    [Description("Where the files are; Debian's package dataset-fashion-mnist has them.")]
    public string Folder { get; init; } = "/usr/share/datasets/fashion-mnist";
}

[Description("CIFAR-10, binary version: 50,000 and 10,000 colour pictures of 32x32 in ten classes.")]
internal sealed record CifarData : LabelledData
{
    [Description("Where data_batch_1.bin and the other files are.")]
    public required string Folder { get; init; }
}

[Description("A folder of pictures for each class.")]
internal sealed record ClassFolderData : LabelledData, ITestShare
{
    [Description("Has a folder for each class.")]
    public required string Folder { get; init; }

    [Description("Has folders of the same names, of the test part; without it a share is held back.")]
    public string? TestFolder { get; init; }

    [Description("Size that pictures are scaled to: a number, or [height, width].")]
    public required Size2 Size { get; init; }

    [Description("3 for colours, 1 for grey.")]
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    [Description("The share of the samples that tests, where there is no test folder.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Test { get; init; } = 0.1;
}

[Description("A folder of pictures, and one of masks with the same names, PNG of class indices.")]
internal sealed record MaskFolderData : FileData, ITestShare
{
    [Description("What the other folders are in.")]
    public required string Folder { get; init; }

    [Description("Folder of the pictures.")]
    public string Pictures { get; init; } = "pictures";

    [Description("Folder of the masks.")]
    public string Masks { get; init; } = "masks";

    [Description("Folder of the test part's pictures; without it a share is held back.")]
    public string? TestPictures { get; init; }

    [Description("Folder of the test part's masks.")]
    public string? TestMasks { get; init; }

    [Description("Names of the classes, by index.")]
    [MinLength(2)]
    public required IReadOnlyList<string> ClassNames { get; init; }

    [Description("Size that both are scaled to: a number, or [height, width].")]
    public required Size2 Size { get; init; }

    [Description("3 for colours, 1 for grey.")]
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    [Description("The number of pixels of no class; 255 where it is not said.")]
    [Range(0, 255)]
    public int IgnoreIndex { get; init; } = 255;

    [Description("Whether pictures and masks that do not fit each other are left out and counted.")]
    public bool SkipMismatched { get; init; }

    [Description("The share of the samples that tests, where there is no test folder.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Test { get; init; } = 0.1;
}

[Description("Clips, each a folder of frames, in a folder for each class.")]
internal sealed record ClipFolderData : LabelledData, ITestShare
{
    [Description("Has a folder for each class, or for each clip where labels are in a file.")]
    public required string Folder { get; init; }

    [Description("CSV file with the columns clip and label.")]
    public string? Labels { get; init; }

    [Description("Frames of a sample.")]
    [Range(1, 4096)]
    public required int Frames { get; init; }

    [Description("Every how many frames one is taken.")]
    [Range(1, 4096)]
    public int Stride { get; init; } = 1;

    [Description("Size that frames are scaled to: a number, or [height, width].")]
    public required Size2 Size { get; init; }

    [Description("3 for colours, 1 for grey.")]
    [AllowedValues(1, 3)]
    public int Channels { get; init; } = 3;

    [Description("The share of the clips that tests.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Test { get; init; } = 0.1;
}

[Description("Columns of a CSV file over time, oldest row first; divided in time.")]
internal sealed record SeriesData : FileData, ITestShare
{
    [Description("The CSV file; its first line names the columns.")]
    public required string File { get; init; }

    [Description("The columns that are read and predicted; all where it is not said.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("Rows that the network sees.")]
    [Range(1, 1 << 20)]
    public required int Window { get; init; }

    [Description("Rows from the window's last to the one predicted.")]
    [Range(1, 1 << 20)]
    public int Horizon { get; init; } = 1;

    [Description("Rows of a season, for the seasonal-naive baseline.")]
    [Range(2, 1 << 20)]
    public int? Season { get; init; }

    [Description("What a row is: hour, month.")]
    public string Step { get; init; } = "row";

    [Description("The share of the newest rows that tests.")]
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Test { get; init; } = 0.1;
}
