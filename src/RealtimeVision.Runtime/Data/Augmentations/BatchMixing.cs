using System.Text.Json.Serialization;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Mixes the samples of a batch and their labels, which become soft: a weight for each class. A
/// sample is mixed with the one as far from the other end of the batch.
/// </summary>
/// <param name="Alpha">Shares are drawn from the beta distribution (Alpha, Alpha).</param>
/// <param name="Probability">How often a batch is mixed.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Mixup), "mixup")]
[JsonDerivedType(typeof(CutMix), "cut_mix")]
public abstract record BatchMixing(float Alpha, float Probability)
{
    /// <summary>Mixes a batch in place.</summary>
    /// <param name="inputs">All inputs.</param>
    /// <param name="targets">Weights of the classes, one row a sample.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="size">Height and width of the pictures.</param>
    /// <param name="channels">Channels of the pictures.</param>
    /// <param name="random">The batch's random numbers.</param>
    internal void Apply(
        Span<float> inputs, Span<float> targets, int count, Size2 size, int channels,
        ref Philox random)
    {
        if (!random.NextBool(Probability))
        {
            return;
        }

        float share = NextBeta(ref random);
        int input = inputs.Length / count, target = targets.Length / count;
        share = Prepare(share, size, ref random, out Window window);
        for (int a = 0, b = count - 1; a < b; a++, b--)
        {
            MixInputs(
                inputs.Slice(a * input, input), inputs.Slice(b * input, input), size, channels,
                share, window);
            FloatRows.Mix(
                targets.Slice(a * target, target), targets.Slice(b * target, target), share);
        }
    }

    /// <summary>Checks the parameters, as a loader does.</summary>
    /// <exception cref="ArgumentException">One is outside its range.</exception>
    public void Validate() => Check();

    /// <summary>Checks the parameters.</summary>
    /// <exception cref="ArgumentException">One is outside its range.</exception>
    internal void Check()
    {
        if (!(Alpha > 0) || !(Probability is >= 0 and <= 1))
        {
            throw new ArgumentException($"{this}: alpha is positive, the probability 0 to 1.");
        }
    }

    private protected abstract float Prepare(
        float share, Size2 size, ref Philox random, out Window window);

    private protected abstract void MixInputs(
        Span<float> a, Span<float> b, Size2 size, int channels, float share, Window window);

    // A beta variate is the share of one gamma variate in the sum of two.
    private float NextBeta(ref Philox random)
    {
        double x = NextGamma(ref random), y = NextGamma(ref random);
        return x + y > 0 ? (float)(x / (x + y)) : 0.5f;
    }

    // Marsaglia, Tsang: A simple method for generating gamma variables (TOMS 2000).
    private double NextGamma(ref Philox random)
    {
        double shape = Alpha < 1 ? Alpha + 1 : Alpha;
        double d = shape - (1.0 / 3), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextNormals().First, v = 1 + (c * x);
            double u = 1 - random.NextSingle();
            v = v * v * v;
            if (v > 0 && Math.Log(u) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                double boost = Alpha < 1 ? Math.Pow(1 - random.NextSingle(), 1.0 / Alpha) : 1;
                return d * v * boost;
            }
        }
    }

    private protected readonly record struct Window(int X, int Y, int Width, int Height);
}

/// <summary>
/// Blends pairs of samples (Zhang et al. 2017, https://arxiv.org/abs/1710.09412).
/// </summary>
/// <param name="Alpha">Shares are drawn from the beta distribution (Alpha, Alpha).</param>
/// <param name="Probability">How often a batch is mixed.</param>
public sealed record Mixup(float Alpha = 0.2f, float Probability = 1)
    : BatchMixing(Alpha, Probability)
{
    private protected override float Prepare(
        float share, Size2 size, ref Philox random, out Window window)
    {
        window = default;
        return share;
    }

    private protected override void MixInputs(
        Span<float> a, Span<float> b, Size2 size, int channels, float share, Window window) =>
        FloatRows.Mix(a, b, share);
}

/// <summary>
/// Swaps a window between pairs of pictures; labels are mixed by its area (Yun et al. 2019,
/// https://arxiv.org/abs/1905.04899).
/// </summary>
/// <param name="Alpha">Shares are drawn from the beta distribution (Alpha, Alpha).</param>
/// <param name="Probability">How often a batch is mixed.</param>
public sealed record CutMix(float Alpha = 1, float Probability = 1)
    : BatchMixing(Alpha, Probability)
{
    private protected override float Prepare(
        float share, Size2 size, ref Philox random, out Window window)
    {
        float side = MathF.Sqrt(1 - share);
        int w = (int)(size.Width * side), h = (int)(size.Height * side);
        int x = random.NextInt32(size.Width) - (w / 2);
        int y = random.NextInt32(size.Height) - (h / 2);
        int left = Math.Max(x, 0), top = Math.Max(y, 0);
        window = new Window(
            left, top,
            Math.Min(x + w, size.Width) - left, Math.Min(y + h, size.Height) - top);

        // What counts is the window as it lies in the picture.
        return 1 - ((float)window.Width * window.Height / ((float)size.Width * size.Height));
    }

    private protected override void MixInputs(
        Span<float> a, Span<float> b, Size2 size, int channels, float share, Window window)
    {
        int frame = size.Height * size.Width * channels, length = window.Width * channels;
        for (int at = 0; at < a.Length; at += frame)
        {
            for (int y = window.Y; y < window.Y + window.Height; y++)
            {
                int first = at + (((y * size.Width) + window.X) * channels);
                Span<float> x = a.Slice(first, length), other = b.Slice(first, length);
                for (int i = 0; i < length; i++)
                {
                    (x[i], other[i]) = (other[i], x[i]);
                }
            }
        }
    }
}
