using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Components of masks, and their numbers over time.</summary>
public sealed class ComponentTests
{
    private static readonly bool[] Every = [false, true, true, true];

    [Test]
    public void NeighboursOfOneClassAreTogetherCornersToo()
    {
        MaskComponent[] found = Find(
            "1100",
            "0010",
            "2201",
            "2001");
        Assert.That(found, Is.EqualTo(new MaskComponent[]
        {
            new(1, new PixelBox(0, 0, 4, 4), 5),
            new(2, new PixelBox(0, 2, 2, 2), 3),
        }));
    }

    [Test]
    public void ClassesThatTouchStayApart()
    {
        MaskComponent[] found = Find(
            "1122",
            "2211",
            "1122");
        Assert.That(found.Sum(c => c.Area), Is.EqualTo(12));
        Assert.That(found.Select(c => (c.Class, c.Area)), Is.EqualTo(new[] { (1, 6), (2, 6) }));
    }

    [Test]
    public void ClassesThatDoNotCountAndSmallOnesAreLeftOut()
    {
        var finder = new ComponentFinder();
        byte[] mask = [1, 0, 2, 2, 0, 9];
        Assert.That(
            finder.Find(mask, 6, 1, Every).ToArray().Select(c => c.Class),
            Is.EqualTo(new[] { 2, 1 }));
        Assert.That(finder.Find(mask, 6, 1, [false, true]).Length, Is.EqualTo(1));
        Assert.That(finder.Find(mask, 6, 1, Every, leastArea: 2).Length, Is.EqualTo(1));
        Assert.That(new ComponentFinder(1).Find(mask, 6, 1, Every)[0].Class, Is.EqualTo(2));
        Assert.That(
            () => finder.Find(mask, 5, 1, Every).Length,
            Throws.ArgumentException.With.Message.Contains("5x1 has 5 bytes, not 6"));
    }

    [Test]
    public void ComponentsAreThoseOfAFloodFill([Range(1, 12)] int seed)
    {
        var random = new Random(seed);
        int width = 1 + random.Next(40);
        int height = 1 + random.Next(30);
        byte[] mask = new byte[width * height];
        for (int i = 0; i < mask.Length; i++)
        {
            // Mostly as the pixel before, so that there are shapes and not only noise.
            mask[i] = i > 0 && random.Next(4) > 0 ? mask[i - 1] : (byte)random.Next(4);
        }

        var finder = new ComponentFinder(mask.Length);
        MaskComponent[] found = finder.Find(mask, width, height, Every).ToArray();
        Assert.That(found.Select(c => c.Area), Is.Ordered.Descending);
        Assert.That(found, Is.EquivalentTo(FloodFill(mask, width, height)));
    }

    [Test]
    public void NumbersStayWhereThingsMove()
    {
        var tracker = new ComponentTracker();
        for (int frame = 0; frame < 20; frame++)
        {
            // The larger one comes first, whichever that is: order says nothing.
            TrackedComponent[] shown = tracker.Update(
                frame % 2 == 0
                ? [Box(1, 2 * frame, 0, 10, 10), Box(1, 100 - (2 * frame), 40, 9, 9)]
                : [Box(1, 100 - (2 * frame), 40, 12, 12), Box(1, 2 * frame, 0, 10, 10)]).ToArray();
            Assert.That(
                shown.OrderBy(c => c.Component.Box.Y).Select(c => (c.Id, c.Age)),
                Is.EqualTo(new[] { (1L, frame + 1), (2L, frame + 1) }), $"frame {frame}");
        }
    }

    [Test]
    public void WhatMovesByMoreThanItsSizeKeepsItsNumber()
    {
        var tracker = new ComponentTracker();
        for (int frame = 0; frame < 12; frame++)
        {
            // More than its width at each step; seen every other frame from the middle on.
            if (frame < 6 || frame % 2 == 0)
            {
                Assert.That(
                    tracker.Update([Box(1, 12 * frame, 0, 10, 10)])[0].Id, Is.EqualTo(1),
                    $"frame {frame}");
            }
            else
            {
                tracker.Update([]);
            }
        }

        // Where it was at first there is another one.
        Assert.That(tracker.Update([Box(1, 0, 0, 10, 10)])[0].Id, Is.EqualTo(2));
    }

    [Test]
    public void OneThatIsMissingForAWhileKeepsItsNumber()
    {
        var tracker = new ComponentTracker(patience: 2);
        Assert.That(Ids(Box(1, 0, 0, 10, 10)), Is.EqualTo(new[] { 1L }));
        Assert.That(Ids(), Is.Empty);
        Assert.That(Ids(), Is.Empty);
        Assert.That(Ids(Box(1, 1, 0, 10, 10)), Is.EqualTo(new[] { 1L }));
        Ids();
        Ids();
        Ids();
        Assert.That(Ids(Box(1, 1, 0, 10, 10)), Is.EqualTo(new[] { 2L }), "it was away for too long");
        tracker.Reset();
        Assert.That(Ids(Box(1, 1, 0, 10, 10)), Is.EqualTo(new[] { 3L }));

        long[] Ids(params MaskComponent[] components) =>
            [.. tracker.Update(components).ToArray().Select(c => c.Id)];
    }

    [Test]
    public void WhatFlickersGetsNoNumber()
    {
        var tracker = new ComponentTracker(confirmation: 3);
        var lasting = new List<long>();
        for (int frame = 0; frame < 30; frame++)
        {
            // One stays; others come for two frames, a place further each time.
            MaskComponent stays = Box(1, 0, 0, 10, 10);
            ReadOnlySpan<TrackedComponent> shown = frame % 3 == 0
                ? tracker.Update([stays])
                : tracker.Update([stays, Box(1, 40 + (20 * (frame / 3)), 0, 10, 10)]);
            lasting.Add(shown[0].Id);
            Assert.That(shown.Length == 1 || shown[1].Id == 0, Is.True, $"frame {frame}");
        }

        Assert.That(lasting, Is.EqualTo((long[])[0, 0, .. Enumerable.Repeat(1L, 28)]));

        // The next that lasts is the second, whatever flickered in between; it keeps its number
        // while it is missing.
        long[] second = [Second(), Second(), Second(), Missing(), Missing(), Second()];
        Assert.That(second, Is.EqualTo(new[] { 0L, 0L, 2L, -1L, -1L, 2L }));

        long Second() => tracker.Update([Box(2, 0, 0, 10, 10)])[0].Id;
        long Missing() => tracker.Update([]).Length - 1;
    }

    [Test]
    public void AnotherClassAtTheSamePlaceIsAnotherThing()
    {
        var tracker = new ComponentTracker();
        tracker.Update([Box(1, 0, 0, 10, 10)]);
        Assert.That(tracker.Update([Box(2, 0, 0, 10, 10)])[0].Id, Is.EqualTo(2));
    }

    [Test]
    public void MoreThanItFollowsAreLeftOut()
    {
        var tracker = new ComponentTracker(most: 2, patience: 3);
        Assert.That(
            tracker.Update([Box(1, 0, 0, 9, 9), Box(1, 20, 0, 9, 9), Box(1, 40, 0, 9, 9)]).Length,
            Is.EqualTo(2));
        // Those that are missing make room.
        Assert.That(
            tracker.Update([Box(1, 100, 0, 9, 9)])[0].Id, Is.EqualTo(3));
        Assert.That(
            tracker.Update([Box(1, 100, 0, 9, 9)])[0].Id, Is.EqualTo(3));
    }

    [Test]
    public void OverlapIsIntersectionOverUnion()
    {
        var box = new PixelBox(0, 0, 10, 10);
        Assert.That(ComponentTracker.Overlap(box, box), Is.EqualTo(1));
        Assert.That(
            ComponentTracker.Overlap(box, new PixelBox(5, 0, 10, 10)), Is.EqualTo(1 / 3f));
        Assert.That(ComponentTracker.Overlap(box, new PixelBox(10, 0, 10, 10)), Is.Zero);
        Assert.That(ComponentTracker.Overlap(box, default), Is.Zero);
    }

    [Test]
    public void NothingIsAllocatedAfterTheFirstFrames()
    {
        var finder = new ComponentFinder();
        var tracker = new ComponentTracker();
        byte[] mask = new byte[64 * 48];
        Run(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(300);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                Array.Clear(mask);
                for (int k = 0; k < 40; k++)
                {
                    mask[((k * 131) + (i * 7)) % mask.Length] = (byte)(1 + (k % 3));
                }

                tracker.Update(finder.Find(mask, 64, 48, Every));
            }
        }
    }

    private static MaskComponent Box(int type, int x, int y, int width, int height) =>
        new(type, new PixelBox(x, y, width, height), width * height);

    private static MaskComponent[] Find(params string[] rows) => new ComponentFinder().Find(
        [.. string.Concat(rows).Select(c => (byte)(c - '0'))], rows[0].Length, rows.Length,
        Every).ToArray();

    private static List<MaskComponent> FloodFill(byte[] mask, int width, int height)
    {
        var found = new List<MaskComponent>();
        var seen = new HashSet<(int X, int Y)>();
        for (int start = 0; start < mask.Length; start++)
        {
            var pixels = new List<(int X, int Y)>();
            var open = new Stack<(int X, int Y)>([(start % width, start / width)]);
            byte type = mask[start];
            while (type > 0 && open.TryPop(out (int X, int Y) at))
            {
                if (at.X < 0 || at.Y < 0 || at.X >= width || at.Y >= height
                    || mask[(at.Y * width) + at.X] != type || !seen.Add(at))
                {
                    continue;
                }

                pixels.Add(at);
                for (int i = 0; i < 9; i++)
                {
                    open.Push((at.X + (i % 3) - 1, at.Y + (i / 3) - 1));
                }
            }

            if (pixels.Count > 0)
            {
                int left = pixels.Min(p => p.X);
                int top = pixels.Min(p => p.Y);
                found.Add(new MaskComponent(
                    type,
                    new PixelBox(
                        left, top, pixels.Max(p => p.X) - left + 1, pixels.Max(p => p.Y) - top + 1),
                    pixels.Count));
            }
        }

        return found;
    }
}
