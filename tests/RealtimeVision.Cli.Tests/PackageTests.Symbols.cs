using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;

namespace RealtimeVision.Cli.Tests;

/// <summary>Assemblies that anybody can build again, and symbols that lead to their sources.</summary>
public partial class PackageTests
{
    // Kind of the portable PDB's custom debug information that holds SourceLink's JSON.
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private const string Origin = "https://github.com/example/linked";

    /// <summary>
    /// A clone without an origin, or with one on a host that .NET does not know, has no address to
    /// lead to: then neither package nor symbols name one.
    /// </summary>
    [TestCaseSource(nameof(Libraries))]
    public void ALibraryIsDeterministicAndItsSymbolsLeadWhereThePackageSays(string name)
    {
        string id = $"RealtimeVision.{name}";
        using var package = Open(id, "nupkg");
        using var symbols = Open(id, "snupkg");
        byte[] assembly = Bytes(package, $"lib/net10.0/{id}.dll");
        byte[] pdb = Bytes(symbols, $"lib/net10.0/{id}.pdb");
        Assert.Multiple(() =>
        {
            Assert.That(IsReproducible(assembly), Is.True);
            Assert.That(SymbolsOf(assembly), Is.EqualTo(IdOf(pdb)), "symbols of another build");
        });

        string? repository = (string?)Nuspec(package).Descendants()
            .SingleOrDefault(e => e.Name.LocalName == "repository")?.Attribute("url");
        string[] links = LinksOf(pdb);
        Assert.That(links, repository is null ? Is.Empty : Is.Not.Empty);
        if (repository is not null)
        {
            string project = new Uri(repository).Segments[^1].Replace(".git", "", StringComparison.Ordinal);
            Assert.That(links, Has.All.StartsWith("https://").And.All.Contains($"/{project}/"));
        }
    }

    /// <summary>
    /// What a clone with an origin gives, whatever this one has: two clones of a project that is
    /// built as our libraries are, with setup/pack.sh's property.
    /// </summary>
    [Test]
    public void AClonesFolderIsNotInItsAssemblyAndItsOriginIsInItsSymbols()
    {
        string first = Directory.CreateDirectory(In("linked", "first")).FullName;
        string second = In("linked", "elsewhere", "second");
        File.WriteAllText(Path.Combine(first, ".gitignore"), "bin/\nobj/\n");
        File.WriteAllText(Path.Combine(first, "Linked.csproj"), """<Project Sdk="Microsoft.NET.Sdk" />""");
        File.WriteAllText(Path.Combine(first, "Directory.Build.props"), $"""
            <Project>
              <Import Project="{Repository.PathOf("src", "Directory.Build.props")}" />
              <PropertyGroup>
                <UseArtifactsOutput>false</UseArtifactsOutput>
                <ArtifactsPath />
                <RestorePackagesWithLockFile>false</RestorePackagesWithLockFile>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(first, "Linked.cs"), """
            namespace Linked;

            /// <summary>Throws, so that a path would be in the assembly's symbols.</summary>
            public static class Thrower
            {
                /// <summary>Throws.</summary>
                public static void Throw() => throw new InvalidOperationException();
            }
            """);
        Git(first, "init", "--quiet");
        Git(first, "add", ".");
        Git(
            first, "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c",
            "commit.gpgsign=false", "commit", "--quiet", "--message", "Link");
        Git(_folder, "clone", "--quiet", first, second);
        Git(first, "remote", "add", "origin", $"{Origin}.git");
        Git(second, "remote", "set-url", "origin", $"{Origin}.git");

        var (assembly, pdb) = Build(first);
        var (again, pdbAgain) = Build(second);

        Assert.That(IsReproducible(assembly), Is.True);
        Assert.That(again.AsSpan().SequenceEqual(assembly), Is.True, "another folder, other bytes");
        Assert.That(pdbAgain.AsSpan().SequenceEqual(pdb), Is.True, "another folder, other symbols");
        string commit = Git(first, "rev-parse", "HEAD").Trim();
        Assert.That(
            LinksOf(pdb),
            Is.EqualTo(new[] { $"https://raw.githubusercontent.com/example/linked/{commit}/*" }));
    }

    private static (byte[] Assembly, byte[] Symbols) Build(string folder)
    {
        Run(
            folder, "build", "-c", "Release", "-nologo", "-v", "q",
            "-p:ContinuousIntegrationBuild=true");
        string built = Path.Combine(folder, "bin", "Release", "net10.0", "Linked");
        return (File.ReadAllBytes($"{built}.dll"), File.ReadAllBytes($"{built}.pdb"));
    }

    private static string Git(string folder, params string[] arguments) =>
        Repository.Run(folder, [], "git", arguments);

    private static byte[] Bytes(ZipArchive package, string name)
    {
        using var stream = package.GetEntry(name)!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static bool IsReproducible(byte[] assembly)
    {
        using var reader = new PEReader(new MemoryStream(assembly));
        return reader.ReadDebugDirectory().Any(e => e.Type == DebugDirectoryEntryType.Reproducible);
    }

    /// <summary>The identity of the symbols that an assembly was built with.</summary>
    private static Guid SymbolsOf(byte[] assembly)
    {
        using var reader = new PEReader(new MemoryStream(assembly));
        var entry = reader.ReadDebugDirectory().Single(e => e.Type == DebugDirectoryEntryType.CodeView);
        return reader.ReadCodeViewDebugDirectoryData(entry).Guid;
    }

    private static Guid IdOf(byte[] pdb)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(pdb));
        return new BlobContentId(provider.GetMetadataReader().DebugMetadataHeader!.Id).Guid;
    }

    /// <summary>Where SourceLink finds sources; nothing where the symbols do not say.</summary>
    private static string[] LinksOf(byte[] pdb)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(pdb));
        var reader = provider.GetMetadataReader();
        return [.. reader.GetCustomDebugInformation(EntityHandle.ModuleDefinition)
            .Select(reader.GetCustomDebugInformation)
            .Where(i => reader.GetGuid(i.Kind) == SourceLink)
            .SelectMany(i => JsonNode.Parse(reader.GetBlobBytes(i.Value))!["documents"]!.AsObject())
            .Select(d => (string)d.Value!)];
    }
}
