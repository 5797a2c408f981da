using System.Numerics;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What becomes of an element and an update of it.</summary>
public enum ScatterReduction
{
    /// <summary>The update; the last one of several.</summary>
    None,

    /// <summary>Their sum.</summary>
    Add,

    /// <summary>Their product.</summary>
    Multiply,

    /// <summary>The smaller one; NaN where either is NaN.</summary>
    Minimum,

    /// <summary>The larger one; NaN where either is NaN.</summary>
    Maximum,
}

/// <summary>A reduction as kernels are compiled with it.</summary>
internal interface IScatterFunction<T>
    where T : unmanaged
{
    /// <summary>What an element becomes.</summary>
    static abstract T Apply(T held, T update);

    /// <summary>What elements become, the same bits as one by one.</summary>
    static abstract Vector<T> Apply(Vector<T> held, Vector<T> update);
}

internal readonly struct ScatterReplace<T> : IScatterFunction<T>
    where T : unmanaged
{
    public static T Apply(T held, T update) => update;

    public static Vector<T> Apply(Vector<T> held, Vector<T> update) => update;
}

internal readonly struct ScatterAdd : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) => held + update;

    public static int Apply(int held, int update) => held + update;

    public static Vector<float> Apply(Vector<float> held, Vector<float> update) => held + update;

    public static Vector<int> Apply(Vector<int> held, Vector<int> update) => held + update;
}

internal readonly struct ScatterMultiply : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) => held * update;

    public static int Apply(int held, int update) => held * update;

    public static Vector<float> Apply(Vector<float> held, Vector<float> update) => held * update;

    public static Vector<int> Apply(Vector<int> held, Vector<int> update) => held * update;
}

internal readonly struct ScatterMinimum : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) =>
        Lanes1.Min(new Lanes1(held), new Lanes1(update)).Value;

    public static int Apply(int held, int update) => Math.Min(held, update);

    public static Vector<float> Apply(Vector<float> held, Vector<float> update) =>
        Vector.ConditionalSelect(
            Vector.LessThan(held, update) | ~Vector.Equals(held, held), held, update);

    public static Vector<int> Apply(Vector<int> held, Vector<int> update) => Vector.Min(held, update);
}

internal readonly struct ScatterMaximum : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) =>
        Lanes1.Max(new Lanes1(held), new Lanes1(update)).Value;

    public static int Apply(int held, int update) => Math.Max(held, update);

    public static Vector<float> Apply(Vector<float> held, Vector<float> update) =>
        Vector.ConditionalSelect(
            Vector.GreaterThan(held, update) | ~Vector.Equals(held, held), held, update);

    public static Vector<int> Apply(Vector<int> held, Vector<int> update) => Vector.Max(held, update);
}
