using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Multiplies the lines along one dimension by a constant sparse matrix: y[i, r, j] = sum over c of
/// matrix[r, c] x[i, c, j] for dimension 1 of three. It is the gradient of all that resizes, averages,
/// pads or picks along dimensions.
/// </summary>
/// <remarks>
/// Input: Float32 of any shape whose dimension has as many elements as the matrix has columns.
/// Output: the same, with as many as it has rows. Sums are taken in the order of a row's elements.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
/// <param name="Matrix">The matrix.</param>
public sealed partial record AxisProduct(int Axis, SparseMatrix Matrix) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        RequireFloat(inputs[0], "x");
        var x = inputs[0].Shape;
        Require(Axis >= -x.Rank && Axis < x.Rank, $"{x} has no dimension {Axis}");
        Require(
            x[Axis] == Matrix.Columns,
            $"dimension {Axis} of {x} does not fit a matrix of {Matrix.Columns} columns");
        return [inputs[0] with { Shape = x.With(Axis, Matrix.Rows) }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, g.Add(new AxisProduct(Axis, Matrix.Transposed), g.OutputGradient()));

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        var lines = AxisLines.Of(inputs[0].Shape, Axis);
        return 2L * lines.Outer * lines.Inner * Matrix.Count;
    }

    /// <summary>
    /// The gradient of a picture of which another was made by a matrix along the rows and one along
    /// the columns.
    /// </summary>
    /// <param name="g">Takes the nodes.</param>
    /// <param name="rows">What made the rows.</param>
    /// <param name="columns">What made the columns.</param>
    /// <param name="dy">The gradient of the other picture, [N, OH, OW, C].</param>
    internal static Value PictureGradient(
        GradientBuilder g, SparseMatrix rows, SparseMatrix columns, Value dy)
    {
        var acrossRows = new AxisProduct(1, rows.Transposed);
        var acrossColumns = new AxisProduct(2, columns.Transposed);

        // The direction in which the picture gets smaller comes first: there is less to do then.
        return rows.Rows >= rows.Columns
            ? g.Add(acrossColumns, g.Add(acrossRows, dy))
            : g.Add(acrossRows, g.Add(acrossColumns, dy));
    }

    private (TTensor Starts, TTensor Indices, TTensor Weights) Tables<TTensor>(Bindings<TTensor> b)
        where TTensor : DeviceTensor
    {
        // No device takes empty memory.
        bool isEmpty = Matrix.Count == 0;
        return (
            b.Table($"{Matrix.Key} starts", Matrix.Starts),
            b.Table($"{Matrix.Key} columns", isEmpty ? [0] : Matrix.Indices),
            b.Table($"{Matrix.Key} weights", isEmpty ? [0f] : Matrix.Weights));
    }
}
