namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Data to train with are not what they should be: a file that is missing, truncated or malformed,
/// a label that names no class, a class without samples, a picture that cannot be decoded, a mask
/// that does not fit its picture. The message names the file or sample, and the field.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <summary>Describes one problem of one file or sample.</summary>
    /// <param name="origin">Path of the file, or name of the sample.</param>
    /// <param name="problem">What is wrong, as a sentence without a full stop.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public DatasetException(string origin, string problem, Exception? inner = null)
        : base($"{origin}: {problem}", inner)
    {
        Origin = origin;
        Problem = problem;
    }

    /// <summary>Path of the file, or name of the sample.</summary>
    public string Origin { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }
}
