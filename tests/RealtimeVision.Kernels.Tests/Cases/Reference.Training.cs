using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>Losses, weights of the labels, and the gradient of the scores.</summary>
    public static (HostTensor Losses, HostTensor LabelWeights, HostTensor Gradient) CrossEntropy(
        SoftmaxCrossEntropy op, HostTensor logits, HostTensor labels, HostTensor? weights,
        HostTensor upstream)
    {
        int classes = logits.Shape[-1];
        int rows = labels.Ints.Length;
        float[] losses = new float[rows];
        float[] labelWeights = new float[rows];
        float[] gradient = new float[rows * classes];
        for (int r = 0; r < rows; r++)
        {
            int label = labels.Ints[r];
            if (label == op.IgnoreIndex)
            {
                continue;
            }

            double largest = double.NegativeInfinity;
            for (int c = 0; c < classes; c++)
            {
                largest = Math.Max(largest, logits.Floats[(r * classes) + c]);
            }

            double sum = 0;
            for (int c = 0; c < classes; c++)
            {
                sum += Math.Exp(logits.Floats[(r * classes) + c] - largest);
            }

            double loss = 0;
            for (int c = 0; c < classes; c++)
            {
                double share = (op.LabelSmoothing / classes) + (c == label ? 1 - op.LabelSmoothing : 0);
                double target = share * (weights is null ? 1 : weights.Floats[c]);
                loss += target * (Math.Log(sum) + largest - logits.Floats[(r * classes) + c]);

                // Each class's target pulls its own score up and all scores down.
                for (int k = 0; k < classes; k++)
                {
                    double probability = Math.Exp(logits.Floats[(r * classes) + k] - largest) / sum;
                    gradient[(r * classes) + k] +=
                        (float)(upstream.Floats[r] * target * (probability - (k == c ? 1 : 0)));
                }
            }

            losses[r] = (float)loss;
            labelWeights[r] = weights is null ? 1 : weights.Floats[label];
        }

        return (
            HostTensor.Of(labels.Shape, losses), HostTensor.Of(labels.Shape, labelWeights),
            HostTensor.Of(logits.Shape, gradient));
    }

    /// <summary>The weights and the memory after an optimiser's step.</summary>
    public static HostTensor[] Update(OptimiserUpdate op, HostTensor?[] inputs)
    {
        HostTensor[] kept = [inputs[0]!, .. inputs.Skip(OptimiserUpdate.FirstMemory).Take(op.Memories)!];
        if (inputs[OptimiserUpdate.Enabled] is { } enabled && enabled.Floats[0] == 0)
        {
            return kept;
        }

        double rate = inputs[OptimiserUpdate.LearningRate]!.Floats[0];
        double scale = inputs[OptimiserUpdate.GradientScale]?.Floats[0] ?? 1;
        float[][] results = Array.ConvertAll(kept, k => k.Floats.ToArray());
        for (int i = 0; i < results[0].Length; i++)
        {
            double w = results[0][i];
            double g = inputs[1]!.Floats[i] * scale;
            switch (op)
            {
                case SgdUpdate sgd:
                    g += sgd.WeightDecay * w;
                    if (sgd.Momentum != 0)
                    {
                        double velocity = (sgd.Momentum * results[1][i]) + g;
                        results[1][i] = (float)velocity;
                        g = sgd.Nesterov ? g + (sgd.Momentum * velocity) : velocity;
                    }

                    w -= rate * g;
                    break;
                case AdamUpdate adam:
                    double c1 = inputs[^2]!.Floats[0];
                    double c2 = inputs[^1]!.Floats[0];
                    g += adam.IsDecoupled ? 0 : adam.WeightDecay * w;
                    w -= adam.IsDecoupled ? rate * adam.WeightDecay * w : 0;
                    double mean = (adam.Beta1 * results[1][i]) + ((1 - adam.Beta1) * g);
                    double square = (adam.Beta2 * results[2][i]) + ((1 - adam.Beta2) * g * g);
                    (results[1][i], results[2][i]) = ((float)mean, (float)square);
                    w -= rate * (mean / c1) / (Math.Sqrt(square / c2) + adam.Epsilon);
                    break;
                case RmsPropUpdate rms:
                    g += rms.WeightDecay * w;
                    double squares = (rms.Alpha * results[1][i]) + ((1 - rms.Alpha) * g * g);
                    double deviation = squares;
                    results[1][i] = (float)squares;
                    if (rms.IsCentred)
                    {
                        double average = (rms.Alpha * results[2][i]) + ((1 - rms.Alpha) * g);
                        results[2][i] = (float)average;
                        deviation = Math.Max(squares - (average * average), 0);
                    }

                    double direction = g / (Math.Sqrt(deviation) + rms.Epsilon);
                    if (rms.Momentum > 0)
                    {
                        direction += rms.Momentum * results[^1][i];
                        results[^1][i] = (float)direction;
                    }

                    w -= rate * direction;
                    break;
            }

            results[0][i] = (float)w;
        }

        return [.. results.Zip(kept, (r, k) => HostTensor.Of(k.Shape, r))];
    }
}
