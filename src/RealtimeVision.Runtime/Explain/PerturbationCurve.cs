using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// How sure a model is of a class while pixels are taken out of a picture, or put in, those first
/// that a map says count most: a measure of the map. V. Petsiuk et al. 2018,
/// https://arxiv.org/abs/1806.07421.
/// </summary>
/// <param name="Shares">Shares of the pixels that are taken out or put in, from 0 to 1.</param>
/// <param name="Confidences">The mean probability of what is explained, at each.</param>
public sealed record PerturbationCurve(
    IReadOnlyList<double> Shares, IReadOnlyList<double> Confidences)
{
    // Wide enough that nothing small is left, as the paper asks for.
    private const int BlurPasses = 3;

    /// <summary>The area under the curve, by trapezoids.</summary>
    public double Area
    {
        get
        {
            double area = 0;
            for (int i = 1; i < Shares.Count; i++)
            {
                area += (Shares[i] - Shares[i - 1]) * (Confidences[i] + Confidences[i - 1]) / 2;
            }

            return area;
        }
    }

    /// <summary>
    /// Pixels give way to the picture's mean colour: the better the map, the sooner the model is
    /// not sure any more, and the smaller the area.
    /// </summary>
    /// <param name="explainer">The model on its device.</param>
    /// <param name="picture">What <see cref="Explainer.Read"/> gives.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <param name="map">The map to be measured, of the picture's size.</param>
    /// <param name="steps">Number of steps from none to all of the pixels.</param>
    /// <exception cref="ArgumentException">The map has another size.</exception>
    public static PerturbationCurve Deletion(
        Explainer explainer, Tensor picture, ClassTarget target, AttributionMap map,
        int steps = 20)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        var empty = new Tensor(picture.Type);
        float[] colour = Occlusion.MeanColour(explainer, picture);
        Span<float> pixels = empty.As<float>();
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = colour[i % colour.Length];
        }

        return Measure(explainer, picture, empty, target, map, steps);
    }

    /// <summary>
    /// Pixels are put into the blurred picture: the better the map, the sooner the model is sure,
    /// and the larger the area.
    /// </summary>
    /// <inheritdoc cref="Deletion"/>
    public static PerturbationCurve Insertion(
        Explainer explainer, Tensor picture, ClassTarget target, AttributionMap map,
        int steps = 20)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        var blurred = new Tensor(picture.Type, picture.Bytes.ToArray());
        int radius = Math.Max(1, Math.Max(explainer.Width, explainer.Height) / 20);
        for (int pass = 0; pass < BlurPasses; pass++)
        {
            for (int frame = 0; frame < explainer.Frames; frame++)
            {
                int size = explainer.Width * explainer.Height * explainer.Channels;
                PictureFilters.BoxBlur(
                    blurred.As<float>().Slice(frame * size, size), explainer.Width,
                    explainer.Height, explainer.Channels, radius);
            }
        }

        return Measure(explainer, blurred, picture, target, map, steps);
    }

    private static PerturbationCurve Measure(
        Explainer explainer, Tensor from, Tensor to, ClassTarget target, AttributionMap map,
        int steps)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        if (map.Width != explainer.Width || map.Height != explainer.Height
            || map.Frames != explainer.Frames)
        {
            throw new ArgumentException(
                $"the map has {map.Frames}x{map.Width}x{map.Height} pixels, what the model sees "
                + $"{explainer.Frames}x{explainer.Width}x{explainer.Height}",
                nameof(map));
        }

        // Equal numbers stay in their order, so that the same map gives the same curve.
        int[] order = [.. Enumerable.Range(0, map.Values.Length).OrderByDescending(i => map.Values[i])];
        var mixed = new Tensor(from.Type, from.Bytes.ToArray());
        var shares = new double[steps + 1];
        var confidences = new double[steps + 1];
        int done = 0, channels = explainer.Channels;
        explainer.Scores(
            steps + 1, target,
            (step, pixels) =>
            {
                int end = (int)((long)order.Length * step / steps);
                for (; done < end; done++)
                {
                    int at = order[done] * channels;
                    to.As<float>().Slice(at, channels).CopyTo(mixed.As<float>()[at..]);
                }

                shares[step] = (double)end / order.Length;
                mixed.As<float>().CopyTo(pixels);
            },
            (step, _, confidence) => confidences[step] = confidence);
        return new PerturbationCurve(shares, confidences);
    }
}
