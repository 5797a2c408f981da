namespace RealtimeVision.Runtime.Data;

/// <summary>
/// An affine map of pixel positions: <c>x' = Xx x + Xy y + X0</c>, <c>y' = Yx x + Yy y + Y0</c>;
/// whole numbers are the centres of pixels.
/// </summary>
internal readonly record struct PixelMap(
    double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    public static PixelMap Identity => new(1, 0, 0, 0, 1, 0);

    /// <summary>True where pixels go to pixels: shifts, flips and quarter turns.</summary>
    public bool IsExact =>
        double.IsInteger(Xx) && double.IsInteger(Xy) && double.IsInteger(X0)
        && double.IsInteger(Yx) && double.IsInteger(Yy) && double.IsInteger(Y0);

    public static PixelMap Shift(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>
    /// Stretches a result over a rectangle, edge to edge: half a pixel lies around its centres.
    /// </summary>
    public static PixelMap Stretch(double x, double y, double scaleX, double scaleY) =>
        new(scaleX, 0, x + (0.5 * scaleX) - 0.5, 0, scaleY, y + (0.5 * scaleY) - 0.5);

    /// <summary>First <paramref name="inner"/>, then this map.</summary>
    public PixelMap After(PixelMap inner) => new(
        (Xx * inner.Xx) + (Xy * inner.Yx),
        (Xx * inner.Xy) + (Xy * inner.Yy),
        (Xx * inner.X0) + (Xy * inner.Y0) + X0,
        (Yx * inner.Xx) + (Yy * inner.Yx),
        (Yx * inner.Xy) + (Yy * inner.Yy),
        (Yx * inner.X0) + (Yy * inner.Y0) + Y0);
}
