namespace RealtimeVision.Media;

/// <summary>
/// A file that another program writes beside its target, and that takes the target's name when it
/// is whole, so that a reader never meets half a file and an old one survives a failure.
/// </summary>
internal readonly struct TemporaryFile(string target)
{
    /// <summary>Where to write: on the volume of the target, so that a rename is atomic.</summary>
    public string Path { get; } = $"{System.IO.Path.GetFullPath(target)}.{Guid.NewGuid():N}.tmp";

    /// <summary>Gives the file its target's name, in place of an older file.</summary>
    public void Commit() => File.Move(Path, target, overwrite: true);

    /// <summary>Removes the file where it is still there; never throws.</summary>
    public void Discard()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The caller is already reporting what went wrong, or is disposing.
        }
    }
}
