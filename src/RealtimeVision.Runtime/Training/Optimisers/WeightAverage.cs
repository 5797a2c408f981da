using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// The exponential moving average (EMA) of weights over steps, often better than the last weights
/// (Polyak and Juditsky 1992): average = decay average + (1 - decay) weights, after each step that
/// is taken.
/// </summary>
/// <remarks>
/// Averages start as the first values of the weights' variables. Where a store was given other
/// weights, as in fine-tuning, call <see cref="Restart"/>.
/// </remarks>
public sealed class WeightAverage
{
    // The warm-up's decay after t updates is (1 + t) / (10 + t): 1 less 9 / (10 + t).
    private const float WarmUpSteps = 10;

    private readonly Dictionary<Variable, Variable> _averages = [];
    private readonly float _rate;
    private readonly bool _warmsUp;

    /// <summary>Makes the average of no weights yet.</summary>
    /// <param name="decay">What a step leaves of the average, from 0 to below 1.</param>
    /// <param name="warmsUp">
    /// Whether the decay of the update after t others is at most (1 + t) / (10 + t), so that the
    /// beginning is soon forgotten (TensorFlow's ExponentialMovingAverage with num_updates).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is out of its range.</exception>
    public WeightAverage(double decay = 0.999, bool warmsUp = true)
    {
        Decay = Ranges.Fraction(decay);
        _rate = (float)(1 - decay);
        _warmsUp = warmsUp;
        UpdateCount = new Variable(
            "average/updates", TensorType.Float(), new byte[sizeof(float)], isConstant: false);
    }

    /// <summary>What a step leaves of the average, after the warm-up.</summary>
    public double Decay { get; }

    /// <summary>Updates of the averages, one Float32 number (exact up to 16 million).</summary>
    public Variable UpdateCount { get; }

    /// <summary>All variables of the average: what a checkpoint has to hold.</summary>
    public IReadOnlyList<Variable> Variables => [UpdateCount, .. _averages.Values];

    /// <summary>The average of a tensor of weights, of its type.</summary>
    /// <exception cref="ArgumentException">The weights are constant or not Float32.</exception>
    public Variable Of(Variable weights)
    {
        if (!_averages.TryGetValue(weights, out var average))
        {
            if (weights.IsConstant || weights.Type.Element != ElementType.Float32)
            {
                throw new ArgumentException(
                    $"variable '{weights.Name}' ({weights.Type}) is constant or not Float32: there "
                    + "is nothing to average", nameof(weights));
            }

            average = new Variable(
                $"{weights.Name}/average", weights.Type, weights.Data.ToArray(), isConstant: false);
            _averages.Add(weights, average);
        }

        return average;
    }

    /// <summary>Adds an update to a graph.</summary>
    /// <param name="graph">Takes nodes and assignments.</param>
    /// <param name="parameters">
    /// Weights, and what they are after the step: what <see cref="Optimiser.Append"/> gives.
    /// </param>
    /// <param name="guard">
    /// What says whether the step is taken, the optimiser's; null to take every step.
    /// </param>
    /// <exception cref="ArgumentException">Weights are constant, or given twice.</exception>
    public void Append(
        Graph graph, IReadOnlyList<(Variable Weights, Value Updated)> parameters,
        StepGuard? guard = null)
    {
        var count = graph.Variable(UpdateCount);
        var rate = _warmsUp
            ? graph.Add(
                new Pointwise(new PointwiseChain(
                    new(Unary.Affine, 1 / (WarmUpSteps - 1), WarmUpSteps / (WarmUpSteps - 1)),
                    new(Unary.Reciprocal), new(Unary.Clip, _rate, 1))),
                "average/rate", count)
            : graph.Constant("average/rate", default, [_rate]);
        var more = graph.Add(new Pointwise(Unary.Affine, 1, 1), "average/one more", count);
        if (guard is null)
        {
            graph.Assign(UpdateCount, more);
        }
        else
        {
            // A step that is not taken leaves finite weights, so that 0 times them is 0.
            rate = graph.Add(
                new Pointwise(Binary.Multiply), "average/guarded rate", rate, guard.Enabled);
            guard.Assign(graph, UpdateCount, more);
        }

        var chain = new PointwiseChain(
            new(Binary.Subtract), new(Binary.Multiply), new(Binary.Add));
        foreach (var (weights, updated) in parameters)
        {
            var variable = Of(weights);
            var average = graph.Variable(variable);
            graph.Assign(
                variable,
                graph.Add(
                    new Pointwise(chain), $"{variable.Name}/next",
                    updated, average, rate, average));
        }
    }

    /// <summary>
    /// Lets all averages be the weights that a store holds, as before the first update. Not while a
    /// plan runs.
    /// </summary>
    public void Restart(VariableStore variables)
    {
        variables.Write(UpdateCount, UpdateCount.Data);
        foreach (var (weights, average) in _averages)
        {
            byte[] data = GC.AllocateUninitializedArray<byte>((int)weights.Type.Bytes);
            variables.Read(weights, data);
            variables.Write(average, data);
        }
    }
}
