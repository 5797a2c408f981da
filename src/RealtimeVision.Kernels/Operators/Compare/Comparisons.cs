using System.Numerics;

namespace RealtimeVision.Kernels.Operators;

/// <summary>A comparison as a type: an argument of generic loops and kernels.</summary>
internal interface IComparison
{
    /// <summary>1 where it is so, else 0.</summary>
    static abstract int Apply(float x, float y);

    /// <summary>1 where it is so, else 0.</summary>
    static abstract int Apply(int x, int y);

    /// <summary>All bits set where it is so.</summary>
    static abstract Vector<T> Apply<T>(Vector<T> x, Vector<T> y);
}

/// <summary>x is y.</summary>
internal readonly struct Equal : IComparison
{
    public static int Apply(float x, float y) => x == y ? 1 : 0;

    public static int Apply(int x, int y) => x == y ? 1 : 0;

    public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => Vector.Equals(x, y);
}

/// <summary>x is not y.</summary>
internal readonly struct NotEqual : IComparison
{
    public static int Apply(float x, float y) => 1 - Equal.Apply(x, y);

    public static int Apply(int x, int y) => x == y ? 0 : 1;

    public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => ~Vector.Equals(x, y);
}

/// <summary>x is below y.</summary>
internal readonly struct Less : IComparison
{
    public static int Apply(float x, float y) => x < y ? 1 : 0;

    public static int Apply(int x, int y) => x < y ? 1 : 0;

    public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => Vector.LessThan(x, y);
}

/// <summary>x is not above y.</summary>
internal readonly struct LessOrEqual : IComparison
{
    /// <remarks>Of both, since ILGPU takes "not above" for it, which NaN is.</remarks>
    public static int Apply(float x, float y) => Less.Apply(x, y) | Equal.Apply(x, y);

    public static int Apply(int x, int y) => x <= y ? 1 : 0;

    public static Vector<T> Apply<T>(Vector<T> x, Vector<T> y) => Vector.LessThanOrEqual(x, y);
}
