using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>Samples held in memory, one after another.</summary>
public sealed class MemoryDataset : Dataset
{
    private readonly byte[] _inputs;
    private readonly byte[] _targets;
    private readonly string _name;

    /// <summary>Takes samples; the arrays are not copied.</summary>
    /// <param name="inputType">Type and shape of one input.</param>
    /// <param name="inputs">All inputs, little-endian.</param>
    /// <param name="targetType">Type and shape of one target.</param>
    /// <param name="targets">All targets, little-endian.</param>
    /// <param name="classNames">Names of the classes, where targets are class indices.</param>
    /// <param name="ignoreIndex">The class index that stands for no class.</param>
    /// <param name="name">What <see cref="NameOf"/> starts with: the path of a file,
    /// say.</param>
    /// <exception cref="ArgumentException">
    /// The arrays do not hold the same number of samples.
    /// </exception>
    /// <exception cref="DatasetException">A label names no class.</exception>
    public MemoryDataset(
        TensorType inputType,
        byte[] inputs,
        TensorType targetType,
        byte[] targets,
        IReadOnlyList<string>? classNames = null,
        int? ignoreIndex = null,
        string name = "sample")
        : base(inputType, targetType, classNames, ignoreIndex)
    {
        Count = TargetBytes == 0 ? 0 : targets.Length / TargetBytes;
        if (targets.LongLength != (long)Count * TargetBytes
            || inputs.LongLength != (long)Count * InputBytes)
        {
            throw new ArgumentException(
                $"{inputs.LongLength} and {targets.LongLength} bytes are not the same number of "
                + $"inputs {inputType} and targets {targetType}.",
                nameof(inputs));
        }

        _inputs = inputs;
        _targets = targets;
        _name = name;
        for (int i = 0; HasLabels && i < Count; i++)
        {
            LabelOf(i);
        }
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>Reads all samples of a dataset into memory, so that each is decoded once.</summary>
    /// <exception cref="DatasetException">A sample cannot be read.</exception>
    public static MemoryDataset Of(Dataset source, CancellationToken cancellation = default)
    {
        var inputs = new byte[checked((long)source.Count * source.InputBytes)];
        var targets = new byte[checked((long)source.Count * source.TargetBytes)];
        for (int i = 0; i < source.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            source.Read(
                i,
                inputs.AsSpan(i * source.InputBytes, source.InputBytes),
                targets.AsSpan(i * source.TargetBytes, source.TargetBytes));
        }

        return new MemoryDataset(
            source.InputType, inputs, source.TargetType, targets, source.ClassNames,
            source.IgnoreIndex);
    }

    /// <inheritdoc/>
    public override string NameOf(int index) => $"{_name}[{index}]";

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        _inputs.AsSpan(index * InputBytes, InputBytes).CopyTo(input);
        _targets.AsSpan(index * TargetBytes, TargetBytes).CopyTo(target);
    }

    /// <inheritdoc/>
    protected override int ReadLabel(int index) =>
        BitConverter.ToInt32(_targets, index * TargetBytes);
}
