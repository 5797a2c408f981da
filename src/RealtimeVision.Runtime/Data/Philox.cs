using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// A sequence of random numbers that is a pure function of a seed and of what it is for, so that
/// any thread can draw those of any sample.
/// </summary>
/// <remarks>
/// Made by <see cref="Philox4x32"/>: the key is the seed; the counter holds the block, the stream,
/// the index and the epoch.
/// </remarks>
public struct Philox
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _stream;
    private readonly uint _index;
    private readonly uint _epoch;
    private uint _block;
    private uint _x0;
    private uint _x1;
    private uint _x2;
    private uint _x3;
    private int _left;

    /// <summary>Starts a sequence of its own for each combination of the arguments.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">What the numbers are for.</param>
    /// <param name="index">Which sample or batch they are for.</param>
    /// <param name="epoch">Which pass over the data they are for.</param>
    public Philox(ulong seed, int stream, int index = 0, int epoch = 0)
    {
        _key0 = (uint)seed;
        _key1 = (uint)(seed >> 32);
        _stream = (uint)stream;
        _index = (uint)index;
        _epoch = (uint)epoch;
    }

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            (_x0, _x1, _x2, _x3) = Philox4x32.Block(
                _block++, _stream, _index, _epoch, _key0, _key1);
            _left = 4;
        }

        return _left-- switch
        {
            4 => _x0,
            3 => _x1,
            2 => _x2,
            _ => _x3,
        };
    }

    /// <summary>A number from 0 up to, not with, 1, in steps of 2^-24.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public float NextSingle(float low, float high) => low + ((high - low) * NextSingle());

    /// <summary>True as often as <paramref name="probability"/> says; draws always.</summary>
    public bool NextBool(float probability) => NextSingle() < probability;

    /// <summary>
    /// An integer from 0 up to, not with, <paramref name="limit"/>, all equally likely (Lemire's
    /// method, https://arxiv.org/abs/1805.10941).
    /// </summary>
    public int NextInt32(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ulong product = (ulong)NextUInt32() * (uint)limit;
        if ((uint)product < (uint)limit)
        {
            uint threshold = (uint)-limit % (uint)limit;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * (uint)limit;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Two independent normal numbers of mean 0 and deviation 1 (Box-Muller).</summary>
    public (float First, float Second) NextNormals()
    {
        float radius = MathF.Sqrt(-2 * MathF.Log(1 - NextSingle()));
        (float sin, float cos) = MathF.SinCos(2 * MathF.PI * NextSingle());
        return (radius * cos, radius * sin);
    }

    /// <summary>Puts items into a random order, all orders equally likely (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}

/// <summary>What random numbers are drawn for; each has sequences of its own.</summary>
internal static class RandomStream
{
    public const int Shuffle = 1;
    public const int Split = 2;
    public const int Draw = 3;
    public const int Replace = 4;
    public const int Mixing = 5;
    public const int Initialise = 6;

    /// <summary>The first augmentation of a pipeline; the others follow.</summary>
    public const int Augmentation = 16;
}
