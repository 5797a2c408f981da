using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Data;

/// <summary>Some samples of another dataset, perhaps with their classes numbered anew.</summary>
internal sealed class SubsetDataset : Dataset
{
    private readonly Dataset _source;
    private readonly int[] _indices;
    private readonly int[]? _relabelled;

    public SubsetDataset(
        Dataset source, int[] indices, string[]? classNames = null, int[]? relabelled = null)
        : base(
            source.InputType, source.TargetType, classNames ?? source.ClassNames,
            source.IgnoreIndex)
    {
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)source.Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(indices), index, $"There are {source.Count} samples.");
            }
        }

        _source = source;
        _indices = indices;
        _relabelled = relabelled;
    }

    public override int Count => _indices.Length;

    public override string NameOf(int index) => _source.NameOf(_indices[index]);

    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        _source.Read(_indices[index], input, target);
        if (_relabelled is not null)
        {
            ref int label = ref MemoryMarshal.AsRef<int>(target);
            label = _relabelled[label];
        }
    }

    protected override int ReadLabel(int index)
    {
        int label = _source.LabelOf(_indices[index]);
        return _relabelled is null ? label : _relabelled[label];
    }
}
