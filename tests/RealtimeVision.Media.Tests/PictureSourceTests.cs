using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

public sealed class PictureSourceTests
{
    private TestFiles _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TestFiles();

    [TearDown]
    public void RemoveFolder() => _files.Dispose();

    [Test]
    public void APictureComesOnce()
    {
        using var source = new PictureSource(Save("one.png", 6, 4, 10));
        source.Open(default);
        var frame = new Frame();
        Assert.That(source.FrameCount, Is.EqualTo(1));
        Assert.That(source.Read(frame, default), Is.True);
        Assert.That((frame.Width, frame.Height, frame.Pixels[0]), Is.EqualTo((6, 4, (byte)10)));
        Assert.That(source.Read(frame, default), Is.False);
        source.Open(default);
        Assert.That(source.Read(frame, default), Is.True);
    }

    [Test]
    public void ARepeatedPictureIsStampedByTheRateAndAllocatesNothing()
    {
        using var source = new PictureSource(
            Save("one.png", 6, 4, 10),
            new SourceOptions { Loop = true, FrameRate = 10, Width = 3 });
        source.Open(default);
        var frame = new Frame();
        source.Read(frame, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= 20; i++)
        {
            source.Read(frame, default);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(frame.Index, Is.EqualTo(20));
        Assert.That(frame.Timestamp, Is.EqualTo(TimeSpan.FromSeconds(2)));
        Assert.That((frame.Width, frame.Height), Is.EqualTo((3, 2)));
        Assert.That(source.FrameCount, Is.Null);
    }

    [Test]
    public void AFolderIsReadFromWhereItIsSought()
    {
        for (int i = 0; i < 5; i++)
        {
            Save($"p{i}.png", 2, 2, (byte)(10 * i));
        }

        using var source = new PictureFolderSource(_files.Folder, new SourceOptions { FrameRate = 10 });
        Assert.That(source.Duration, Is.Null);
        source.Open(default);
        Assert.That(source.Duration, Is.EqualTo(TimeSpan.FromSeconds(0.5)));
        var frame = new Frame();
        foreach ((double second, int index) in new[] { (0.3, 3), (0.11, 2), (7, 4), (-1, 0) })
        {
            source.Seek(TimeSpan.FromSeconds(second), default);
            source.Read(frame, default);
            Assert.That((frame.Index, frame.Pixels[0]), Is.EqualTo(((long)index, (byte)(10 * index))));
        }
    }

    [Test]
    public void AFolderComesInNaturalOrderEachPictureWithItsSize()
    {
        Save("p10.png", 5, 3, 30);
        Save("p9.png", 4, 2, 20);
        Save("P1.png", 2, 2, 10);
        File.WriteAllText(_files["notes.txt"], "no picture");
        using var source = new PictureFolderSource(_files.Folder);
        source.Open(default);
        Assert.That(source.FrameCount, Is.EqualTo(3));
        var frame = new Frame();
        List<(int, int, byte)> seen = [];
        while (source.Read(frame, default))
        {
            Assert.That(frame.Timestamp.TotalSeconds, Is.EqualTo(seen.Count / 25.0).Within(1e-6));
            seen.Add((frame.Width, frame.Height, frame.Pixels[0]));
        }

        (int, int, byte)[] expected = [(2, 2, 10), (4, 2, 20), (5, 3, 30)];
        Assert.That(seen, Is.EqualTo(expected));
    }

    [Test]
    public void AFolderLoops()
    {
        Save("1.png", 2, 2, 10);
        Save("2.png", 2, 2, 20);
        var options = new SourceOptions { Loop = true };
        using var source = new PictureFolderSource(_files.Folder, options);
        source.Open(default);
        var frame = new Frame();
        List<byte> seen = [];
        for (int i = 0; i < 5; i++)
        {
            Assert.That(source.Read(frame, default), Is.True);
            seen.Add(frame.Pixels[0]);
        }

        Assert.That(seen, Is.EqualTo(new byte[] { 10, 20, 10, 20, 10 }));
        Assert.That(frame.Index, Is.EqualTo(4));
    }

    [Test]
    public void ABrokenPictureOfAFolderIsNamedAndTheNextOneComes()
    {
        string broken = _files.Garbage("1.png");
        Save("2.png", 2, 2, 20);
        using var source = new PictureFolderSource(_files.Folder);
        source.Open(default);
        var frame = new Frame();
        Assert.That(
            () => source.Read(frame, default),
            Throws.TypeOf<SourceException>().With.Message.StartsWith(broken + ": is not a PNG"));
        Assert.That(source.Read(frame, default), Is.True);
        Assert.That(frame.Pixels[0], Is.EqualTo(20));
    }

    [Test]
    public void AFolderWithoutPicturesOrNoFolderAtAllIsNamed()
    {
        using var empty = new PictureFolderSource(_files.Folder);
        Assert.That(
            () => empty.Open(default),
            Throws.TypeOf<SourceException>()
                .With.Message.Match("has no picture").And.Message.Contain(_files.Folder));
        using var missing = new PictureFolderSource(_files["none"]);
        Assert.That(
            () => missing.Open(default),
            Throws.TypeOf<SourceException>().With.Message.Match("no such folder"));
    }

    [Test]
    public void AMissingPictureIsNamed()
    {
        using var source = new PictureSource(_files["none.jpg"]);
        Assert.That(
            () => source.Open(default),
            Throws.TypeOf<SourceException>()
                .With.Message.EqualTo(_files["none.jpg"] + ": there is no such file."));
        Assert.That(() => source.Read(new Frame(), default), Throws.InvalidOperationException);
    }

    [Test]
    public void NamesWithNumbersAreInNaturalOrder()
    {
        string[] ordered =
            ["a", "a01", "a1", "a2", "a2b", "a10", "A11", "b", "b00000000000000000000000000000001"];
        string[] mixed = [.. ordered.Reverse()];
        Array.Sort(mixed, NaturalOrder.Instance);
        Assert.That(mixed, Is.EqualTo(ordered));
    }

    private string Save(string name, int width, int height, byte gray)
    {
        byte[] pixels = new byte[width * height];
        pixels.AsSpan().Fill(gray);
        Picture.SavePng(pixels, width, height, PixelFormat.Gray8, _files[name]);
        return _files[name];
    }
}
