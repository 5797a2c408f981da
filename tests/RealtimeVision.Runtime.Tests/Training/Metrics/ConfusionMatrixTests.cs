using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training.Metrics;

public sealed class ConfusionMatrixTests
{
    // The example of scikit-learn's page on confusion_matrix.
    private static readonly int[] s_truth = [2, 0, 2, 2, 0, 1];
    private static readonly int[] s_prediction = [0, 0, 2, 2, 0, 2];

    [Test]
    public void RowsAreTheTruth()
    {
        ConfusionMatrix matrix = Of(3, s_truth, s_prediction);
        Assert.That(matrix.Counts.ToArray(), Is.EqualTo([2L, 0, 0, 0, 0, 1, 1, 0, 2]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(matrix[2, 0], Is.EqualTo(1));
            Assert.That(matrix.Total, Is.EqualTo(6));
            Assert.That(matrix.Support(2), Is.EqualTo(3));
            Assert.That(matrix.Predicted(2), Is.EqualTo(3));
            Assert.That(matrix.Accuracy, Is.EqualTo(4.0 / 6));
            Assert.That(matrix.Precision(0), Is.EqualTo(2.0 / 3));
            Assert.That(matrix.Recall(2), Is.EqualTo(2.0 / 3));
            Assert.That(matrix.IoU(0), Is.EqualTo(2.0 / 3));
            Assert.That(matrix.IoU(1), Is.Zero);
            Assert.That(matrix.IoU(2), Is.EqualTo(2.0 / 4));
            Assert.That(matrix.MeanIoU, Is.EqualTo(((2.0 / 3) + 0.5) / 3).Within(1e-15));
            Assert.That(matrix.Dice(2), Is.EqualTo(4.0 / 6));
        }
    }

    [Test]
    public void BalancedAccuracyIsTheMeanOfRecalls()
    {
        // The example of scikit-learn's page on balanced_accuracy_score.
        ConfusionMatrix matrix = Of(2, [0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]);
        Assert.That(matrix.BalancedAccuracy, Is.EqualTo(0.625));
    }

    [Test]
    public void AbsentClassesAreLeftOutAndCounted()
    {
        // Class 1 is predicted without truth, class 3 is nowhere.
        ConfusionMatrix matrix = Of(4, [0, 0, 2, 2], [0, 1, 2, 2]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(matrix.AbsentClassCount, Is.EqualTo(1));
            Assert.That(matrix.ClassesWithoutTruth, Is.EqualTo(2));
            Assert.That(matrix.IoU(3), Is.Zero);
            Assert.That(matrix.MeanIoU, Is.EqualTo((0.5 + 0 + 1) / 3));
            Assert.That(matrix.MeanDice, Is.EqualTo(((2.0 / 3) + 0 + 1) / 3).Within(1e-15));
            Assert.That(matrix.BalancedAccuracy, Is.EqualTo((0.5 + 1) / 2));
        }
    }

    [Test]
    public void AnEmptyMatrixIsZeroAndNotNaN()
    {
        var matrix = new ConfusionMatrix(5);
        Assert.That(MetricSet.Of(matrix).Select(m => m.Value), Is.All.Zero);
        Assert.That(matrix.AbsentClassCount, Is.EqualTo(5));
    }

    [Test]
    public void IgnoredPixelsDoNotCount()
    {
        var matrix = new ConfusionMatrix(2, ignoreIndex: 255);
        matrix.Add([0, 255, 1, 255], [0, 0, 0, 1]);
        Assert.That(matrix.Counts.ToArray(), Is.EqualTo([1L, 0, 1, 0]));
        Assert.That((matrix.Total, matrix.IgnoredCount), Is.EqualTo((2L, 2L)));
    }

    [Test]
    public void ScoresCountByTheirHighest()
    {
        var matrix = new ConfusionMatrix(3, ignoreIndex: -1);
        matrix.AddScores(
            [0, 1, 2, -1, 2],
            [3, 1, 2, 1, 1, 0, float.NaN, -5, -4, 9, 9, 9, -1, -3, -2]);
        Assert.That(matrix.Counts.ToArray(), Is.EqualTo([1L, 0, 0, 1, 0, 0, 1, 0, 1]));
    }

    [TestCase(2, 0, "label 2 at 1 is no class from 0 to 1 nor 255")]
    [TestCase(-1, 0, "label -1 at 1")]
    [TestCase(0, 255, "label 255 at 1 is no class from 0 to 1")]
    public void BadLabelsAreNamedAndNothingIsCounted(int truth, int prediction, string message)
    {
        var matrix = new ConfusionMatrix(2, ignoreIndex: 255);
        Assert.That(
            () => matrix.Add([0, truth], [0, prediction]),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains(message));
        Assert.That(matrix.Total, Is.Zero);
    }

    [Test]
    public void LengthsHaveToFit()
    {
        var matrix = new ConfusionMatrix(2);
        Assert.That(
            () => matrix.Add([0, 1], [0]),
            Throws.ArgumentException.With.Message.Contains("1 predictions for 2 labels"));
        Assert.That(
            () => matrix.AddScores([0, 1], [0, 1, 2]),
            Throws.ArgumentException.With.Message.Contains("3 scores for 2 labels of 2 classes"));
        Assert.That(
            () => matrix.Merge(new ConfusionMatrix(3)),
            Throws.ArgumentException.With.Message.Contains("3 classes does not go into one of 2"));
        Assert.That(() => ConfusionMatrix.FromCounts([1, 2, 3]), Throws.ArgumentException);
        Assert.That(() => ConfusionMatrix.FromCounts([1, 2, 3, -1]), Throws.ArgumentException);
    }

    [Test]
    public void PartsMergeToTheWhole()
    {
        var random = new Random(3);
        int[] truth = [.. Enumerable.Range(0, 500).Select(_ => random.Next(-1, 7))];
        int[] prediction = [.. truth.Select(_ => random.Next(7))];
        var whole = new ConfusionMatrix(7, ignoreIndex: -1);
        whole.Add(truth, prediction);
        var merged = new ConfusionMatrix(7, ignoreIndex: -1);
        foreach (int[] part in Enumerable.Range(0, truth.Length).Chunk(130))
        {
            var one = new ConfusionMatrix(7, ignoreIndex: -1);
            one.Add([.. part.Select(i => truth[i])], [.. part.Select(i => prediction[i])]);
            merged.Merge(one);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(merged.Counts.ToArray(), Is.EqualTo(whole.Counts.ToArray()));
            Assert.That(merged.IgnoredCount, Is.EqualTo(truth.Count(t => t < 0)));
            Assert.That(merged.Total + merged.IgnoredCount, Is.EqualTo(500));
            Assert.That(
                ConfusionMatrix.FromCounts(whole.Counts).MeanIoU, Is.EqualTo(whole.MeanIoU));
        }

        merged.Clear();
        Assert.That((merged.Total, merged.IgnoredCount, merged[0, 0]), Is.EqualTo((0L, 0L, 0L)));
    }

    [Test]
    public void MostConfusedPairsComeFirst()
    {
        ConfusionMatrix matrix = ConfusionMatrix.FromCounts([90, 2, 5, 0, 80, 2, 7, 0, 70]);
        Assert.That(
            matrix.MostConfused(3), Is.EqualTo([(2, 0, 7L), (0, 2, 5L), (0, 1, 2L)]));
        Assert.That(matrix.MostConfused(10), Has.Count.EqualTo(4));
    }

    private static ConfusionMatrix Of(int classes, int[] truth, int[] prediction)
    {
        var matrix = new ConfusionMatrix(classes);
        matrix.Add(truth, prediction);
        return matrix;
    }
}
