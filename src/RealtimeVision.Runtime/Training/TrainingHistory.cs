namespace RealtimeVision.Runtime.Training;

/// <summary>Where a training is, told after each step.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Epochs">Epochs of the whole training.</param>
/// <param name="Step">Steps of the epoch that are done.</param>
/// <param name="StepsPerEpoch">Steps of an epoch.</param>
/// <param name="Loss">The epoch's mean loss up to now.</param>
/// <param name="LearningRate">Of the step.</param>
/// <param name="SamplesPerSecond">Of this run up to now, validations left out.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Step, int StepsPerEpoch, double Loss, float LearningRate,
    double SamplesPerSecond);

/// <summary>Why a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    Completed,

    /// <summary>The score has not become better for long enough.</summary>
    StoppedEarly,

    /// <summary>It was cancelled; it can go on where it was.</summary>
    Cancelled,
}

/// <summary>What a training came to.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="History">Its epochs, those before it was resumed included.</param>
/// <param name="Seconds">How long this run took.</param>
/// <param name="SamplesPerSecond">Training samples a second of this run, validations left out.</param>
public sealed record TrainingResult(
    TrainingEnd End, IReadOnlyList<EpochRecord> History, double Seconds, double SamplesPerSecond)
{
    /// <summary>
    /// Names of the samples, of training and validation, that could not be read in this run and were
    /// left out or replaced; each once.
    /// </summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];
}

/// <summary>
/// Loss or gradients were not finite too often in a row; the message names the layer where it
/// begins.
/// </summary>
/// <param name="message">What happened.</param>
/// <param name="layer">The layer; null where it is not one layer.</param>
public sealed class DivergenceException(string message, string? layer) : Exception(message)
{
    /// <summary>
    /// The first layer whose output, or the last whose gradient, is not finite; null where it is the
    /// loss alone.
    /// </summary>
    public string? Layer { get; } = layer;
}
