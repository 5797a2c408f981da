using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// The packages, as others get them: packed of what was built, taken from a folder by projects that
/// know nothing of this repository. No registry is asked: what our packages depend on lies in the
/// machine's package folder, since this repository depends on it too.
/// </summary>
public partial class PackageTests
{
    private static readonly string[] Libraries = ["Kernels", "Runtime", "Media", "Street", "Viewer"];

    private static readonly Dictionary<string, string> Surroundings = new()
    {
        // No server outlives the test.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["UseSharedCompilation"] = "false",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
    };

    private string _folder = "";
    private string _feed = "";

    [OneTimeSetUp]
    public void Pack()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-packages-").FullName;
        _feed = Directory.CreateDirectory(In("feed")).FullName;
        var projects = Libraries.Select(l => l == "Viewer" ? "Viewer/RealtimeVision.Viewer"
                : $"RealtimeVision.{l}/RealtimeVision.{l}")
            .Append("Cli/RealtimeVision.Cli")
            .Select(p => Repository.PathOf("src", $"{p}.csproj"));
        File.WriteAllText(In("pack.proj"), $"""
            <Project>
              <Target Name="PackAll">
                <MSBuild Projects="{string.Join(';', projects)}" Targets="Pack"
                  Properties="NoBuild=true;_IsPacking=true;Configuration={Repository.Configuration};PackageOutputPath={_feed}" />
              </Target>
            </Project>
            """);
        Run(_folder, "msbuild", "pack.proj", "-t:PackAll", "-nologo", "-v:q");
        string machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
            ? named
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".nuget", "packages");

        // A package folder of its own: that of the machine may hold this version from another day.
        File.WriteAllText(In("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{_feed}" /></packageSources>
              <config><add key="globalPackagesFolder" value="{In("packages")}" /></config>
              <fallbackPackageFolders><clear /><add key="machine" value="{machine}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCaseSource(nameof(Libraries))]
    public void ALibraryHasWhatItsUsersNeed(string name)
    {
        string id = $"RealtimeVision.{name}";
        using var package = Open(id, "nupkg");
        Assert.Multiple(() =>
        {
            foreach (string file in new[] { "README.md", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml" })
            {
                Assert.That(package.GetEntry(file), Is.Not.Null, file);
            }

            Assert.That(Field(package, "license"), Is.EqualTo("MIT"));
            Assert.That(Field(package, "readme"), Is.EqualTo("README.md"));
            Assert.That(Field(package, "description"), Has.Length.GreaterThan(40));
            Assert.That(Field(package, "tags"), Does.Contain("real-time"));
            Assert.That(Field(package, "authors"), Is.Not.Empty);
        });
        using var symbols = Open(id, "snupkg");
        Assert.That(symbols.GetEntry($"lib/net10.0/{id}.pdb"), Is.Not.Null);
    }

    [Test]
    public void OnlyMediaAndViewerBringNativeCode()
    {
        foreach (string name in Libraries)
        {
            using var package = Open($"RealtimeVision.{name}", "nupkg");
            bool isNative = Nuspec(package).Descendants()
                .Any(e => e.Name.LocalName == "dependency" && (string?)e.Attribute("id") == "SkiaSharp");
            Assert.That(isNative, Is.EqualTo(name is "Media" or "Viewer"), name);
        }
    }

    [Test]
    public void AFreshProjectSegmentsAPicture()
    {
        string project = Directory.CreateDirectory(In("consumer")).FullName;
        string version = Version("RealtimeVision.Media");
        File.WriteAllText(Path.Combine(project, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="RealtimeVision.Media" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(project, "Program.cs"), """
            using RealtimeVision.Media;
            using RealtimeVision.Runtime.Live;

            using var vision = await VisionEngine.CreateAsync(
                new VisionOptions { Segmenter = args[0], Device = "cpu", Threads = 1 });
            vision.Submit(Picture.Load(args[1]));
            VisionResult? result;
            while (!vision.TryGetLatest(out result))
            {
                vision.WaitForNews(TimeSpan.FromSeconds(1));
            }

            var counts = new int[vision.Segmenter!.Labels.Count];
            foreach (byte label in result.Mask)
            {
                counts[label]++;
            }

            for (int i = 0; i < counts.Length; i++)
            {
                Console.WriteLine(FormattableString.Invariant(
                    $"{vision.Segmenter.Labels[i]}: {(double)counts[i] / result.Mask.Length:F4}"));
            }
            """);
        var renderer = new StreetRenderer();
        var picture = new Frame();
        var truth = new byte[renderer.Width * renderer.Height];
        renderer.Render(new StreetScene(seed: 5, StreetWeather.Clear), 3, picture, truth);
        Picture.SavePng(picture, Path.Combine(project, "street.png"));

        Run(project, "build", "-c", "Release", "-o", "out", "-nologo", "-v", "q");
        string output = Run(
            project, Path.Combine("out", "Consumer.dll"),
            Repository.PathOf("models", "street-segmenter.safetensors"), "street.png");
        foreach (byte label in new[] { StreetClasses.Road, StreetClasses.Building })
        {
            string line = output.Split('\n').Single(l => l.StartsWith($"{StreetClasses.Names[label]}: "));
            double share = double.Parse(
                line.Split(": ")[1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.That(share, Is.EqualTo((double)truth.Count(label) / truth.Length).Within(0.1), output);
        }
    }

    [Test]
    public void TheToolIsInstalledAndRuns()
    {
        Run(
            _folder, "tool", "install", "RealtimeVision.Cli", "--tool-path", In("tools"),
            "--configfile", In("nuget.config"), "--version", Version("RealtimeVision.Cli"));
        string rtv = In("tools", OperatingSystem.IsWindows() ? "rtv.exe" : "rtv");
        string devices = Repository.Run(_folder, Surroundings, rtv, "devices", "--json");
        Assert.That(
            JsonNode.Parse(devices.TrimEnd().Split('\n')[^1])!["devices"]!.AsArray()
                .Select(d => (string)d!["id"]!),
            Does.Contain("cpu"));
        string street = Repository.Run(
            _folder, Surroundings, rtv, "live", "--source", "street:size=320x180", "--model",
            "street-weather", "--headless", "--frames", "2", "--device", "cpu", "--json");
        Assert.That((int)JsonNode.Parse(street.TrimEnd().Split('\n')[^1])!["processed"]!, Is.EqualTo(2));
    }

    private static XDocument Nuspec(ZipArchive package)
    {
        using var stream = package.Entries.Single(e => e.Name.EndsWith(".nuspec")).Open();
        return XDocument.Load(stream);
    }

    private static string? Field(ZipArchive package, string name) =>
        (string?)Nuspec(package).Descendants().FirstOrDefault(e => e.Name.LocalName == name);

    private static string Run(string folder, params string[] arguments) =>
        Repository.Run(folder, Surroundings, "dotnet", arguments);

    private string In(params string[] parts) => Path.Combine([_folder, .. parts]);

    private string Version(string id) =>
        Path.GetFileNameWithoutExtension(Directory.GetFiles(_feed, $"{id}.*.nupkg").Single())[(id.Length + 1)..];

    private ZipArchive Open(string id, string kind) =>
        ZipFile.OpenRead(Directory.GetFiles(_feed, $"{id}.*.{kind}").Single());
}
