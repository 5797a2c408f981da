using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Inputs and targets of some samples, one after another, in buffers of the loader: valid until its
/// next batch is asked for.
/// </summary>
public sealed class Batch
{
    private readonly byte[] _inputs;
    private readonly byte[] _targets;
    private readonly int[] _indices;
    private readonly TensorType _input;
    private readonly TensorType _target;
    private TensorType _inputsType;
    private TensorType _targetsType;

    internal Batch(TensorType input, TensorType target, int capacity)
    {
        (_input, _target) = (input, target);
        _inputs = Pinned(input, capacity);
        _targets = Pinned(target, capacity);
        _indices = new int[capacity];
        SetCount(capacity);
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; private set; }

    /// <summary>Which batch of which epoch it is.</summary>
    public LoaderPosition Position { get; internal set; }

    /// <summary>True for the last batch of its epoch.</summary>
    public bool IsLast { get; internal set; }

    /// <summary>Where a loader starts to go on after this batch.</summary>
    public LoaderPosition Next =>
        IsLast ? new(Position.Epoch + 1, 0) : Position with { Batch = Position.Batch + 1 };

    /// <summary>Type of all inputs: Float32 [N, ...].</summary>
    public TensorType InputType => _inputsType;

    /// <summary>
    /// Type of all targets: Int32 [N] of labels, Int32 [N, H, W] of masks, Float32 [N, classes]
    /// where batches are mixed, Float32 [N, F] of series.
    /// </summary>
    public TensorType TargetType => _targetsType;

    /// <summary>All inputs.</summary>
    public Span<float> Inputs => MemoryMarshal.Cast<byte, float>(InputBytes);

    /// <summary>All inputs as bytes.</summary>
    public Span<byte> InputBytes => _inputs.AsSpan(0, (int)_inputsType.Bytes);

    /// <summary>All targets as bytes.</summary>
    public Span<byte> TargetBytes => _targets.AsSpan(0, (int)_targetsType.Bytes);

    /// <summary>Which sample of the dataset each one is.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    /// <summary>Samples that were left out or replaced because they cannot be read.</summary>
    internal List<int> Skipped { get; } = [];

    /// <summary>Why there is no batch; null where there is.</summary>
    internal Exception? Error { get; set; }

    /// <summary>The type of so many samples, one after another: [...] to [count, ...].</summary>
    public static TensorType TypeOf(TensorType sample, int count) =>
        sample with { Shape = new Shape([count, .. sample.Shape.Sizes]) };

    /// <summary>All targets.</summary>
    /// <typeparam name="T"><see cref="int"/> or <see cref="float"/>, as <see cref="TargetType"/>
    /// says.</typeparam>
    /// <exception cref="InvalidOperationException">The targets have other elements.</exception>
    public Span<T> Targets<T>()
        where T : unmanaged
    {
        bool fits = _target.Element == ElementType.Float32
            ? typeof(T) == typeof(float)
            : typeof(T) == typeof(int) && _target.Element == ElementType.Int32;
        return fits ? MemoryMarshal.Cast<byte, T>(TargetBytes)
            : throw new InvalidOperationException(
                $"Targets {TargetType} have no elements of type {typeof(T).Name}.");
    }

    internal Span<float> InputOf(int sample)
    {
        int length = (int)_input.Shape.Count;
        return MemoryMarshal.Cast<byte, float>(_inputs.AsSpan()).Slice(sample * length, length);
    }

    internal Span<byte> TargetOf(int sample)
    {
        int length = (int)_target.Bytes;
        return _targets.AsSpan(sample * length, length);
    }

    internal void SetIndex(int sample, int index) => _indices[sample] = index;

    internal void SetCount(int count)
    {
        if (count != Count)
        {
            Count = count;
            _inputsType = TypeOf(_input, count);
            _targetsType = TypeOf(_target, count);
        }
    }

    // Pinned, so that a device can read them where they are.
    private static byte[] Pinned(TensorType type, int capacity) =>
        GC.AllocateUninitializedArray<byte>(
            checked((int)(type.Bytes * capacity)), pinned: true);
}
