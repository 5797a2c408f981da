using System.Text.Json;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>
/// Schedules beside the numbers of PyTorch's documented recurrences, computed apart from this code
/// in double precision.
/// </summary>
public sealed class ScheduleTests
{
    private const double Tolerance = 1e-6;

    private static readonly LearningRateSchedule[] All =
    [
        new ConstantSchedule(), new StepSchedule(30), new StepSchedule(7, 0.5f),
        new MilestoneSchedule([3, 5, 9], 0.2f), new CosineSchedule(), new CosineSchedule(1e-5f),
        new OneCycleSchedule(), new OneCycleSchedule(0.5f, 10, 100),
        new OnPlateauSchedule(0.5f, 3, 0.01f, false, 2, 1e-6f),
        new WarmUpSchedule(new CosineSchedule(), Steps: 100),
        new WarmUpSchedule(new OnPlateauSchedule(), Epochs: 0.5, StartFactor: 0.1f),
    ];

    [Test]
    public void AConstantStays() =>
        Assert.That(Rates(new ConstantSchedule(), 0.3f, 3), Is.All.EqualTo(0.3f));

    [Test]
    public void StepsDropEachSoManyEpochs() =>
        Assert.That(
            Rates(new StepSchedule(2, 0.1f), 0.05f, 10, stepsPerEpoch: 2),
            Is.EqualTo(
                new[] { 0.05, 0.05, 0.05, 0.05, 5e-3, 5e-3, 5e-3, 5e-3, 5e-4, 5e-4 })
                .Within(100 * Tolerance).Percent);

    [Test]
    public void MilestonesDropAtTheirEpochs() =>
        Assert.That(
            Rates(new MilestoneSchedule([4, 1, 4], 0.5f), 1, 6),
            Is.EqualTo(new[] { 1, 0.5, 0.5, 0.5, 0.125, 0.125 }).Within(Tolerance));

    [Test]
    public void ACosineIsThatOfCosineAnnealing() =>
        Assert.That(
            Rates(new CosineSchedule(0.01f), 0.2f, 8, count: 9),
            Is.EqualTo(
                new[]
                {
                    0.2, 0.19276856, 0.17217514, 0.14135493, 0.105, 0.068645074, 0.037824856,
                    0.017231444, 0.01,
                }).Within(Tolerance));

    [Test]
    public void OneCycleIsThatOfPyTorch()
    {
        double[] byDefault =
        [
            0.004, 0.034978965, 0.087928516, 0.099441544, 0.093301297, 0.081174565, 0.0647379,
            0.04626371, 0.0283061, 0.013347753, 0.0034566987, 4e-07,
        ];
        double[] other = [0.1, 0.775, 0.90460399, 0.34614601, 0.001, 0.001];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Rates(new OneCycleSchedule(), 0.1f, 12), Is.EqualTo(byDefault).Within(Tolerance));
            Assert.That(
                Rates(new OneCycleSchedule(0.5f, 10, 100), 1, 5, count: 6),
                Is.EqualTo(other).Within(Tolerance), "and the last stays");
        }
    }

    [Test]
    public void OneCycleOfFewStepsIsANumber([Values(1, 2, 3)] int steps) =>
        Assert.That(Rates(new OneCycleSchedule(), 1, steps), Is.All.InRange(0f, 1f));

    [Test]
    public void AWarmUpLeadsInAStraightLineToWhatFollows()
    {
        double[] expected =
        [
            0.002, 0.0515, 0.101, 0.1505, 0.2, 0.19238795, 0.17071068, 0.13826834, 0.1,
            0.061731657, 0.029289322, 0.0076120467,
        ];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Rates(new WarmUpSchedule(new CosineSchedule(), Steps: 4), 0.2f, 12),
                Is.EqualTo(expected).Within(Tolerance));
            Assert.That(
                Rates(new WarmUpSchedule(new CosineSchedule(), Epochs: 0.4), 0.2f, 12, 10),
                Is.EqualTo(expected).Within(Tolerance));
        }
    }

    [Test]
    public void WhatFollowsAWarmUpCountsFromItsEnd() =>
        Assert.That(
            Rates(
                new WarmUpSchedule(new StepSchedule(1, 0.5f), Epochs: 1, StartFactor: 0.5f), 1, 6,
                stepsPerEpoch: 2),
            Is.EqualTo(new[] { 0.5, 0.75, 1, 1, 0.5, 0.5 }).Within(Tolerance));

    [Test]
    public void APlateauReducesLowScores() =>
        Assert.That(
            Observe(
                new OnPlateauSchedule(0.5f, 1, 1e-4f, true, Cooldown: 1, Minimum: 0.1f), 1,
                [
                    1.0, 0.9, 0.9, 0.9, 0.89995, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5,
                    0.5, 0.5, 0.5,
                ]),
            Is.EqualTo(
                new[]
                {
                    1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.1,
                    0.1, 0.1, 0.1, 0.1,
                }).Within(Tolerance));

    [Test]
    public void APlateauReducesHighScores() =>
        Assert.That(
            Observe(
                new OnPlateauSchedule(0.1f, 2, 0.02f, false, 0, 1e-5f), 0.01f,
                [
                    0.5, 0.6, 0.605, 0.61, 0.7, 0.7, 0.7, double.NaN, 0.7, 0.7, 0.8, 0.8, 0.8, 0.8,
                ],
                MetricDirection.HigherIsBetter),
            Is.EqualTo(
                new[]
                {
                    0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.001, 0.001, 0.001, 0.001, 0.001,
                    0.001, 0.0001,
                }).Within(100 * Tolerance).Percent);

    [Test]
    public void AScheduleGoesOnFromItsStateAsJson()
    {
        var schedule = new WarmUpSchedule(new OnPlateauSchedule(0.5f, 1, Cooldown: 1), Steps: 1);
        double[] scores = [3, 2, 2, 2, 2, 2, 1, 1, 1, 1];
        var (whole, resumed) = (ScheduleState.Initial, ScheduleState.Initial);
        foreach (double score in scores)
        {
            whole = schedule.Observe(whole, score, MetricDirection.LowerIsBetter);
            resumed = RoundTrip(schedule.Observe(
                RoundTrip(resumed), score, MetricDirection.LowerIsBetter));
        }

        Assert.That(resumed, Is.EqualTo(whole));
        Assert.That(whole.Reductions, Is.GreaterThan(1));
    }

    [TestCaseSource(nameof(All))]
    public void SchedulesAreReadAsTheyAreWritten(LearningRateSchedule schedule) =>
        Assert.That(RoundTrip(schedule), Is.EqualTo(schedule));

    [Test]
    public void ARecipeNamesASchedule()
    {
        var schedule = JsonSerializer.Deserialize<LearningRateSchedule>(
            """{ "epochs": 2, "then": { "minimum": 1e-6, "type": "cosine" }, "type": "warm_up" }""",
            TrainingJson.Options);

        Assert.That(
            schedule, Is.EqualTo(new WarmUpSchedule(new CosineSchedule(1e-6f), Epochs: 2)));
    }

    [TestCase("""{ "type": "cosine", "minimun": 1 }""", "minimun")]
    [TestCase("""{ "type": "cosin" }""", "cosin")]
    [TestCase("""{ "type": "warm_up", "steps": 3 }""", "then")]
    public void WhatARecipeGetsWrongIsNamed(string json, string named) =>
        Assert.That(
            () => JsonSerializer.Deserialize<LearningRateSchedule>(json, TrainingJson.Options),
            Throws.TypeOf<JsonException>().With.Message.Contains(named));

    [Test]
    public void ParametersOutOfRangeAreNamed()
    {
        using (Assert.EnterMultipleScope())
        {
            Refused(() => new StepSchedule(0), "Epochs");
            Refused(() => new StepSchedule(1, 0), "Gamma");
            Refused(() => new CosineSchedule(float.NaN), "Minimum");
            Refused(() => new OneCycleSchedule(1), "WarmUpFraction");
            Refused(() => new OnPlateauSchedule(1), "Factor");
            Refused(() => new OnPlateauSchedule(Patience: -1), "Patience");
            Refused(() => new WarmUpSchedule(new CosineSchedule(), Steps: 0), "Steps");
            Refused(() => new WarmUpSchedule(new CosineSchedule(), 1, null, 2), "StartFactor");
            Assert.That(
                () => new WarmUpSchedule(new CosineSchedule()), Throws.ArgumentException);
            Assert.That(
                () => new WarmUpSchedule(new CosineSchedule(), 3, 1), Throws.ArgumentException);
        }

        static void Refused(Func<object> make, string name) =>
            Assert.That(
                () => make(),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains(name));
    }

    private static float[] Rates(
        LearningRateSchedule schedule, float rate, int steps, int stepsPerEpoch = 1,
        int? count = null) =>
        [
            .. Enumerable.Range(0, count ?? steps)
                .Select(i => schedule.At(rate, new SchedulePosition(i, steps, stepsPerEpoch))),
        ];

    private static float[] Observe(
        OnPlateauSchedule schedule, float rate, double[] scores,
        MetricDirection direction = MetricDirection.LowerIsBetter)
    {
        var state = ScheduleState.Initial;
        return
        [
            .. scores.Select((score, i) =>
            {
                state = schedule.Observe(state, score, direction);
                return schedule.At(rate, new SchedulePosition(i, scores.Length, 1), state);
            }),
        ];
    }

    private static T RoundTrip<T>(T value) =>
        JsonSerializer.Deserialize<T>(
            JsonSerializer.Serialize(value, TrainingJson.Options), TrainingJson.Options)!;
}
