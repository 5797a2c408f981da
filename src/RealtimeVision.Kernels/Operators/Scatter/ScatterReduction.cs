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

    /// <summary>The smaller one.</summary>
    Minimum,

    /// <summary>The larger one.</summary>
    Maximum,
}

/// <summary>A reduction as kernels are compiled with it.</summary>
internal interface IScatterFunction<T>
    where T : unmanaged
{
    /// <summary>What an element becomes.</summary>
    static abstract T Apply(T held, T update);
}

internal readonly struct ScatterReplace<T> : IScatterFunction<T>
    where T : unmanaged
{
    public static T Apply(T held, T update) => update;
}

internal readonly struct ScatterAdd : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) => held + update;

    public static int Apply(int held, int update) => held + update;
}

internal readonly struct ScatterMultiply : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) => held * update;

    public static int Apply(int held, int update) => held * update;
}

internal readonly struct ScatterMinimum : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) => Math.Min(held, update);

    public static int Apply(int held, int update) => Math.Min(held, update);
}

internal readonly struct ScatterMaximum : IScatterFunction<float>, IScatterFunction<int>
{
    public static float Apply(float held, float update) => Math.Max(held, update);

    public static int Apply(int held, int update) => Math.Max(held, update);
}
