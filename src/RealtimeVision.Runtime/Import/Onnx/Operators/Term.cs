using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A tensor in a formula of a mapper: operators of C# add nodes, or compute at once where both
/// sides are known. Everything in it is a float; other types are converted.
/// </summary>
internal readonly record struct Term(NodeContext Context, ImportedTensor Tensor)
{
    /// <summary>An input of the node, as floats.</summary>
    public static Term Of(NodeContext n, int input) => Of(n, n.Input(input));

    /// <summary>A tensor as floats.</summary>
    public static Term Of(NodeContext n, ImportedTensor x) => new(
        n, x is HostTensor host ? host.Cast(StorageType.Float32)
            : n.Graph.Cast(x, ElementType.Float32));

    /// <summary>Element by element, broadcast to one shape.</summary>
    public static Term operator +(Term x, Term y) =>
        x.With(y, Binary.Add, (a, b) => a + b);

    /// <inheritdoc cref="op_Addition(Term, Term)"/>
    public static Term operator -(Term x, Term y) =>
        x.With(y, Binary.Subtract, (a, b) => a - b);

    /// <inheritdoc cref="op_Addition(Term, Term)"/>
    public static Term operator *(Term x, Term y) =>
        x.With(y, Binary.Multiply, (a, b) => a * b);

    /// <inheritdoc cref="op_Addition(Term, Term)"/>
    public static Term operator /(Term x, Term y) =>
        x.With(y, Binary.Divide, (a, b) => a / b);

    /// <summary>With one number for all elements.</summary>
    public static Term operator +(Term x, float y) => x + x.Number(y);

    /// <inheritdoc cref="op_Addition(Term, float)"/>
    public static Term operator -(float x, Term y) => y.Number(x) - y;

    /// <inheritdoc cref="op_Addition(Term, float)"/>
    public static Term operator *(float x, Term y) => y * y.Number(x);

    /// <inheritdoc cref="op_Addition(Term, float)"/>
    public static Term operator /(Term x, float y) => x / x.Number(y);

    /// <summary>The negative.</summary>
    public static Term operator -(Term x) => -1 * x;

    /// <summary>The larger or smaller of both, element by element.</summary>
    public Term Max(float y) => With(Number(y), Binary.Maximum, MathF.Max);

    /// <inheritdoc cref="Max"/>
    public Term Min(float y) => With(Number(y), Binary.Minimum, MathF.Min);

    /// <summary>A number to the power of each element.</summary>
    public Term PowerOf(float x) => Number(x).With(this, Binary.Power, MathF.Pow);

    /// <summary>The square root.</summary>
    public Term Sqrt() => Apply(Unary.Sqrt, MathF.Sqrt);

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    public Term Round() => Apply(Unary.Round, MathF.Round);

    /// <summary>One number along some axes, all of them where none are given.</summary>
    public Term Reduce(ReduceKind kind, bool keep, params int[] axes)
    {
        var n = Context;
        int[] given = axes.Length > 0 ? axes : [.. Enumerable.Range(0, Tensor.Rank)];
        return this with
        {
            Tensor = Reductions.Reduce(n, n.Graph.ToGraph(Tensor), kind, given, keep),
        };
    }

    /// <summary>The same elements under other sizes.</summary>
    public Term Reshape(params ReadOnlySpan<int> sizes) =>
        this with { Tensor = Shaping.Reshape(Context, Tensor, new Shape(sizes)) };

    /// <summary>
    /// Elements of this where another tensor has something greater than 0, else those of a third.
    /// </summary>
    public Term Where(ImportedTensor counts, Term otherwise)
    {
        var graph = Context.Graph;
        var zero = new HostTensor("zero", StorageType.Int64, new Shape(), [0L], isFixed: true);
        var isPositive = graph.Broadcast(
            new Compare(Comparison.Greater), graph.Cast(counts, ElementType.Int32), zero);
        return this with
        {
            Tensor = graph.Broadcast(new Select(), isPositive, Tensor, otherwise.Tensor),
        };
    }

    private Term Number(float value) => this with
    {
        Tensor = new HostTensor("number", new Shape(), [value], isFixed: true),
    };

    private Term With(Term y, BinaryFunction function, Func<float, float, float> onHost)
    {
        var n = Context;
        return this with
        {
            Tensor = Tensor is HostTensor a && y.Tensor is HostTensor b
                ? HostBroadcast.Apply(n, a, b, onHost, (_, _) => 0)
                : PointwiseBinary.Apply(n, function, Tensor, y.Tensor),
        };
    }

    private Term Apply(UnaryFunction function, Func<float, float> onHost)
    {
        var n = Context;
        return this with
        {
            Tensor = Tensor is HostTensor x
                ? n.Host(x.Shape, Array.ConvertAll(x.Floats, f => onHost(f)))
                : n.Graph.Pointwise((GraphTensor)Tensor, function),
        };
    }
}
