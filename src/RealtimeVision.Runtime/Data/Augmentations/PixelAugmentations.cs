using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Changes brightness, contrast, saturation and hue, in this order, by one linear map of colours;
/// results are cut off at 0 and 1 once, at the end. Clips change as a whole.
/// </summary>
/// <remarks>
/// Hue turns colours about the grey axis at the same luminance (W3C Filter Effects, hueRotate), not
/// in HSV: it is linear and has no seam. Grey pictures change in brightness and contrast only.
/// </remarks>
/// <param name="Brightness">Factors are drawn from 1 - this to 1 + this.</param>
/// <param name="Contrast">As brightness, about the picture's mean luminance.</param>
/// <param name="Saturation">As brightness, from grey.</param>
/// <param name="Hue">Largest turn either way, as a part of the circle: 0 to 0.5.</param>
public sealed record ColorJitter(
    float Brightness = 0, float Contrast = 0, float Saturation = 0, float Hue = 0)
    : PixelAugmentation
{
    private const float Red = 0.213f, Green = 0.715f, Blue = 0.072f;

    internal override void Check(int channels)
    {
        Require(channels is 1 or 3, $"pictures have 1 or 3 channels, not {channels}");
        Require(
            Brightness is >= 0 and <= 1 && Contrast is >= 0 and <= 1
            && Saturation is >= 0 and <= 1,
            "brightness, contrast and saturation are 0 to 1");
        Require(Hue is >= 0 and <= 0.5f, "the hue is 0 to 0.5");
    }

    internal override void Apply(in AugmentedSample sample, ref Philox random)
    {
        float brightness = random.NextSingle(1 - Brightness, 1 + Brightness);
        float contrast = random.NextSingle(1 - Contrast, 1 + Contrast);
        float saturation = random.NextSingle(1 - Saturation, 1 + Saturation);
        float hue = random.NextSingle(-Hue, Hue) * 2 * MathF.PI;
        if (sample.Channels == 1)
        {
            float level = (1 - contrast) * brightness * Mean(sample.Pixels, 0, 1);
            FloatRows.ScaleAndClamp(sample.Pixels, contrast * brightness, level);
            return;
        }

        float mean = brightness * (
            (Red * Mean(sample.Pixels, 0, 3)) + (Green * Mean(sample.Pixels, 1, 3))
            + (Blue * Mean(sample.Pixels, 2, 3)));
        ApplyMatrix(
            MemoryMarshal.Cast<float, Rgb>(sample.Pixels),
            HueAndSaturation(hue, saturation, brightness * contrast),
            (1 - contrast) * mean);
    }

    // Grey passes saturation and hue unchanged, so the contrast's offset is added at the end.
    private static (Rgb R, Rgb G, Rgb B) HueAndSaturation(float hue, float saturation, float gain)
    {
        (float sin, float cos) = MathF.SinCos(hue);
        Rgb r = new(
            Red + ((1 - Red) * cos) - (Red * sin),
            Green - (Green * cos) - (Green * sin),
            Blue - (Blue * cos) + ((1 - Blue) * sin));
        Rgb g = new(
            Red - (Red * cos) + (0.143f * sin),
            Green + ((1 - Green) * cos) + (0.140f * sin),
            Blue - (Blue * cos) - (0.283f * sin));
        Rgb b = new(
            Red - (Red * cos) - ((1 - Red) * sin),
            Green - (Green * cos) + (Green * sin),
            Blue + ((1 - Blue) * cos) + (Blue * sin));
        return (Saturated(r), Saturated(g), Saturated(b));

        Rgb Saturated(Rgb row) => new(
            gain * ((saturation * row.R) + ((1 - saturation) * Red)),
            gain * ((saturation * row.G) + ((1 - saturation) * Green)),
            gain * ((saturation * row.B) + ((1 - saturation) * Blue)));
    }

    private static void ApplyMatrix(Span<Rgb> pixels, (Rgb R, Rgb G, Rgb B) m, float offset)
    {
        foreach (ref Rgb p in pixels)
        {
            p = new Rgb(
                Math.Clamp((m.R.R * p.R) + (m.R.G * p.G) + (m.R.B * p.B) + offset, 0, 1),
                Math.Clamp((m.G.R * p.R) + (m.G.G * p.G) + (m.G.B * p.B) + offset, 0, 1),
                Math.Clamp((m.B.R * p.R) + (m.B.G * p.G) + (m.B.B * p.B) + offset, 0, 1));
        }
    }

    private static float Mean(ReadOnlySpan<float> pixels, int channel, int channels)
    {
        double sum = 0;
        for (int i = channel; i < pixels.Length; i += channels)
        {
            sum += pixels[i];
        }

        return (float)(sum * channels / pixels.Length);
    }

    private readonly record struct Rgb(float R, float G, float B);
}

/// <summary>Adds a normal number to every value; results are not cut off.</summary>
/// <param name="Deviation">Its deviation, where 1 is white.</param>
/// <param name="Probability">How often.</param>
public sealed record GaussianNoise(float Deviation, float Probability = 1) : PixelAugmentation
{
    internal override void Check(int channels)
    {
        Require(Deviation >= 0, "the deviation is 0 or more");
        Require(Probability is >= 0 and <= 1, "the probability is 0 to 1");
    }

    internal override void Apply(in AugmentedSample sample, ref Philox random)
    {
        if (!random.NextBool(Probability))
        {
            return;
        }

        Span<float> pixels = sample.Pixels;
        for (int i = 0; i < pixels.Length; i += 2)
        {
            (float first, float second) = random.NextNormals();
            pixels[i] += Deviation * first;
            if (i + 1 < pixels.Length)
            {
                pixels[i + 1] += Deviation * second;
            }
        }
    }
}

/// <summary>Blurs by a Gaussian whose deviation is drawn; edges are continued outwards.</summary>
/// <param name="MinSigma">Smallest deviation in pixels.</param>
/// <param name="MaxSigma">Largest deviation in pixels, at most 20.</param>
/// <param name="Probability">How often.</param>
public sealed record GaussianBlur(float MinSigma, float MaxSigma, float Probability = 1)
    : PixelAugmentation
{
    private const int MaxRadius = 60;

    internal override void Check(int channels)
    {
        Require(
            MinSigma > 0 && MinSigma <= MaxSigma && MaxSigma <= MaxRadius / 3,
            "deviations are above 0, up to 20 pixels");
        Require(Probability is >= 0 and <= 1, "the probability is 0 to 1");
    }

    internal override void Apply(in AugmentedSample sample, ref Philox random)
    {
        bool applies = random.NextBool(Probability);
        float sigma = random.NextSingle(MinSigma, MaxSigma);
        if (!applies)
        {
            return;
        }

        Span<float> weights = stackalloc float[(2 * MaxRadius) + 1];
        int radius = Math.Clamp((int)MathF.Ceiling(3 * sigma), 1, MaxRadius);
        weights = weights[..((2 * radius) + 1)];
        float sum = 0;
        for (int i = -radius; i <= radius; i++)
        {
            sum += weights[i + radius] = MathF.Exp(-(i * i) / (2 * sigma * sigma));
        }

        foreach (ref float weight in weights)
        {
            weight /= sum;
        }

        for (int at = 0; at < sample.Pixels.Length; at += sample.FrameLength)
        {
            Blur(sample, sample.Pixels.Slice(at, sample.FrameLength), weights);
        }
    }

    private static void Blur(
        in AugmentedSample sample, Span<float> frame, ReadOnlySpan<float> weights)
    {
        int radius = weights.Length / 2, channels = sample.Channels, height = sample.Size.Height;
        int row = sample.Size.Width * channels, margin = radius * channels;
        Span<float> scratch = sample.Scratch.Rows(frame.Length + row + (2 * margin));
        Span<float> across = scratch[..frame.Length];
        Span<float> padded = scratch[frame.Length..];
        for (int y = 0; y < height; y++)
        {
            Span<float> source = frame.Slice(y * row, row);
            source.CopyTo(padded[margin..]);
            for (int i = 0; i < margin; i++)
            {
                padded[i] = source[i % channels];
                padded[margin + row + i] = source[row - channels + (i % channels)];
            }

            Span<float> target = across.Slice(y * row, row);
            target.Clear();
            for (int k = 0; k < weights.Length; k++)
            {
                FloatRows.AddScaled(target, padded.Slice(k * channels, row), weights[k]);
            }
        }

        for (int y = 0; y < height; y++)
        {
            Span<float> target = frame.Slice(y * row, row);
            target.Clear();
            for (int k = 0; k < weights.Length; k++)
            {
                int from = Math.Clamp(y + k - radius, 0, height - 1);
                FloatRows.AddScaled(target, across.Slice(from * row, row), weights[k]);
            }
        }
    }
}

/// <summary>
/// Blanks a square about a random pixel (DeVries, Taylor 2017, https://arxiv.org/abs/1708.04552);
/// masks are to be ignored there.
/// </summary>
/// <param name="Side">Side of the square in pixels; what is outside the picture is cut
/// off.</param>
/// <param name="Probability">How often.</param>
public sealed record Cutout(int Side, float Probability = 1) : PixelAugmentation
{
    internal override bool Uncovers => true;

    internal override void Check(int channels)
    {
        Require(Side > 0, "the side is positive");
        Require(Probability is >= 0 and <= 1, "the probability is 0 to 1");
    }

    internal override void Apply(in AugmentedSample sample, ref Philox random)
    {
        bool applies = random.NextBool(Probability);
        (int height, int width) = sample.Size;
        int x = random.NextInt32(width) - (Side / 2), y = random.NextInt32(height) - (Side / 2);
        if (!applies)
        {
            return;
        }

        int left = Math.Max(x, 0), right = Math.Min(x + Side, width);
        int channels = sample.Channels;
        for (int row = Math.Max(y, 0); row < Math.Min(y + Side, height); row++)
        {
            int first = (row * width) + left;
            if (!sample.Mask.IsEmpty)
            {
                sample.Mask.Slice(first, right - left).Fill(sample.IgnoreIndex);
            }

            for (int at = first * channels; at < sample.Pixels.Length; at += sample.FrameLength)
            {
                FloatRows.FillPixels(
                    sample.Pixels.Slice(at, (right - left) * channels), sample.Fill);
            }
        }
    }
}
