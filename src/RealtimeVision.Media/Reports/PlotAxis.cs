using System.Globalization;

namespace RealtimeVision.Media;

/// <summary>A value that is written at an axis.</summary>
internal readonly record struct PlotTick(double Value, string Label);

/// <summary>The range of a plot in one direction, and where its lines are.</summary>
internal sealed record PlotAxis(
    double From, double To, bool IsLogarithmic, IReadOnlyList<PlotTick> Ticks)
{
    // Beyond, differences of two values may no longer be finite.
    private const double Largest = 1e300;

    /// <summary>Whether a value has a place on an axis.</summary>
    public static bool CanShow(double value) => Math.Abs(value) <= Largest;

    /// <summary>An axis that ends at round numbers beyond the values, or at the values.</summary>
    public static PlotAxis Linear(
        double least, double most, int ticks, double leastStep = 0, bool endsAtTicks = true)
    {
        double spread = most - least;
        double size = Math.Max(Math.Abs(least), Math.Abs(most));
        if (spread <= 1e-9 * size || spread == 0)
        {
            double half = Math.Max(0.05 * size, leastStep / 2);
            half = half == 0 ? 0.5 : half;
            (least, most) = (least - half, most + half);
        }

        double step = Math.Max(RoundStep((most - least) / ticks), leastStep);
        double first = endsAtTicks ? Math.Floor(least / step) : Math.Ceiling(least / step);
        double last = endsAtTicks ? Math.Ceiling(most / step) : Math.Floor(most / step);
        var at = new List<PlotTick>();
        for (double i = first; i <= last && at.Count <= 4 * ticks; i++)
        {
            at.Add(new PlotTick(i * step, Label(i * step, step)));
        }

        return endsAtTicks
            ? new PlotAxis(first * step, last * step, false, at)
            : new PlotAxis(least, most, false, at);
    }

    /// <summary>An axis in powers of ten, for positive values.</summary>
    public static PlotAxis Logarithmic(double least, double most)
    {
        int first = (int)Math.Floor(Math.Log10(least));
        int last = Math.Max((int)Math.Ceiling(Math.Log10(most)), first + 1);
        int every = Math.Max(1, (last - first) / 6);
        var at = new List<PlotTick>();
        for (int power = first; power <= last; power += every)
        {
            string label = power is >= -3 and <= 4
                ? Math.Pow(10, power).ToString("0.###", CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"1e{power}");
            at.Add(new PlotTick(Math.Pow(10, power), label));
        }

        return new PlotAxis(Math.Pow(10, first), Math.Pow(10, last), true, at);
    }

    /// <summary>Where a value is: 0 at the start of the axis, 1 at its end.</summary>
    public double At(double value) => IsLogarithmic
        ? Math.Log(value / From) / Math.Log(To / From)
        : (value - From) / (To - From);

    // 1, 2 or 5 times a power of ten.
    private static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double digit = step / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }

    private static string Label(double value, double step)
    {
        if (Math.Abs(value) >= 1e6 || step < 1e-6)
        {
            return value.ToString("0.####e+0", CultureInfo.InvariantCulture);
        }

        int digits = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        string text = value.ToString("F" + digits, CultureInfo.InvariantCulture);

        // Zero as a sum of steps may be a little below.
        return text.AsSpan().TrimStart('-').Trim("0.").IsEmpty ? text.TrimStart('-') : text;
    }
}
