namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Writes files so that a reader sees the old one or the whole new one, never a part.
/// </summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes to a temporary file next to <paramref name="path"/> and renames it into place. Where
    /// <paramref name="write"/> throws, the temporary file is deleted and what was there stays.
    /// </summary>
    /// <param name="path">The file to create or replace; its directory must exist.</param>
    /// <param name="write">Writes the content; the stream can seek.</param>
    /// <exception cref="IOException">The directory is missing, or the disk full.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static void Write(string path, Action<Stream> write) =>
        Write(path, write, static (stream, action) => action(stream));

    /// <summary>As the other overload, for content that a lambda cannot capture.</summary>
    /// <param name="path">The file to create or replace; its directory must exist.</param>
    /// <param name="state">Handed to <paramref name="write"/>; may be a span.</param>
    /// <param name="write">Writes the content; the stream can seek.</param>
    /// <exception cref="IOException">The directory is missing, or the disk full.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static void Write<TState>(string path, TState state, Action<Stream, TState> write)
        where TState : allows ref struct
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        if (Directory.Exists(target))
        {
            throw new IOException($"Cannot write {path}: it is a directory.");
        }

        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                write(stream, state);

                // Else the new name could reach the disk before what is in the file.
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
