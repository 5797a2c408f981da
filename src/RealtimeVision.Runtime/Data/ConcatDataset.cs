namespace RealtimeVision.Runtime.Data;

/// <summary>The samples of several datasets of the same types, one after another.</summary>
public sealed class ConcatDataset : Dataset
{
    private readonly Dataset[] _parts;
    private readonly int[] _ends;

    /// <summary>Joins datasets.</summary>
    /// <exception cref="ArgumentException">
    /// There is none, or types, classes or ignored indices differ.
    /// </exception>
    public ConcatDataset(params IReadOnlyList<Dataset> parts)
        : base(
            First(parts).InputType, parts[0].TargetType, parts[0].ClassNames, parts[0].IgnoreIndex)
    {
        _parts = [.. parts];
        _ends = new int[_parts.Length];
        int count = 0;
        for (int i = 0; i < _parts.Length; i++)
        {
            Dataset part = _parts[i];
            if (part.InputType != InputType || part.TargetType != TargetType
                || part.IgnoreIndex != IgnoreIndex || !part.ClassNames.SequenceEqual(ClassNames))
            {
                throw new ArgumentException(
                    $"Part {i} has samples {part.InputType} and {part.TargetType} of "
                    + $"{part.ClassNames.Count} classes, part 0 {InputType} and {TargetType} of "
                    + $"{ClassNames.Count}, or their names or ignored indices differ.",
                    nameof(parts));
            }

            _ends[i] = count = checked(count + part.Count);
        }
    }

    /// <inheritdoc/>
    public override int Count => _ends[^1];

    /// <inheritdoc/>
    public override string NameOf(int index)
    {
        (Dataset part, int local) = Locate(index);
        return part.NameOf(local);
    }

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        (Dataset part, int local) = Locate(index);
        part.Read(local, input, target);
    }

    /// <inheritdoc/>
    protected override int ReadLabel(int index)
    {
        (Dataset part, int local) = Locate(index);
        return part.LabelOf(local);
    }

    private static Dataset First(IReadOnlyList<Dataset> parts) => parts.Count > 0
        ? parts[0]
        : throw new ArgumentException("There is no dataset to join.", nameof(parts));

    private (Dataset Part, int Index) Locate(int index)
    {
        // A part that ends at or before the sample, empty ones among them, does not hold it.
        int i = Array.BinarySearch(_ends, index);
        i = i < 0 ? ~i : i;
        while (_ends[i] <= index)
        {
            i++;
        }

        return (_parts[i], index - (i == 0 ? 0 : _ends[i - 1]));
    }
}
