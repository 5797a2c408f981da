namespace RealtimeVision.Kernels.Functions;

/// <summary>The pointwise functions of two numbers.</summary>
public static class Binary
{
    /// <summary>x + y.</summary>
    public static readonly BinaryFunction Add = new BinaryFunction<Add>(nameof(Add));

    /// <summary>x - y.</summary>
    public static readonly BinaryFunction Subtract = new BinaryFunction<Subtract>(nameof(Subtract));

    /// <summary>y - x.</summary>
    public static readonly BinaryFunction SubtractFrom = new BinaryFunction<SubtractFrom>(nameof(SubtractFrom));

    /// <summary>x y.</summary>
    public static readonly BinaryFunction Multiply = new BinaryFunction<Multiply>(nameof(Multiply));

    /// <summary>x / y.</summary>
    public static readonly BinaryFunction Divide = new BinaryFunction<Divide>(nameof(Divide));

    /// <summary>y / x.</summary>
    public static readonly BinaryFunction DivideInto = new BinaryFunction<DivideInto>(nameof(DivideInto));

    /// <summary>The smaller; NaN where either is NaN.</summary>
    public static readonly BinaryFunction Minimum = new BinaryFunction<Minimum>(nameof(Minimum));

    /// <summary>The larger; NaN where either is NaN.</summary>
    public static readonly BinaryFunction Maximum = new BinaryFunction<Maximum>(nameof(Maximum));

    /// <summary>All of them, for tests and tables.</summary>
    public static readonly IReadOnlyList<BinaryFunction> All =
    [
        Add, Subtract, SubtractFrom, Multiply, Divide, DivideInto, Minimum, Maximum,
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
}
