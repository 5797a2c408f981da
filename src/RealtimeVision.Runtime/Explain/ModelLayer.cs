using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Explain;

/// <summary>A layer that one can look into: what it gives can be read, and explained by.</summary>
/// <param name="Name">
/// Its name, unique in the model: that of the layer of a network, or of the node of a file.
/// </param>
/// <param name="Operator">What it does: the kind of layer, or the operator.</param>
/// <param name="Shape">
/// Sizes of what it gives; pictures are [1, rows, columns, channels], frames of a clip [frames, rows,
/// columns, channels].
/// </param>
public sealed record ModelLayer(string Name, string Operator, Shape Shape)
{
    /// <summary>True where it gives maps of several pixels, one a channel.</summary>
    public bool HasMaps => Shape.Rank == 4 && (long)Shape.H * Shape.W > 1;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Operator} {Shape}";
}

/// <summary>
/// What was asked for cannot be explained: there is no such layer or class, or the model is of
/// another kind. The message names it and what there is.
/// </summary>
public sealed class ExplainException : Exception
{
    /// <summary>Makes the error.</summary>
    public ExplainException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
