namespace RealtimeVision.Runtime.Import;

/// <summary>A node of a model that cannot be imported.</summary>
/// <param name="Node">Name of the node, or of its first output where it has none.</param>
/// <param name="Operator">Its operator, with the domain where that is not ONNX's own.</param>
/// <param name="Reason">Why, without a full stop.</param>
public sealed record UnsupportedOperator(string Node, string Operator, string Reason)
{
    /// <summary>The three in one line.</summary>
    public override string ToString() => $"{Operator} '{Node}': {Reason}";
}

/// <summary>
/// A model has nodes that cannot be imported: unknown operators, or known ones in a form that is
/// not supported. All of them are listed.
/// </summary>
public sealed class UnsupportedOperatorsException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="operators">The nodes; at least one.</param>
    public UnsupportedOperatorsException(string model, IReadOnlyList<UnsupportedOperator> operators)
        : base($"{model}: {operators.Count} node{(operators.Count == 1 ? "" : "s")} cannot be "
            + "imported:\n" + string.Join('\n', operators.Select(o => $"  {o}")))
    {
        Operators = operators;
    }

    /// <summary>The nodes, in the order of the file.</summary>
    public IReadOnlyList<UnsupportedOperator> Operators { get; }
}

/// <summary>
/// The node at hand cannot be imported; whoever maps nodes notes it and goes on with the next.
/// </summary>
internal sealed class UnsupportedNodeException(string reason) : Exception(reason);
