using System.Text.Json;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training.Metrics;

public sealed class MetricSetTests
{
    [Test]
    public void SourcesTellTheirMetricsInOrder()
    {
        var loss = new RunningMean();
        loss.Add(0.25);
        var matrix = new ConfusionMatrix(2);
        matrix.Add(1, 1);
        MetricSet set = MetricSet.Of(loss, matrix, new TopKAccuracy(5));
        Assert.That(set.Select(m => m.Name), Is.EqualTo(
        [
            "loss", "accuracy", "balanced_accuracy", "macro_f1", "mean_iou", "top5_accuracy",
        ]));
        Assert.That(set["loss"], Is.EqualTo(0.25));
        Assert.That(set.ToString(), Does.StartWith("loss 0.25, accuracy 1, "));
    }

    [TestCase("loss", MetricDirection.LowerIsBetter)]
    [TestCase("validation_loss", MetricDirection.LowerIsBetter)]
    [TestCase("rmse", MetricDirection.LowerIsBetter)]
    [TestCase("accuracy", MetricDirection.HigherIsBetter)]
    [TestCase("validation_mean_iou", MetricDirection.HigherIsBetter)]
    [TestCase("r2", MetricDirection.HigherIsBetter)]
    [TestCase("glossiness", MetricDirection.HigherIsBetter)]
    public void NamesTellTheDirection(string name, MetricDirection direction) =>
        Assert.That(MetricSet.DirectionOf(name), Is.EqualTo(direction));

    [TestCase("accuracy", 0.8, 0.7, 0, true)]
    [TestCase("accuracy", 0.8, 0.8, 0, false)]
    [TestCase("accuracy", 0.8, 0.75, 0.1, false)]
    [TestCase("mse", 0.8, 0.7, 0, false)]
    [TestCase("mse", 0.7, 0.8, 0.05, true)]
    [TestCase("mse", 0.7, null, 0, true)]
    [TestCase("mse", 0.7, double.NaN, 0, true)]
    [TestCase("mse", double.NaN, null, 0, false)]
    [TestCase("mse", double.NegativeInfinity, 0.1, 0, false)]
    public void TheBetterOneIsKnown(
        string name, double value, double? best, double minDelta, bool expected)
    {
        var set = new MetricSet { { name, value } };
        Assert.That(set.IsBetter(name, best, minDelta), Is.EqualTo(expected));
    }

    [Test]
    public void JsonIsOneObjectWithoutNaN()
    {
        var set = new MetricSet { { "accuracy", 0.9102 }, { "mse", double.NaN } };
        string json = JsonSerializer.Serialize(set);
        Assert.That(json, Is.EqualTo("""{"accuracy":0.9102,"mse":null}"""));

        MetricSet read = JsonSerializer.Deserialize<MetricSet>(json)!;
        Assert.That(read, Is.EqualTo(set));
        foreach (string bad in new[] { "[]", """{"a":"b"}""", """{"a":1,"a":2}""" })
        {
            Assert.That(
                () => JsonSerializer.Deserialize<MetricSet>(bad), Throws.TypeOf<JsonException>());
        }
    }

    [Test]
    public void NamesAreUniqueAndMissingOnesAreSaid()
    {
        var set = new MetricSet { { "accuracy", 0.5 } };
        Assert.That(
            () => set.Add("accuracy", 1),
            Throws.ArgumentException.With.Message.Contains("already"));
        set.AddRange(new MetricSet { { "accuracy", 0.4 } }, "validation_");
        Assert.That(
            () => set["mse"],
            Throws.TypeOf<KeyNotFoundException>()
                .With.Message.Contains("'mse'; there are accuracy, validation_accuracy"));
        Assert.That(set.TryGet("validation_accuracy", out Metric metric), Is.True);
        Assert.That(metric.Value, Is.EqualTo(0.4));
    }
}
