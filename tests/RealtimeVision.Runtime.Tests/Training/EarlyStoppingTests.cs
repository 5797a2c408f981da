using System.Text.Json;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

public sealed class EarlyStoppingTests
{
    [Test]
    public void ItStopsAfterEpochsThatAreNotBetter()
    {
        var stopping = new EarlyStopping(Patience: 2);

        var (state, epochs) = Observe(stopping, [1, 0.5, 0.6, 0.4, 0.4, 0.5, 0.1]);

        Assert.That(epochs, Is.EqualTo(6));
        Assert.That(state, Is.EqualTo(new EarlyStoppingState(0.4, 3, 2)));
    }

    [Test]
    public void ALittleBetterIsNotBetter()
    {
        var stopping = new EarlyStopping(3, 0.1);

        var (state, epochs) = Observe(
            stopping, [0.5, 0.55, 0.59, 0.7, 0.75, 0.79, 0.75, 0.9],
            MetricDirection.HigherIsBetter);

        Assert.That(epochs, Is.EqualTo(7));
        Assert.That(state.BestEpoch, Is.EqualTo(3));
    }

    [Test]
    public void NaNIsNeverTheBest()
    {
        var (state, epochs) = Observe(
            new EarlyStopping(2), [double.NaN, 3, double.NaN, double.NaN, 1]);

        Assert.That(epochs, Is.EqualTo(4));
        Assert.That(state, Is.EqualTo(new EarlyStoppingState(3, 1, 2)));
        Assert.That(state.IsBestNow(), Is.False);
    }

    [Test]
    public void ItGoesOnFromItsStateAsJson()
    {
        var stopping = new EarlyStopping(5);
        const MetricDirection Lower = MetricDirection.LowerIsBetter;
        var state = stopping.Observe(EarlyStoppingState.Initial, 0, 2.5, Lower);
        state = stopping.Observe(state, 1, 3, Lower);

        var read = JsonSerializer.Deserialize<EarlyStoppingState>(
            JsonSerializer.Serialize(state, TrainingJson.Options), TrainingJson.Options);

        Assert.That(read, Is.EqualTo(state));
        Assert.That(
            JsonSerializer.Deserialize<EarlyStopping>(
                """{ "patience": 5, "restore_best": true }""", TrainingJson.Options),
            Is.EqualTo(stopping));
    }

    [Test]
    public void PatienceIsAtLeastOne() =>
        Assert.That(
            () => new EarlyStopping(0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Patience"));

    private static (EarlyStoppingState State, int Epochs) Observe(
        EarlyStopping stopping, double[] scores,
        MetricDirection direction = MetricDirection.LowerIsBetter)
    {
        var state = EarlyStoppingState.Initial;
        int epoch = 0;
        while (epoch < scores.Length && !stopping.ShouldStop(state))
        {
            state = stopping.Observe(state, epoch, scores[epoch], direction);
            epoch++;
        }

        return (state, epoch);
    }
}
