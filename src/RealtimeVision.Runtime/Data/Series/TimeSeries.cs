namespace RealtimeVision.Runtime.Data;

/// <summary>Columns of numbers over time, oldest row first.</summary>
public sealed class TimeSeries
{
    private readonly float[] _values;

    /// <summary>Takes values.</summary>
    /// <param name="columns">Names of the columns.</param>
    /// <param name="values">Row after row; not copied.</param>
    /// <param name="name">What samples are named by: the path of a file, say.</param>
    /// <exception cref="ArgumentException">The values are no whole number of rows.</exception>
    public TimeSeries(IReadOnlyList<string> columns, float[] values, string name = "series")
    {
        if (columns.Count == 0 || values.Length % columns.Count != 0)
        {
            throw new ArgumentException(
                $"{values.Length} values are no whole number of rows of {columns.Count} columns.",
                nameof(values));
        }

        Columns = columns;
        Name = name;
        RowCount = values.Length / columns.Count;
        _values = values;
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of moments.</summary>
    public int RowCount { get; }

    /// <summary>What samples are named by.</summary>
    public string Name { get; }

    /// <summary>Reads columns of a CSV file by their names.</summary>
    /// <param name="path">The file; its first line names the columns.</param>
    /// <param name="columns">Which ones, in this order; none takes all.</param>
    /// <param name="separator">What stands between values.</param>
    /// <exception cref="DatasetException">
    /// The file is missing or malformed, has no such column, or a value is no finite number.
    /// </exception>
    public static TimeSeries LoadCsv(
        string path, IReadOnlyList<string>? columns = null, char separator = ',')
    {
        CsvTable table = CsvTable.Load(path, separator);
        IReadOnlyList<string> names = columns is { Count: > 0 } ? columns : table.Columns;
        int[] indices = [.. names.Select(table.IndexOf)];
        var values = new float[table.RowCount * indices.Length];
        for (int row = 0; row < table.RowCount; row++)
        {
            for (int c = 0; c < indices.Length; c++)
            {
                values[(row * indices.Length) + c] = table.Number(row, indices[c]);
            }
        }

        return new TimeSeries(names, values, path);
    }

    /// <summary>One row.</summary>
    public ReadOnlySpan<float> Row(int row) =>
        _values.AsSpan(row * Columns.Count, Columns.Count);

    /// <summary>
    /// Divides the series in time, the oldest rows for training, the newest for the test, and makes
    /// windows of each part: Float32 [length, F] before Float32 [F]. All are normalised by the mean
    /// and deviation of the training rows alone.
    /// </summary>
    /// <remarks>
    /// Each row is predicted in one part only. The window before it may reach back into an older
    /// part: what has been is known when one forecasts.
    /// </remarks>
    /// <param name="length">Rows of a window.</param>
    /// <param name="horizon">Rows from the window's last to the one predicted: 1 or more.</param>
    /// <param name="validation">Fraction of the rows for validation.</param>
    /// <param name="test">Fraction of the rows for the test.</param>
    /// <param name="normalization">What values are normalised by instead: what a network was
    /// trained with. Null for the training rows' own.</param>
    /// <exception cref="ArgumentException">The normalisation is of other columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is not positive, or the fractions leave nothing to train with.
    /// </exception>
    /// <exception cref="DatasetException">The training part is shorter than a window.</exception>
    public SeriesSplit Split(
        int length, int horizon, double validation, double test,
        Normalization? normalization = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        DatasetSplit.CheckFractions(validation, test);
        int testRows = (int)Math.Round(RowCount * test);
        int validationRows = (int)Math.Round(RowCount * validation);
        int trainRows = RowCount - validationRows - testRows;
        if (trainRows < length + horizon)
        {
            throw new DatasetException(
                Name,
                $"has {RowCount} rows, {trainRows} to train with: fewer than a window of {length} "
                + $"and a horizon of {horizon}");
        }

        normalization ??= Statistics(trainRows);
        if (normalization.Mean.Count != Columns.Count)
        {
            throw new ArgumentException(
                $"A normalisation of {normalization.Mean.Count} columns does not fit "
                + $"{Columns.Count}.",
                nameof(normalization));
        }

        int validationEnd = trainRows + validationRows;
        return new SeriesSplit(
            Windows(0, trainRows), Windows(trainRows, validationEnd),
            Windows(validationEnd, RowCount), normalization);

        SeriesWindows Windows(int start, int end) =>
            new(this, normalization, length, horizon, start, end);
    }

    private Normalization Statistics(int rows)
    {
        var sums = new double[Columns.Count];
        var squares = new double[Columns.Count];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> values = Row(row);
            for (int c = 0; c < values.Length; c++)
            {
                sums[c] += values[c];
                squares[c] += (double)values[c] * values[c];
            }
        }

        return Normalization.Create(sums, squares, rows);
    }
}

/// <summary>The parts of a series, in time, and what their values were normalised by.</summary>
/// <param name="Train">Windows before the oldest rows.</param>
/// <param name="Validation">Windows before the rows after those.</param>
/// <param name="Test">Windows before the newest rows.</param>
/// <param name="Normalization">Mean and deviation of the training rows, by which a prediction is
/// turned back: <c>x * deviation + mean</c>.</param>
public sealed record SeriesSplit(
    SeriesWindows Train, SeriesWindows Validation, SeriesWindows Test, Normalization Normalization);
