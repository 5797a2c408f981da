using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// A dataset whose samples are read, decoded or drawn once: the first reading of a sample keeps it
/// in memory. Samples that cannot be read are tried each time.
/// </summary>
/// <param name="source">Reads what is not kept yet.</param>
public sealed class CachedDataset(Dataset source)
    : Dataset(source.InputType, source.TargetType, source.ClassNames, source.IgnoreIndex)
{
    // Input and target one after the other; whoever reads a sample first, or at the same time as
    // another, stores the same bytes.
    private readonly byte[]?[] _samples = new byte[source.Count][];

    /// <inheritdoc/>
    public override int Count => _samples.Length;

    /// <inheritdoc/>
    public override string NameOf(int index) => source.NameOf(index);

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        if (Volatile.Read(ref _samples[index]) is { } sample)
        {
            sample.AsSpan(0, input.Length).CopyTo(input);
            sample.AsSpan(input.Length).CopyTo(target);
            return;
        }

        source.Read(index, input, target);
        Volatile.Write(ref _samples[index], [.. input, .. target]);
    }

    /// <inheritdoc/>
    protected override int ReadLabel(int index) =>
        Volatile.Read(ref _samples[index]) is { } sample
            ? MemoryMarshal.Read<int>(sample.AsSpan(InputBytes))
            : source.LabelOf(index);
}
