namespace RealtimeVision.Runtime.Live;

/// <summary>A source of known length that can go on from another place: a file, a folder.</summary>
public interface ISeekableSource : IFrameSource
{
    /// <summary>Time of the whole; null where it is not known, and cannot be sought in.</summary>
    TimeSpan? Duration { get; }

    /// <summary>
    /// Lets the next read give the frame at a time, or the first after it; <see
    /// cref="Frame.Timestamp"/> and <see cref="Frame.Index"/> go on from there. The source is open.
    /// </summary>
    /// <param name="position">From the start; one outside of the whole is brought into it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="SourceException">The source was lost or its data is broken.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    void Seek(TimeSpan position, CancellationToken cancellation);
}
