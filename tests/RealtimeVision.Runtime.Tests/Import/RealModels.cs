namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Pretrained models that are fetched, not kept in the repository.</summary>
internal static class RealModels
{
    /// <summary>
    /// Path of a model under <c>.cache/models</c>; the test is ignored where it is absent.
    /// </summary>
    public static string Find(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null
            && !File.Exists(Path.Combine(directory.FullName, "RealtimeVision.sln")))
        {
            directory = directory.Parent;
        }

        string path = Path.Combine(directory?.FullName ?? "", ".cache", "models", name);
        if (!File.Exists(path))
        {
            Assert.Ignore($"{path} is not there: setup/models.sh fetches it");
        }

        return path;
    }
}
