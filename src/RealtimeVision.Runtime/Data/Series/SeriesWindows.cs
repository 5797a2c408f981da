using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Windows of a series, Float32 [T, F], and the row that follows each after the horizon, Float32
/// [F]; normalised.
/// </summary>
public sealed class SeriesWindows : Dataset
{
    private readonly TimeSeries _series;
    private readonly float[] _mean;
    private readonly float[] _deviation;
    private readonly int _length;
    private readonly int _horizon;
    private readonly int _firstTarget;

    /// <summary>Makes the windows before the rows of a part of a series.</summary>
    /// <param name="series">The series.</param>
    /// <param name="normalization">What values are normalised by, a number a column.</param>
    /// <param name="length">Rows of a window.</param>
    /// <param name="horizon">Rows from the window's last to the one predicted.</param>
    /// <param name="start">First row that is predicted, if a window fits before it.</param>
    /// <param name="end">The row after the last that is predicted.</param>
    internal SeriesWindows(
        TimeSeries series, Normalization normalization, int length, int horizon, int start, int end)
        : base(
            TensorType.Float(length, series.Columns.Count),
            TensorType.Float(series.Columns.Count))
    {
        _series = series;
        _mean = [.. normalization.Mean];
        _deviation = [.. normalization.Deviation];
        _length = length;
        _horizon = horizon;
        _firstTarget = Math.Max(start, length + horizon - 1);
        Count = Math.Max(0, end - _firstTarget);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>The row of the series that a sample predicts.</summary>
    public int TargetRow(int index) => _firstTarget + index;

    /// <inheritdoc/>
    public override string NameOf(int index) => $"{_series.Name}[row {TargetRow(index)}]";

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        int row = TargetRow(index), columns = _mean.Length;
        int first = row - _horizon - _length + 1;
        Span<float> window = MemoryMarshal.Cast<byte, float>(input);
        for (int t = 0; t < _length; t++)
        {
            Normalize(_series.Row(first + t), window.Slice(t * columns, columns));
        }

        Normalize(_series.Row(row), MemoryMarshal.Cast<byte, float>(target));
    }

    private void Normalize(ReadOnlySpan<float> values, Span<float> target)
    {
        for (int c = 0; c < values.Length; c++)
        {
            target[c] = (values[c] - _mean[c]) / _deviation[c];
        }
    }
}
