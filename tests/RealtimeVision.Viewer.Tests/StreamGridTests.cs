using System.Numerics;

namespace RealtimeVision.Viewer.Tests;

/// <summary>Where streams lie, without OpenGL.</summary>
public sealed class StreamGridTests
{
    [Test]
    public void Letterbox_keeps_the_aspect_to_within_a_pixel() =>
        Assert.Multiple(() =>
        {
            for (int target = 1; target < 400; target += 7)
            {
                Vector4 r = StreamGrid.Letterbox(160, 90, new(0, 0, target, 211));
                Assert.That(
                    r.Z / r.W, Is.EqualTo(160f / 90).Within(160f / 90 / Math.Min(r.Z, r.W)));
                Assert.That(r.X + r.Z, Is.LessThanOrEqualTo(target));
                Assert.That(r.Y + r.W, Is.LessThanOrEqualTo(211));
            }
        });

    [TestCase(1, 1280, 720, 1)]
    [TestCase(2, 1280, 720, 1)]
    [TestCase(2, 1920, 500, 2)]
    [TestCase(3, 1280, 720, 2)]
    [TestCase(4, 1280, 720, 2)]
    [TestCase(5, 1280, 720, 2)]
    [TestCase(9, 1280, 720, 3)]
    [TestCase(4, 300, 1000, 1)]
    public void Streams_lie_side_by_side_without_overlap(
        int count, int width, int height, int columns)
    {
        Assert.That(StreamGrid.Columns(count, width, height), Is.EqualTo(columns));
        Vector4[] cells = [.. Enumerable.Range(0, count)
            .Select(i => StreamGrid.CellOf(i, count, width, height))];
        foreach (Vector4 cell in cells)
        {
            Assert.That(cell.X, Is.GreaterThanOrEqualTo(0));
            Assert.That(cell.Y, Is.GreaterThanOrEqualTo(0));
            Assert.That(cell.X + cell.Z, Is.LessThanOrEqualTo(width));
            Assert.That(cell.Y + cell.W, Is.LessThanOrEqualTo(height));
            Assert.That(cells.Count(other => Overlaps(cell, other)), Is.EqualTo(1), "itself");
        }

        Assert.That(
            cells.Sum(c => c.Z * c.W), Is.GreaterThan(0.6 * width * height));

        static bool Overlaps(Vector4 a, Vector4 b) =>
            a.X < b.X + b.Z && b.X < a.X + a.Z && a.Y < b.Y + b.W && b.Y < a.Y + a.W;
    }
}
