using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training.Metrics;

public sealed class ScoresTests
{
    [Test]
    public void ErrorsOfNumbers()
    {
        // The example of scikit-learn's pages: r2_score is 0.948, mean_squared_error 0.375.
        var scores = new RegressionScores();
        scores.Add([3, -0.5f, 2, 7], [2.5f, 0, 2, 8]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(scores.MeanSquaredError, Is.EqualTo(0.375));
            Assert.That(scores.RootMeanSquaredError, Is.EqualTo(Math.Sqrt(0.375)));
            Assert.That(scores.MeanAbsoluteError, Is.EqualTo(0.5));
            Assert.That(scores.R2, Is.EqualTo(1 - (1.5 / 29.1875)).Within(1e-15));
            Assert.That(scores.R2, Is.EqualTo(0.948).Within(1e-3));
        }
    }

    [Test]
    public void StreamedAndMergedScoresAreThoseOfTheWhole()
    {
        // A large mean makes naive sums of squares cancel.
        var random = new Random(1);
        double[] truth = [.. Enumerable.Range(0, 999).Select(_ => 1e6 + random.NextDouble())];
        double[] prediction = [.. truth.Select(t => t + (0.2 * random.NextDouble()))];
        RegressionScores[] parts = [new(), new(), new()];
        for (int i = 0; i < truth.Length; i++)
        {
            parts[i / 500].Add(truth[i], prediction[i]);
        }

        parts[0].Merge(parts[1]);
        parts[0].Merge(parts[2]);

        double mean = truth.Average();
        double errors = truth.Zip(prediction, (t, p) => (t - p) * (t - p)).Sum();
        double deviations = truth.Sum(t => (t - mean) * (t - mean));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parts[0].Count, Is.EqualTo(999));
            Assert.That(parts[0].MeanSquaredError, Is.EqualTo(errors / 999).Within(1e-12));
            Assert.That(parts[0].R2, Is.EqualTo(1 - (errors / deviations)).Within(1e-9));
        }
    }

    [Test]
    public void AConstantTruthHasNoR2()
    {
        var scores = new RegressionScores();
        Assert.That((scores.MeanSquaredError, scores.R2), Is.EqualTo((0d, 0d)));
        scores.Add([5, 5], [5, 5]);
        Assert.That((scores.IsR2Defined, scores.R2), Is.EqualTo((false, 0d)));
    }

    [Test]
    public void APredictionThatIsNotFiniteIsNotHidden()
    {
        var scores = new RegressionScores();
        scores.Add([1, 2, 3], [1, float.PositiveInfinity, 3]);
        Assert.That(scores.NonFiniteCount, Is.EqualTo(1));
        Assert.That(MetricSet.Of(scores).Select(m => m.Value), Is.All.NaN);
        scores.Clear();
        Assert.That(MetricSet.Of(scores).Select(m => m.Value), Is.All.Zero);
    }

    [TestCase(1, 0.25)]
    [TestCase(2, 0.75)]
    [TestCase(3, 1)]
    public void TopK(int k, double expected)
    {
        // The example of scikit-learn's page on top_k_accuracy_score, without its tie.
        var accuracy = new TopKAccuracy(k, ignoreIndex: -1);
        accuracy.Add(
            [0, 1, 2, 2, -1],
            [0.5f, 0.2f, 0.2f, 0.4f, 0.3f, 0.2f, 0.2f, 0.4f, 0.3f, 0.7f, 0.2f, 0.1f, 1, 1, 1]);
        Assert.That(accuracy.Value, Is.EqualTo(expected));
        Assert.That(accuracy.Count, Is.EqualTo(4));
        Assert.That(MetricSet.Of(accuracy)[0].Name, Is.EqualTo($"top{k}_accuracy"));
    }

    [Test]
    public void TiesAndNaNAreNoSuccess()
    {
        var accuracy = new TopKAccuracy(1);
        accuracy.Add([1, 0, 0], [2, 2, 0, float.NaN, 5, 5]);
        Assert.That(accuracy.Hits, Is.EqualTo(1));
        Assert.That(
            () => accuracy.Add([2], [1, 0]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => accuracy.Add([0, 1], [1, 0, 0]), Throws.ArgumentException);
        Assert.That(() => new TopKAccuracy(0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void AMeanWeighsBatchesAndLeavesOutWhatIsNotFinite()
    {
        var mean = new RunningMean();
        Assert.That(mean.Value, Is.Zero);
        mean.Add(double.NaN, 32);
        Assert.That(mean.Value, Is.NaN);
        mean.Add(1, 32);
        mean.Add(4, 16);
        Assert.That((mean.Value, mean.Count, mean.NonFiniteCount), Is.EqualTo((2d, 2L, 1L)));
        Assert.That(() => mean.Add(1, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
