using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

public sealed class LatencyStatisticsTests
{
    [Test]
    public void NothingIsZero() =>
        Assert.That(new LatencyStatistics().Summarize(), Is.EqualTo(default(LatencySummary)));

    [TestCase(0, 1_000)]
    [TestCase(0, 200_000)]
    [TestCase(0, 70_000_000)]
    [TestCase(300, 200_000)]
    public void PercentilesAreThoseOfTheSortedLatencies(int window, int mostMicroseconds)
    {
        var random = new Random(5);
        var statistics = new LatencyStatistics(window);
        var all = new List<double>();
        for (int i = 0; i < 2000; i++)
        {
            int microseconds = random.Next(mostMicroseconds);
            all.Add(microseconds);
            statistics.Add(TimeSpan.FromMicroseconds(microseconds));
        }

        double[] counted = [.. all.TakeLast(window == 0 ? all.Count : window).Order()];
        Assert.That(statistics.Count, Is.EqualTo(counted.Length));
        foreach (double fraction in new[] { 0, 0.01, 0.5, 0.95, 0.99, 1 })
        {
            int rank = Math.Max((int)Math.Ceiling(fraction * counted.Length), 1);
            double expected = counted[rank - 1];
            Assert.That(
                statistics.Percentile(fraction).TotalMicroseconds,
                Is.EqualTo(expected).Within(Math.Max(expected / 128, 0.01)),
                $"{fraction}");
        }
    }

    [Test]
    public void ExtremesAreKept()
    {
        var statistics = new LatencyStatistics();
        statistics.Add(TimeSpan.FromSeconds(-1));
        Assert.That(statistics.Percentile(1), Is.EqualTo(TimeSpan.Zero));
        statistics.Add(TimeSpan.FromDays(100));
        Assert.That(statistics.Percentile(1), Is.GreaterThan(TimeSpan.FromHours(18)));
        statistics.Clear();
        Assert.That(statistics.Count, Is.Zero);
    }

    [Test]
    public void ArgumentsAreChecked()
    {
        Assert.That(() => new LatencyStatistics(-1), Throws.InstanceOf<ArgumentException>());
        Assert.That(
            () => new LatencyStatistics().Percentile(1.1), Throws.InstanceOf<ArgumentException>());
    }
}
