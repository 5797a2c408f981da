using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Gradients summed over several batches, so that a step is that of one batch as large as all of
/// them together, in the memory of one.
/// </summary>
/// <remarks>
/// It takes two graphs that share their variables: one of a micro-step, which only adds
/// (<see cref="AppendMicroStep"/>), run any number of times, and one of a step
/// (<see cref="AppendStep"/>), which adds too and hands the means to the guard and the optimiser.
/// Every batch counts the same: where losses are means over different numbers of labels, the mean
/// of means is not the mean of all. A batch whose loss or gradients are not finite is left out of
/// the sums, which stay finite, and makes the loss of its step infinite or NaN, so that the guard
/// of the step skips all its batches; the sums then start again from 0.
/// </remarks>
public sealed class GradientAccumulator
{
    // Nothing is above infinity: 0 of any number, without a constant of the sum's size.
    private static readonly Pointwise Zero = new(Unary.UnitStep, float.PositiveInfinity);

    private readonly Variable _count = Zeros("accumulator/batches", TensorType.Float());
    private readonly Variable _loss = Zeros("accumulator/loss", TensorType.Float());
    private readonly Variable _bad = Zeros("accumulator/batches left out", TensorType.Float());
    private readonly Variable _skipped = Zeros("accumulator/skipped in a row", TensorType.Float());
    private readonly Variable[] _sums;

    /// <summary>Makes an accumulator whose sums are 0.</summary>
    /// <param name="weights">The weights whose gradients are summed, each once.</param>
    public GradientAccumulator(IReadOnlyList<Variable> weights) =>
        _sums = [.. weights.Select(w => Zeros($"{w.Name}/gradient sum", w.Type))];

    /// <summary>
    /// All variables of the accumulator, always finite. Between steps the sums are 0, and a
    /// checkpoint made then needs none of them.
    /// </summary>
    public IReadOnlyList<Variable> Variables => [_count, _loss, _bad, _skipped, .. _sums];

    /// <summary>Adds the sums of a batch that is not the last of its step to a graph.</summary>
    /// <param name="graph">Takes nodes and assignments.</param>
    /// <param name="loss">One Float32 number.</param>
    /// <param name="gradients">The gradients, in the order of the weights.</param>
    /// <returns>
    /// A guard for what else the batch changes, as running statistics do: it lets them be where
    /// the batch's loss or gradients are not finite.
    /// </returns>
    /// <exception cref="ArgumentException">There are not as many gradients as weights.</exception>
    /// <exception cref="ShapeException">A gradient is not of its weights' type.</exception>
    public StepGuard AppendMicroStep(Graph graph, Value loss, IReadOnlyList<Value> gradients)
    {
        var (count, losses, sums) = AppendSums(graph, loss, gradients);
        var guard = StepGuard.Append(graph, loss, gradients, skippedInRow: _skipped);
        graph.Assign(_count, count);
        graph.Assign(
            _bad,
            graph.Add(
                new Pointwise(new PointwiseChain(new(Binary.Subtract), new(Unary.Affine, 1, 1))),
                "accumulator/left out", graph.Variable(_bad), guard.Enabled));
        guard.Assign(graph, _loss, losses);
        for (int i = 0; i < sums.Length; i++)
        {
            guard.Assign(graph, _sums[i], sums[i]);
        }

        return guard;
    }

    /// <summary>
    /// Adds the sums of the last batch of a step to a graph, and sets them back to 0.
    /// </summary>
    /// <param name="graph">Takes nodes and assignments.</param>
    /// <param name="loss">One Float32 number.</param>
    /// <param name="gradients">The gradients, in the order of the weights.</param>
    /// <returns>
    /// The means over all batches since the last step, for <see cref="StepGuard.Append"/> and
    /// <see cref="Optimiser.Append"/>.
    /// </returns>
    /// <exception cref="ArgumentException">There are not as many gradients as weights.</exception>
    /// <exception cref="ShapeException">A gradient is not of its weights' type.</exception>
    public (Value Loss, IReadOnlyList<Value> Gradients) AppendStep(
        Graph graph, Value loss, IReadOnlyList<Value> gradients)
    {
        var (count, losses, sums) = AppendSums(graph, loss, gradients);
        var share = graph.Add(new Pointwise(Unary.Reciprocal), "accumulator/share", count);
        var isGood = graph.Add(
            new Pointwise(new PointwiseChain(new(Unary.UnitStep, 0.5f), new(Unary.Affine, -1, 1))),
            "accumulator/all taken", graph.Variable(_bad));
        losses = graph.Add(new Pointwise(Binary.Divide), "accumulator/all losses", losses, isGood);
        foreach (var variable in (ReadOnlySpan<Variable>)[_count, _loss, _bad, .. _sums])
        {
            graph.Assign(
                variable, graph.Add(Zero, $"{variable.Name}/zero", graph.Variable(variable)));
        }

        return (Mean(losses), [.. sums.Select(Mean)]);

        Value Mean(Value sum) =>
            graph.Add(new Pointwise(Binary.Multiply), $"{sum.Name}/mean", sum, share);
    }

    /// <summary>
    /// Sets all sums of a store to 0, as after a step: where a training was stopped between the
    /// batches of a step. Not while a plan runs.
    /// </summary>
    public void Reset(VariableStore variables)
    {
        foreach (var variable in Variables)
        {
            variables.Write(variable, variable.Data);
        }
    }

    private (Value Count, Value Loss, Value[] Sums) AppendSums(
        Graph graph, Value loss, IReadOnlyList<Value> gradients)
    {
        if (gradients.Count != _sums.Length)
        {
            throw new ArgumentException(
                $"{gradients.Count} gradients of {_sums.Length} tensors of weights",
                nameof(gradients));
        }

        var count = graph.Add(
            new Pointwise(Unary.Affine, 1, 1), "accumulator/count", graph.Variable(_count));
        var number = graph.Add(new Reshape(default), "accumulator/number", loss);
        return (count, Sum(_loss, number), [.. _sums.Zip(gradients, Sum)]);

        Value Sum(Variable sum, Value value) => value.Type == sum.Type
            ? graph.Add(
                new Pointwise(Binary.Add), $"{sum.Name}/next", graph.Variable(sum), value)
            : throw new ShapeException(
                $"'{value.Name}' is {value.Type}, its sum '{sum.Name}' {sum.Type}");
    }

    private static Variable Zeros(string name, TensorType type) =>
        new(name, type, new byte[type.Bytes], isConstant: false);
}
