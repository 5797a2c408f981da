using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

public sealed class LargestSegmentTests
{
    [Test]
    public void AnEmptyMaskHasNone()
    {
        var segment = new LargestSegment();
        Assert.That(segment.Find(new byte[12], 4, 3, 1).IsEmpty, Is.True);
        Assert.That(segment.Area, Is.Zero);
    }

    [Test]
    public void TheThresholdBelongsToTheSegment()
    {
        var segment = new LargestSegment();
        Assert.That(segment.Find([9, 10, 11], 3, 1, 10), Is.EqualTo(new PixelBox(1, 0, 2, 1)));
    }

    [Test]
    public void CornersConnect()
    {
        byte[] mask =
        [
            1, 0, 0, 0,
            0, 1, 0, 1,
            0, 0, 1, 0,
        ];
        var segment = new LargestSegment();
        Assert.That(segment.Find(mask, 4, 3, 1), Is.EqualTo(new PixelBox(0, 0, 4, 3)));
        Assert.That(segment.Area, Is.EqualTo(4));
    }

    [Test]
    public void OfEqualOnesTheFirstIsTaken()
    {
        byte[] mask =
        [
            0, 0, 1, 0,
            1, 0, 0, 0,
        ];
        Assert.That(
            new LargestSegment().Find(mask, 4, 2, 1), Is.EqualTo(new PixelBox(2, 0, 1, 1)));
    }

    [Test]
    public void ASpiralIsOneSegment()
    {
        // Many joins of runs that were components of their own.
        const int size = 65;
        byte[] mask = new byte[size * size];
        int left = 0;
        int right = size - 1;
        while (left <= right)
        {
            for (int i = left; i <= right; i++)
            {
                mask[(left * size) + i] = 1;
                mask[(right * size) + i] = 1;
                mask[(i * size) + right] = 1;
                if (i > left + 1)
                {
                    mask[(i * size) + left] = 1;
                }
            }

            if (left > 0)
            {
                mask[((left + 1) * size) + left - 1] = 1;
            }

            left += 2;
            right -= 2;
        }

        CompareWithFloodFill(mask, size, size, new LargestSegment());
    }

    [Test]
    public void RandomMasksAgreeWithFloodFill()
    {
        var random = new Random(11);
        var segment = new LargestSegment();
        for (int i = 0; i < 300; i++)
        {
            int width = random.Next(1, 40);
            int height = random.Next(1, 40);
            double density = random.NextDouble();
            byte[] mask = new byte[width * height];
            for (int p = 0; p < mask.Length; p++)
            {
                mask[p] = (byte)(random.NextDouble() < density ? 200 : 40);
            }

            CompareWithFloodFill(mask, width, height, segment);
        }
    }

    [Test]
    public void NothingIsAllocatedTheSecondTime()
    {
        byte[] mask = new byte[160 * 160];
        new Random(3).NextBytes(mask);
        var segment = new LargestSegment();
        segment.Find(mask, 160, 160, 128);
        long before = GC.GetAllocatedBytesForCurrentThread();
        segment.Find(mask, 160, 160, 100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void AMaskOfAnotherSizeIsRefused() => Assert.That(
        () => new LargestSegment().Find(new byte[5], 2, 3, 1),
        Throws.ArgumentException.With.Message.Contain("2x3 has 6 bytes, not 5"));

    private static void CompareWithFloodFill(
        byte[] mask, int width, int height, LargestSegment segment)
    {
        byte threshold = (byte)(mask.Max() > 1 ? 128 : 1);
        var (box, area) = FloodFill(mask, width, height, threshold);
        Assert.That(segment.Find(mask, width, height, threshold), Is.EqualTo(box));
        Assert.That(segment.Area, Is.EqualTo(area));
    }

    private static (PixelBox Box, int Area) FloodFill(
        byte[] mask, int width, int height, byte threshold)
    {
        bool[] seen = [.. mask.Select(p => p < threshold)];
        (PixelBox Box, int Area) best = default;
        for (int start = 0; start < mask.Length; start++)
        {
            if (seen[start])
            {
                continue;
            }

            var open = new Stack<int>([start]);
            seen[start] = true;
            var found = new List<(int X, int Y)>();
            while (open.TryPop(out int pixel))
            {
                int x = pixel % width;
                int y = pixel / width;
                found.Add((x, y));
                for (int ny = Math.Max(y - 1, 0); ny <= Math.Min(y + 1, height - 1); ny++)
                {
                    for (int nx = Math.Max(x - 1, 0); nx <= Math.Min(x + 1, width - 1); nx++)
                    {
                        if (!seen[(ny * width) + nx])
                        {
                            seen[(ny * width) + nx] = true;
                            open.Push((ny * width) + nx);
                        }
                    }
                }
            }

            if (found.Count > best.Area)
            {
                int left = found.Min(p => p.X);
                int top = found.Min(p => p.Y);
                best = (
                    new PixelBox(
                        left, top, found.Max(p => p.X) - left + 1, found.Max(p => p.Y) - top + 1),
                    found.Count);
            }
        }

        return best;
    }
}
