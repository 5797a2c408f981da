using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// A network of a TensorFlow Lite file as a layer. Its weights are constants, which are not trained
/// further; what is put behind it is.
/// </summary>
/// <remarks>
/// Pictures are [H, W, C]. The batch may be of any size where the file does not reshape to a fixed
/// one. Where the file has several outputs, the layer gives the first.
/// </remarks>
/// <param name="Model">The model; in JSON the path of its file.</param>
public sealed record ImportedTfLiteModel(TfLiteModel Model) : Layer
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
        Model.Build(c.Graph, inputs)[0];
}
