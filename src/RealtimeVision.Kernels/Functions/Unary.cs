namespace RealtimeVision.Kernels.Functions;

/// <summary>The pointwise functions of one number.</summary>
public static class Unary
{
    /// <summary>|x|.</summary>
    public static readonly UnaryFunction Abs = new UnaryFunction<Abs>(nameof(Abs));

    /// <summary>The angle of a cosine, in [0, pi]; NaN beyond [-1, 1].</summary>
    public static readonly UnaryFunction Acos = new UnaryFunction<Acos>(nameof(Acos));

    /// <summary>Inverse of the hyperbolic cosine, 0 and more; NaN below 1.</summary>
    public static readonly UnaryFunction Acosh = new UnaryFunction<Acosh>(nameof(Acosh));

    /// <summary>a x + b.</summary>
    public static readonly UnaryFunction Affine = new UnaryFunction<Affine>(nameof(Affine));

    /// <summary>The angle of a sine, in [-pi / 2, pi / 2]; NaN beyond [-1, 1].</summary>
    public static readonly UnaryFunction Asin = new UnaryFunction<Asin>(nameof(Asin));

    /// <summary>Inverse of the hyperbolic sine.</summary>
    public static readonly UnaryFunction Asinh = new UnaryFunction<Asinh>(nameof(Asinh));

    /// <summary>The angle of a tangent, in [-pi / 2, pi / 2].</summary>
    public static readonly UnaryFunction Atan = new UnaryFunction<Atan>(nameof(Atan));

    /// <summary>Inverse of the hyperbolic tangent; infinite at -1 and 1, NaN beyond.</summary>
    public static readonly UnaryFunction Atanh = new UnaryFunction<Atanh>(nameof(Atanh));

    /// <summary>Smallest whole number not below x.</summary>
    public static readonly UnaryFunction Ceiling = new UnaryFunction<Ceiling>(nameof(Ceiling));

    /// <summary>x, or a (e^(x / a) - 1) where x is negative (Barron 2017).</summary>
    public static readonly UnaryFunction Celu = new UnaryFunction<Celu>(nameof(Celu));

    /// <summary>The derivative of <see cref="Celu"/>.</summary>
    public static readonly UnaryFunction CeluDerivative = new UnaryFunction<CeluDerivative>(nameof(CeluDerivative));

    /// <summary>x limited to [a, b].</summary>
    public static readonly UnaryFunction Clip = new UnaryFunction<Clip>(nameof(Clip));

    /// <summary>Cosine of an angle in radians.</summary>
    public static readonly UnaryFunction Cos = new UnaryFunction<Cos>(nameof(Cos));

    /// <summary>Hyperbolic cosine.</summary>
    public static readonly UnaryFunction Cosh = new UnaryFunction<Cosh>(nameof(Cosh));

    /// <summary>x, or a (e^x - 1) where x is negative (Clevert et al. 2015).</summary>
    public static readonly UnaryFunction Elu = new UnaryFunction<Elu>(nameof(Elu));

    /// <summary>The derivative of <see cref="Elu"/>.</summary>
    public static readonly UnaryFunction EluDerivative = new UnaryFunction<EluDerivative>(nameof(EluDerivative));

    /// <summary>Error function.</summary>
    public static readonly UnaryFunction Erf = new UnaryFunction<Erf>(nameof(Erf));

    /// <summary>e to the power of x.</summary>
    public static readonly UnaryFunction Exp = new UnaryFunction<Exp>(nameof(Exp));

    /// <summary>Largest whole number not above x.</summary>
    public static readonly UnaryFunction Floor = new UnaryFunction<Floor>(nameof(Floor));

    /// <summary>x times the normal distribution function (Hendrycks and Gimpel 2016).</summary>
    public static readonly UnaryFunction Gelu = new UnaryFunction<Gelu>(nameof(Gelu));

    /// <summary>The derivative of <see cref="Gelu"/>.</summary>
    public static readonly UnaryFunction GeluDerivative = new UnaryFunction<GeluDerivative>(nameof(GeluDerivative));

    /// <summary>Gelu by its approximation with tanh.</summary>
    public static readonly UnaryFunction GeluTanh = new UnaryFunction<GeluTanh>(nameof(GeluTanh));

    /// <summary>The derivative of <see cref="GeluTanh"/>.</summary>
    public static readonly UnaryFunction GeluTanhDerivative = new UnaryFunction<GeluTanhDerivative>(nameof(GeluTanhDerivative));

    /// <summary>a x + b limited to [0, 1].</summary>
    public static readonly UnaryFunction HardSigmoid =
        new UnaryFunction<HardSigmoid>(nameof(HardSigmoid));

    /// <summary>The derivative of <see cref="HardSigmoid"/>.</summary>
    public static readonly UnaryFunction HardSigmoidDerivative = new UnaryFunction<HardSigmoidDerivative>(nameof(HardSigmoidDerivative));

    /// <summary>x HardSigmoid(x) with a = 1/6, b = 1/2 (Howard et al. 2019).</summary>
    public static readonly UnaryFunction HardSwish =
        new UnaryFunction<HardSwish>(nameof(HardSwish));

    /// <summary>The derivative of <see cref="HardSwish"/>.</summary>
    public static readonly UnaryFunction HardSwishDerivative = new UnaryFunction<HardSwishDerivative>(nameof(HardSwishDerivative));

    /// <summary>1 where x is in [a, b], else 0.</summary>
    public static readonly UnaryFunction Inside = new UnaryFunction<Inside>(nameof(Inside));

    /// <summary>x, or a x where x is negative.</summary>
    public static readonly UnaryFunction LeakyRelu =
        new UnaryFunction<LeakyRelu>(nameof(LeakyRelu));

    /// <summary>The derivative of <see cref="LeakyRelu"/>.</summary>
    public static readonly UnaryFunction LeakyReluDerivative = new UnaryFunction<LeakyReluDerivative>(nameof(LeakyReluDerivative));

    /// <summary>Natural logarithm.</summary>
    public static readonly UnaryFunction Log = new UnaryFunction<Log>(nameof(Log));

    /// <summary>ln(1 / (1 + e^-x)), without overflow: min(x, 0) - ln(1 + e^-|x|).</summary>
    public static readonly UnaryFunction LogSigmoid =
        new UnaryFunction<LogSigmoid>(nameof(LogSigmoid));

    /// <summary>x tanh(ln(1 + e^x)) (Misra 2019).</summary>
    public static readonly UnaryFunction Mish = new UnaryFunction<Mish>(nameof(Mish));

    /// <summary>The derivative of <see cref="Mish"/>.</summary>
    public static readonly UnaryFunction MishDerivative = new UnaryFunction<MishDerivative>(nameof(MishDerivative));

    /// <summary>-x.</summary>
    public static readonly UnaryFunction Negate = new UnaryFunction<Negate>(nameof(Negate));

    /// <summary>1 where |x| is above a, else 0.</summary>
    public static readonly UnaryFunction Outside = new UnaryFunction<Outside>(nameof(Outside));

    /// <summary>1 / x.</summary>
    public static readonly UnaryFunction Reciprocal =
        new UnaryFunction<Reciprocal>(nameof(Reciprocal));

    /// <summary>max(x, 0).</summary>
    public static readonly UnaryFunction Relu = new UnaryFunction<Relu>(nameof(Relu));

    /// <summary>The nearest whole number; the even one of two that are as near.</summary>
    public static readonly UnaryFunction Round = new UnaryFunction<Round>(nameof(Round));

    /// <summary>b times (x, or a (e^x - 1) where x is negative) (Klambauer et al. 2017).</summary>
    public static readonly UnaryFunction Selu = new UnaryFunction<Selu>(nameof(Selu));

    /// <summary>The derivative of <see cref="Selu"/>.</summary>
    public static readonly UnaryFunction SeluDerivative = new UnaryFunction<SeluDerivative>(nameof(SeluDerivative));

    /// <summary>x less b where it is above a, x plus b where it is below -a, 0 between.</summary>
    public static readonly UnaryFunction Shrink = new UnaryFunction<Shrink>(nameof(Shrink));

    /// <summary>1 / (1 + e^-x).</summary>
    public static readonly UnaryFunction Sigmoid = new UnaryFunction<Sigmoid>(nameof(Sigmoid));

    /// <summary>The derivative of <see cref="Sigmoid"/>, by its result.</summary>
    public static readonly UnaryFunction SigmoidDerivative = new UnaryFunction<SigmoidDerivative>(nameof(SigmoidDerivative));

    /// <summary>-1 where x is negative, 1 where it is positive, else x itself: 0 or NaN.</summary>
    public static readonly UnaryFunction Sign = new UnaryFunction<Sign>(nameof(Sign));

    /// <summary>x Sigmoid(x), also called Swish.</summary>
    public static readonly UnaryFunction Silu = new UnaryFunction<Silu>(nameof(Silu));

    /// <summary>The derivative of <see cref="Silu"/>.</summary>
    public static readonly UnaryFunction SiluDerivative = new UnaryFunction<SiluDerivative>(nameof(SiluDerivative));

    /// <summary>Sine of an angle in radians.</summary>
    public static readonly UnaryFunction Sin = new UnaryFunction<Sin>(nameof(Sin));

    /// <summary>Hyperbolic sine.</summary>
    public static readonly UnaryFunction Sinh = new UnaryFunction<Sinh>(nameof(Sinh));

    /// <summary>ln(1 + e^x), without overflow: max(x, 0) + ln(1 + e^-|x|).</summary>
    public static readonly UnaryFunction Softplus = new UnaryFunction<Softplus>(nameof(Softplus));

    /// <summary>x / (1 + |x|).</summary>
    public static readonly UnaryFunction Softsign = new UnaryFunction<Softsign>(nameof(Softsign));

    /// <summary>Square root.</summary>
    public static readonly UnaryFunction Sqrt = new UnaryFunction<Sqrt>(nameof(Sqrt));

    /// <summary>x * x.</summary>
    public static readonly UnaryFunction Square = new UnaryFunction<Square>(nameof(Square));

    /// <summary>1 where x is above a, else 0.</summary>
    public static readonly UnaryFunction UnitStep = new UnaryFunction<UnitStep>(nameof(UnitStep));

    /// <summary>Tangent of an angle in radians.</summary>
    public static readonly UnaryFunction Tan = new UnaryFunction<Tan>(nameof(Tan));

    /// <summary>Hyperbolic tangent, by the exponential.</summary>
    public static readonly UnaryFunction Tanh = new UnaryFunction<Tanh>(nameof(Tanh));

    /// <summary>The derivative of <see cref="Tanh"/>, by its result.</summary>
    public static readonly UnaryFunction TanhDerivative = new UnaryFunction<TanhDerivative>(nameof(TanhDerivative));

    /// <summary>x where it is above a, else 0.</summary>
    public static readonly UnaryFunction ThresholdedRelu =
        new UnaryFunction<ThresholdedRelu>(nameof(ThresholdedRelu));

    /// <summary>x without what follows the point.</summary>
    public static readonly UnaryFunction Truncate = new UnaryFunction<Truncate>(nameof(Truncate));

    /// <summary>All but those that only gradients use, for tests and tables.</summary>
    public static readonly IReadOnlyList<UnaryFunction> All =
    [
        Abs, Acos, Acosh, Affine, Asin, Asinh, Atan,
        Atanh, Ceiling, Celu, Clip, Cos, Cosh, Elu,
        Erf, Exp, Floor, Gelu, GeluTanh, HardSigmoid, HardSwish,
        LeakyRelu, Log, LogSigmoid, Mish, Negate, Reciprocal, Relu,
        Round, Selu, Shrink, Sigmoid, Sign, Silu, Sin,
        Sinh, Softplus, Softsign, Sqrt, Square, Tan, Tanh,
        ThresholdedRelu, Truncate,
    ];
}
