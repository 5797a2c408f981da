namespace RealtimeVision.Runtime.Live;

/// <summary>How a <see cref="Teacher"/> goes about it.</summary>
public sealed record TeacherOptions
{
    /// <summary>
    /// What the head sits on: a layer of a network of this library, or a value of an ONNX or
    /// TFLite file. Pictures, [rows, columns, channels], are averaged over all their pixels. Null for
    /// what the model's own last layer with weights reads.
    /// </summary>
    public string? Features { get; init; }

    /// <summary>
    /// Units, with ReLU, between features and classes; 0 for a head that is one linear layer.
    /// </summary>
    public int HiddenUnits { get; init; }

    /// <summary>
    /// The most classes that can be taught. Memory and plans are made for so many ahead, so that a
    /// new class costs no frame.
    /// </summary>
    public int MaxClasses { get; init; } = 16;

    /// <summary>
    /// The most frames that are kept of those that are collected in one go: see
    /// <see cref="Teacher.Collect(string, VisionResult)"/>.
    /// </summary>
    public int FramesPerTake { get; init; } = 256;

    /// <summary>The most frames that are kept of a class; the oldest give way.</summary>
    public int FramesPerClass { get; init; } = 1024;

    /// <summary>The least frames that a class needs.</summary>
    public int LeastFrames { get; init; } = 8;

    /// <summary>The most passes over the frames; training ends earlier where nothing is gained.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>How many changes can be undone.</summary>
    public int UndoDepth { get; init; } = 32;

    /// <summary>
    /// What the head's first values and the order of frames depend on: the same frames and seed give
    /// the same head, bit for bit.
    /// </summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Refuses values that mean nothing.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(HiddenUnits);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxClasses, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(LeastFrames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FramesPerTake, Math.Max(LeastFrames, 2));
        ArgumentOutOfRangeException.ThrowIfLessThan(FramesPerClass, FramesPerTake);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(UndoDepth);
    }
}
