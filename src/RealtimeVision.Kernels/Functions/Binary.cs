namespace RealtimeVision.Kernels.Functions;

/// <summary>The pointwise functions of two numbers.</summary>
public static class Binary
{
    /// <summary>x + y.</summary>
    public static readonly BinaryFunction Add = new BinaryFunction<Add>(nameof(Add));

    /// <summary>x - y.</summary>
    public static readonly BinaryFunction Subtract = new BinaryFunction<Subtract>(nameof(Subtract));

    /// <summary>y - x.</summary>
    public static readonly BinaryFunction SubtractFrom =
        new BinaryFunction<SubtractFrom>(nameof(SubtractFrom));

    /// <summary>x y.</summary>
    public static readonly BinaryFunction Multiply = new BinaryFunction<Multiply>(nameof(Multiply));

    /// <summary>x / y.</summary>
    public static readonly BinaryFunction Divide = new BinaryFunction<Divide>(nameof(Divide));

    /// <summary>y / x.</summary>
    public static readonly BinaryFunction DivideInto =
        new BinaryFunction<DivideInto>(nameof(DivideInto));

    /// <summary>The smaller; NaN where either is NaN.</summary>
    public static readonly BinaryFunction Minimum = new BinaryFunction<Minimum>(nameof(Minimum));

    /// <summary>The larger; NaN where either is NaN.</summary>
    public static readonly BinaryFunction Maximum = new BinaryFunction<Maximum>(nameof(Maximum));

    /// <summary>
    /// x to the power of y; NaN where x is negative and y not whole.
    /// </summary>
    public static readonly BinaryFunction Power = WithSwapped<Power>(nameof(Power));

    /// <summary>
    /// x - y trunc(x / y): what division leaves, with the sign of x (C's fmod).
    /// </summary>
    public static readonly BinaryFunction Remainder = WithSwapped<Remainder>(nameof(Remainder));

    /// <summary>
    /// x - y floor(x / y): what division leaves, with the sign of y (Python's %).
    /// </summary>
    public static readonly BinaryFunction Modulo = WithSwapped<Modulo>(nameof(Modulo));

    /// <summary>
    /// The angle of the point (y, x) from the axis of y, in [-pi, pi]: atan2(x, y).
    /// </summary>
    public static readonly BinaryFunction Atan2 = WithSwapped<Atan2>(nameof(Atan2));

    /// <summary>1 where x is below y, 1/2 where both are equal, else 0.</summary>
    public static readonly BinaryFunction Below = WithSwapped<Below>(nameof(Below));

    /// <summary>x where y is positive, else 0: the gradient of a rectifier whose result is y.</summary>
    public static readonly BinaryFunction WherePositive =
        WithSwapped<WherePositive>(nameof(WherePositive));

    /// <summary>All but those that only gradients use, for tests and tables.</summary>
    public static readonly IReadOnlyList<BinaryFunction> All =
    [
        Add, Subtract, SubtractFrom, Multiply, Divide, DivideInto, Minimum, Maximum,
        Power, Remainder, Modulo, Atan2,
    ];

    static Binary()
    {
        Add.Swapped = Add;
        Subtract.Swapped = SubtractFrom;
        SubtractFrom.Swapped = Subtract;
        Multiply.Swapped = Multiply;
        Divide.Swapped = DivideInto;
        DivideInto.Swapped = Divide;
        Minimum.Swapped = Minimum;
        Maximum.Swapped = Maximum;
    }

    private static BinaryFunction WithSwapped<TFunction>(string name)
        where TFunction : struct, IBinaryFunction
    {
        var function = new BinaryFunction<TFunction>(name);
        var swapped = new BinaryFunction<Swapped<TFunction>>($"{name} swapped")
        {
            Swapped = function,
        };
        function.Swapped = swapped;
        return function;
    }
}
