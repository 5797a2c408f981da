using System.Globalization;

namespace RealtimeVision.Media;

/// <summary>
/// How reports write numbers: alike in every culture, so that reports can be compared.
/// </summary>
internal static class ReportNumber
{
    /// <summary>A metric, with four digits after the point where it is of usual size.</summary>
    public static string Metric(double value)
    {
        double size = Math.Abs(value);
        string format = size switch
        {
            >= 1e5 => "0.000e+0",
            >= 100 => "0.00",
            >= 1e-3 or 0 => "0.0000",
            _ => "0.00e+0",
        };
        return double.IsFinite(value)
            ? value.ToString(format, CultureInfo.InvariantCulture)
            : "not finite";
    }

    /// <summary>A count, with its thousands apart.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share of 1 in hundredths, without a sign.</summary>
    public static string Percent(double share) =>
        (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>A time, as <c>1 h 02 min 03 s</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => string.Create(
            CultureInfo.InvariantCulture,
            $"{(long)time.TotalHours} h {time.Minutes:00} min {time.Seconds:00} s"),
        { TotalMinutes: >= 1 } => string.Create(
            CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
    };
}
