using System.Globalization;
using System.Text;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// A file of comma-separated values (RFC 4180) whose first line names the columns.
/// </summary>
public sealed class CsvTable
{
    private readonly List<string[]> _rows = [];
    private readonly List<int> _lines = [];

    private CsvTable(string path, string[] columns)
    {
        Path = path;
        Columns = columns;
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of rows after the first line.</summary>
    public int RowCount => _rows.Count;

    /// <summary>Reads a file; empty lines are passed over.</summary>
    /// <param name="path">The file, UTF-8, packed where its name ends with <c>.gz</c>.</param>
    /// <param name="separator">What stands between values.</param>
    /// <exception cref="DatasetException">
    /// The file is missing or empty, a quote is not closed, or a row has another number of values
    /// than there are columns; the message names the line.
    /// </exception>
    public static CsvTable Load(string path, char separator = ',')
    {
        byte[] bytes = DataFile.ReadAllBytes(path);
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        string text = reader.ReadToEnd();
        CsvTable? table = null;
        int at = 0, line = 1;
        while (at < text.Length)
        {
            int first = line;
            string[] values = ReadRow(path, text, separator, ref at, ref line);
            if (values is [""])
            {
                continue;
            }

            if (table is null)
            {
                table = new CsvTable(path, [.. values.Select(v => v.Trim())]);
                continue;
            }

            if (values.Length != table.Columns.Count)
            {
                throw new DatasetException(
                    path,
                    $"line {first} has {values.Length} values, there are {table.Columns.Count} "
                    + "columns");
            }

            table._rows.Add(values);
            table._lines.Add(first);
        }

        return table ?? throw new DatasetException(path, "is empty: it names no columns");
    }

    /// <summary>The number of a column.</summary>
    /// <exception cref="DatasetException">There is no such column; the message lists them.
    /// </exception>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
            {
                return i;
            }
        }

        throw new DatasetException(
            Path, $"has no column '{column}'; there are {string.Join(", ", Columns)}");
    }

    /// <summary>A value as text.</summary>
    public string Text(int row, int column) => _rows[row][column];

    /// <summary>A value as a number, with a point for decimals.</summary>
    /// <exception cref="DatasetException">
    /// It is no finite number; the message names line and column.
    /// </exception>
    public float Number(int row, int column) =>
        float.TryParse(
            _rows[row][column], NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
        && float.IsFinite(number)
            ? number
            : throw new DatasetException(
                Path,
                $"line {_lines[row]}, column '{Columns[column]}' is '{_rows[row][column]}', no "
                + "finite number");

    private static string[] ReadRow(
        string path, string text, char separator, ref int at, ref int line)
    {
        var values = new List<string>();
        var value = new StringBuilder();
        int first = line;
        bool quoted = false;
        while (at < text.Length)
        {
            char c = text[at++];
            line += c == '\n' ? 1 : 0;
            if (c == '"')
            {
                // Two quotes within quotes are one.
                if (quoted && at < text.Length && text[at] == '"')
                {
                    value.Append(text[at++]);
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (quoted)
            {
                value.Append(c);
            }
            else if (c == separator)
            {
                values.Add(value.ToString());
                value.Clear();
            }
            else if (c == '\n')
            {
                break;
            }
            else if (c != '\r')
            {
                value.Append(c);
            }
        }

        if (quoted)
        {
            throw new DatasetException(path, $"a quote on line {first} is not closed");
        }

        values.Add(value.ToString());
        return [.. values];
    }
}
