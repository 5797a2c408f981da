namespace RealtimeVision.Kernels.Functions;

/// <summary>
/// The pointwise functions of whole numbers, and of booleans, which are 0 or 1.
/// </summary>
public static class Integer
{
    /// <summary>|x|; the least number, which has no positive one, stays.</summary>
    public static readonly IntegerFunction Abs = new IntegerFunction<Abs>(nameof(Abs));

    /// <summary>x + y.</summary>
    public static readonly IntegerFunction Add = new IntegerFunction<Add>(nameof(Add));

    /// <summary>x and y, bit by bit; of booleans, both.</summary>
    public static readonly IntegerFunction BitwiseAnd =
        new IntegerFunction<BitwiseAnd>(nameof(BitwiseAnd));

    /// <summary>The opposite of each bit.</summary>
    public static readonly IntegerFunction BitwiseNot =
        new IntegerFunction<BitwiseNot>(nameof(BitwiseNot));

    /// <summary>x or y, bit by bit; of booleans, at least one.</summary>
    public static readonly IntegerFunction BitwiseOr =
        new IntegerFunction<BitwiseOr>(nameof(BitwiseOr));

    /// <summary>Where x and y differ, bit by bit; of booleans, one of both.</summary>
    public static readonly IntegerFunction BitwiseXor =
        new IntegerFunction<BitwiseXor>(nameof(BitwiseXor));

    /// <summary>x / y, cut off towards zero; 0 where y is 0.</summary>
    public static readonly IntegerFunction Divide = new IntegerFunction<Divide>(nameof(Divide));

    /// <summary>1 where x is 0, else 0.</summary>
    public static readonly IntegerFunction LogicalNot =
        new IntegerFunction<LogicalNot>(nameof(LogicalNot));

    /// <summary>The larger.</summary>
    public static readonly IntegerFunction Maximum = new IntegerFunction<Maximum>(nameof(Maximum));

    /// <summary>The smaller.</summary>
    public static readonly IntegerFunction Minimum = new IntegerFunction<Minimum>(nameof(Minimum));

    /// <summary>What division leaves, with the sign of y; 0 where y is 0.</summary>
    public static readonly IntegerFunction Modulo = new IntegerFunction<Modulo>(nameof(Modulo));

    /// <summary>x y.</summary>
    public static readonly IntegerFunction Multiply =
        new IntegerFunction<Multiply>(nameof(Multiply));

    /// <summary>-x.</summary>
    public static readonly IntegerFunction Negate = new IntegerFunction<Negate>(nameof(Negate));

    /// <summary>
    /// x to the power of y, cut off towards zero where y is negative; 0 where x is 0, too.
    /// </summary>
    public static readonly IntegerFunction Power = new IntegerFunction<Power>(nameof(Power));

    /// <summary>What division leaves, with the sign of x; 0 where y is 0.</summary>
    public static readonly IntegerFunction Remainder =
        new IntegerFunction<Remainder>(nameof(Remainder));

    /// <summary>x times 2 to the power of y; 0 where y is no shift of 0 to 31 bits.</summary>
    public static readonly IntegerFunction ShiftLeft =
        new IntegerFunction<ShiftLeft>(nameof(ShiftLeft));

    /// <summary>
    /// x over 2 to the power of y, rounded down; 0 where y is no shift of 0 to 31 bits.
    /// </summary>
    public static readonly IntegerFunction ShiftRight =
        new IntegerFunction<ShiftRight>(nameof(ShiftRight));

    /// <summary>-1, 0 or 1.</summary>
    public static readonly IntegerFunction Sign = new IntegerFunction<Sign>(nameof(Sign));

    /// <summary>x - y.</summary>
    public static readonly IntegerFunction Subtract =
        new IntegerFunction<Subtract>(nameof(Subtract));

    /// <summary>All of them, for tests and tables.</summary>
    public static readonly IReadOnlyList<IntegerFunction> All =
    [
        Abs, Add, BitwiseAnd, BitwiseNot, BitwiseOr, BitwiseXor,
        Divide, LogicalNot, Maximum, Minimum, Modulo, Multiply,
        Negate, Power, Remainder, ShiftLeft, ShiftRight, Sign,
        Subtract,
    ];
}
