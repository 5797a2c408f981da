using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training.Metrics;

public sealed class ClassificationReportTests
{
    [Test]
    public void TheTableIsLaidOutAsUsual()
    {
        // The example of scikit-learn's page on classification_report.
        var matrix = new ConfusionMatrix(3);
        matrix.Add([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]);
        string table =
            ClassificationReport.Of(matrix, ["class 0", "class 1", "class 2"]).ToString();
        Assert.That(table.Split('\n'), Is.EqualTo(
        [
            "              precision    recall  f1-score   support",
            "",
            "     class 0       0.50      1.00      0.67         1",
            "     class 1       0.00      0.00      0.00         1",
            "     class 2       1.00      0.67      0.80         3",
            "",
            "    accuracy                           0.60         5",
            "   macro avg       0.50      0.56      0.49         5",
            "weighted avg       0.70      0.60      0.61         5",
            "",
        ]));
    }

    [Test]
    public void AveragesAreThoseOfPrecisionRecallFscore()
    {
        // The example of scikit-learn's page on precision_recall_fscore_support:
        // 0.222, 0.333, 0.267.
        var matrix = new ConfusionMatrix(3);
        matrix.Add([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]);
        ClassificationReport report = ClassificationReport.Of(matrix);
        using (Assert.EnterMultipleScope())
        {
            foreach (ClassScores average in new[] { report.MacroAverage, report.WeightedAverage })
            {
                Assert.That(average.Precision, Is.EqualTo(2.0 / 9).Within(1e-15));
                Assert.That(average.Recall, Is.EqualTo(1.0 / 3).Within(1e-15));
                Assert.That(average.F1, Is.EqualTo(4.0 / 15).Within(1e-15));
                Assert.That(average.Support, Is.EqualTo(6));
            }

            Assert.That(report.Classes.Select(c => c.Name), Is.EqualTo(["0", "1", "2"]));
            Assert.That(report.MacroAverage.F1, Is.EqualTo(matrix.MeanDice).Within(1e-15));
        }
    }

    [Test]
    public void UndefinedRatiosAreZeroAndCounted()
    {
        // a: found; b: never predicted; c: predicted without truth; d: nowhere.
        var matrix = new ConfusionMatrix(4);
        matrix.Add([0, 1, 0], [0, 0, 2]);
        ClassificationReport report = ClassificationReport.Of(matrix, ["a", "b", "c", "d"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Classes.Select(c => c.Name), Is.EqualTo(["a", "b", "c"]));
            Assert.That(report.AbsentClassCount, Is.EqualTo(1));
            Assert.That(report.UndefinedPrecisionCount, Is.EqualTo(1));
            Assert.That(report.UndefinedRecallCount, Is.EqualTo(1));
            Assert.That(report.Classes[1], Is.EqualTo(new ClassScores("b", 0, 0, 0, 1)));
            Assert.That(report.MacroAverage.Precision, Is.EqualTo(0.5 / 3));
            Assert.That(report.WeightedAverage.Recall, Is.EqualTo(1.0 / 3));
        }
    }

    [Test]
    public void LongNamesWidenTheTableAndMoreDigitsAreShown()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add([0, 0, 1], [0, 1, 1]);
        string[] lines =
            ClassificationReport.Of(matrix, ["a rather long name", "b"]).ToString(4).Split('\n');
        Assert.That(lines[2], Is.EqualTo(
            "a rather long name     1.0000    0.5000    0.6667         2"));
        Assert.That(lines[3], Is.EqualTo(
            "                 b     0.5000    1.0000    0.6667         1"));
    }

    [Test]
    public void NothingIsZero()
    {
        ClassificationReport report = ClassificationReport.Of(new ConfusionMatrix(2));
        Assert.That(report.Accuracy, Is.Zero);
        Assert.That(report.MacroAverage, Is.EqualTo(new ClassScores("macro avg", 0, 0, 0, 0)));
        Assert.That(report.ToString(), Does.Not.Contain("NaN"));
    }

    [Test]
    public void ThereIsANameForEachClass() => Assert.That(
        () => ClassificationReport.Of(new ConfusionMatrix(2), ["a"]),
        Throws.ArgumentException.With.Message.Contains("1 names for 2 classes"));
}
