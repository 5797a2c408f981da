namespace RealtimeVision.Media;

/// <summary>Colours of numbers, the same as those of the viewer.</summary>
public static class ColourMap
{
    // shaders/colormap.glsl has the same polynomials.
    private static readonly float[][] Polynomials =
    [
        [-5.43208f, 4.75179f, 6.20374f, -4.59993f, -0.32724f, 0.10771f, 0.27446f],
        [4.64157f, -13.74944f, 14.15396f, -5.75824f, 0.21481f, 1.39647f, 0.00577f],
        [26.27211f, -65.32097f, 56.65630f, -19.29181f, 0.09198f, 1.38677f, 0.33266f],
    ];

    private static readonly (byte Red, byte Green, byte Blue) s_for = (240, 96, 44);
    private static readonly (byte Red, byte Green, byte Blue) s_against = (52, 128, 235);

    /// <summary>
    /// Viridis, from dark violet to yellow, of equal steps to the eye. S. van der Walt, N. Smith
    /// 2015, CC0.
    /// </summary>
    /// <param name="value">0 to 1; what is outside counts as its end.</param>
    public static (byte Red, byte Green, byte Blue) Viridis(float value)
    {
        float t = Math.Clamp(value, 0, 1);
        return (Level(Polynomials[0], t), Level(Polynomials[1], t), Level(Polynomials[2], t));
    }

    /// <summary>Orange for what is above 0, blue for what is below; how much of it says
    /// <see cref="Math.Abs(float)"/>.</summary>
    public static (byte Red, byte Green, byte Blue) Signed(float value) =>
        value >= 0 ? s_for : s_against;

    private static byte Level(float[] polynomial, float t)
    {
        float level = 0;
        foreach (float coefficient in polynomial)
        {
            level = (level * t) + coefficient;
        }

        return (byte)Math.Round(255 * Math.Clamp(level, 0, 1));
    }
}
