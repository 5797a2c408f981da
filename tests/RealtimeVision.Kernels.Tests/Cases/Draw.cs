using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Random choices that are the same for the same seed.</summary>
public sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A whole number; both bounds are possible.</summary>
    public int Of(int least, int most) => _random.Next(least, most + 1);

    /// <summary>True half of the time.</summary>
    public bool Bool() => _random.Next(2) == 0;

    /// <summary>One of several.</summary>
    public T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>One of an enumeration.</summary>
    public T Pick<T>()
        where T : struct, Enum => Pick(Enum.GetValues<T>());

    /// <summary>Sizes of so many dimensions, each small.</summary>
    public int[] Sizes(int rank, int most = 5) =>
        [.. Enumerable.Range(0, rank).Select(_ => Of(1, most))];

    /// <summary>Sizes of a batch of pictures.</summary>
    public int[] Picture(int least = 1, int mostChannels = 19) =>
        [Of(1, 2), Of(least, least + 6), Of(least, least + 6), Of(1, mostChannels)];

    /// <summary>Numbers in [-1, 1).</summary>
    public HostTensor Floats(params int[] sizes) => HostTensor.Random(_random.Next(), sizes);

    /// <summary>Numbers between two others.</summary>
    public HostTensor Between(float least, float most, params int[] sizes) =>
        Floats(sizes).Map(v => least + ((most - least) * (v + 1) / 2));

    /// <summary>Numbers as weights are: of mean 0, and smaller the more are summed.</summary>
    public HostTensor Weights(int summed, params int[] sizes) =>
        Floats(sizes).Map(v => v / MathF.Sqrt(summed));

    /// <summary>Numbers no two of which are near one another, so that their order is steep.</summary>
    public HostTensor Apart(params int[] sizes)
    {
        int count = sizes.Aggregate(1, (product, size) => product * size);
        float[] numbers = [.. Enumerable.Range(0, count).Select(i => (i * 0.05f) - (count * 0.025f))];
        _random.Shuffle(numbers);
        return HostTensor.Of(new Shape(sizes), numbers);
    }

    /// <summary>Whole numbers; both bounds are possible.</summary>
    public HostTensor Ints(int least, int most, params int[] sizes)
    {
        var shape = new Shape(sizes);
        return HostTensor.OfInts(
            shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => Of(least, most))]);
    }

    /// <summary>A tensor, or none.</summary>
    public HostTensor? Maybe(HostTensor tensor) => Bool() ? tensor : null;
}
