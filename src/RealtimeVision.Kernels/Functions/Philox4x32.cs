using System.Runtime.CompilerServices;

namespace RealtimeVision.Kernels.Functions;

/// <summary>
/// The counter-based generator Philox4x32-10: four random words are a pure function of a counter
/// of four words and a key of two. Whoever needs numbers makes them where they are needed, in any
/// order, on any device; nothing is kept between.
/// </summary>
/// <remarks>
/// Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011).
/// </remarks>
public static class Philox4x32
{
    private const int Rounds = 10;

    /// <summary>The four words of a counter and a key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(
        uint x0, uint x1, uint x2, uint x3, uint key0, uint key1)
    {
        var block = new PhiloxBlock<Words1>
        {
            X0 = new(x0), X1 = new(x1), X2 = new(x2), X3 = new(x3),
        }.Random(key0, key1, Rounds);
        return (block.X0.Value, block.X1.Value, block.X2.Value, block.X3.Value);
    }

    /// <summary>The words of some counters at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PhiloxBlock<TWords> Block<TWords>(
        PhiloxBlock<TWords> counters, uint key0, uint key1)
        where TWords : struct, IWords<TWords> => counters.Random(key0, key1, Rounds);
}

/// <summary>Counters of the generator, or what it makes of them.</summary>
internal struct PhiloxBlock<TWords>
    where TWords : struct, IWords<TWords>
{
    /// <summary>The four words of each.</summary>
    public TWords X0, X1, X2, X3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly PhiloxBlock<TWords> Random(uint key0, uint key1, int rounds)
    {
        var (x0, x1, x2, x3) = (X0, X1, X2, X3);
        for (int round = 0; round < rounds; round++)
        {
            var (highA, lowA) = TWords.Multiply(x0, 0xD2511F53);
            var (highB, lowB) = TWords.Multiply(x2, 0xCD9E8D57);
            x0 = highB ^ x1 ^ TWords.Broadcast(key0);
            x1 = lowB;
            x2 = highA ^ x3 ^ TWords.Broadcast(key1);
            x3 = lowA;
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return new PhiloxBlock<TWords> { X0 = x0, X1 = x1, X2 = x2, X3 = x3 };
    }
}
