using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live.Teaching;

/// <summary>Frames that are kept of those that were shown.</summary>
public sealed class TakeTests
{
    [TestCase(5, new[] { 0, 1, 2, 3, 4 })]
    [TestCase(8, new[] { 0, 1, 2, 3, 4, 5, 6, 7 })]
    [TestCase(9, new[] { 0, 2, 4, 6, 8 })]
    [TestCase(17, new[] { 0, 4, 8, 12, 16 })]
    [TestCase(1000, new[] { 0, 128, 256, 384, 512, 640, 768, 896 })]
    public void FramesOfTheWholeTimeAreKept(int shown, int[] kept)
    {
        var take = new Take(2, 8);
        for (int i = 0; i < shown; i++)
        {
            take.Add([i, -i]);
        }

        take.Seal();
        Assert.That(take.Seen, Is.EqualTo(shown));
        Assert.That(take.Count, Is.EqualTo(kept.Length));
        for (int i = 0; i < kept.Length; i++)
        {
            Assert.That(take.Row(i).ToArray(), Is.EqualTo([(float)kept[i], -kept[i]]));
        }
    }

    [Test]
    public void TheOldestTakesOfAClassGiveWay()
    {
        var full = new ClassTakes("class", []);
        for (int i = 0; i < 5; i++)
        {
            var take = new Take(1, 8);
            for (int k = 0; k < 6; k++)
            {
                take.Add([i]);
            }

            take.Seal();
            full = full.With(take, 16);
        }

        Assert.That(full.Count, Is.EqualTo(12));
        Assert.That(full.Takes.Select(t => t.Row(0)[0]), Is.EqualTo([3f, 4f]));
    }
}
