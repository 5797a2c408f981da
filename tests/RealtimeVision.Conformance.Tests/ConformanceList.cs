using System.Runtime.CompilerServices;
using RealtimeVision.Testing.Conformance;

namespace RealtimeVision.Conformance.Tests;

/// <summary>
/// The cases that have to pass on a kind of device, <c>cpu</c> or <c>gpu</c>: a sorted file beside
/// this one, which the tests rewrite when the variable RTV_RENEW is 1.
/// </summary>
internal static class ConformanceList
{
    /// <summary>True where files are to be rewritten rather than checked.</summary>
    public static bool IsRenewed => Environment.GetEnvironmentVariable("RTV_RENEW") == "1";

    /// <summary>The cases of a set that have to pass.</summary>
    public static IReadOnlySet<string> Read(string kind, string set) => Lines(kind)
        .Where(id => id.StartsWith(set + '/', StringComparison.Ordinal)).ToHashSet();

    /// <summary>Replaces the cases of a set.</summary>
    public static void Write(string kind, string set, IEnumerable<ConformanceResult> results)
    {
        string path = PathOf(kind);
        IEnumerable<string> lines = Lines(kind)
            .Where(id => !id.StartsWith(set + '/', StringComparison.Ordinal))
            .Concat(results.Where(r => r.IsPassed).Select(r => r.Case.Id))
            .Order(StringComparer.Ordinal);
        File.WriteAllLines(path + ".new", lines);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static string[] Lines(string kind) =>
        File.Exists(PathOf(kind)) ? File.ReadAllLines(PathOf(kind)) : [];

    private static string PathOf(string kind, [CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, $"passes.{kind}.txt");
}
