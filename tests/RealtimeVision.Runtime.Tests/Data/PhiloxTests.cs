using RealtimeVision.Kernels.Functions;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class PhiloxTests
{
    /// <summary>Known answers of Random123, its file kat_vectors.</summary>
    [Test]
    public void TheGeneratorGivesThePublishedNumbers()
    {
        uint ones = uint.MaxValue;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Philox4x32.Block(0, 0, 0, 0, 0, 0),
                Is.EqualTo((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)));
            Assert.That(
                Philox4x32.Block(ones, ones, ones, ones, ones, ones),
                Is.EqualTo((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)));
            Assert.That(
                Philox4x32.Block(
                    0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0),
                Is.EqualTo((0xd16cfe09u, 0x94fdcceb, 0x5001e420u, 0x24126ea1u)));
        }
    }

    [Test]
    public void EverySeedStreamIndexAndEpochHasASequenceOfItsOwn()
    {
        var first = new HashSet<uint>();
        for (int i = 0; i < 6; i++)
        {
            first.Add(new Philox(1 + (ulong)i, 1, 1, 1).NextUInt32());
            first.Add(new Philox((1UL << 32) + (ulong)i, 1, 1, 1).NextUInt32());
            first.Add(new Philox(1, 2 + i, 1, 1).NextUInt32());
            first.Add(new Philox(1, 1, 2 + i, 1).NextUInt32());
            first.Add(new Philox(1, 1, 1, 2 + i).NextUInt32());
        }

        Assert.That(first, Has.Count.EqualTo(30));
    }

    [Test]
    public void NumbersHaveTheMomentsOfTheirDistributions()
    {
        var random = new Philox(7, 0);
        const int Count = 100_000;
        double uniform = 0, normal = 0, squares = 0;
        var faces = new int[6];
        for (int i = 0; i < Count; i++)
        {
            uniform += random.NextSingle();
            (float a, float b) = random.NextNormals();
            normal += a + b;
            squares += (a * a) + (b * b);
            faces[random.NextInt32(6)]++;
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(uniform / Count, Is.EqualTo(0.5).Within(0.005));
            Assert.That(normal / (2 * Count), Is.Zero.Within(0.01));
            Assert.That(squares / (2 * Count), Is.EqualTo(1).Within(0.02));
            Assert.That(faces, Is.All.InRange((Count / 6) - 600, (Count / 6) + 600));
        }
    }

    [Test]
    public void AShuffleKeepsTheItemsAndReachesEveryOrder()
    {
        var orders = new HashSet<string>();
        for (int i = 0; i < 500; i++)
        {
            int[] items = [0, 1, 2, 3];
            new Philox(3, 0, i).Shuffle(items.AsSpan());
            Assert.That(items, Is.EquivalentTo([0, 1, 2, 3]));
            orders.Add(string.Join(",", items));
        }

        Assert.That(orders, Has.Count.EqualTo(24));
    }
}
