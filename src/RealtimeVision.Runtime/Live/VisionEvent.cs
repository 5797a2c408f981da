namespace RealtimeVision.Runtime.Live;

/// <summary>What happened in an engine or to its source.</summary>
public enum VisionEventKind
{
    /// <summary>A frame could not be read or processed; the stream goes on.</summary>
    FrameFailed,

    /// <summary>The device does not work any more; the CPU goes on in its place.</summary>
    DeviceLost,

    /// <summary>The source was lost; it is opened again and again until it is back.</summary>
    SourceLost,

    /// <summary>A source that was lost gives frames again.</summary>
    SourceRecovered,

    /// <summary>The source has ended, or its limit of frames is reached.</summary>
    EndOfStream,

    /// <summary>Something that the program should say aloud and that changes nothing.</summary>
    Notice,
}

/// <summary>Something that happened, told to whoever asks for it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Message">The cause, in a sentence.</param>
/// <param name="FrameIndex">Number of the frame in its stream; -1 where it is about none.</param>
/// <param name="Error">The exception, where there was one.</param>
public sealed record VisionEvent(
    VisionEventKind Kind, string Message, long FrameIndex = -1, Exception? Error = null);
