using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Data;

/// <summary>Mirrors pictures.</summary>
/// <param name="Horizontal">Probability of left and right being swapped.</param>
/// <param name="Vertical">Probability of top and bottom being swapped.</param>
public sealed record Flip(float Horizontal = 0.5f, float Vertical = 0) : GeometricAugmentation
{
    internal override void Check(int channels) => Require(
        Horizontal is >= 0 and <= 1 && Vertical is >= 0 and <= 1, "probabilities are 0 to 1");

    internal override PixelMap Draw(Size2 input, Size2 output, ref Philox random)
    {
        bool x = random.NextBool(Horizontal), y = random.NextBool(Vertical);
        return new PixelMap(
            x ? -1 : 1, 0, x ? input.Width - 1 : 0, 0, y ? -1 : 1, y ? input.Height - 1 : 0);
    }
}

/// <summary>Adds a border and cuts a random window of the picture's size out of that.</summary>
/// <param name="Padding">Width of the border in pixels.</param>
public sealed record PadAndCrop(int Padding) : GeometricAugmentation
{
    internal override bool Uncovers => Padding > 0;

    internal override void Check(int channels) =>
        Require(Padding >= 0, "the padding is 0 or more");

    internal override PixelMap Draw(Size2 input, Size2 output, ref Philox random) =>
        PixelMap.Shift(
            random.NextInt32((2 * Padding) + 1) - Padding,
            random.NextInt32((2 * Padding) + 1) - Padding);
}

/// <summary>
/// Cuts a window of random area and aspect out and scales it to a size (Szegedy et al. 2014,
/// https://arxiv.org/abs/1409.4842, section 6).
/// </summary>
/// <param name="Size">Size of the result.</param>
/// <param name="MinArea">Smallest part of the picture's area.</param>
/// <param name="MaxArea">Largest part of the picture's area.</param>
/// <param name="MinAspect">Smallest width by height.</param>
/// <param name="MaxAspect">Largest width by height.</param>
public sealed record RandomResizedCrop(
    Size2 Size,
    float MinArea = 0.08f,
    float MaxArea = 1,
    float MinAspect = 3f / 4,
    float MaxAspect = 4f / 3) : GeometricAugmentation
{
    private const int Tries = 10;

    internal override void Check(int channels)
    {
        Require(Size is { Height: > 0, Width: > 0 }, "sides are positive");
        Require(MinArea > 0 && MinArea <= MaxArea && MaxArea <= 1, "areas are in (0, 1]");
        Require(MinAspect > 0 && MinAspect <= MaxAspect, "aspects are positive");
    }

    internal override Size2 OutputSize(Size2 input) => Size;

    internal override PixelMap Draw(Size2 input, Size2 output, ref Philox random)
    {
        for (int i = 0; i < Tries; i++)
        {
            float area = random.NextSingle(MinArea, MaxArea) * input.Height * input.Width;
            float aspect =
                MathF.Exp(random.NextSingle(MathF.Log(MinAspect), MathF.Log(MaxAspect)));
            int w = (int)MathF.Round(MathF.Sqrt(area * aspect));
            int h = (int)MathF.Round(MathF.Sqrt(area / aspect));
            if (w > 0 && h > 0 && w <= input.Width && h <= input.Height)
            {
                int x = random.NextInt32(input.Width - w + 1);
                int y = random.NextInt32(input.Height - h + 1);
                return Window(x, y, w, h, output);
            }
        }

        // The largest window of an allowed aspect, in the middle.
        double whole = (double)input.Width / input.Height;
        double width = whole > MaxAspect ? input.Height * MaxAspect : input.Width;
        double height = whole < MinAspect ? input.Width / MinAspect : input.Height;
        return Window(
            (input.Width - width) / 2, (input.Height - height) / 2, width, height, output);
    }

    private static PixelMap Window(double x, double y, double w, double h, Size2 output) =>
        PixelMap.Stretch(x, y, w / output.Width, h / output.Height);
}

/// <summary>Scales pictures to a size; nothing is random.</summary>
/// <param name="Size">Size of the result.</param>
public sealed record Resize(Size2 Size) : GeometricAugmentation
{
    internal override void Check(int channels) =>
        Require(Size is { Height: > 0, Width: > 0 }, "sides are positive");

    internal override Size2 OutputSize(Size2 input) => Size;

    internal override PixelMap Draw(Size2 input, Size2 output, ref Philox random) =>
        PixelMap.Stretch(
            0, 0, (double)input.Width / output.Width, (double)input.Height / output.Height);
}

/// <summary>Cuts a window out of the middle; nothing is random.</summary>
/// <param name="Size">Size of the result; larger than the picture pads it.</param>
public sealed record CenterCrop(Size2 Size) : GeometricAugmentation
{
    internal override bool Uncovers => true;

    internal override void Check(int channels) =>
        Require(Size is { Height: > 0, Width: > 0 }, "sides are positive");

    internal override Size2 OutputSize(Size2 input) => Size;

    internal override PixelMap Draw(Size2 input, Size2 output, ref Philox random) =>
        PixelMap.Shift(
            (input.Width - output.Width) >> 1, (input.Height - output.Height) >> 1);
}

/// <summary>
/// Turns, scales, shears and moves pictures about their middle; each amount is drawn evenly from
/// its range.
/// </summary>
/// <param name="Rotation">Largest angle either way, in degrees.</param>
/// <param name="MinScale">Smallest magnification.</param>
/// <param name="MaxScale">Largest magnification.</param>
/// <param name="Shear">Largest angle of shear either way along x, in degrees.</param>
/// <param name="Translation">Largest shift either way, as a part of width and height.</param>
public sealed record RandomAffine(
    float Rotation = 0,
    float MinScale = 1,
    float MaxScale = 1,
    float Shear = 0,
    float Translation = 0) : GeometricAugmentation
{
    internal override bool Uncovers => true;

    internal override void Check(int channels)
    {
        Require(Rotation >= 0, "the rotation is 0 degrees or more");
        Require(MinScale > 0 && MinScale <= MaxScale, "scales are positive");
        Require(Shear is >= 0 and < 90, "the shear is 0 to 90 degrees");
        Require(Translation >= 0, "the translation is 0 or more");
    }

    internal override PixelMap Draw(Size2 input, Size2 output, ref Philox random)
    {
        double angle = random.NextSingle(-Rotation, Rotation) * Math.PI / 180;
        double scale = random.NextSingle(MinScale, MaxScale);
        double shear = Math.Tan(random.NextSingle(-Shear, Shear) * Math.PI / 180);
        double moveX = random.NextSingle(-Translation, Translation) * input.Width;
        double moveY = random.NextSingle(-Translation, Translation) * input.Height;

        // The inverse of: shear, scale, rotate, move.
        (double sin, double cos) = Math.SinCos(angle);
        double middleX = (input.Width - 1) / 2.0, middleY = (input.Height - 1) / 2.0;
        PixelMap unrotate = new(cos, sin, 0, -sin, cos, 0);
        PixelMap unscale = new(1 / scale, 0, 0, 0, 1 / scale, 0);
        PixelMap unshear = new(1, -shear, 0, 0, 1, 0);
        return PixelMap.Shift(middleX, middleY)
            .After(unshear).After(unscale).After(unrotate)
            .After(PixelMap.Shift(-middleX - moveX, -middleY - moveY));
    }
}
