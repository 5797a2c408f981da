using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Makes what a network is trained with of a sample: floats, augmented and normalised. The result
/// is a pure function of seed, epoch and index, whichever thread asks.
/// </summary>
/// <remarks>
/// Everything is done in floats: bytes become 0 to 1; the geometric augmentations, in their order,
/// are composed to one map by which the picture is resampled once (the mask by the same map,
/// nearest pixel, its ignore index where there is no picture); the others follow in theirs; the
/// normalisation comes last. Pixels of no picture have the normalisation's mean. Clips are
/// augmented as a whole, each frame alike.
/// </remarks>
public sealed class AugmentationPipeline
{
    private readonly ElementType _element;
    private readonly ulong _seed;
    private readonly GeometricAugmentation[] _moves;
    private readonly Size2[] _sizes;
    private readonly PixelAugmentation[] _changes;
    private readonly float[] _fill = [];
    private readonly float[] _scale = [];
    private readonly float[] _offset = [];
    private readonly int _frames;
    private readonly int _channels;
    private readonly bool _hasMask;
    private readonly int _ignoreIndex;

    /// <summary>Makes a pipeline for the samples of a dataset.</summary>
    /// <param name="dataset">Says what the samples are.</param>
    /// <param name="augmentations">What is done; nothing for evaluation.</param>
    /// <param name="normalization">What comes last; null leaves values as they are.</param>
    /// <param name="seed">What random numbers depend on beside epoch and index.</param>
    /// <exception cref="ArgumentException">
    /// A parameter is outside its range, inputs are no pictures or clips where augmentations need
    /// them, or masks have no ignore index for what augmentations uncover.
    /// </exception>
    public AugmentationPipeline(
        Dataset dataset,
        IReadOnlyList<Augmentation> augmentations,
        Normalization? normalization,
        ulong seed)
    {
        Shape shape = dataset.InputType.Shape;
        _element = dataset.InputType.Element;
        _seed = seed;
        _moves = [.. augmentations.OfType<GeometricAugmentation>()];
        _changes = [.. augmentations.OfType<PixelAugmentation>()];
        bool isPicture = shape.Rank is 3 or 4;
        if (augmentations.Any(a => a is not GaussianNoise) && !isPicture)
        {
            throw new ArgumentException(
                $"Inputs {dataset.InputType} are no pictures [H, W, C] or clips [T, H, W, C].",
                nameof(augmentations));
        }

        if (_element == ElementType.Int32)
        {
            throw new ArgumentException(
                $"Inputs {dataset.InputType} are neither bytes nor floats.", nameof(dataset));
        }

        _channels = shape.Rank == 0 ? 1 : shape[-1];
        _frames = shape.Rank == 4 ? shape[0] : 1;
        Size2 size = isPicture
            ? new Size2(shape[-3], shape[-2])
            : new Size2(1, (int)(shape.Count / _channels));
        Shape target = dataset.TargetType.Shape;
        _hasMask = isPicture && dataset.TargetType.Element == ElementType.Int32
            && target.Rank == 2 && target[0] == size.Height && target[1] == size.Width;
        foreach (Augmentation augmentation in augmentations)
        {
            augmentation.Check(_channels);
            if (_hasMask && augmentation.Uncovers && dataset.IgnoreIndex is null)
            {
                throw new ArgumentException(
                    $"{augmentation} leaves pixels of no class, and the masks have no ignore "
                    + "index.",
                    nameof(augmentations));
            }
        }

        _ignoreIndex = dataset.IgnoreIndex ?? 0;
        _sizes = new Size2[_moves.Length + 1];
        _sizes[0] = size;
        for (int i = 0; i < _moves.Length; i++)
        {
            _sizes[i + 1] = size = _moves[i].OutputSize(size);
        }

        _fill = new float[_channels];
        if (normalization is not null)
        {
            (_scale, _offset) = normalization.Repeat(_channels);
            for (int c = 0; c < _channels; c++)
            {
                _fill[c] = normalization.Mean[normalization.Mean.Count == 1 ? 0 : c];
            }
        }

        InputType = new TensorType(
            ElementType.Float32,
            isPicture ? shape.With(-3, size.Height).With(-2, size.Width) : shape);
        TargetType = _hasMask
            ? new TensorType(ElementType.Int32, new Shape(size.Height, size.Width))
            : dataset.TargetType;
    }

    /// <summary>Type and shape of an input after the pipeline.</summary>
    public TensorType InputType { get; }

    /// <summary>Type and shape of a target after the pipeline.</summary>
    public TensorType TargetType { get; }

    /// <summary>Makes one sample; allocates nothing once the scratch has grown.</summary>
    /// <param name="index">Index of the sample in its dataset.</param>
    /// <param name="epoch">Number of the pass over the data.</param>
    /// <param name="input">The input as the dataset gives it.</param>
    /// <param name="target">The target as the dataset gives it.</param>
    /// <param name="output">Where the input goes.</param>
    /// <param name="targetOutput">Where the target goes.</param>
    /// <param name="scratch">Memory of the calling thread.</param>
    public void Apply(
        int index,
        int epoch,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> target,
        Span<float> output,
        Span<byte> targetOutput,
        AugmentationScratch scratch)
    {
        if (_moves.Length == 0)
        {
            ToFloats(_element, input, output);
            target.CopyTo(targetOutput);
        }
        else
        {
            Move(index, epoch, input, target, output, targetOutput, scratch);
        }

        Span<int> mask = _hasMask ? MemoryMarshal.Cast<byte, int>(targetOutput) : [];
        var sample = new AugmentedSample(
            output, mask, _sizes[^1], _channels, _fill, _ignoreIndex, scratch);
        for (int i = 0; i < _changes.Length; i++)
        {
            Philox random = Random(_moves.Length + i, index, epoch);
            _changes[i].Apply(sample, ref random);
        }

        if (_scale.Length > 0)
        {
            FloatRows.ScaleRepeated(output, _scale, _offset);
        }
    }

    /// <summary>Bytes as 0 to 1; floats as they are.</summary>
    internal static void ToFloats(
        ElementType element, ReadOnlySpan<byte> source, Span<float> target)
    {
        if (element == ElementType.UInt8)
        {
            FloatRows.FromBytes(source, target);
        }
        else
        {
            source.CopyTo(MemoryMarshal.AsBytes(target));
        }
    }

    private void Move(
        int index,
        int epoch,
        ReadOnlySpan<byte> input,
        ReadOnlySpan<byte> target,
        Span<float> output,
        Span<byte> targetOutput,
        AugmentationScratch scratch)
    {
        PixelMap map = PixelMap.Identity;
        for (int i = 0; i < _moves.Length; i++)
        {
            Philox random = Random(i, index, epoch);
            map = map.After(_moves[i].Draw(_sizes[i], _sizes[i + 1], ref random));
        }

        Size2 from = _sizes[0], to = _sizes[^1];
        int fromLength = from.Height * from.Width * _channels;
        int toLength = to.Height * to.Width * _channels;
        Span<float> source = scratch.Source(_frames * fromLength);
        ToFloats(_element, input, source);
        for (int t = 0; t < _frames; t++)
        {
            PictureWarp.Picture(
                source.Slice(t * fromLength, fromLength), from,
                output.Slice(t * toLength, toLength), to, map, _fill);
        }

        if (_hasMask)
        {
            PictureWarp.Mask(
                MemoryMarshal.Cast<byte, int>(target), from,
                MemoryMarshal.Cast<byte, int>(targetOutput), to, map, _ignoreIndex);
        }
        else
        {
            target.CopyTo(targetOutput);
        }
    }

    private Philox Random(int step, int index, int epoch) =>
        new(_seed, RandomStream.Augmentation + step, index, epoch);
}
