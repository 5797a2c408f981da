using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Samples by index, each an input and a target of the same types throughout: a picture and its
/// label, a picture and its mask, a clip and its label, a window of a series and what follows it.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Task</term><description>Input and target</description></listheader>
/// <item><term>Classification</term><description>UInt8 [H, W, C], Int32 []</description></item>
/// <item><term>Segmentation</term><description>UInt8 [H, W, C], Int32 [H, W]</description></item>
/// <item><term>Clips</term><description>UInt8 [T, H, W, C], Int32 [], or [T]: a label for each
/// step</description></item>
/// <item><term>Series</term><description>Float32 [T, F], Float32 [F]</description></item>
/// </list>
/// Int32 targets are class indices wherever there are class names. Samples are read from several
/// threads at a time.
/// </remarks>
public abstract class Dataset
{
    /// <summary>Declares what the samples are.</summary>
    /// <param name="inputType">Type and shape of every input.</param>
    /// <param name="targetType">Type and shape of every target.</param>
    /// <param name="classNames">Names of the classes that Int32 targets count; none where targets
    /// are no class indices.</param>
    /// <param name="ignoreIndex">The class index that stands for no class, where there is
    /// one.</param>
    protected Dataset(
        TensorType inputType,
        TensorType targetType,
        IReadOnlyList<string>? classNames = null,
        int? ignoreIndex = null)
    {
        InputType = inputType;
        TargetType = targetType;
        ClassNames = classNames ?? [];
        IgnoreIndex = ignoreIndex;
        InputBytes = checked((int)inputType.Bytes);
        TargetBytes = checked((int)targetType.Bytes);
    }

    /// <summary>Number of samples.</summary>
    public abstract int Count { get; }

    /// <summary>Type and shape of every input.</summary>
    public TensorType InputType { get; }

    /// <summary>Type and shape of every target.</summary>
    public TensorType TargetType { get; }

    /// <summary>Names of the classes, by index; empty where targets are no class indices.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class index that stands for no class; null where every index is one.</summary>
    public int? IgnoreIndex { get; }

    /// <summary>True where the target is one label: Int32 [] of named classes.</summary>
    public bool HasLabels =>
        ClassNames.Count > 0 && TargetType.Element == ElementType.Int32
        && TargetType.Shape.Rank == 0;

    /// <summary>
    /// True where the target is a label for each step of a sequence: Int32 [T] of named classes.
    /// </summary>
    public bool HasStepLabels =>
        ClassNames.Count > 0 && TargetType.Element == ElementType.Int32
        && TargetType.Shape.Rank == 1;

    /// <summary>Bytes of an input.</summary>
    internal int InputBytes { get; }

    /// <summary>Bytes of a target.</summary>
    internal int TargetBytes { get; }

    /// <summary>
    /// What a person finds the sample by: the path of its file, or the file and the place in it.
    /// </summary>
    public abstract string NameOf(int index);

    /// <summary>Reads one sample; may be called from several threads at a time.</summary>
    /// <param name="index">Which one, from 0 to <see cref="Count"/> - 1.</param>
    /// <param name="input">Where the input goes: as many bytes as <see cref="InputType"/>
    /// has.</param>
    /// <param name="target">Where the target goes: as many bytes as <see cref="TargetType"/>
    /// has.</param>
    /// <exception cref="DatasetException">
    /// The sample cannot be read, or a class index in it names no class.
    /// </exception>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Read(int index, Span<byte> input, Span<byte> target)
    {
        CheckIndex(index);
        if (input.Length != InputBytes || target.Length != TargetBytes)
        {
            throw new ArgumentException(
                $"{input.Length} and {target.Length} bytes given, {InputType} and {TargetType} "
                + $"have {InputBytes} and {TargetBytes}.");
        }

        ReadSample(index, input, target);
        CheckClasses(index, target);
    }

    /// <summary>The label of a sample, read without its input where that is possible.</summary>
    /// <exception cref="InvalidOperationException">The targets are no labels.</exception>
    /// <exception cref="DatasetException">The label names no class.</exception>
    public int LabelOf(int index)
    {
        CheckIndex(index);
        if (!HasLabels)
        {
            throw new InvalidOperationException($"Targets of type {TargetType} are no labels.");
        }

        int label = ReadLabel(index);
        CheckClasses(index, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in label)));
        return label;
    }

    /// <summary>Number of samples of each class, by index.</summary>
    /// <exception cref="InvalidOperationException">The targets are no labels.</exception>
    public int[] CountClasses()
    {
        var counts = new int[ClassNames.Count];
        for (int i = 0; i < Count; i++)
        {
            int label = LabelOf(i);
            if (label != IgnoreIndex)
            {
                counts[label]++;
            }
        }

        return counts;
    }

    /// <summary>Checks that no class is without samples, as training needs it.</summary>
    /// <exception cref="DatasetException">Names the classes that have none.</exception>
    /// <exception cref="InvalidOperationException">The targets are no labels.</exception>
    public void RequireEveryClass()
    {
        int[] counts = CountClasses();
        string[] empty = [.. ClassNames.Where((_, c) => counts[c] == 0).Select(n => $"'{n}'")];
        if (empty.Length > 0)
        {
            throw new DatasetException(
                $"{Count} samples of {counts.Length} classes",
                $"no sample of {string.Join(", ", empty)}");
        }
    }

    /// <summary>The samples at <paramref name="indices"/>, in that order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is no sample.</exception>
    public Dataset Subset(IReadOnlyList<int> indices) => new SubsetDataset(this, [.. indices]);

    /// <summary>
    /// The samples of some classes, which become classes 0, 1, ... in the order given.
    /// </summary>
    /// <exception cref="InvalidOperationException">The targets are no labels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is no class.</exception>
    public Dataset WithClasses(params IReadOnlyList<int> classes)
    {
        var relabelled = new int[ClassNames.Count];
        Array.Fill(relabelled, -1);
        var names = new string[classes.Count];
        for (int i = 0; i < classes.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(classes[i], nameof(classes));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                classes[i], ClassNames.Count, nameof(classes));
            relabelled[classes[i]] = i;
            names[i] = ClassNames[classes[i]];
        }

        var indices = new List<int>();
        for (int i = 0; i < Count; i++)
        {
            int label = LabelOf(i);
            if (label != IgnoreIndex && relabelled[label] >= 0)
            {
                indices.Add(i);
            }
        }

        return new SubsetDataset(this, [.. indices], names, relabelled);
    }

    /// <summary>
    /// As many samples of each class as asked for (all where it has fewer), drawn by the seed, in
    /// the order of this dataset.
    /// </summary>
    /// <exception cref="InvalidOperationException">The targets are no labels.</exception>
    public Dataset TakePerClass(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var indices = new List<int>();
        int part = 0;
        foreach (int[] ofClass in DatasetSplit.ByClass(this))
        {
            new Philox(seed, RandomStream.Draw, part++).Shuffle(ofClass);
            indices.AddRange(ofClass.AsSpan(0, Math.Min(count, ofClass.Length)));
        }

        indices.Sort();
        return Subset(indices);
    }

    /// <summary>
    /// Divides the samples into training, validation and test parts: the same for the same seed,
    /// each class in the same proportions where there are labels. Each part keeps the order of this
    /// dataset.
    /// </summary>
    /// <param name="validation">Fraction for validation, from 0 to 1.</param>
    /// <param name="test">Fraction for the test, from 0 to 1.</param>
    /// <param name="seed">What the division depends on beside the labels.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A fraction is negative, or nothing is left for training.
    /// </exception>
    /// <exception cref="DatasetException">A class has no sample to train with.</exception>
    public DatasetSplit Split(double validation, double test, ulong seed) =>
        DatasetSplit.AtRandom(this, validation, test, seed);

    /// <summary>
    /// Reads one sample into spans whose lengths are right; may be called from several threads at a
    /// time.
    /// </summary>
    /// <exception cref="DatasetException">The sample cannot be read.</exception>
    protected abstract void ReadSample(int index, Span<byte> input, Span<byte> target);

    /// <summary>
    /// The label of a sample; by default the whole sample is read for it. Called only where there
    /// are labels.
    /// </summary>
    protected virtual int ReadLabel(int index)
    {
        int label = 0;
        ReadSample(
            index, new byte[InputBytes], MemoryMarshal.AsBytes(new Span<int>(ref label)));
        return label;
    }

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), index, $"There are {Count} samples.");
        }
    }

    private void CheckClasses(int index, ReadOnlySpan<byte> target)
    {
        if (ClassNames.Count == 0 || TargetType.Element != ElementType.Int32)
        {
            return;
        }

        ReadOnlySpan<int> classes = MemoryMarshal.Cast<byte, int>(target);
        for (int i = 0; i < classes.Length; i++)
        {
            if ((uint)classes[i] >= (uint)ClassNames.Count && classes[i] != IgnoreIndex)
            {
                throw new DatasetException(NameOf(index), BadClass(classes[i], i));
            }
        }
    }

    private string BadClass(int found, int element)
    {
        string place = TargetType.Shape.Rank == 2
            ? $"mask has class {found} at column {element % TargetType.Shape[1]}, "
                + $"row {element / TargetType.Shape[1]}"
            : $"label {(HasStepLabels ? $"of step {element} " : "")}is {found}";
        string ignored = IgnoreIndex is { } ignore ? $", and {ignore} is ignored" : "";
        return $"{place}; classes are 0 to {ClassNames.Count - 1}{ignored}";
    }
}
