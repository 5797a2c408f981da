namespace RealtimeVision.Kernels.Functions;

/// <summary>Sine and cosine of one float, for GPU threads and machines without vectors.</summary>
internal static class Trigonometry
{
    /// <summary>
    /// sin(x + quarterTurns pi / 2). The angle is reduced to a quarter turn around 0 by pi / 2 in
    /// three parts (Cody and Waite), then polynomials of Moshier's Cephes library are taken.
    /// </summary>
    public static float Sin(float x, int quarterTurns)
    {
        float n = MathF.Floor((x * 0.636619772f) + 0.5f);
        float r = x - (n * 1.5703125f);
        r -= n * 4.837512969970703125e-4f;
        r -= n * 7.549789948768648e-8f;

        float turn = n + quarterTurns;
        float quadrant = turn - (4 * MathF.Floor(turn * 0.25f));
        float z = r * r;
        float sine = (((((-1.9515295891e-4f * z) + 8.3321608736e-3f) * z)
            - 1.6666654611e-1f) * z * r) + r;
        float cosine = (((((2.443315711809948e-5f * z) - 1.388731625493765e-3f) * z)
            + 4.166664568298827e-2f) * z * z) - (0.5f * z) + 1;
        float value = quadrant == 1 || quadrant == 3 ? cosine : sine;
        return quadrant >= 2 ? -value : value;
    }
}
