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
internal sealed unsafe class CpuOperand
{
    // Floats of a run below which the call and the index arithmetic would cost more than the work.
    private const int ShortRow = 256;
    private const int RepeatedRow = 512;
    private const int Gathered = 512;
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
    public static CpuOperand Of(CpuBindings b, int input, Shape output)
    {
        var shape = b.InputShape(input);
        var loop = BroadcastLoop.Of(output, shape);
        var (sizes, strides) = (loop.Sizes, loop.Strides[0]);
        if (sizes.Length < 2 || strides[^1] != 1 || strides[^2] != 0 || sizes[^1] >= ShortRow
            || (long)sizes[^1] * sizes[^2] < 4 * RepeatedRow)
        {
            return new CpuOperand(b.Input(input), sizes, strides);
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
        return new CpuOperand(tiles, merged, scaled, period, period * repeats);
    }

    /// <summary>
    /// Applies a function to consecutive elements of the output and this operand.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="width">Vector width.</param>
    /// <param name="source">First arguments.</param>
    /// <param name="destination">Results; may be the source.</param>
    /// <param name="first">Index in the output of the first element.</param>
    /// <param name="count">How many elements.</param>
    public void Apply(
        BinaryFunction function, VectorWidth width, float* source, float* destination, long first, long count)
    {
        bool gather = _period == 0 && _sizes[^1] < GatherBelow && _sizes.Length > 1;
        float* gathered = stackalloc float[gather ? Gathered : 0];
        while (count > 0)
        {
            int stride = 1;
            long run;
            float* operand;
            if (gather)
            {
                run = Math.Min(count, Gathered);
                Expand(gathered, first, run);
                operand = gathered;
            }
            else
            {
                operand = Row(first, out run, out stride);
                run = Math.Min(run, count);
            }

            function.Run(width, source, operand, stride, destination, run);
            source += run;
            destination += run;
            first += run;
            count -= run;
        }
    }

    /// <summary>
    /// Writes the operand's value for each of consecutive elements of the output.
    /// </summary>
    public void Expand(float* destination, long first, long count)
    {
        while (count > 0)
        {
            float* values = Row(first, out long run, out int stride);
            run = Math.Min(run, count);
            if (stride == 1)
            {
                new Span<float>(values, (int)run).CopyTo(new Span<float>(destination, (int)run));
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
    private float* Row(long first, out long run, out int stride)
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

        return _tensor.Floats + at;
    }
}
