using System.Buffers;
using System.Text.Json;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// The log of a training: a file of JSON Lines (https://jsonlines.org), one <see
/// cref="TrainingEvent"/> a line, each in the file as soon as it is appended.
/// </summary>
/// <remarks>
/// Names are as in <see cref="TrainingJson"/>. Numbers that are not finite are strings, those of
/// metrics <c>null</c>. Others may read the file while it grows. Not for several threads at once.
/// </remarks>
public sealed class TrainingLog : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly FileStream _file;
    private readonly Utf8JsonWriter _json;

    private TrainingLog(string path, Func<byte[], long> lengthToKeep)
    {
        _file = new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            byte[] old = new byte[_file.Length];
            _file.ReadExactly(old);
            long length = lengthToKeep(old);
            _file.SetLength(length);
            _file.Position = length;
            _json = new Utf8JsonWriter(_line);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Starts a log; one that is there is emptied.</summary>
    /// <param name="path">The file; its directory must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be written.</exception>
    public static TrainingLog Create(string path) => new(path, static _ => 0);

    /// <summary>
    /// Goes on with a log where a training goes on: lines of later steps are cut off, so that each
    /// step and epoch is in the log once, and so is a last line that was half-written.
    /// </summary>
    /// <param name="path">The file, which may be missing; its directory must exist.</param>
    /// <param name="step">Steps taken by the training that goes on.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be written.</exception>
    public static TrainingLog Resume(string path, long step) =>
        new(path, bytes => LengthUpTo(bytes, step));

    /// <summary>
    /// Reads a log. Lines that are no event, as one that is being written, are passed over.
    /// </summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read.</exception>
    public static IReadOnlyList<TrainingEvent> Read(string path)
    {
        using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var lines = new StreamReader(file);
        var events = new List<TrainingEvent>();
        while (lines.ReadLine() is { } line)
        {
            try
            {
                if (JsonSerializer.Deserialize<TrainingEvent>(line, TrainingJson.Options) is { } e)
                {
                    events.Add(e);
                }
            }
            catch (Exception e) when (e is JsonException or NotSupportedException)
            {
            }
        }

        return events;
    }

    /// <summary>Appends a line; others see it when the call returns.</summary>
    /// <exception cref="IOException">
    /// The disk is full. The log is as it was before the call.
    /// </exception>
    public void Append(TrainingEvent happened)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, happened, TrainingJson.Options);
        _line.Write("\n"u8);
        long start = _file.Position;
        try
        {
            _file.Write(_line.WrittenSpan);
        }
        catch
        {
            _file.SetLength(start);
            _file.Position = start;
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    private static long LengthUpTo(ReadOnlySpan<byte> log, long step)
    {
        int start = 0;
        int keep = 0;
        while (log[start..].IndexOf((byte)'\n') is var length and >= 0)
        {
            // What is no event stays where events that are kept follow.
            if (StepOf(log.Slice(start, length)) is { } found)
            {
                if (found > step)
                {
                    break;
                }

                keep = start + length + 1;
            }

            start += length + 1;
        }

        return keep;
    }

    private static long? StepOf(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var json = JsonDocument.ParseValue(ref reader);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("step", out var step)
                && step.TryGetInt64(out long number) ? number : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
