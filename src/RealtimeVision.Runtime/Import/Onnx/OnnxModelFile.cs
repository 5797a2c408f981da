using ProtoBuf;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// An ONNX file: the messages in it and the directory that its external data lives in. Loading
/// checks that the file is whole and well-formed, not that the network makes sense.
/// </summary>
public sealed class OnnxModelFile
{
    internal const string FormatName = "ONNX";

    private OnnxModelFile(string path, ModelProto model)
    {
        FilePath = path;
        Model = model;
        ExternalData = new OnnxExternalData(Path.GetDirectoryName(path)!);
    }

    /// <summary>Absolute path of the file.</summary>
    public string FilePath { get; }

    /// <summary>The model.</summary>
    public ModelProto Model { get; }

    /// <summary>Reads tensors that are kept in files beside the model.</summary>
    public OnnxExternalData ExternalData { get; }

    /// <summary>
    /// Loads a model. Weights are copied once, from the file into
    /// <see cref="TensorProto.RawData"/>; external data is left where it is until it is asked for.
    /// </summary>
    /// <param name="path">The file, at most 2 GiB (protobuf's own limit).</param>
    /// <exception cref="ModelFormatException">
    /// The file is missing, unreadable, empty, truncated or no ONNX model.
    /// </exception>
    public static OnnxModelFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string fullPath = Path.GetFullPath(path);
        if (Directory.Exists(fullPath))
        {
            throw Bad("it is a directory", path);
        }

        if (!File.Exists(fullPath))
        {
            throw Bad("there is no such file", path);
        }

        try
        {
            // The length is read before the file is opened: opening a pipe would wait for a writer.
            long length = new FileInfo(fullPath).Length;
            if (length == 0)
            {
                throw Bad("the file is empty", path);
            }

            if (length > int.MaxValue)
            {
                throw Bad($"{length} bytes are more than the 2 GiB that protobuf allows; such a "
                    + "model keeps its weights as external data", path);
            }

            using FileStream stream = File.OpenRead(fullPath);
            return new OnnxModelFile(fullPath, Read(stream, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"it cannot be read: {e.Message}", path, e);
        }
    }

    /// <summary>Reads a model from a stream that can seek, from its start.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ModelFormatException">The stream holds no whole ONNX model.</exception>
    public static ModelProto Read(Stream stream, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Span<byte> head = stackalloc byte[32];
        stream.Position = 0;
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        ModelProto model;
        try
        {
            new ProtobufFraming(stream, FormatName, name).Check(typeof(ModelProto));
            stream.Position = 0;
            model = Serializer.Deserialize<ModelProto>(stream);
        }
        catch (ModelFormatException) when (FileSignature.Describe(head) is { } found)
        {
            throw Bad($"the file looks like {found}", name, offset: 0);
        }
        catch (Exception e) when (e is ProtoException or EndOfStreamException
            or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw Bad($"protobuf cannot read it: {e.Message}", name, e);
        }

        return model switch
        {
            { Graph: null } => throw Bad(
                FileSignature.Describe(head) is { } found ? $"the file looks like {found}"
                    : "it holds no graph: the file is truncated or not ONNX", name),
            { OpsetImport.Count: 0 } => throw new ModelFormatException(
                FormatName, "no operator set is declared", name, "opset_import"),
            _ => model,
        };
    }

    /// <summary>
    /// Writes a model; an existing file is replaced only once the new one is whole.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(ModelProto model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        AtomicFile.Write(path, stream => Serializer.Serialize(stream, model));
    }

    private static ModelFormatException Bad(
        string problem, string? file, Exception? inner = null, long? offset = null) =>
        new(FormatName, problem, file, offset: offset, innerException: inner);
}
