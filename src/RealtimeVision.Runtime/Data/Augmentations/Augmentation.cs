using System.Text.Json.Serialization;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// One random change of samples in training. Equal when its parameters are; what it does to a
/// sample is a pure function of seed, epoch and the sample's index.
/// </summary>
/// <remarks>
/// There are two kinds. <see cref="GeometricAugmentation"/> says where a pixel comes from, for a
/// picture and its mask alike; those of a pipeline are composed, so that a picture is resampled
/// once. <see cref="PixelAugmentation"/> changes the values afterwards. As JSON
/// (<see cref="Training.TrainingJson"/>) an augmentation is told by its <c>type</c>.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Flip), "flip")]
[JsonDerivedType(typeof(PadAndCrop), "pad_and_crop")]
[JsonDerivedType(typeof(RandomResizedCrop), "random_resized_crop")]
[JsonDerivedType(typeof(Resize), "resize")]
[JsonDerivedType(typeof(CenterCrop), "center_crop")]
[JsonDerivedType(typeof(RandomAffine), "random_affine")]
[JsonDerivedType(typeof(ColorJitter), "color_jitter")]
[JsonDerivedType(typeof(GaussianNoise), "gaussian_noise")]
[JsonDerivedType(typeof(GaussianBlur), "gaussian_blur")]
[JsonDerivedType(typeof(Cutout), "cutout")]
public abstract record Augmentation
{
    private protected Augmentation()
    {
    }

    /// <summary>
    /// True where samples may get pixels that are of no picture, which a mask has to ignore.
    /// </summary>
    internal virtual bool Uncovers => false;

    /// <summary>Checks the parameters, as a loader does.</summary>
    /// <param name="channels">Channels of the pictures.</param>
    /// <exception cref="ArgumentException">A parameter is outside its range.</exception>
    public void Validate(int channels) => Check(channels);

    /// <summary>Checks the parameters against the channels of the pictures.</summary>
    /// <exception cref="ArgumentException">A parameter is outside its range.</exception>
    internal abstract void Check(int channels);

    private protected void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new ArgumentException($"{this}: {rule}.");
        }
    }
}

/// <summary>Moves pixels, of pictures and masks together.</summary>
public abstract record GeometricAugmentation : Augmentation
{
    private protected GeometricAugmentation()
    {
    }

    /// <summary>Size of the result of a picture of that size.</summary>
    internal virtual Size2 OutputSize(Size2 input) => input;

    /// <summary>Draws the map from pixels of the result to those of the input.</summary>
    internal abstract PixelMap Draw(Size2 input, Size2 output, ref Philox random);
}

/// <summary>Changes values of pixels, which are floats from 0 to 1.</summary>
public abstract record PixelAugmentation : Augmentation
{
    private protected PixelAugmentation()
    {
    }

    /// <summary>Draws the parameters and applies them to all frames of a sample.</summary>
    internal abstract void Apply(in AugmentedSample sample, ref Philox random);
}

/// <summary>A sample while its values are changed.</summary>
/// <param name="pixels">[T, H, W, C], one after another; T is 1 for a picture.</param>
/// <param name="mask">Class indices [H, W]; empty where there is no mask.</param>
/// <param name="size">H and W.</param>
/// <param name="channels">C.</param>
/// <param name="fill">What stands for no picture, a channel each.</param>
/// <param name="ignoreIndex">What stands for no class.</param>
/// <param name="scratch">Memory of the calling thread.</param>
internal readonly ref struct AugmentedSample(
    Span<float> pixels,
    Span<int> mask,
    Size2 size,
    int channels,
    ReadOnlySpan<float> fill,
    int ignoreIndex,
    AugmentationScratch scratch)
{
    public Span<float> Pixels { get; } = pixels;

    public Span<int> Mask { get; } = mask;

    public Size2 Size { get; } = size;

    public int Channels { get; } = channels;

    public ReadOnlySpan<float> Fill { get; } = fill;

    public int IgnoreIndex { get; } = ignoreIndex;

    public AugmentationScratch Scratch { get; } = scratch;

    public int FrameLength => Size.Height * Size.Width * Channels;
}

/// <summary>Memory that a thread augments samples with; grows to what it needs once.</summary>
public sealed class AugmentationScratch
{
    private float[] _source = [];
    private float[] _rows = [];

    internal Span<float> Source(int length) => Reserve(ref _source, length);

    internal Span<float> Rows(int length) => Reserve(ref _rows, length);

    private static Span<float> Reserve(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<float>(length);
        }

        return buffer.AsSpan(0, length);
    }
}
