namespace RealtimeVision.Kernels.Operators;

/// <summary>Which input pixels an output pixel is made of, along one axis.</summary>
/// <param name="In">Pixels of the input.</param>
/// <param name="Out">Pixels of the output.</param>
/// <param name="Scale">The scale, where it is not the quotient of the two.</param>
/// <param name="Coordinates">Where output pixels lie in the input.</param>
internal readonly record struct UpsampleAxis(
    int In, int Out, float? Scale, CoordinateTransform Coordinates)
{
    /// <summary>For each output pixel the input pixel that is nearest.</summary>
    public int[] Nearest(NearestRounding rounding)
    {
        var pixels = new int[Out];
        for (int i = 0; i < Out; i++)
        {
            double place = Place(i);
            double pixel = rounding switch
            {
                NearestRounding.RoundPreferFloor => Math.Ceiling(place - 0.5),
                NearestRounding.RoundPreferCeil => Math.Floor(place + 0.5),
                NearestRounding.Floor => Math.Floor(place),
                _ => Math.Ceiling(place),
            };
            pixels[i] = (int)Math.Clamp(pixel, 0, In - 1);
        }

        return pixels;
    }

    /// <summary>
    /// For each output pixel two input pixels, one after the other, and the second one's weight.
    /// </summary>
    public (int[] Pairs, float[] Weights) Bilinear()
    {
        var pairs = new int[2 * Out];
        var weights = new float[Out];
        for (int i = 0; i < Out; i++)
        {
            double place = Math.Clamp(Place(i), 0, In - 1);
            int first = (int)place;
            pairs[2 * i] = first;
            pairs[(2 * i) + 1] = Math.Min(first + 1, In - 1);
            weights[i] = (float)(place - first);
        }

        return (pairs, weights);
    }

    // Quotients of whole numbers in double precision: a place that is a whole number, or half way,
    // is exactly that.
    private double Place(int i)
    {
        switch (Coordinates)
        {
            case CoordinateTransform.AlignCorners:
                return Out == 1 ? 0 : (double)i * (In - 1) / (Out - 1);
            case CoordinateTransform.Asymmetric:
                return Scale is { } s ? i / s : (double)i * In / Out;
            case CoordinateTransform.PyTorchHalfPixel when Out == 1:
                return 0;
            default:
                return Scale is { } scale
                    ? ((i + 0.5f) / scale) - 0.5f
                    : ((((2.0 * i) + 1) * In) - Out) / (2.0 * Out);
        }
    }
}
