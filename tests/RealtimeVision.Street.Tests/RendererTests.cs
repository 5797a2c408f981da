using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Street.Tests;

/// <summary>Pictures and truth of <see cref="StreetRenderer"/>.</summary>
public class RendererTests
{
    private const int Width = 320;
    private const int Height = 180;

    private static readonly StreetWeather[] Weathers = Enum.GetValues<StreetWeather>();

    [Test]
    public void SameSeedAndTimeGiveTheSameBitsOnAnyThreadInAnyOrder()
    {
        var moments = Enumerable.Range(0, 24)
            .Select(i => (Seed: (ulong)(i % 3), Weather: Weathers[i % 4], Time: i * 5.37))
            .ToArray();
        var forwards = new (byte[] Rgb, byte[] Classes)[moments.Length];
        var backwards = new (byte[] Rgb, byte[] Classes)[moments.Length];
        var renderer = new StreetRenderer(Width, Height);
        for (int i = 0; i < moments.Length; i++)
        {
            forwards[i] = Draw(renderer, moments[i]);
        }

        Parallel.For(
            0, moments.Length, () => new StreetRenderer(Width, Height), (i, _, own) =>
            {
                int last = moments.Length - 1 - i;
                backwards[last] = Draw(own, moments[last]);
                return own;
            }, _ => { });
        for (int i = 0; i < moments.Length; i++)
        {
            Assert.That(backwards[i].Rgb, Is.EqualTo(forwards[i].Rgb), $"picture {i}");
            Assert.That(backwards[i].Classes, Is.EqualTo(forwards[i].Classes), $"truth {i}");
        }
    }

    [Test]
    public void TruthAloneIsTheTruthOfThePicture()
    {
        var renderer = new StreetRenderer(Width, Height);
        var alone = new byte[Width * Height];
        for (int i = 0; i < 12; i++)
        {
            var (_, classes) = Draw(renderer, (5, Weathers[i % 4], i * 7.7));
            renderer.RenderTruth(new StreetScene(5, Weathers[i % 4]), i * 7.7, alone);
            Assert.That(alone, Is.EqualTo(classes));
        }
    }

    [Test]
    public void SeedsGiveDifferentCities()
    {
        var renderer = new StreetRenderer(Width, Height);
        var pictures = Enumerable.Range(0, 6)
            .Select(seed => Convert.ToHexString(
                Draw(renderer, ((ulong)seed, StreetWeather.Clear, 0)).Classes))
            .ToHashSet();
        Assert.That(pictures, Has.Count.EqualTo(6));
    }

    [Test]
    public void EveryPixelHasAClassAndEveryClassIsSeenOftenAndLarge()
    {
        const int Frames = 160;
        const int LeastPixels = 40;
        var renderer = new StreetRenderer(Width, Height);
        var classes = new byte[Width * Height];
        var share = new double[StreetClasses.Count];
        var frames = new int[StreetClasses.Count];
        for (int i = 0; i < Frames; i++)
        {
            var scene = new StreetScene((ulong)i, Weathers[i % 4]);
            renderer.RenderTruth(scene, i * 3.1, classes);
            Assert.That(classes, Has.All.LessThan(StreetClasses.Count));
            var counts = new int[StreetClasses.Count];
            foreach (byte pixel in classes)
            {
                counts[pixel]++;
            }

            for (int c = 0; c < counts.Length; c++)
            {
                share[c] += (double)counts[c] / classes.Length / Frames;
                frames[c] += counts[c] >= LeastPixels ? 1 : 0;
            }
        }

        for (int c = 0; c < StreetClasses.Count; c++)
        {
            string name = StreetClasses.Names[c];
            Assert.That(share[c], Is.GreaterThan(0.005), $"share of {name}");
            Assert.That(frames[c], Is.GreaterThan(Frames / 2), $"frames with {name}");
        }
    }

    [Test]
    public void TruthOfAnotherSizeIsTheSameStreet()
    {
        var small = new byte[Width * Height];
        var large = new byte[4 * Width * Height];
        int same = 0;
        var scene = new StreetScene(3, StreetWeather.Clear);
        new StreetRenderer(Width, Height).RenderTruth(scene, 20, small);
        new StreetRenderer(2 * Width, 2 * Height).RenderTruth(scene, 20, large);
        for (int i = 0; i < small.Length; i++)
        {
            int x = i % Width, y = i / Width;
            same += large[(((2 * y) + 1) * 2 * Width) + (2 * x) + 1] == small[i] ? 1 : 0;
        }

        Assert.That(same, Is.GreaterThan(small.Length * 0.97));
    }

    [Test]
    public void NightIsDarkAndFogHasNoContrastFarAway()
    {
        var renderer = new StreetRenderer(Width, Height);
        for (ulong seed = 0; seed < 8; seed++)
        {
            double clear = Draw(renderer, (seed, StreetWeather.Clear, 9)).Rgb.Average(b => b);
            double night = Draw(renderer, (seed, StreetWeather.Night, 9)).Rgb.Average(b => b);
            Assert.That(night, Is.LessThan(clear * 0.75), $"seed {seed}");
            Assert.That(
                ContrastAtHorizon(Draw(renderer, (seed, StreetWeather.Fog, 9)).Rgb),
                Is.LessThan(ContrastAtHorizon(
                    Draw(renderer, (seed, StreetWeather.Clear, 9)).Rgb)),
                $"seed {seed}");
        }
    }

    [Test]
    public void NothingIsAllocatedFromTheSecondFrameOn()
    {
        var renderer = new StreetRenderer(Width, Height);
        var frame = new Frame();
        var classes = new byte[Width * Height];
        var scenes = Weathers.Select(weather => new StreetScene(2, weather)).ToArray();
        Render();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Render();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Render()
        {
            for (int i = 0; i < 20; i++)
            {
                renderer.Render(scenes[i % 4], i * 4.3, frame, classes);
            }
        }
    }

    [Test]
    public void WrongArgumentsAreNamed()
    {
        var renderer = new StreetRenderer(Width, Height);
        var scene = new StreetScene(1);
        var classes = new byte[Width * Height];
        Assert.That(
            () => renderer.Render(scene, 0, new byte[5], classes),
            Throws.ArgumentException.With.Message.Contains("5 bytes").And.Message.Contains("320x180"));
        Assert.That(
            () => renderer.RenderTruth(scene, -1, classes),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("0 or more"));
        Assert.That(
            () => new StreetRenderer(8, 180), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new StreetScene(1, (StreetWeather)9),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static (byte[] Rgb, byte[] Classes) Draw(
        StreetRenderer renderer, (ulong Seed, StreetWeather Weather, double Time) moment)
    {
        var rgb = new byte[renderer.Width * renderer.Height * 3];
        var classes = new byte[renderer.Width * renderer.Height];
        renderer.Render(
            new StreetScene(moment.Seed, moment.Weather), moment.Time, rgb, classes);
        return (rgb, classes);
    }

    private static double ContrastAtHorizon(byte[] rgb)
    {
        byte[] rows = rgb[(70 * Width * 3)..(90 * Width * 3)];
        double mean = rows.Average(b => b);
        return Math.Sqrt(rows.Average(b => (b - mean) * (b - mean)));
    }
}
