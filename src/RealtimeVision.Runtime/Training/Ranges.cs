using System.Numerics;
using System.Runtime.CompilerServices;

namespace RealtimeVision.Runtime.Training;

/// <summary>Checks of parameters that give back what they checked; NaN passes none.</summary>
internal static class Ranges
{
    public static T Positive<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T> =>
        value > T.Zero && T.IsFinite(value) ? value : throw Wrong(value, name, "above 0");

    public static T NotNegative<T>(
        T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T> =>
        value >= T.Zero && T.IsFinite(value) ? value : throw Wrong(value, name, "0 or more");

    public static T Fraction<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : INumber<T> =>
        value >= T.Zero && value < T.One ? value : throw Wrong(value, name, "from 0 to below 1");

    private static ArgumentOutOfRangeException Wrong<T>(T value, string name, string range) =>
        new(name, value, $"{name} has to be {range}.");
}
