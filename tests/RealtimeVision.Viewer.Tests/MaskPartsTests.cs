namespace RealtimeVision.Viewer.Tests;

public sealed class MaskPartsTests
{
    [Test]
    public void Parts_cover_each_texel_once_and_areas_are_of_one_class(
        [Values(1, 7, 64, 320)] int width, [Values(1, 5, 180)] int height, [Values(1, 3)] int margin)
    {
        var random = new Random((1000 * width) + height);
        var parts = new MaskParts();
        for (int round = 0; round < 5; round++)
        {
            byte[] values = Blobs(random, width, height);
            parts.Build(MaskView.OfClasses(values, width, height), margin);
            int[] covered = new int[width * height];
            foreach (MaskPart part in parts.Areas)
            {
                Cover(covered, part, width, height, margin: 0);
                ForEach(part, width, height, margin, i =>
                    Assert.That(values[i], Is.EqualTo(part.Value), $"{part}, texel {i}"));
            }

            foreach (MaskPart part in parts.Borders)
            {
                Assert.That(part.Value, Is.EqualTo(-1));
                Cover(covered, part, width, height, margin: 0);
            }

            Assert.That(covered, Is.All.EqualTo(1), $"round {round}");
        }
    }

    [Test]
    public void Of_a_probability_only_what_may_be_drawn_is_a_part()
    {
        const int Width = 128;
        const int Height = 96;
        byte[] values = Blobs(new Random(5), Width, Height);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (byte)(values[i] * 80);
        }

        var parts = new MaskParts();
        parts.Build(MaskView.OfProbability(values, Width, Height, 0.6f), margin: 1);
        Assert.That(parts.Areas.IsEmpty, Is.True);
        int[] covered = new int[values.Length];
        foreach (MaskPart part in parts.Borders)
        {
            Cover(covered, part, Width, Height, margin: 0);
        }

        for (int i = 0; i < values.Length; i++)
        {
            Assert.That(covered[i], Is.AtMost(1));
            Assert.That(covered[i] == 1 || values[i] < 0.3f * 255, Is.True, $"texel {i}: {values[i]}");
        }

        Assert.That(covered, Has.Some.EqualTo(0), "background is left out");
    }

    [Test]
    public void A_mask_of_the_same_size_allocates_nothing()
    {
        MaskView mask = MaskView.OfClasses(Blobs(new Random(3), 320, 180), 320, 180);
        var parts = new MaskParts();
        parts.Build(mask, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        parts.Build(mask, 1);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static byte[] Blobs(Random random, int width, int height)
    {
        byte[] values = new byte[width * height];
        for (int blob = 0; blob < 6; blob++)
        {
            (int x, int y, int r) = (random.Next(width), random.Next(height), random.Next(2, 60));
            for (int i = 0; i < values.Length; i++)
            {
                (int dx, int dy) = ((i % width) - x, (i / width) - y);
                values[i] = (dx * dx) + (dy * dy) < r * r ? (byte)(blob % 4) : values[i];
            }
        }

        return values;
    }

    private static void Cover(int[] covered, MaskPart part, int width, int height, int margin) =>
        ForEach(part, width, height, margin, i => covered[i]++);

    private static void ForEach(
        MaskPart part, int width, int height, int margin, Action<int> action)
    {
        int left = Math.Max((int)MathF.Round(part.Left * width) - margin, 0);
        int right = Math.Min((int)MathF.Round(part.Right * width) + margin, width);
        int top = Math.Max((int)MathF.Round(part.Top * height) - margin, 0);
        int bottom = Math.Min((int)MathF.Round(part.Bottom * height) + margin, height);
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                action((y * width) + x);
            }
        }
    }
}
