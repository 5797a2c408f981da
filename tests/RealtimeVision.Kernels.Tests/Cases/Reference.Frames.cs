using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor FrameToTensor(FrameToTensor op, byte[] pixels, FrameGeometry frame)
    {
        int channels = op.Order == ColourOrder.Gray ? 1 : 3;
        var results = new float[op.Height * op.Width * channels];
        bool isValid = frame.IsValid(pixels.Length);
        var (regionX, regionY, regionW, regionH) = frame.IsWhole
            ? (0, 0, frame.Width, frame.Height)
            : (frame.RegionX, frame.RegionY, frame.RegionWidth, frame.RegionHeight);
        var (width, height) = (op.Width, op.Height);
        if (op.Fit != FrameFit.Stretch)
        {
            double scale = Math.Min((double)op.Width / regionW, (double)op.Height / regionH);
            width = Math.Clamp((int)Math.Floor((regionW * scale) + 0.5 + 1e-9), 1, op.Width);
            height = Math.Clamp((int)Math.Floor((regionH * scale) + 0.5 + 1e-9), 1, op.Height);
        }

        int left = op.Fit == FrameFit.Letterbox ? (op.Width - width) / 2 : 0;
        int top = op.Fit == FrameFit.Letterbox ? (op.Height - height) / 2 : 0;
        for (int i = 0; i < results.Length; i++)
        {
            int channel = i % channels;
            int x = (i / channels % op.Width) - left;
            int y = (i / channels / op.Width) - top;
            double mean = Of(op.Mean, channel);
            double std = Of(op.Std, channel);
            if (!isValid || x < 0 || y < 0 || x >= width || y >= height)
            {
                results[i] = (float)((Of(op.Padding, channel) - mean) / std);
                continue;
            }

            double value = 0;
            foreach (var (sy, rowWeight) in Taps(y, regionH, height))
            {
                foreach (var (sx, columnWeight) in Taps(x, regionW, width))
                {
                    int at =
                        ((regionY + sy) * frame.RowBytes) + ((regionX + sx) * frame.BytesPerPixel);
                    double red = pixels[at + frame.Red];
                    double green = pixels[at + frame.Green];
                    double blue = pixels[at + frame.Blue];
                    value += rowWeight * columnWeight * op.Order switch
                    {
                        ColourOrder.Gray => (0.299 * red) + (0.587 * green) + (0.114 * blue),
                        ColourOrder.Rgb => channel == 0 ? red : channel == 1 ? green : blue,
                        _ => channel == 0 ? blue : channel == 1 ? green : red,
                    };
                }
            }

            results[i] = (float)(((value / 255) - mean) / std);
        }

        return HostTensor.Of(new Shape(1, op.Height, op.Width, channels), results);

        static double Of(PerChannel values, int channel) =>
            channel == 0 ? values.First : channel == 1 ? values.Second : values.Third;
    }

    public static HostTensor ClassMask(HostTensor scores)
    {
        int classes = scores.Shape.C;
        var mask = new byte[scores.Shape.Count / classes];
        for (int i = 0; i < mask.Length; i++)
        {
            for (int c = 1; c < classes; c++)
            {
                if (scores.Floats[(i * classes) + c] > scores.Floats[(i * classes) + mask[i]])
                {
                    mask[i] = (byte)c;
                }
            }
        }

        return HostTensor.OfBytes(new Shape(scores.Shape.N, scores.Shape.H, scores.Shape.W), mask);
    }

    public static HostTensor ThresholdMask(ThresholdMask op, HostTensor x, float threshold)
    {
        var mask = new byte[x.Shape.Count];
        for (int i = 0; i < mask.Length; i++)
        {
            double value = x.Floats[i];
            mask[i] = op.Values == MaskValues.Binary ? (byte)(value > threshold ? 1 : 0)
                : double.IsNaN(value) ? (byte)0
                : (byte)Math.Floor((Math.Clamp(value, 0, 1) * 255) + 0.5);
        }

        return HostTensor.OfBytes(new Shape(x.Shape[0], x.Shape[1], x.Shape[2]), mask);
    }

    public static HostTensor TemporalSmoothing(
        HostTensor x, HostTensor state, float strength, float reset)
    {
        var y = new float[x.Shape.Count];
        for (int i = 0; i < y.Length; i++)
        {
            double now = x.Floats[i];
            double share = reset > 0.5f ? 0 : Math.Max(4 * now * (1 - now), 0) * (1.0 - strength);
            y[i] = share == 0 ? x.Floats[i] : (float)(((1 - share) * now) + (share * state.Floats[i]));
        }

        return HostTensor.Of(x.Shape, y);
    }

    public static HostTensor ColourOverlay(
        ColourOverlay op, HostTensor frame, HostTensor mask, HostTensor palette, double opacity)
    {
        var (height, width) = (frame.Shape[0], frame.Shape[1]);
        var box = op.Placement ?? new Letterbox(
            0, 0, width, height, 0, 0, mask.Shape[1], mask.Shape[0]);
        var y = new byte[frame.Data.Length];
        for (int i = 0; i < y.Length; i++)
        {
            double column = ((i / 3 % width) + 0.5) * box.TargetWidth / width;
            double row = ((i / 3 / width) + 0.5) * box.TargetHeight / height;
            int value;
            if (op.Sampling == MaskSampling.Nearest)
            {
                value = Mask((int)(row + 1e-9), (int)(column + 1e-9));
            }
            else
            {
                double px = Math.Clamp(column - 0.5, 0, box.TargetWidth - 1);
                double py = Math.Clamp(row - 0.5, 0, box.TargetHeight - 1);
                var (left, top) = ((int)(px + 1e-9), (int)(py + 1e-9));
                double wx = Math.Floor(((px - left) * 256) + 1e-6) / 256;
                double wy = Math.Floor(((py - top) * 256) + 1e-6) / 256;
                double above = ((1 - wx) * Mask(top, left)) + (wx * Mask(top, left + 1));
                double below = ((1 - wx) * Mask(top + 1, left)) + (wx * Mask(top + 1, left + 1));
                value = (int)Math.Floor(((1 - wy) * above) + (wy * below) + 0.5);
            }

            int alpha = (int)Math.Floor(
                (256 * Math.Clamp(opacity, 0, 1) * palette.Data[(4 * value) + 3] / 255) + 0.5);
            int colour = palette.Data[(4 * value) + (i % 3)];
            y[i] = (byte)(((frame.Data[i] * (256 - alpha)) + (colour * alpha) + 128) / 256);
        }

        return HostTensor.OfBytes(frame.Shape, y);

        int Mask(int my, int mx) => mask.Data[
            ((box.TargetY + Math.Clamp(my, 0, box.TargetHeight - 1)) * mask.Shape[1])
            + box.TargetX + Math.Clamp(mx, 0, box.TargetWidth - 1)];
    }

    private static IEnumerable<(int Pixel, double Weight)> Taps(int i, int source, int target)
    {
        double s = (double)source / target;
        if (s > 2)
        {
            for (int pixel = 0; pixel < source; pixel++)
            {
                double covered = Math.Min(pixel + 1, (i + 1) * s) - Math.Max(pixel, i * s);
                if (covered > 0)
                {
                    yield return (pixel, covered / s);
                }
            }

            yield break;
        }

        double place = Math.Clamp(((i + 0.5) * s) - 0.5, 0, source - 1);
        int first = (int)place;
        yield return (first, 1 - (place - first));
        yield return (Math.Min(first + 1, source - 1), place - first);
    }
}
