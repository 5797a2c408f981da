using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Tests;

public class LetterboxTests
{
    [TestCase(1280, 720, 640, 640, 0, 140, 640, 360)]
    [TestCase(720, 1280, 640, 640, 140, 0, 360, 640)]
    [TestCase(640, 480, 640, 480, 0, 0, 640, 480)]
    [TestCase(40, 20, 16, 15, 0, 3, 16, 8)]
    [TestCase(3, 2, 7, 7, 0, 1, 7, 5)]
    [TestCase(1000, 1, 10, 10, 0, 4, 10, 1)]
    [TestCase(16384, 16384, 16384, 16384, 0, 0, 16384, 16384)]
    public void PutsAFrameInTheMiddle(
        int width, int height, int tensorWidth, int tensorHeight, int x, int y, int targetWidth,
        int targetHeight)
    {
        var box = Letterbox.Fit(width, height, tensorWidth, tensorHeight, FrameFit.Letterbox);
        Assert.That(
            box, Is.EqualTo(new Letterbox(0, 0, width, height, x, y, targetWidth, targetHeight)));
        var corner = Letterbox.Fit(
            width, height, tensorWidth, tensorHeight, FrameFit.LetterboxTopLeft);
        Assert.That(corner, Is.EqualTo(box with { TargetX = 0, TargetY = 0 }));
        var all = Letterbox.Fit(width, height, tensorWidth, tensorHeight, FrameFit.Stretch);
        Assert.That(
            all, Is.EqualTo(new Letterbox(0, 0, width, height, 0, 0, tensorWidth, tensorHeight)));
    }

    [Test]
    public void MapsPlacesThereAndBack([Values] FrameFit fit)
    {
        var box = Letterbox.Fit(30, 20, 601, 333, 320, 256, fit);
        Assert.That(box.ToTensor(30, 20), Is.EqualTo(((float)box.TargetX, (float)box.TargetY)));
        var (right, bottom) = box.ToTensor(30 + 601, 20 + 333);
        Assert.That(right, Is.EqualTo(box.TargetX + box.TargetWidth).Within(1e-4));
        Assert.That(bottom, Is.EqualTo(box.TargetY + box.TargetHeight).Within(1e-4));
        foreach (var (x, y) in new[] { (31.5f, 20.25f), (500f, 300f), (0f, 0f) })
        {
            var (tx, ty) = box.ToTensor(x, y);
            var (backX, backY) = box.ToFrame(tx, ty);
            Assert.That(backX, Is.EqualTo(x).Within(1e-3));
            Assert.That(backY, Is.EqualTo(y).Within(1e-3));
        }
    }

    [Test]
    public void RefusesAGeometryThatDoesNotFit()
    {
        var frame = new FrameGeometry(20, 10, 3, 0, 1, 2, 64);
        Assert.That(() => frame.Check((9 * 64) + 60), Throws.Nothing);
        Assert.That(
            () => frame.Check((9 * 64) + 59),
            Throws.ArgumentException.With.Message.Contains("635 bytes"));
        Assert.That(() => (frame with { RowBytes = 59 }).Check(10_000), Throws.ArgumentException);
        Assert.That(() => (frame with { Blue = 3 }).Check(10_000), Throws.ArgumentException);
        Assert.That(() => (frame with { Height = 0 }).Check(10_000), Throws.ArgumentException);
        Assert.That(
            () => (frame with { RegionWidth = 20, RegionHeight = 10 }).Check(10_000),
            Throws.Nothing);
        Assert.That(
            () => (frame with { RegionX = 1, RegionWidth = 20, RegionHeight = 10 }).Check(10_000),
            Throws.ArgumentException);
    }
}
