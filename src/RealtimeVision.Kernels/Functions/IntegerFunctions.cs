using System.Numerics;

namespace RealtimeVision.Kernels.Functions;

/// <content>Of whole numbers: |x|; the least number, which has no positive one, stays.</content>
public readonly partial struct Abs : IIntegerFunction<Abs>
{
    /// <inheritdoc/>
    public static bool IsBinary => false;

    /// <inheritdoc/>
    public static int Apply(int x, int y) => x < 0 ? -x : x;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => Vector.Abs(x);
}

/// <content>Of whole numbers: -x.</content>
public readonly partial struct Negate : IIntegerFunction<Negate>
{
    /// <inheritdoc/>
    public static bool IsBinary => false;

    /// <inheritdoc/>
    public static int Apply(int x, int y) => -x;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => -x;
}

/// <content>Of whole numbers: -1, 0 or 1.</content>
public readonly partial struct Sign : IIntegerFunction<Sign>
{
    /// <inheritdoc/>
    public static bool IsBinary => false;

    /// <inheritdoc/>
    public static int Apply(int x, int y) => x < 0 ? -1 : x > 0 ? 1 : 0;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) =>
        Vector.Min(Vector.Max(x, -Vector<int>.One), Vector<int>.One);
}

/// <content>Of whole numbers: x + y.</content>
public readonly partial struct Add : IIntegerFunction<Add>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x + y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => x + y;
}

/// <content>Of whole numbers: x - y.</content>
public readonly partial struct Subtract : IIntegerFunction<Subtract>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x - y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => x - y;
}

/// <content>Of whole numbers: x y.</content>
public readonly partial struct Multiply : IIntegerFunction<Multiply>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x * y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => x * y;
}

/// <content>Of whole numbers: x / y, cut off towards zero; 0 where y is 0.</content>
public readonly partial struct Divide : IIntegerFunction<Divide>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => y == 0 ? 0 : y == -1 ? -x : x / y;
}

/// <content>Of whole numbers: what division leaves, with the sign of x; 0 where y is 0.</content>
public readonly partial struct Remainder : IIntegerFunction<Remainder>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => y is 0 or -1 ? 0 : x % y;
}

/// <content>Of whole numbers: what division leaves, with the sign of y; 0 where y is 0.</content>
public readonly partial struct Modulo : IIntegerFunction<Modulo>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y)
    {
        int rest = Remainder.Apply(x, y);
        return rest != 0 && (rest ^ y) < 0 ? rest + y : rest;
    }
}

/// <content>Of whole numbers: the smaller.</content>
public readonly partial struct Minimum : IIntegerFunction<Minimum>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x < y ? x : y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => Vector.Min(x, y);
}

/// <content>Of whole numbers: the larger.</content>
public readonly partial struct Maximum : IIntegerFunction<Maximum>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x > y ? x : y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => Vector.Max(x, y);
}

/// <content>
/// Of whole numbers: x to the power of y, cut off towards zero where y is negative; 0 where x is 0,
/// too.
/// </content>
public readonly partial struct Power : IIntegerFunction<Power>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y)
    {
        if (y < 0)
        {
            return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
        }

        // By squaring: one bit of the exponent a turn.
        int power = 1;
        for (int rest = y; rest > 0; rest >>= 1)
        {
            power = (rest & 1) != 0 ? power * x : power;
            x *= x;
        }

        return power;
    }
}

/// <summary>x and y, bit by bit; of booleans, both.</summary>
public readonly struct BitwiseAnd : IIntegerFunction<BitwiseAnd>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x & y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => x & y;
}

/// <summary>x or y, bit by bit; of booleans, at least one.</summary>
public readonly struct BitwiseOr : IIntegerFunction<BitwiseOr>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x | y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => x | y;
}

/// <summary>Where x and y differ, bit by bit; of booleans, one of both.</summary>
public readonly struct BitwiseXor : IIntegerFunction<BitwiseXor>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => x ^ y;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => x ^ y;
}

/// <summary>The opposite of each bit.</summary>
public readonly struct BitwiseNot : IIntegerFunction<BitwiseNot>
{
    /// <inheritdoc/>
    public static bool IsBinary => false;

    /// <inheritdoc/>
    public static int Apply(int x, int y) => ~x;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) => ~x;
}

/// <summary>1 where x is 0, else 0.</summary>
public readonly struct LogicalNot : IIntegerFunction<LogicalNot>
{
    /// <inheritdoc/>
    public static bool IsBinary => false;

    /// <inheritdoc/>
    public static int Apply(int x, int y) => x == 0 ? 1 : 0;

    /// <inheritdoc/>
    public static Vector<int> Apply(Vector<int> x, Vector<int> y) =>
        -Vector.Equals(x, Vector<int>.Zero);
}

/// <summary>x times 2 to the power of y; 0 where y is no shift of 0 to 31 bits.</summary>
public readonly struct ShiftLeft : IIntegerFunction<ShiftLeft>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => (uint)y > 31 ? 0 : x << y;
}

/// <summary>
/// x over 2 to the power of y, rounded down; 0 where y is no shift of 0 to 31 bits.
/// </summary>
public readonly struct ShiftRight : IIntegerFunction<ShiftRight>
{
    /// <inheritdoc/>
    public static int Apply(int x, int y) => (uint)y > 31 ? 0 : x >> y;
}
