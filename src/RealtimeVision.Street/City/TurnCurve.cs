namespace RealtimeVision.Street.City;

/// <summary>
/// A quarter turn of length 1 to the right, its curvature rising, constant and falling, so that the
/// heading changes smoothly. A turn of another size is the same curve scaled.
/// </summary>
internal static class TurnCurve
{
    private const int Steps = 512;

    // Fraction of the turn over which the curvature rises, and over which it falls.
    private const double Ease = 0.18;

    private static readonly float[] Headings = new float[Steps + 1];
    private static readonly float[] Rights = new float[Steps + 1];
    private static readonly float[] Forwards = new float[Steps + 1];

    static TurnCurve()
    {
        double heading = 0, right = 0, forward = 0;
        for (int i = 1; i <= Steps; i++)
        {
            double middle = heading + (CurvatureAt((i - 0.75) / Steps) * 0.5 / Steps);
            heading += CurvatureAt((i - 0.5) / Steps) / Steps;
            right += Math.Sin(middle) / Steps;
            forward += Math.Cos(middle) / Steps;
            Headings[i] = (float)heading;
            Rights[i] = (float)right;
            Forwards[i] = (float)forward;
        }

        // The sum is a quarter turn but for what the steps leave out.
        double scale = Math.PI / 2 / heading;
        for (int i = 0; i <= Steps; i++)
        {
            Headings[i] = (float)(Headings[i] * scale);
        }

        Extent = (float)((right + forward) / 2);
    }

    /// <summary>How far the end is to the right of, and in front of, the beginning.</summary>
    public static float Extent { get; }

    /// <summary>
    /// Heading in radians, and place, at a fraction of the way; to the right positive.
    /// </summary>
    public static (float Heading, float Right, float Forward) At(float fraction)
    {
        float at = Math.Clamp(fraction, 0, 1) * Steps;
        int i = Math.Min((int)at, Steps - 1);
        float t = at - i;
        return (Mixed(Headings, i, t), Mixed(Rights, i, t), Mixed(Forwards, i, t));
    }

    /// <summary>Radians a unit of length at a fraction of the way.</summary>
    public static double CurvatureAt(double fraction)
    {
        double rise = Math.Clamp(Math.Min(fraction, 1 - fraction) / Ease, 0, 1);
        return Math.PI / 2 / (1 - Ease) * rise;
    }

    private static float Mixed(float[] values, int i, float t) =>
        values[i] + ((values[i + 1] - values[i]) * t);
}
