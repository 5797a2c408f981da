using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>
/// Holds gradients against differences of the loss at points nearby. The loss is the sum of all
/// outputs, each times a random number.
/// </summary>
public static class FiniteDifferences
{
    private const int ElementsPerInput = 8;
    private const double Tolerance = 5e-3;
    private const float Distance = 4e-3f;

    // Half a unit in the last place of 1.
    private const double Rounding = 6e-8;

    /// <summary>Inputs that operators take as given: no gradient is stated.</summary>
    private static readonly (Type Operator, int Input)[] Given =
    [
        (typeof(RoiAlign), RoiAlign.Boxes),
        (typeof(SoftmaxCrossEntropy), SoftmaxCrossEntropy.ClassWeights),
    ];

    /// <summary>Largest error of the gradients of an operator's Float32 inputs.</summary>
    /// <returns>
    /// The error, relative to the input's largest gradient or difference; what was wrong; how many elements were
    /// compared. Where differences at two distances disagree, the loss has a corner, and the element
    /// is left out.
    /// </returns>
    public static (double Error, string Where, int Compared) Check(
        Device device, Operator op, HostTensor?[] inputs)
    {
        var graph = new Graph.Graph();
        var values = new Value?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            values[i] = inputs[i] is { } tensor ? graph.Input($"in{i}", tensor.Type) : null;
        }

        var node = graph.Node(op, "node", values);
        Value[] outputs = [.. node.Outputs.Where(o => o.Type.Element == ElementType.Float32)];
        Value[] wanted = [.. values.OfType<Value>().Where(v => v.Type.Element == ElementType.Float32)];
        Value[] upstream = [.. outputs.Select((o, i) => graph.Input($"upstream{i}", o.Type))];
        var gradients = Gradients.Append(
            graph, [.. outputs.Zip(upstream)], wanted);
        HostTensor[] factors =
            [.. outputs.Select((o, i) => HostTensor.Random(77 + i, [.. o.Shape.Sizes]))];

        using var runner = new GraphRunner(device, graph);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (values[i] is { } value)
            {
                runner.Set(value, inputs[i]!);
            }
        }

        for (int i = 0; i < upstream.Length; i++)
        {
            runner.Set(upstream[i], factors[i]);
        }

        runner.Run();
        HostTensor?[] found = [.. gradients.Select(g => g is null ? null : runner.Get(g))];
        var (worst, where, compared) = (0.0, "", 0);
        double magnitude = 0;
        var random = new Random(5);
        for (int i = 0; i < wanted.Length; i++)
        {
            // No gradient says that the loss does not depend on the input.
            int index = Array.IndexOf(values, wanted[i]);
            var gradient = found[i] ?? inputs[index]!.Map(_ => 0);
            if (gradient.Shape.Count == 0 || Given.Contains((op.GetType(), index)))
            {
                continue;
            }

            float[] at = inputs[index]!.Floats.ToArray();
            double largest = 1e-3;
            foreach (float x in gradient.Floats)
            {
                largest = Math.Max(largest, Math.Abs(x));
            }

            for (int k = 0; k < ElementsPerInput; k++)
            {
                int element = random.Next(at.Length);
                double near = Slope(element, Distance);
                double far = Slope(element, 2 * Distance);
                double scale = Math.Max(largest, Math.Abs(near));
                if (!double.IsFinite(near + far) || Math.Abs(near - far) > Tolerance * scale)
                {
                    continue;
                }

                compared++;
                double rounding = magnitude * Rounding / Distance;
                double error = Math.Max(
                    Math.Abs(near - gradient.Floats[element]) - rounding, 0) / scale;
                if (!(error <= worst))
                {
                    // A comparison lets NaN pass.
                    worst = double.IsNaN(error) ? double.PositiveInfinity : error;
                    where = $"input {index}, element {element}: {gradient.Floats[element]}, "
                        + $"differences say {near}";
                }
            }

            runner.Set(wanted[i], inputs[index]!);

            double Slope(int element, float distance)
            {
                float middle = at[element];
                float above = middle + distance;
                float below = middle - distance;
                double slope = (Loss(element, above) - Loss(element, below)) / ((double)above - below);
                at[element] = middle;
                return slope;
            }

            double Loss(int element, float x)
            {
                at[element] = x;
                runner.Set(wanted[i], HostTensor.Of(wanted[i].Shape, at));
                runner.Run();
                double loss = 0;
                magnitude = 0;
                for (int o = 0; o < outputs.Length; o++)
                {
                    var y = runner.Get(outputs[o]).Floats;
                    for (int e = 0; e < y.Length; e++)
                    {
                        double term = (double)y[e] * factors[o].Floats[e];
                        loss += term;
                        magnitude = Math.Max(magnitude, Math.Abs(term));
                    }
                }

                return loss;
            }
        }

        return (worst, where, compared);
    }
}
