namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// How much a pixel counts at a place between pixels, by its distance; on the host, and in GPU
/// kernels.
/// </summary>
internal static class InterpolationKernel
{
    /// <summary>The coefficient of cubic interpolation that PyTorch and ONNX have.</summary>
    public const float DefaultCubic = -0.75f;

    /// <summary>Pixels at a distance less than this count.</summary>
    public static int Radius(UpsampleMode mode) => mode == UpsampleMode.Bicubic ? 2 : 1;

    /// <summary>Weight at a distance, for linear and cubic interpolation.</summary>
    /// <param name="mode">Which of them.</param>
    /// <param name="distance">Distance of the pixel's centre, with either sign.</param>
    /// <param name="a">The coefficient of cubic interpolation.</param>
    public static float Weight(UpsampleMode mode, float distance, float a)
    {
        float d = distance < 0f ? -distance : distance;
        return mode == UpsampleMode.Bicubic ? Cubic(d, a) : d < 1f ? 1f - d : 0f;
    }

    /// <summary>By how much the weight of cubic interpolation changes with the distance.</summary>
    /// <param name="distance">Distance of the pixel's centre, with its sign.</param>
    /// <param name="a">The coefficient of cubic interpolation.</param>
    public static float CubicSlope(float distance, float a)
    {
        float d = distance < 0f ? -distance : distance;
        float slope = d >= 2f ? 0f
            : d <= 1f ? ((3f * (a + 2f) * d) - (2f * (a + 3f))) * d
            : (((3f * a * d) - (10f * a)) * d) + (8f * a);
        return distance < 0f ? -slope : slope;
    }

    // Keys 1981, "Cubic convolution interpolation for digital image processing".
    private static float Cubic(float d, float a)
    {
        if (d >= 2f)
        {
            return 0f;
        }

        return d <= 1f
            ? (((((a + 2f) * d) - (a + 3f)) * d) * d) + 1f
            : (((((a * d) - (5f * a)) * d) + (8f * a)) * d) - (4f * a);
    }
}
