namespace RealtimeVision.Cli.Tests;

/// <summary>Tests of live runs on tiny networks, which are saved once for all of them.</summary>
public abstract class LiveFixture
{
    /// <summary>A small, fast street.</summary>
    protected const string Street = "street:size=160x90,fps=1000";

    /// <summary>Where the networks are; deleted at the end.</summary>
    protected string Folder { get; private set; } = "";

    /// <summary>A segmenter of two classes.</summary>
    protected string Two { get; private set; } = "";

    /// <summary>A classifier.</summary>
    protected string Labels { get; private set; } = "";

    [OneTimeSetUp]
    public void MakeModels()
    {
        Folder = Directory.CreateTempSubdirectory("rtv-live-").FullName;
        Two = LiveRuns.Segmenter(Folder, "two", 2);
        Labels = LiveRuns.Classifier(Folder, "labels");
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(Folder, recursive: true);
}
