using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Testing;

/// <summary>
/// A tensor that goes into a reference run or comes out of it: floats, or integers as long.
/// </summary>
public sealed class ReferenceTensor
{
    private readonly float[]? _floats;
    private readonly long[]? _integers;

    public ReferenceTensor(long[] shape, float[] elements)
    {
        Shape = shape;
        _floats = elements;
    }

    public ReferenceTensor(long[] shape, long[] elements)
    {
        Shape = shape;
        _integers = elements;
    }

    public long[] Shape { get; }

    public bool IsFloat => _floats is not null;

    public float[] Floats =>
        _floats ?? throw new InvalidOperationException("The tensor is integer.");

    public long[] Integers =>
        _integers ?? throw new InvalidOperationException("The tensor is of floats.");

    /// <summary>Uniform numbers in -1..1, the same for the same seed.</summary>
    public static ReferenceTensor Random(int seed, params long[] shape)
    {
        var random = new Random(seed);
        float[] elements = new float[shape.Aggregate(1L, (product, side) => product * side)];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = 2 * random.NextSingle() - 1;
        }

        return new ReferenceTensor(shape, elements);
    }

    /// <summary>Random tensors for all inputs of a model; free sides become 1.</summary>
    public static Dictionary<string, ReferenceTensor> RandomInputs(ModelProto model, int seed = 1)
    {
        HashSet<string> defaults = [.. model.Graph!.Initializer.Select(tensor => tensor.Name)];
        return model.Graph.Input
            .Where(input => !defaults.Contains(input.Name))
            .Select((input, i) => (input.Name, Tensor: Random(seed + i,
                [.. input.Type!.TensorType!.Shape!.Dim.Select(dim => dim.DimValue ?? 1)])))
            .ToDictionary(entry => entry.Name, entry => entry.Tensor);
    }

    /// <summary>A picture [N, H, W, C] as [N, C, H, W].</summary>
    public ReferenceTensor ChannelsFirst()
    {
        var (n, pixels, c) = (Shape[0], Shape[1] * Shape[2], Shape[3]);
        var elements = new float[Floats.Length];
        for (long i = 0; i < elements.Length; i++)
        {
            long picture = i / (pixels * c);
            long channel = i / pixels % c;
            elements[i] = Floats[(((picture * pixels) + (i % pixels)) * c) + channel];
        }

        return new ReferenceTensor([n, c, Shape[1], Shape[2]], elements);
    }

    /// <summary>
    /// Largest difference to <paramref name="actual"/>, over the largest magnitude here.
    /// </summary>
    public double RelativeError(ReadOnlySpan<float> actual)
    {
        if (actual.Length != Floats.Length)
        {
            throw new ArgumentException($"{actual.Length} elements against {Floats.Length}.");
        }

        double largest = 0;
        double difference = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(Floats[i]));
            // Keeps a NaN, whatever comes after it.
            difference = Math.Max(difference, Math.Abs((double)actual[i] - Floats[i]));
        }

        return difference == 0 ? 0 : difference / largest;
    }
}
