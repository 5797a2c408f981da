using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// A network of a TensorFlow Lite file, of floats: weights may be stored with 32 or 16 bits.
/// Quantised networks are refused by name. Pictures are [N, H, W, C], in the file and in its
/// graphs.
/// </summary>
/// <remarks>
/// Weights become variables when the first graph is built; graphs for other sizes share them. Only
/// the file's first subgraph is read.
/// </remarks>
public sealed partial class TfLiteModel : Model
{
    /// <summary>Name of the format in errors.</summary>
    public const string FormatName = "TFLite";

    private readonly TfLiteNetwork _network;
    private readonly Lock _lock = new();

    private TfLiteModel(TfLiteNetwork network, string name, byte[] bytes)
    {
        _network = network;
        FileBytes = bytes;
        Name = name;
        Inputs = [.. network.Inputs.Select(Declare)];
        Outputs = [.. network.Outputs.Select(Declare)];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorDeclaration> Inputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorDeclaration> Outputs { get; }

    /// <summary>
    /// Loads a file. Nodes that cannot be imported are an error only when a graph is built.
    /// </summary>
    /// <exception cref="ModelFormatException"> The file is missing, truncated, no TFLite model, or
    /// breaks the rules of the format; the message names the field and the byte. </exception>
    public static TfLiteModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw Bad(Directory.Exists(path) ? "it is a directory" : "there is no such file");
        }

        try
        {
            long length = new FileInfo(path).Length;
            return length > Array.MaxLength
                ? throw Bad($"{length} bytes are more than the 2 GiB that offsets reach")
                : Of(File.ReadAllBytes(path), Path.GetFileNameWithoutExtension(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Bad($"it cannot be read: {e.Message}", e);
        }

        ModelFormatException Bad(string problem, Exception? inner = null) =>
            new(FormatName, problem, path, innerException: inner);
    }

    /// <summary>A model of bytes in memory.</summary>
    /// <param name="bytes">A whole file; kept, and not to be changed any more.</param>
    /// <param name="name">What a person calls it.</param>
    /// <exception cref="ModelFormatException">They are no TFLite model, or break the rules of the
    /// format; the message names the field and the byte.</exception>
    public static TfLiteModel Of(byte[] bytes, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return Of(bytes, name, null);
    }

    /// <summary>All nodes that cannot be imported, for the sizes that the file declares.</summary>
    /// <exception cref="ShapeException">The shapes do not suit the network.</exception>
    public IReadOnlyList<UnsupportedOperator> Unsupported()
    {
        try
        {
            Instantiate([.. Inputs.Select(input => input.ShapeWith(1))]);
            return [];
        }
        catch (UnsupportedOperatorsException e)
        {
            return e.Operators;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="UnsupportedOperatorsException">
    /// Nodes cannot be imported; all of them are listed.
    /// </exception>
    /// <exception cref="ModelFormatException">
    /// An option or input of a node is missing or bad.
    /// </exception>
    public override IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != Inputs.Count)
        {
            throw new InputException(
                $"{Name} takes {Inputs.Count} inputs, {inputs.Count} were given");
        }

        // Plans for other sizes may be built beside a run; what graphs share is not safe for two at
        // once.
        lock (_lock)
        {
            var writer = new GraphWriter(graph);
            var importer = new TfLiteImporter(_network, writer);
            var find = importer.Run(inputs);
            if (importer.Unsupported.Count > 0)
            {
                throw new UnsupportedOperatorsException(Name, importer.Unsupported);
            }

            return [.. _network.Outputs.Select(output => Leave(writer, output, find(output)))];
        }
    }

    private static TfLiteModel Of(byte[] bytes, string name, string? path) =>
        new(TfLiteNetwork.Read(bytes, path), name, bytes);

    private static Value Leave(GraphWriter writer, TfLiteTensor output, ImportedTensor? tensor)
    {
        writer.NodeName = output.Name;
        return writer.InOrder(tensor
            ?? throw output.Bad($"elements of type {output.TypeName} are not supported", "type"));
    }

    private static TensorDeclaration Declare(TfLiteTensor tensor) => new(
        tensor.Name,
        tensor.Storage
            ?? throw tensor.Bad($"elements of type {tensor.TypeName} are not supported", "type"),
        tensor.Dimensions,
        tensor.Dimensions.Count == 4 ? TensorLayout.Nhwc : TensorLayout.Unknown);
}
