using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Operators as their definitions say, in double precision, with no thought for speed: the truth
/// where PyTorch computed no case. One file an operator extends it.
/// </summary>
public static partial class Reference
{
    /// <summary>Applies a chain to each element, its operands broadcast.</summary>
    public static HostTensor Chain(double[] values, Shape shape, PointwiseChain chain, IReadOnlyList<HostTensor?> operands)
    {
        var results = new float[values.Length];
        var at = operands.Select(o => BroadcastIndex(o!.Shape, shape)).ToArray();
        for (int i = 0; i < values.Length; i++)
        {
            double x = values[i];
            int operand = 0;
            foreach (var link in chain.Links)
            {
                x = link.Function.IsBinary
                    ? Binary(link.Function.Name, x, operands[operand]!.Floats[at[operand++](i)])
                    : Unary(link.Function.Name, x, link.A, link.B);
            }

            results[i] = (float)x;
        }

        return HostTensor.Of(shape, results);
    }

    public static double Binary(string name, double x, double y) => name switch
    {
        "Add" => x + y,
        "Subtract" => x - y,
        "SubtractFrom" => y - x,
        "Multiply" => x * y,
        "Divide" => x / y,
        "DivideInto" => y / x,
        "Minimum" => Math.Min(x, y),
        "Maximum" => Math.Max(x, y),
        "WherePositive" => y > 0 ? x : 0,
        "Power" => Math.Pow(x, y),
        "Remainder" => x % y,
        "Modulo" => x - (y * Math.Floor(x / y)),
        "Atan2" => Math.Atan2(x, y),
        _ => throw new ArgumentException(name),
    };

    public static double Unary(string name, double x, double a, double b) => name switch
    {
        "Abs" => Math.Abs(x),
        "Acos" => Math.Acos(x),
        "Acosh" => Math.Acosh(x),
        "Asin" => Math.Asin(x),
        "Asinh" => Math.Asinh(x),
        "Atan" => Math.Atan(x),
        "Atanh" => Math.Atanh(x),
        "Celu" => Math.Max(x, 0) + Math.Min(a * (Math.Exp(x / a) - 1), 0),
        "Cos" => Math.Cos(x),
        "Cosh" => Math.Cosh(x),
        "LogSigmoid" => Math.Log(Sigmoid(x)),
        "Mish" => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
        "Round" => Math.Round(x, MidpointRounding.ToEven),
        "Selu" => b * (x < 0 ? a * (Math.Exp(x) - 1) : x),
        "Shrink" => x > a ? x - b : x < -a ? x + b : 0,
        "Sign" => Math.Sign(x),
        "Sin" => Math.Sin(x),
        "Sinh" => Math.Sinh(x),
        "Softsign" => x / (1 + Math.Abs(x)),
        "Tan" => Math.Tan(x),
        "ThresholdedRelu" => x > a ? x : 0,
        "Truncate" => Math.Truncate(x),
        "Negate" => -x,
        "Reciprocal" => 1 / x,
        "Square" => x * x,
        "Sqrt" => Math.Sqrt(x),
        "Exp" => Math.Exp(x),
        "Log" => Math.Log(x),
        "Floor" => Math.Floor(x),
        "Ceiling" => Math.Ceiling(x),
        "Affine" => (a * x) + b,
        "Relu" => Math.Max(x, 0),
        "Clip" => Math.Min(Math.Max(x, a), b),
        "LeakyRelu" => x < 0 ? a * x : x,
        "Elu" => x < 0 ? a * (Math.Exp(x) - 1) : x,
        "Sigmoid" => Sigmoid(x),
        "Tanh" => Math.Tanh(x),
        "HardSigmoid" => Math.Clamp((a * x) + b, 0, 1),
        "HardSwish" => x * Math.Clamp((x / 6) + 0.5, 0, 1),
        "Silu" => x * Sigmoid(x),
        "Softplus" => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))),
        "Erf" => Erf(x),
        "Gelu" => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
        "GeluTanh" => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        _ => throw new ArgumentException(name),
    };

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>
    /// For each index of <paramref name="output"/>, the index into an operand that broadcasts to
    /// it.
    /// </summary>
    public static Func<int, int> BroadcastIndex(Shape operand, Shape output)
    {
        var own = operand.Strides();
        var of = output.Strides();
        return index =>
        {
            int at = 0;
            for (int i = 1; i <= operand.Rank; i++)
            {
                int position = index / of[^i] % output[-i];
                at += operand[-i] == 1 ? 0 : position * own[^i];
            }

            return at;
        };
    }

    // The series, which converges for every x; 3.7 and more differ from 1 by less than single
    // precision tells.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
        {
            return Math.Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
