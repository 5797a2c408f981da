namespace RealtimeVision.Kernels.Functions;

/// <summary>The pointwise functions of one number.</summary>
public static class Unary
{
    /// <summary>|x|.</summary>
    public static readonly UnaryFunction Abs = new UnaryFunction<Abs>(nameof(Abs));

    /// <summary>a x + b.</summary>
    public static readonly UnaryFunction Affine = new UnaryFunction<Affine>(nameof(Affine));

    /// <summary>Smallest whole number not below x.</summary>
    public static readonly UnaryFunction Ceiling = new UnaryFunction<Ceiling>(nameof(Ceiling));

    /// <summary>x limited to [a, b].</summary>
    public static readonly UnaryFunction Clip = new UnaryFunction<Clip>(nameof(Clip));

    /// <summary>x, or a (e^x - 1) where x is negative (Clevert et al. 2015).</summary>
    public static readonly UnaryFunction Elu = new UnaryFunction<Elu>(nameof(Elu));

    /// <summary>Error function.</summary>
    public static readonly UnaryFunction Erf = new UnaryFunction<Erf>(nameof(Erf));

    /// <summary>e to the power of x.</summary>
    public static readonly UnaryFunction Exp = new UnaryFunction<Exp>(nameof(Exp));

    /// <summary>Largest whole number not above x.</summary>
    public static readonly UnaryFunction Floor = new UnaryFunction<Floor>(nameof(Floor));

    /// <summary>x times the normal distribution function (Hendrycks and Gimpel 2016).</summary>
    public static readonly UnaryFunction Gelu = new UnaryFunction<Gelu>(nameof(Gelu));

    /// <summary>Gelu by its approximation with tanh.</summary>
    public static readonly UnaryFunction GeluTanh = new UnaryFunction<GeluTanh>(nameof(GeluTanh));

    /// <summary>a x + b limited to [0, 1].</summary>
    public static readonly UnaryFunction HardSigmoid = new UnaryFunction<HardSigmoid>(nameof(HardSigmoid));

    /// <summary>x HardSigmoid(x) with a = 1/6, b = 1/2 (Howard et al. 2019).</summary>
    public static readonly UnaryFunction HardSwish = new UnaryFunction<HardSwish>(nameof(HardSwish));

    /// <summary>x, or a x where x is negative.</summary>
    public static readonly UnaryFunction LeakyRelu = new UnaryFunction<LeakyRelu>(nameof(LeakyRelu));

    /// <summary>Natural logarithm.</summary>
    public static readonly UnaryFunction Log = new UnaryFunction<Log>(nameof(Log));

    /// <summary>-x.</summary>
    public static readonly UnaryFunction Negate = new UnaryFunction<Negate>(nameof(Negate));

    /// <summary>1 / x.</summary>
    public static readonly UnaryFunction Reciprocal = new UnaryFunction<Reciprocal>(nameof(Reciprocal));

    /// <summary>max(x, 0).</summary>
    public static readonly UnaryFunction Relu = new UnaryFunction<Relu>(nameof(Relu));

    /// <summary>1 / (1 + e^-x).</summary>
    public static readonly UnaryFunction Sigmoid = new UnaryFunction<Sigmoid>(nameof(Sigmoid));

    /// <summary>x Sigmoid(x), also called Swish.</summary>
    public static readonly UnaryFunction Silu = new UnaryFunction<Silu>(nameof(Silu));

    /// <summary>ln(1 + e^x), without overflow: max(x, 0) + ln(1 + e^-|x|).</summary>
    public static readonly UnaryFunction Softplus = new UnaryFunction<Softplus>(nameof(Softplus));

    /// <summary>Square root.</summary>
    public static readonly UnaryFunction Sqrt = new UnaryFunction<Sqrt>(nameof(Sqrt));

    /// <summary>x * x.</summary>
    public static readonly UnaryFunction Square = new UnaryFunction<Square>(nameof(Square));

    /// <summary>Hyperbolic tangent, by the exponential.</summary>
    public static readonly UnaryFunction Tanh = new UnaryFunction<Tanh>(nameof(Tanh));

    /// <summary>All of them, for tests and tables.</summary>
    public static readonly IReadOnlyList<UnaryFunction> All =
    [
        Abs, Affine, Ceiling, Clip, Elu, Erf, Exp, Floor,
        Gelu, GeluTanh, HardSigmoid, HardSwish, LeakyRelu, Log, Negate, Reciprocal,
        Relu, Sigmoid, Silu, Softplus, Sqrt, Square, Tanh,
    ];
}
