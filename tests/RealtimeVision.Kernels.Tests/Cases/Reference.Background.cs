using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor GuidedFilter(
        GuidedFilter op, HostTensor picture, HostTensor p, FrameGeometry frame, MaskUpsampling mode)
    {
        var (h, w) = (p.Shape.H, p.Shape.W);
        int s = picture.Shape.H / h;
        var (left, top, right, bottom) = Inside(frame, op.Fit, w * s, h * s, w, h);
        var lines = new float[2 * h * w];
        var a = new double[h, w];
        var b = new double[h, w];
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                var window = Window(x, y).ToArray();
                double meanI = window.Average(q => Guide(q.X, q.Y));
                double meanP = window.Average(q => P(q.X, q.Y));
                double covariance = window.Average(
                    q => (Guide(q.X, q.Y) - meanI) * (P(q.X, q.Y) - meanP));
                double variance = window.Average(q => Math.Pow(Guide(q.X, q.Y) - meanI, 2));
                a[y, x] = mode == MaskUpsampling.Guided ? covariance / (variance + op.Epsilon) : 0;
                b[y, x] = mode == MaskUpsampling.Guided ? meanP - (a[y, x] * meanI) : P(x, y);
            }
        }

        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                var window = mode == MaskUpsampling.Guided ? Window(x, y).ToArray() : [(x, y)];
                lines[(y * w) + x] = (float)window.Average(q => a[q.Y, q.X]);
                lines[(h * w) + (y * w) + x] = (float)window.Average(q => b[q.Y, q.X]);
            }
        }

        return HostTensor.Of(new Shape(2, h, w), lines);

        IEnumerable<(int X, int Y)> Window(int x, int y)
        {
            for (int j = Math.Max(y - op.Radius, top); j <= Math.Min(y + op.Radius, bottom - 1); j++)
            {
                for (int i = Math.Max(x - op.Radius, left); i <= Math.Min(x + op.Radius, right - 1); i++)
                {
                    yield return (i, j);
                }
            }
        }

        double P(int x, int y) => p.Floats[(y * w) + x];

        double Guide(int x, int y)
        {
            double sum = 0;
            for (int i = 0; i < s * s; i++)
            {
                int pixel = (((y * s) + (i / s)) * w * s) + (x * s) + (i % s);
                sum += op.Order switch
                {
                    ColourOrder.Gray => (picture.Floats[pixel] * op.Std.First) + op.Mean.First,
                    ColourOrder.Rgb => Luma(Byte(pixel, 0), Byte(pixel, 1), Byte(pixel, 2)),
                    _ => Luma(Byte(pixel, 2), Byte(pixel, 1), Byte(pixel, 0)),
                };
            }

            return sum / (s * s);
        }

        double Byte(int pixel, int channel)
        {
            var (mean, std) = channel == 0 ? (op.Mean.First, op.Std.First)
                : channel == 1 ? (op.Mean.Second, op.Std.Second) : (op.Mean.Third, op.Std.Third);
            return ((double)picture.Floats[(3 * pixel) + channel] * std) + mean;
        }
    }

    public static HostTensor GuidedUpsample(
        GuidedUpsample op, byte[] pixels, FrameGeometry frame, HostTensor lines, MaskUpsampling mode)
    {
        var (h, w) = (lines.Shape[1], lines.Shape[2]);
        var box = Letterbox.Fit(frame.Width, frame.Height, op.Width, op.Height, op.Fit);
        var (left, top, right, bottom) = Inside(frame, op.Fit, op.Width, op.Height, w, h);
        var mask = new byte[pixels.Length];
        for (int y = 0; y < frame.Height; y++)
        {
            for (int x = 0; x < frame.Width; x++)
            {
                double placeX = (box.TargetX + ((x + 0.5) * box.TargetWidth / frame.Width)) * w / op.Width;
                double placeY = (box.TargetY + ((y + 0.5) * box.TargetHeight / frame.Height)) * h / op.Height;
                placeX = Math.Clamp(placeX - 0.5, left, right - 1);
                placeY = Math.Clamp(placeY - 0.5, top, bottom - 1);
                int at = (y * frame.RowBytes) + (x * frame.BytesPerPixel);
                double luma = Luma(pixels[at + frame.Red], pixels[at + frame.Green], pixels[at + frame.Blue]);
                double value = At(1, placeX, placeY)
                    + (mode == MaskUpsampling.Guided ? At(0, placeX, placeY) * luma / 255 : 0);
                value = Math.Clamp((value - op.Low) / ((double)op.High - op.Low), 0, 1);
                mask[(y * frame.Width) + x] = (byte)Math.Floor((value * 255) + 0.5);
            }
        }

        return HostTensor.OfBytes(new Shape(mask.Length), mask);

        double At(int plane, double x, double y) => Bilinear(
            (i, j) => lines.Floats[(((plane * h) + Math.Min(j, bottom - 1)) * w) + Math.Min(i, right - 1)], x, y);
    }

    public static HostTensor BackgroundBlur(
        byte[] pixels, FrameGeometry frame, byte[] mask, float sigma)
    {
        int width = (frame.Width + 3) / 4;
        int height = (frame.Height + 3) / 4;
        int bytes = frame.BytesPerPixel;
        var products = new double[height, width, bytes];
        var weights = new double[height, width];
        for (int y = 0; y < frame.Height; y++)
        {
            for (int x = 0; x < frame.Width; x++)
            {
                double weight = 256 - mask[(y * frame.Width) + x];
                weights[y / 4, x / 4] += weight;
                for (int c = 0; c < bytes; c++)
                {
                    products[y / 4, x / 4, c] += weight * pixels[(y * frame.RowBytes) + (x * bytes) + c];
                }
            }
        }

        sigma = Math.Min(sigma, 64);
        int radius = Math.Min((int)(3 * sigma) + 1, 192);
        var blurred = new float[Kernels.Operators.BackgroundBlur.Count(pixels.Length)];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                var product = new double[bytes];
                double weight = 0;
                for (int j = Math.Max(y - radius, 0); j <= Math.Min(y + radius, height - 1); j++)
                {
                    for (int i = Math.Max(x - radius, 0); i <= Math.Min(x + radius, width - 1); i++)
                    {
                        double share = Math.Exp(-(((i - x) * (i - x)) + ((j - y) * (j - y))) / (2.0 * sigma * sigma));
                        weight += weights[j, i] * share;
                        for (int c = 0; c < bytes; c++)
                        {
                            product[c] += products[j, i, c] * share;
                        }
                    }
                }

                for (int c = 0; c < bytes; c++)
                {
                    blurred[(((y * width) + x) * bytes) + c] = (float)(product[c] / weight);
                }
            }
        }

        return HostTensor.Of(new Shape(blurred.Length), blurred);
    }

    public static HostTensor BackgroundComposite(
        byte[] pixels, FrameGeometry frame, byte[] mask, HostTensor blurred, byte[] picture,
        BackgroundKind kind, int colour)
    {
        int width = (frame.Width + 3) / 4;
        int height = (frame.Height + 3) / 4;
        int bytes = frame.BytesPerPixel;
        var result = new byte[pixels.Length];
        for (int i = 0; i < frame.Height * frame.Width * bytes; i++)
        {
            int channel = i % bytes;
            int x = i / bytes % frame.Width;
            int y = i / bytes / frame.Width;
            int at = (y * frame.RowBytes) + (x * bytes) + channel;
            double behind = kind switch
            {
                BackgroundKind.Blur => Bilinear(
                    (sx, sy) => blurred.Floats[
                        (((Math.Min(sy, height - 1) * width) + Math.Min(sx, width - 1)) * bytes) + channel],
                    Math.Clamp(((x + 0.5) / 4) - 0.5, 0, width - 1),
                    Math.Clamp(((y + 0.5) / 4) - 0.5, 0, height - 1)),
                BackgroundKind.Colour => (colour >> (8 * channel)) & 255,
                _ => picture[at],
            };
            double opacity = mask[(y * frame.Width) + x] / 255.0;
            result[at] = (byte)Math.Floor(behind + ((pixels[at] - behind) * opacity) + 0.5);
        }

        return HostTensor.OfBytes(new Shape(result.Length), result);
    }

    /// <summary>The pixels of a mask that show the frame.</summary>
    private static (int Left, int Top, int Right, int Bottom) Inside(
        FrameGeometry frame, FrameFit fit, int tensorWidth, int tensorHeight, int w, int h)
    {
        var box = Letterbox.Fit(frame.Width, frame.Height, tensorWidth, tensorHeight, fit);
        int left = Math.Min(Round((double)box.TargetX * w / tensorWidth), w - 1);
        int top = Math.Min(Round((double)box.TargetY * h / tensorHeight), h - 1);
        int right = Round((double)(box.TargetX + box.TargetWidth) * w / tensorWidth);
        int bottom = Round((double)(box.TargetY + box.TargetHeight) * h / tensorHeight);
        return (left, top, Math.Max(right, left + 1), Math.Max(bottom, top + 1));

        static int Round(double value) => (int)Math.Floor(value + 0.5);
    }

    private static double Luma(double red, double green, double blue) =>
        (0.299 * red) + (0.587 * green) + (0.114 * blue);

    private static double Bilinear(Func<int, int, double> at, double x, double y)
    {
        var (left, top) = ((int)x, (int)y);
        var (u, v) = (x - left, y - top);
        return ((1 - v) * (((1 - u) * at(left, top)) + (u * at(left + 1, top))))
            + (v * (((1 - u) * at(left, top + 1)) + (u * at(left + 1, top + 1))));
    }
}
