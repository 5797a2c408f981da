using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Street.Tests;

/// <summary><see cref="StreetSource"/>: options, frames and their truth.</summary>
public class SourceTests
{
    [Test]
    public void AStreetIsReadFromWhereItIsSought()
    {
        using var source = new StreetSource(
            new() { Width = 32, Height = 18, FrameRate = 10, Frames = 40 });
        using var other = new StreetSource(new() { Width = 32, Height = 18, FrameRate = 10 });
        Assert.That(source.Duration, Is.EqualTo(TimeSpan.FromSeconds(4)));
        Assert.That(other.Duration, Is.Null, "it has no end");
        source.Open(default);
        other.Open(default);
        var sought = new Frame();
        var read = new Frame();
        for (int i = 0; i <= 25; i++)
        {
            other.Read(read, default);
        }

        source.Seek(TimeSpan.FromSeconds(2.5), default);
        source.Read(sought, default);
        Assert.That(sought.Index, Is.EqualTo(25));
        Assert.That(sought.Pixels.SequenceEqual(read.Pixels), Is.True);
        source.Seek(TimeSpan.FromSeconds(99), default);
        Assert.That(source.Read(sought, default), Is.True);
        Assert.That(sought.Index, Is.EqualTo(39));
        Assert.That(source.Read(sought, default), Is.False);
    }

    [Test]
    public void FramesComeInOrderWithTheirTruth()
    {
        using var source = StreetSource.Parse("seed=3,weather=rain,size=160x90,fps=10,start=8,frames=5");
        Assert.That((source.Name, source.FrameRate, source.FrameCount), Is.EqualTo(("street", 10.0, 5L)));
        source.Open(CancellationToken.None);
        var frame = new Frame();
        var direct = new StreetRenderer(160, 90);
        var rgb = new byte[160 * 90 * 3];
        var classes = new byte[160 * 90];
        var truth = new byte[160 * 90];
        for (int i = 0; i < 5; i++)
        {
            Assert.That(source.Read(frame, CancellationToken.None), Is.True);
            Assert.That(frame.Index, Is.EqualTo(i));
            Assert.That(frame.Timestamp, Is.EqualTo(TimeSpan.FromSeconds(i / 10.0)));
            direct.Render(new StreetScene(3, StreetWeather.Rain), 8 + (i / 10.0), rgb, classes);
            Assert.That(frame.Pixels.SequenceEqual(rgb), Is.True, $"frame {i}");
            source.ReadTruth(i, truth);
            Assert.That(truth, Is.EqualTo(classes));
            Assert.That(source.WeatherOf(i), Is.EqualTo(StreetWeather.Rain));
            Assert.That(source.MotionOf(i), Is.EqualTo(source.Scene.MotionAt(8 + (i / 10.0))));
        }

        Assert.That(source.Read(frame, CancellationToken.None), Is.False);
        source.Open(CancellationToken.None);
        Assert.That(source.Read(frame, CancellationToken.None), Is.True);
        Assert.That(frame.Index, Is.Zero);
    }

    [Test]
    public void TruthMayBeReadWhileFramesAre()
    {
        using var source = new StreetSource(new() { Width = 64, Height = 36, FrameRate = 5 });
        source.Open(CancellationToken.None);
        var expected = new byte[40][];
        var renderer = new StreetRenderer(64, 36);
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = new byte[64 * 36];
            renderer.RenderTruth(source.Scene, i / 5.0, expected[i]);
        }

        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var truth = new byte[64 * 36];
            for (int i = expected.Length - 1; i >= 0; i--)
            {
                source.ReadTruth(i, truth);
                Assert.That(truth, Is.EqualTo(expected[i]));
            }
        })).ToArray();
        var frame = new Frame();
        for (int i = 0; i < 40; i++)
        {
            source.Read(frame, CancellationToken.None);
        }

        Task.WaitAll(readers);
    }

    [Test]
    public void NothingSaidIsTheDefault()
    {
        using var source = StreetSource.Parse("");
        Assert.That((source.Width, source.Height, source.FrameCount), Is.EqualTo((640, 360, (long?)null)));
        Assert.That(source.Scene.Seed, Is.EqualTo(new StreetSourceOptions().Seed));
    }

    [TestCase("weather=snow", "'snow'", "clear, rain, fog, night")]
    [TestCase("colour=red", "'colour'", "seed, weather, size")]
    [TestCase("night", "'night'", "name=value")]
    [TestCase("seed=-1", "seed is '-1'", "no number")]
    [TestCase("size=640", "'640'", "640x360")]
    [TestCase("size=8x8", "8x8", "16 to 4096")]
    [TestCase("fps=0", "fps is 0", "above 0")]
    [TestCase("start=-3", "start is -3", "0 or more")]
    [TestCase("frames=0", "frames is 0", "above 0")]
    public void WrongOptionsAreNamed(string text, string what, string remedy) => Assert.That(
        () => StreetSource.Parse(text),
        Throws.TypeOf<SourceException>()
            .With.Message.Contains(what).And.Message.Contains(remedy));

    [Test]
    public void ClosedSourceIsNotRead()
    {
        using var source = new StreetSource();
        Assert.That(
            () => source.Read(new Frame(), CancellationToken.None), Throws.InvalidOperationException);
    }
}
