using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>A tensor on the host: what tests give to operators and get from them.</summary>
public sealed record HostTensor(TensorType Type, byte[] Data)
{
    public Shape Shape => Type.Shape;

    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(Data);

    public ReadOnlySpan<int> Ints => MemoryMarshal.Cast<byte, int>(Data);

    public static HostTensor Of(Shape shape, ReadOnlySpan<float> values) =>
        new(new TensorType(ElementType.Float32, shape), MemoryMarshal.AsBytes(values).ToArray());

    public static HostTensor OfInts(Shape shape, ReadOnlySpan<int> values) =>
        new(new TensorType(ElementType.Int32, shape), MemoryMarshal.AsBytes(values).ToArray());

    public static HostTensor OfBytes(Shape shape, ReadOnlySpan<byte> values) =>
        new(new TensorType(ElementType.UInt8, shape), values.ToArray());

    /// <summary>Uniform numbers in [-1, 1), the same for the same seed.</summary>
    public static HostTensor Random(int seed, params ReadOnlySpan<int> sizes)
    {
        var random = new Random(seed);
        var shape = new Shape(sizes);
        var values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return Of(shape, values);
    }

    /// <summary>The floats, each put through a function.</summary>
    public HostTensor Map(Func<float, float> function) => Of(Shape, Array.ConvertAll(Floats.ToArray(), v => function(v)));

    /// <summary>
    /// The dimensions in another order: dimension i of the result is <c>order[i]</c> of this.
    /// </summary>
    public HostTensor Permute(params int[] order)
    {
        var sizes = Array.ConvertAll(order, o => Shape[o]);
        var from = Shape.Strides();
        int element = Type.Element.Size();
        var result = new byte[Data.Length];
        var index = new int[sizes.Length];
        for (int i = 0; i < Shape.Count; i++)
        {
            int source = 0;
            for (int d = 0; d < index.Length; d++)
            {
                source += index[d] * from[order[d]];
            }

            Data.AsSpan(source * element, element).CopyTo(result.AsSpan(i * element));
            for (int d = index.Length - 1; d >= 0 && ++index[d] == sizes[d]; d--)
            {
                index[d] = 0;
            }
        }

        return new HostTensor(new TensorType(Type.Element, new Shape(sizes)), result);
    }

    public HostTensor Reshape(params ReadOnlySpan<int> sizes) =>
        this with { Type = new TensorType(Type.Element, new Shape(sizes)) };

    /// <summary>One index of the first dimension, which stays, of size 1.</summary>
    public HostTensor At(int index)
    {
        int length = Data.Length / Shape[0];
        return new(
            new TensorType(Type.Element, Shape.With(0, 1)),
            Data[(index * length)..((index + 1) * length)]);
    }

    /// <summary>The first elements as a line, or the tensor itself where it has no more.</summary>
    public HostTensor Start(int count) => count >= Shape.Count ? this
        : new(new TensorType(Type.Element, new Shape(count)), Data[..(count * Type.Element.Size())]);

    /// <summary>
    /// Largest difference, relative to the largest magnitude of <paramref name="expected"/>;
    /// infinite where only one is NaN.
    /// </summary>
    public double ErrorAgainst(HostTensor expected)
    {
        Assert.That(Type, Is.EqualTo(expected.Type));
        double largest = 1e-30;
        double difference = 0;
        var a = Floats;
        var b = expected.Floats;
        for (int i = 0; i < a.Length; i++)
        {
            if (float.IsNaN(a[i]) != float.IsNaN(b[i]))
            {
                return double.PositiveInfinity;
            }

            if (a[i] != b[i] && !float.IsNaN(a[i]))
            {
                difference = Math.Max(difference, Math.Abs((double)a[i] - b[i]));
            }

            largest = Math.Max(largest, float.IsFinite(b[i]) ? Math.Abs(b[i]) : 0);
        }

        return difference / largest;
    }
}
