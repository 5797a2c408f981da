using System.Collections.Frozen;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>How nodes of one TFLite operator become nodes of ours.</summary>
/// <param name="Name">The operator's name, <c>CUSTOM</c> before it where it is no builtin.</param>
/// <param name="Map">Adds nodes and gives the outputs.</param>
/// <param name="Refusal">
/// Why a node's options make it impossible whatever the sizes; null where they do not.
/// </param>
internal sealed record TfLiteMapper(
    string Name,
    Func<TfLiteContext, ImportedTensor[]> Map,
    Func<TfLiteNode, string?>? Refusal = null)
{
    /// <summary>A mapper of an operator with one output.</summary>
    public static TfLiteMapper Of(
        string name,
        Func<TfLiteContext, ImportedTensor> map,
        Func<TfLiteNode, string?>? refusal = null) =>
        new(name, n => [map(n)], refusal);
}

/// <summary>
/// All operators that are imported. Each family has a file in this folder: a new operator is a line
/// in one.
/// </summary>
internal static class TfLiteOperators
{
    private static readonly FrozenDictionary<string, TfLiteMapper> Mappers =
        new IEnumerable<TfLiteMapper>[]
        {
            Convolutions.All,
            Pooling.All,
            Resizing.All,
            Products.All,
            PointwiseUnary.All,
            PointwiseBinary.All,
            Reductions.All,
            Joining.All,
            Slicing.All,
            Shaping.All,
            Quantisation.All,
        }
        .SelectMany(m => m).ToFrozenDictionary(m => m.Name);

    /// <summary>Names of all operators.</summary>
    public static IEnumerable<string> Names => Mappers.Keys.Order(StringComparer.Ordinal);

    /// <summary>The mapper of an operator; null where there is none.</summary>
    public static TfLiteMapper? Find(string name) => Mappers.GetValueOrDefault(name);
}
