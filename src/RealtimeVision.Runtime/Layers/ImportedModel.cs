using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// A network of an ONNX file as a layer, to be trained further: its weights, those of convolutions,
/// matrix products and normalisations, are parameters that have the file's names and values.
/// </summary>
/// <remarks>
/// Pictures are [H, W, C] here, whatever layout the file has. Weights have this library's order:
/// kernels [KH, KW, C / groups, O], matrices [in, out]. Batch normalisation goes on with the
/// statistics of the file. The batch may be of any size where the file does not reshape to a fixed
/// one. Where the file has several outputs, the layer gives the first.
/// </remarks>
/// <param name="Model">The model; in JSON the path of its file.</param>
public sealed record ImportedModel(OnnxModel Model) : Layer
{
    private readonly string? _output;

    /// <summary>
    /// Name of the value in the file that the layer gives: <see cref="Model"/> is cut there, without
    /// its top, say. Null for the first output.
    /// </summary>
    public string? Output
    {
        get => _output;
        init
        {
            _output = value;
            if (value is not null)
            {
                Model = Model.CutAt(value);
            }
        }
    }

    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        Model.Build(c.Graph, inputs, (name, weight) => c.Given(
            name, weight.Shape, weight.Role, () => weight.Tensor.Bytes(weight.Order)));
}
