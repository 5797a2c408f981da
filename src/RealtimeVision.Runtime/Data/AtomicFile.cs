using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Writes files so that a reader sees the old one or the whole new one, never a part, not after a
/// power cut either: the new one is on the disk when a call returns.
/// </summary>
public static partial class AtomicFile
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
        catch (Exception e)
        {
            File.Delete(temporary);
            if (IsTooLarge(e))
            {
                throw new IOException($"Cannot write {path}: {e.Message}", e);
            }

            throw;
        }

        FlushDirectory(Path.GetDirectoryName(target)!);
    }

    // The new name. Windows has no such call: there the file system's journal does it.
    private static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no directories, but flushes one that is open. 0 is O_RDONLY everywhere. One
        // that may be written but not read cannot be opened, and the file is there all the same.
        using var directory = new SafeFileHandle(Open(path, 0), ownsHandle: true);
        if (!directory.IsInvalid)
        {
            RandomAccess.FlushToDisk(directory);
        }
    }

    // What .NET makes of EFBIG, of a file system or a limit, is no error of an argument here.
    private static bool IsTooLarge(Exception e) =>
        e is ArgumentOutOfRangeException { ParamName: "value" }
            && e.Source == typeof(FileStream).Assembly.GetName().Name;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);
}
