using PublicApiGenerator;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// What the packages promise: all public members, listed beside each project. A change of them is
/// seen in a review, as a change of that file.
/// </summary>
public class PublicApiTests
{
    private const string Accept = "RTV_ACCEPT_API";

    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [TestCase(typeof(Device), "RealtimeVision.Kernels")]
    [TestCase(typeof(VisionEngine), "RealtimeVision.Runtime")]
    [TestCase(typeof(Picture), "RealtimeVision.Media")]
    [TestCase(typeof(StreetSource), "RealtimeVision.Street")]
    [TestCase(typeof(ViewerWindow), "Viewer")]
    public void IsAsListed(Type type, string project)
    {
        string path = Repository.PathOf("src", project, "PublicApi.txt");
        string now = type.Assembly.GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable(Accept) is { Length: > 0 })
        {
            File.WriteAllText(path, now);
        }

        string[] listed = File.ReadAllText(path).Split('\n');
        string[] found = now.Split('\n');
        Assert.Multiple(() =>
        {
            Assert.That(found.Except(listed), Is.Empty, $"not listed in {path}; {Accept}=1 lists it");
            Assert.That(listed.Except(found), Is.Empty, $"listed in {path}, but gone; {Accept}=1 drops it");
        });
        Assert.That(found, Is.EqualTo(listed), $"{path} is in another order; {Accept}=1 writes it anew");
    }

    [Test]
    public void KnowsAllLibraries()
    {
        var listed = Directory.GetFiles(Repository.PathOf("src"), "PublicApi.txt", SearchOption.AllDirectories);
        var libraries = Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Where(p => !File.ReadAllText(p).Contains("<OutputType>Exe", StringComparison.Ordinal));
        Assert.That(
            listed.Select(Path.GetDirectoryName), Is.EquivalentTo(libraries.Select(Path.GetDirectoryName)));
    }
}
