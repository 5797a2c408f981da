using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// A tensor that broadcasts to an output, read along the output in runs that are long enough for
/// vector loops.
/// </summary>
/// <remarks>
/// A short row that repeats (the channels of [C] or [N, 1, 1, C] under every pixel) is laid out
/// several times in a row once, so that a run spans many pixels. What is left with short rows is
/// gathered on the way.
/// </remarks>
/// <typeparam name="T">Its elements: float, int or byte.</typeparam>
internal sealed unsafe class CpuOperand<T>
    where T : unmanaged
{
    // Elements of a run below which the call and the index arithmetic would cost more than the
    // work.
    private const int ShortRow = 256;
    private const int RepeatedRow = 512;
    private const int GatherBelow = 32;

    private readonly CpuTensor _tensor;
    private readonly int[] _sizes;
    private readonly int[] _strides;
    private readonly int _period;
    private readonly int _tile;

    private CpuOperand(CpuTensor tensor, int[] sizes, int[] strides, int period = 0, int tile = 0)
    {
        _tensor = tensor;
        _sizes = sizes;
        _strides = strides;
        _period = period;
        _tile = tile;
    }

    /// <summary>
    /// Input <paramref name="input"/> as the output sees it. May add a step, so the reader's own
    /// step comes after.
    /// </summary>
    public static CpuOperand<T> Of(CpuBindings b, int input, Shape output)
    {
        var shape = b.InputShape(input);
        var loop = BroadcastLoop.Of(output, shape);
        var (sizes, strides) = (loop.Sizes, loop.Strides[0]);
        if (sizeof(T) != sizeof(float) || sizes.Length < 2 || strides[^1] != 1 || strides[^2] != 0
            || sizes[^1] >= ShortRow || (long)sizes[^1] * sizes[^2] < 4 * RepeatedRow)
        {
            return new CpuOperand<T>(b.Input(input), sizes, strides);
        }

        int period = sizes[^1];
        int repeats = (RepeatedRow + period - 1) / period;
        long periods = shape.Count / period;
        var tiles = b.Packed(
            input, $"rows of {period} x {repeats}", periods * period * repeats, (source, destination) =>
            {
                for (long p = 0; p < periods; p++)
                {
                    var row = new Span<float>(source + (p * period), period);
                    for (int r = 0; r < repeats; r++)
                    {
                        row.CopyTo(new Span<float>(destination + (((p * repeats) + r) * period), period));
                    }
                }
            });
        int[] merged = [.. sizes.AsSpan(0, sizes.Length - 2), sizes[^2] * period];
        int[] scaled = [.. Array.ConvertAll(strides[..^2], s => s * repeats), 1];
        return new CpuOperand<T>(tiles, merged, scaled, period, period * repeats);
    }

    /// <summary>True where rows are so short that they are better gathered first.</summary>
    public bool HasShortRows => _period == 0 && _sizes[^1] < GatherBelow && _sizes.Length > 1;

    /// <summary>
    /// The operand's value for each of consecutive elements of the output: where they are, or
    /// copied to a buffer where they do not follow one another.
    /// </summary>
    public T* Block(long first, long count, T* buffer)
    {
        var row = Row(first, out long run, out int stride);
        if (run >= count && stride == 1)
        {
            return row;
        }

        Expand(buffer, first, count);
        return buffer;
    }

    /// <summary>
    /// Writes the operand's value for each of consecutive elements of the output.
    /// </summary>
    public void Expand(T* destination, long first, long count)
    {
        while (count > 0)
        {
            T* values = Row(first, out long run, out int stride);
            run = Math.Min(run, count);
            if (stride == 1)
            {
                new Span<T>(values, (int)run).CopyTo(new Span<T>(destination, (int)run));
            }
            else if (stride == 0)
            {
                new Span<T>(destination, (int)run).Fill(*values);
            }
            else
            {
                for (long i = 0; i < run; i++)
                {
                    destination[i] = values[i * stride];
                }
            }

            destination += run;
            first += run;
            count -= run;
        }
    }

    /// <summary>
    /// The operand's values from output element <paramref name="first"/> on, as far as one stride
    /// reaches.
    /// </summary>
    public T* Row(long first, out long run, out int stride)
    {
        int inner = _sizes[^1];
        stride = _strides[^1];
        long row = first / inner;
        int column = (int)(first - (row * inner));
        run = inner - column;
        long at = (long)column * stride;
        if (_period > 0)
        {
            at = column % _period;
            run = Math.Min(run, _tile - at);
        }

        for (int d = _sizes.Length - 2; d >= 0; d--)
        {
            long above = row / _sizes[d];
            at += (row - (above * _sizes[d])) * _strides[d];
            row = above;
        }

        return (T*)_tensor.Bytes + at;
    }
}

/// <summary>Functions of operands of floats.</summary>
internal static unsafe class CpuOperandFunctions
{
    private const int Gathered = 512;

    /// <summary>
    /// Applies a function to consecutive elements of the output and an operand.
    /// </summary>
    /// <param name="y">The operand.</param>
    /// <param name="function">The function.</param>
    /// <param name="width">Vector width.</param>
    /// <param name="source">First arguments.</param>
    /// <param name="destination">Results; may be the source.</param>
    /// <param name="first">Index in the output of the first element.</param>
    /// <param name="count">How many elements.</param>
    public static void Apply(
        this CpuOperand<float> y, BinaryFunction function, VectorWidth width, float* source,
        float* destination, long first, long count)
    {
        bool gather = y.HasShortRows;
        float* gathered = stackalloc float[gather ? Gathered : 0];
        while (count > 0)
        {
            int stride = 1;
            long run;
            float* operand;
            if (gather)
            {
                run = Math.Min(count, Gathered);
                y.Expand(gathered, first, run);
                operand = gathered;
            }
            else
            {
                operand = y.Row(first, out run, out stride);
                run = Math.Min(run, count);
            }

            function.Run(width, source, operand, stride, destination, run);
            source += run;
            destination += run;
            first += run;
            count -= run;
        }
    }
}
