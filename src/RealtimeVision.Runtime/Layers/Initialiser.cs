using System.Runtime.InteropServices;
using System.Text;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Layers;

/// <summary>How many numbers go into a unit, and to how many a number goes.</summary>
/// <param name="In">Inputs of a unit.</param>
/// <param name="Out">Units that an input goes to.</param>
public readonly record struct Fans(int In, int Out)
{
    /// <summary>
    /// Those of weights whose last two dimensions are inputs and outputs, those before them taps.
    /// </summary>
    public static Fans Of(Shape weights)
    {
        if (weights.Rank < 2)
        {
            return new((int)weights.Count, (int)weights.Count);
        }

        int taps = (int)weights.Product(0, weights.Rank - 2);
        return new(taps * weights[-2], taps * weights[-1]);
    }
}

/// <summary>
/// How first values are drawn: a pure function of the network's seed and the parameter's name.
/// </summary>
public enum Initialiser
{
    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>Ones.</summary>
    Ones,

    /// <summary>Uniform in +-sqrt(6 / (in + out)): Glorot and Bengio 2010.</summary>
    GlorotUniform,

    /// <summary>Normal of variance 2 / in, for rectified units: He et al. 2015.</summary>
    HeNormal,

    /// <summary>Uniform in +-sqrt(6 / in): He et al. 2015.</summary>
    HeUniform,

    /// <summary>Uniform in +-1 / sqrt(in), as PyTorch begins its layers.</summary>
    FanInUniform,

    /// <summary>Normal of variance 1 / in: LeCun et al. 1998.</summary>
    LecunNormal,

    /// <summary>Normal of deviation 0.02.</summary>
    SmallNormal,

    /// <summary>
    /// Rows (or, where there are fewer, columns) at right angles and of length 1, for weights of
    /// recurrent states: Saxe et al. 2014. Of more than two dimensions, each of the last two.
    /// </summary>
    Orthogonal,

    /// <summary>
    /// Zeros, but ones in the second quarter of each row: the forget gate's of i, f, g, o.
    /// </summary>
    ForgetGateOnes,
}

/// <summary>Draws first values.</summary>
internal static class Initialisers
{
    public static void Fill(
        this Initialiser initialiser, Span<float> values, Shape shape, Fans fans, ulong seed,
        string name)
    {
        var random = new Philox(seed, RandomStream.Initialise, unchecked((int)Hash(name)));
        switch (initialiser)
        {
            case Initialiser.Zeros:
                values.Clear();
                break;
            case Initialiser.Ones:
                values.Fill(1);
                break;
            case Initialiser.GlorotUniform:
                Uniform(values, ref random, MathF.Sqrt(6f / (fans.In + fans.Out)));
                break;
            case Initialiser.HeUniform:
                Uniform(values, ref random, MathF.Sqrt(6f / fans.In));
                break;
            case Initialiser.FanInUniform:
                Uniform(values, ref random, MathF.Sqrt(1f / fans.In));
                break;
            case Initialiser.HeNormal:
                Normal(values, ref random, MathF.Sqrt(2f / fans.In));
                break;
            case Initialiser.LecunNormal:
                Normal(values, ref random, MathF.Sqrt(1f / fans.In));
                break;
            case Initialiser.SmallNormal:
                Normal(values, ref random, 0.02f);
                break;
            case Initialiser.Orthogonal:
                Orthogonal(values, shape, ref random);
                break;
            case Initialiser.ForgetGateOnes:
                values.Clear();
                for (int row = 0; row < values.Length; row += shape[-1])
                {
                    values.Slice(row + (shape[-1] / 4), shape[-1] / 4).Fill(1);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(initialiser), initialiser, $"for {shape}");
        }
    }

    /// <summary>FNV-1a, 32 bits: the same for a name on every machine, forever.</summary>
    public static uint Hash(string name)
    {
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            hash = unchecked((hash ^ b) * 16777619);
        }

        return hash;
    }

    private static void Uniform(Span<float> values, ref Philox random, float limit)
    {
        foreach (ref float x in values)
        {
            x = random.NextSingle(-limit, limit);
        }
    }

    private static void Normal(Span<float> values, ref Philox random, float deviation)
    {
        foreach (ref (float First, float Second) pair in
            MemoryMarshal.Cast<float, (float First, float Second)>(values))
        {
            var (first, second) = random.NextNormals();
            pair = (first * deviation, second * deviation);
        }

        if (values.Length % 2 == 1)
        {
            values[^1] = random.NextNormals().First * deviation;
        }
    }

    private static void Orthogonal(Span<float> values, Shape shape, ref Philox random)
    {
        var (rows, columns) = shape.Rank < 2 ? (1, (int)shape.Count) : (shape[-2], shape[-1]);
        var (count, length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        var vectors = new float[count * length];
        for (int start = 0; start < values.Length; start += vectors.Length)
        {
            Normal(vectors, ref random, 1);
            for (int i = 0; i < count; i++)
            {
                MakeOrthogonal(vectors, i, length);
            }

            for (int i = 0; i < vectors.Length; i++)
            {
                var (vector, place) = (i / length, i % length);
                values[start + (rows <= columns ? i : (place * columns) + vector)] = vectors[i];
            }
        }
    }

    // Gram and Schmidt, twice over: once leaves rounding errors that grow with the number of rows.
    private static void MakeOrthogonal(Span<float> vectors, int index, int length)
    {
        var vector = vectors.Slice(index * length, length);
        for (int other = 0; other < 2 * index; other++)
        {
            var before = vectors.Slice(other % index * length, length);
            float along = (float)Dot(before, vector);
            for (int i = 0; i < length; i++)
            {
                vector[i] -= along * before[i];
            }
        }

        float scale = (float)(1 / Math.Sqrt(Dot(vector, vector)));
        foreach (ref float x in vector)
        {
            x *= scale;
        }
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
