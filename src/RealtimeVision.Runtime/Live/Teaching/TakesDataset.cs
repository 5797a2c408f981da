using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Collected features as samples, Float32 [F], each with its class, Int32 []; read where they are.
/// </summary>
internal sealed class TakesDataset : Dataset
{
    private readonly Standardisation? _standardisation;
    private readonly (Take Take, int Row, int Label)[] _samples;

    private TakesDataset(
        int features, IReadOnlyList<string> names, (Take Take, int Row, int Label)[] samples,
        Standardisation? standardisation)
        : base(TensorType.Float(features), new TensorType(ElementType.Int32, new Shape()), names)
    {
        _samples = samples;
        _standardisation = standardisation;
    }

    public override int Count => _samples.Length;

    /// <summary>
    /// Frames to train with, as many of each class: those of smaller ones are there several times.
    /// </summary>
    public static TakesDataset ToTrain(int features, IReadOnlyList<ClassTakes> classes)
    {
        var ofClass = classes.Select((c, label) => c.Takes.SelectMany(t =>
            Enumerable.Range(0, t.Count - t.HeldOut).Select(row => (t, row, label))).ToArray()).ToArray();
        int most = ofClass.Max(c => c.Length);
        return new TakesDataset(
            features, [.. classes.Select(c => c.Name)],
            [.. ofClass.SelectMany(c => Enumerable.Range(0, most).Select(i => c[i % c.Length]))], null);
    }

    /// <summary>Frames to score with; null where none are held out.</summary>
    public static TakesDataset? ToScore(
        int features, IReadOnlyList<ClassTakes> classes, Standardisation standardisation)
    {
        (Take, int, int)[] samples =
        [
            .. classes.SelectMany((c, label) => c.Takes.SelectMany(t =>
                Enumerable.Range(t.Count - t.HeldOut, t.HeldOut).Select(row => (t, row, label)))),
        ];
        return samples.Length == 0 ? null
            : new TakesDataset(features, [.. classes.Select(c => c.Name)], samples, standardisation);
    }

    /// <summary>The same samples on another scale.</summary>
    public TakesDataset With(Standardisation standardisation) =>
        new(InputType.Shape[0], ClassNames, _samples, standardisation);

    public override string NameOf(int index) =>
        $"frame {_samples[index].Row} of '{ClassNames[_samples[index].Label]}'";

    /// <summary>The features of a sample as they were collected.</summary>
    public ReadOnlySpan<float> Raw(int index) => _samples[index].Take.Row(_samples[index].Row);

    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        var features = MemoryMarshal.Cast<byte, float>(input);
        Raw(index).CopyTo(features);
        _standardisation?.Apply(features);
        MemoryMarshal.Write(target, _samples[index].Label);
    }

    protected override int ReadLabel(int index) => _samples[index].Label;
}

/// <summary>
/// Brings features, whose scale is the backbone's, to a mean of 0 and a deviation of about 1, so
/// that one learning rate suits them all.
/// </summary>
internal sealed class Standardisation
{
    // A feature that hardly varies among few frames may do so later: its deviation is taken for at
    // least a part of the others'.
    private const double LeastShare = 0.1;

    private readonly float[] _mean;
    private readonly float[] _scale;

    private Standardisation(float[] mean, float[] scale) => (_mean, _scale) = (mean, scale);

    /// <summary>That of some samples.</summary>
    public static Standardisation Of(TakesDataset samples)
    {
        int features = samples.InputType.Shape[0];
        var sums = new double[features];
        var squares = new double[features];
        for (int i = 0; i < samples.Count; i++)
        {
            var row = samples.Raw(i);
            for (int f = 0; f < features; f++)
            {
                sums[f] += row[f];
                squares[f] += (double)row[f] * row[f];
            }
        }

        var variances = new double[features];
        for (int f = 0; f < features; f++)
        {
            sums[f] /= samples.Count;
            variances[f] = Math.Max((squares[f] / samples.Count) - (sums[f] * sums[f]), 0);
        }

        double shared = (LeastShare * variances.Average()) + 1e-12;
        return new Standardisation(
            [.. sums.Select(s => (float)s)],
            [.. variances.Select(v => (float)(1 / Math.Sqrt(v + shared)))]);
    }

    /// <summary>Changes features in place.</summary>
    public void Apply(Span<float> features)
    {
        for (int f = 0; f < features.Length; f++)
        {
            features[f] = (features[f] - _mean[f]) * _scale[f];
        }
    }

    /// <summary>
    /// Changes the first layer of a head that was trained on changed features, kernel [F, units] and
    /// bias [units], into one that takes them as they are.
    /// </summary>
    public void FoldInto(Span<float> kernel, Span<float> bias)
    {
        int units = bias.Length;
        for (int unit = 0; unit < units; unit++)
        {
            double sum = bias[unit];
            for (int f = 0; f < _mean.Length; f++)
            {
                double weight = (double)kernel[(f * units) + unit] * _scale[f];
                kernel[(f * units) + unit] = (float)weight;
                sum -= weight * _mean[f];
            }

            bias[unit] = (float)sum;
        }
    }
}
