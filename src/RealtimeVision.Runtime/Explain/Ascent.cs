using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// One picture on its way up the gradient. Its moves are drawn by seed and channel alone, so that it
/// is the same whatever others are made beside it.
/// </summary>
internal sealed class Ascent
{
    private const int Stream = 8;
    private const float NoiseLevel = 0.05f;

    // Two boxes are nearly a bell.
    private const int BlurPasses = 2;

    private readonly FeatureVisualisation _how;
    private readonly int _width;
    private readonly int _height;
    private readonly float[] _least;
    private readonly float[] _range;
    private Philox _random;
    private int _right;
    private int _down;

    public Ascent(
        FeatureVisualisation how, Explainer explainer, TensorType type, int channel)
    {
        (_how, _width, _height) = (how, type.Shape.W, type.Shape.H);
        _random = new Philox(how.Seed, Stream, channel);
        _least = [.. Enumerable.Range(0, explainer.Channels).Select(c => explainer.ToSeen(0, c))];
        _range = [.. _least.Select((least, c) => explainer.ToSeen(1, c) - least)];
        Picture = new Tensor(type);
        Span<float> pixels = Picture.As<float>();
        for (int i = 0; i < pixels.Length; i++)
        {
            float level = 0.5f + _random.NextSingle(-NoiseLevel, NoiseLevel);
            pixels[i] = _least[i % _least.Length] + (level * _range[i % _range.Length]);
        }
    }

    /// <summary>The picture as the model sees it, [1, rows, columns, channels].</summary>
    public Tensor Picture { get; }

    /// <summary>Writes the picture, moved a little.</summary>
    public void Move(Span<float> moved)
    {
        _right = _random.NextInt32((2 * _how.Jitter) + 1) - _how.Jitter;
        _down = _random.NextInt32((2 * _how.Jitter) + 1) - _how.Jitter;
        Roll(Picture.As<float>(), moved, _right, _down);
    }

    /// <summary>Goes up the gradient of the moved picture; both are written over.</summary>
    public void Climb(Span<float> moved, Span<float> gradient, bool isBlurred)
    {
        for (int pass = 0; _how.GradientBlur > 0 && pass < BlurPasses; pass++)
        {
            PictureFilters.BoxBlur(gradient, _width, _height, _least.Length, _how.GradientBlur);
        }

        // Steps are as long whatever the gradient's size, which differs by orders of magnitude from
        // layer to layer.
        double sum = 0;
        foreach (float g in gradient)
        {
            sum += Math.Abs(g);
        }

        float scale = sum > 0 ? (float)(_how.Rate * gradient.Length / sum) : 0;
        float kept = 1 - _how.Decay;
        int channels = _least.Length;
        for (int c = 0; c < channels; c++)
        {
            (float least, float range) = (_least[c], _range[c]);
            float rate = scale * range * kept, middle = least + (range / 2);
            (float low, float high) = range > 0 ? (least, least + range) : (least + range, least);
            for (int i = c; i < moved.Length; i += channels)
            {
                float pixel = middle + ((moved[i] - middle) * kept) + (rate * gradient[i]);
                moved[i] = Math.Min(Math.Max(pixel, low), high);
            }
        }

        Roll(moved, Picture.As<float>(), -_right, -_down);
        if (isBlurred)
        {
            PictureFilters.BoxBlur(Picture.As<float>(), _width, _height, channels, 1);
        }
    }

    private void Roll(ReadOnlySpan<float> from, Span<float> to, int right, int down) =>
        PictureFilters.Roll(from, to, _width, _height, _least.Length, right, down);
}
