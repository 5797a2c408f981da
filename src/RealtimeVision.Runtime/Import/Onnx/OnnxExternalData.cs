using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Reads the tensors that a model keeps in files of its own directory. A location that leaves the
/// directory, by <c>..</c>, an absolute path or a symbolic link, is refused: a model must not read
/// other files.
/// </summary>
/// <param name="modelDirectory">The directory of the model file.</param>
/// <remarks>Format: https://onnx.ai/onnx/repo-docs/ExternalData.html.</remarks>
public sealed class OnnxExternalData(string modelDirectory)
{
    private const int MaxLinks = 40;

    private readonly string _directory = Path.GetFullPath(modelDirectory);

    /// <summary>
    /// Checks, before anything is allocated, that the bytes of a tensor are there.
    /// </summary>
    /// <param name="tensor">A tensor whose data location is external.</param>
    /// <param name="byteCount">The bytes that the tensor's shape and type take.</param>
    /// <exception cref="ModelFormatException">
    /// The location is refused or missing, or the range is not in the file or of another length.
    /// </exception>
    public void Check(TensorProto tensor, long byteCount) => Locate(tensor, byteCount);

    /// <summary>
    /// Reads the bytes of <paramref name="tensor"/>, which must fill the destination.
    /// </summary>
    /// <param name="tensor">A tensor whose data location is external.</param>
    /// <param name="destination">As long as the tensor's shape and type say.</param>
    /// <exception cref="ModelFormatException">
    /// As for <see cref="Check"/>, or the file cannot be read.
    /// </exception>
    public void Read(TensorProto tensor, Span<byte> destination)
    {
        (string path, long offset) = Locate(tensor, destination.Length);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            while (destination.Length > 0)
            {
                int read = RandomAccess.Read(file, destination, offset);
                if (read == 0)
                {
                    throw OnnxTensor.Bad(tensor, $"'{path}' became shorter while it was read");
                }

                destination = destination[read..];
                offset += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OnnxTensor.Bad(tensor, $"its external data cannot be read: {e.Message}");
        }
    }

    private (string Path, long Offset) Locate(TensorProto tensor, long byteCount)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        string location = Value(tensor, "location")
            ?? throw OnnxTensor.Bad(tensor, "its external data has no location");
        long offset = Number(tensor, "offset") ?? 0;
        long length = Number(tensor, "length") ?? byteCount;
        if (length != byteCount)
        {
            throw OnnxTensor.Bad(tensor, $"its external data has {length} bytes, but its shape "
                + $"and type take {byteCount}");
        }

        string path = Resolve(tensor, location);
        long available = new FileInfo(path).Length;
        if (offset > available || length > available - offset)
        {
            throw OnnxTensor.Bad(tensor, $"its external data is {length} bytes from byte {offset} "
                + $"of '{location}', which has {available}");
        }

        return (path, offset);
    }

    private string Resolve(TensorProto tensor, string location)
    {
        string native = location.Replace('\\', '/');
        if (native.Length == 0 || native.Contains('\0') || Path.IsPathRooted(native)
            || native.Contains(':') || native.Split('/').Contains(".."))
        {
            throw OnnxTensor.Bad(tensor, $"its external data is at '{location}', which is not a "
                + "path inside the model's directory");
        }

        string path = Path.Combine(_directory, native);
        if (!File.Exists(path))
        {
            throw OnnxTensor.Bad(tensor, $"its external data is at '{location}', which is not "
                + "there");
        }

        string root = RealPath(_directory, tensor);
        string real = RealPath(path, tensor);
        if (!real.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal))
        {
            throw OnnxTensor.Bad(tensor, $"its external data is at '{location}', a link that "
                + "leaves the model's directory");
        }

        return real;
    }

    /// <summary>The path with every symbolic link on the way resolved.</summary>
    private static string RealPath(string path, TensorProto tensor)
    {
        string root = Path.GetPathRoot(path)!;
        string resolved = root;
        var rest = new Stack<string>();
        Push(path[root.Length..]);
        for (int links = 0; rest.TryPop(out string? part);)
        {
            string next = Path.GetFullPath(Path.Combine(resolved, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw OnnxTensor.Bad(tensor, "its external data is behind too many links");
            }

            if (Path.IsPathRooted(target))
            {
                resolved = Path.GetPathRoot(target)!;
                target = target[resolved.Length..];
            }

            Push(target);
        }

        return resolved;

        void Push(string parts)
        {
            foreach (string part in parts.Split(Path.DirectorySeparatorChar).Reverse())
            {
                if (part.Length > 0)
                {
                    rest.Push(part);
                }
            }
        }
    }

    private static long? Number(TensorProto tensor, string key)
    {
        if (Value(tensor, key) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw OnnxTensor.Bad(tensor, $"the {key} of its external data is '{text}'");
    }

    private static string? Value(TensorProto tensor, string key) =>
        tensor.ExternalData.Find(entry => entry.Key == key)?.Value;
}
