namespace RealtimeVision.Kernels.Operators;

/// <summary>Which input pixels an output pixel is made of, along one axis.</summary>
/// <param name="In">Pixels of the input.</param>
/// <param name="Out">Pixels of the output.</param>
/// <param name="Scale">The scale, where it is not the quotient of the two.</param>
/// <param name="Coordinates">Where output pixels lie in the input.</param>
/// <param name="Start">
/// Where the part begins that <see cref="CoordinateTransform.CropAndResize"/> enlarges.
/// </param>
/// <param name="End">Where it ends.</param>
internal readonly record struct UpsampleAxis(
    int In, int Out, float? Scale, CoordinateTransform Coordinates, float Start, float End)
{
    /// <summary>For each output pixel the input pixel that is nearest.</summary>
    public int[] Nearest(NearestRounding rounding)
    {
        var pixels = new int[Out];
        for (int i = 0; i < Out; i++)
        {
            pixels[i] = Nearest(Place(i), rounding);
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

    /// <summary>
    /// For each output pixel as many input pixels as any has, and their weights. Where the output
    /// lies outside the input and is to be filled, its pixels are -1.
    /// </summary>
    public (int[] Pixels, float[] Weights) Taps(Upsample2D op)
    {
        // A filter against aliasing is the kernel, as wide as the output's pixels are.
        double scale = Scale ?? ((double)Out / In);
        double width = op.Antialias && op.Mode != UpsampleMode.Nearest ? Math.Max(1 / scale, 1) : 1;
        double radius = InterpolationKernel.Radius(op.Mode) * width;
        int taps = op.Mode == UpsampleMode.Nearest ? 1 : (int)Math.Ceiling(2 * radius);
        var pixels = new int[taps * Out];
        var weights = new float[taps * Out];
        for (int i = 0; i < Out; i++)
        {
            double place = Place(i);
            var pixelsOf = pixels.AsSpan(i * taps, taps);
            var weightsOf = weights.AsSpan(i * taps, taps);
            if (Coordinates == CoordinateTransform.CropAndResize && !(place >= 0 && place <= In - 1))
            {
                pixelsOf.Fill(-1);
            }
            else if (op.Mode == UpsampleMode.Nearest)
            {
                (pixelsOf[0], weightsOf[0]) = (Nearest(place, op.Rounding), 1);
            }
            else
            {
                int first = (int)Math.Floor(place - radius) + 1;
                for (int t = 0; t < taps; t++)
                {
                    int pixel = first + t;
                    pixelsOf[t] = Math.Clamp(pixel, 0, In - 1);
                    weightsOf[t] = op.ExcludeOutside && pixel != pixelsOf[t] ? 0
                        : InterpolationKernel.Weight(
                            op.Mode, (float)((pixel - place) / width), op.CubicCoefficient);
                }

                Normalise(weightsOf);
            }
        }

        return (pixels, weights);
    }

    /// <summary>What resizing does along the axis: a row of the matrix is an output pixel.</summary>
    public SparseMatrix Matrix(Upsample2D op)
    {
        if (!op.IsSeparable && op.Mode == UpsampleMode.Nearest)
        {
            return SparseMatrix.Picking(In, Nearest(op.Rounding));
        }

        int[] pixels;
        float[] weights;
        if (op.IsSeparable)
        {
            (pixels, weights) = Taps(op);
        }
        else
        {
            (pixels, var seconds) = Bilinear();
            weights = [.. seconds.SelectMany(w => new[] { 1 - w, w })];
        }

        return SparseMatrix.Of(In, pixels.Zip(weights).Chunk(Math.Max(pixels.Length / Out, 1))
            .Select(taps => taps.Where(tap => tap.First >= 0 && tap.Second != 0)));
    }

    private static void Normalise(Span<float> weights)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += weight;
        }

        for (int t = 0; t < weights.Length; t++)
        {
            weights[t] = (float)(weights[t] / sum);
        }
    }

    private int Nearest(double place, NearestRounding rounding)
    {
        double pixel = rounding switch
        {
            NearestRounding.RoundPreferFloor => Math.Ceiling(place - 0.5),
            NearestRounding.RoundPreferCeil => Math.Floor(place + 0.5),
            NearestRounding.Floor => Math.Floor(place),
            _ => Math.Ceiling(place),
        };
        return (int)Math.Clamp(pixel, 0, In - 1);
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
            case CoordinateTransform.HalfPixelNearest:
                return Scale is { } n
                    ? (i + 0.5f) / n
                    : ((2.0 * i) + 1) * In / (2.0 * Out);
            case CoordinateTransform.CropAndResize:
                return Out == 1
                    ? 0.5 * ((double)Start + End) * (In - 1)
                    : (Start * (double)(In - 1))
                        + (i * ((double)End - Start) * (In - 1) / (Out - 1));
            case CoordinateTransform.HalfPixelSymmetric when Scale is { } symmetric:
                // The output as it would be without rounding its size, centred on the input.
                double whole = (double)symmetric * In;
                return (In / 2.0 * (1 - (Out / whole))) + ((i + 0.5) / symmetric) - 0.5;
            default:
                return Scale is { } scale
                    ? ((i + 0.5f) / scale) - 0.5f
                    : ((((2.0 * i) + 1) * In) - Out) / (2.0 * Out);
        }
    }
}
