using System.Collections.Frozen;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>How nodes of one ONNX operator become nodes of ours.</summary>
/// <param name="Name">
/// The operator's name in ONNX, with the domain where that is not ONNX's own.
/// </param>
/// <param name="Map">Adds nodes and gives the outputs; null for one that is not computed.</param>
/// <param name="Refusal">
/// Why a node's attributes make it impossible whatever the sizes; null where they do not.
/// </param>
internal sealed record OperatorMapper(
    string Name, Func<NodeContext, ImportedTensor?[]> Map, Func<OnnxNode, string?>? Refusal = null)
{
    /// <summary>Why no node of the operator is imported at all; null where some are.</summary>
    public string? Reason { get; init; }

    /// <summary>True where no node of the operator is imported at all.</summary>
    public bool IsRefused => Reason is not null;

    /// <summary>A mapper of an operator with one output.</summary>
    public static OperatorMapper Of(
        string name,
        Func<NodeContext, ImportedTensor> map,
        Func<OnnxNode, string?>? refusal = null) =>
        new(name, n => [map(n)], refusal);
}

/// <summary>
/// All operators that are imported. Each family has a file in this folder: a new operator is a line
/// in one.
/// </summary>
internal static class OnnxOperators
{
    private static readonly FrozenDictionary<string, OperatorMapper> Mappers =
        new IEnumerable<OperatorMapper>[]
        {
            Convolutions.All,
            Pooling.All,
            Resizing.All,
            Sampling.All,
            Normalisation.All,
            Softmaxes.All,
            Products.All,
            Einsums.All,
            Recurrent.All,
            PointwiseUnary.All,
            PointwiseBinary.All,
            Reductions.All,
            Joining.All,
            Slicing.All,
            Indexing.All,
            Sorting.All,
            Shaping.All,
            Sizes.All,
            Control.All,
            Sequences.All,
            Logic.All,
            Generators.All,
            Losses.All,
            Optimisers.All,
            Spectra.All,
            Quantisation.All,
            Refused.All,
        }
        .SelectMany(m => m).ToFrozenDictionary(m => m.Name);

    /// <summary>Names of the operators that are imported.</summary>
    public static IEnumerable<string> Names => Mappers.Values
        .Where(m => !m.IsRefused).Select(m => m.Name).Order(StringComparer.Ordinal);

    /// <summary>Why no node of an operator is imported; null where that is not known.</summary>
    public static string? ReasonAgainst(string name) =>
        Find(name)?.Reason;

    /// <summary>
    /// The mapper of an operator, with its domain where that is not ONNX's own; null where there is
    /// none.
    /// </summary>
    public static OperatorMapper? Find(string name) => Mappers.GetValueOrDefault(name);
}
