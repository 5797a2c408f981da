using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeVision.Cli.Models;

/// <summary>
/// A model that the catalogue knows. It is had of a package of the npm registry, or it is a file
/// that is there already.
/// </summary>
/// <param name="Name">What people call it: <c>--model NAME</c>.</param>
/// <param name="Task">What it is for.</param>
/// <param name="About">What it sees, in a few words.</param>
/// <param name="License">SPDX identifier of its license.</param>
/// <param name="Bytes">Length of its file.</param>
/// <param name="Sha256">Checksum of its file, hexadecimal.</param>
/// <param name="File">
/// Its file: inside the package, or, where there is none, beside the catalogue.
/// </param>
/// <param name="Path">Where it is kept among the fetched models; packages only.</param>
/// <param name="Npm">Name of the package; null for a file that is there already.</param>
/// <param name="Version">Version of the package.</param>
internal sealed record CatalogueEntry(
    [property: JsonRequired] string Name,
    [property: JsonRequired] string Task,
    [property: JsonRequired] string About,
    [property: JsonRequired] string License,
    [property: JsonRequired] long Bytes,
    [property: JsonRequired] string Sha256,
    [property: JsonRequired] string File,
    string? Path = null,
    string? Npm = null,
    string? Version = null)
{
    /// <summary>The folder of the catalogue that it is in.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>The package and its version; null for a file that is there already.</summary>
    [JsonIgnore]
    public string? Package => Npm is null ? null : $"{Npm}@{Version}";

    /// <summary>Its manifest, which the catalogue brings.</summary>
    [JsonIgnore]
    public string Manifest => System.IO.Path.Combine(Folder, $"{Name}.manifest.json");

    /// <summary>How it is had, for people.</summary>
    [JsonIgnore]
    public string Origin => Package is null ? $"file {File}" : $"npm {Package}, {File}";
}

/// <summary>
/// The models that are known by name: those of <c>models/catalogue.json</c>, and those of the file
/// that the variable <c>RTV_CATALOGUE</c> names, which may be anybody's own.
/// </summary>
internal static class ModelCatalogue
{
    private const string OwnCatalogue = "RTV_CATALOGUE";

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>All of them.</summary>
    /// <exception cref="CatalogueException">A catalogue is missing or bad.</exception>
    public static IReadOnlyList<CatalogueEntry> Read()
    {
        List<CatalogueEntry> entries =
            [.. Read(Path.Combine(AppContext.BaseDirectory, "models", "catalogue.json"))];
        if (Environment.GetEnvironmentVariable(OwnCatalogue) is { Length: > 0 } own)
        {
            entries.AddRange(Read(Path.GetFullPath(own)));
        }

        return entries.GroupBy(e => e.Name).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new CatalogueException($"catalogue: model '{twice.Key}' is there twice")
            : entries;
    }

    /// <summary>The model of a name.</summary>
    /// <exception cref="CatalogueException">There is none.</exception>
    public static CatalogueEntry Find(string name)
    {
        var entries = Read();
        return entries.FirstOrDefault(e => e.Name == name)
            ?? throw new CatalogueException(
                $"there is no model '{name}'; known are {string.Join(", ", entries.Select(e => e.Name))}");
    }

    private static CatalogueEntry[] Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize<CatalogueFile>(File.ReadAllBytes(path), Strict)!;
            string folder = Path.GetDirectoryName(path)!;
            return [.. file.Models.Select(entry => Checked(entry with { Folder = folder }, path))];
        }
        catch (JsonException e)
        {
            throw new CatalogueException($"{path}: bad catalogue: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CatalogueException($"{path}: the catalogue cannot be read: {e.Message}");
        }
    }

    // Names become names of files, and paths stay in the folder of fetched models.
    private static CatalogueEntry Checked(CatalogueEntry entry, string path)
    {
        string? problem =
            entry.Name.Length == 0 || !entry.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
                ? "name: letters, digits, - and _ make a name"
            : entry.Sha256.Length != 64 || !entry.Sha256.All(char.IsAsciiHexDigitLower)
                ? "sha256: 64 hexadecimal digits make a checksum"
            : entry.Bytes <= 0 ? "bytes: has to be above 0"
            : (entry.Npm is null) != (entry.Path is null) || (entry.Npm is null) != (entry.Version is null)
                ? "npm, version and path belong together"
            : entry.Path is { } kept && (Path.IsPathRooted(kept) || kept.Split('/').Contains(".."))
                ? "path: has to stay inside the folder of fetched models"
            : null;
        return problem is null ? entry
            : throw new CatalogueException($"{path}: bad catalogue: model '{entry.Name}': {problem}");
    }

    private sealed record CatalogueFile([property: JsonRequired] CatalogueEntry[] Models);
}

/// <summary>A model of the catalogue cannot be had; the message names it and the cause.</summary>
internal sealed class CatalogueException(string message) : Exception(message);
