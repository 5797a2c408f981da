using System.Runtime.CompilerServices;
using System.Text;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing.Conformance;

namespace RealtimeVision.Conformance.Tests;

/// <summary>
/// docs/onnx.md: which of ONNX's operators are imported, which are not and why, and which of its
/// cases pass.
/// </summary>
internal static class OnnxPage
{
    private const string Operators = "## Operators\n";
    private const string Cases = "## Cases\n";

    // What the reasons of the runner leave unsaid.
    private static readonly (string Id, string Note)[] Notes =
    [
        ("node/adam_multiple",
            "its outputs were made with an epsilon of 0.01 that its model leaves out"),
        ("node/castlike_BFLOAT16_to_FLOAT", "its model declares another shape than its data have"),
        ("node/castlike_BFLOAT16_to_FLOAT_expanded", "likewise"),
        ("node/castlike_FLOAT_to_BFLOAT16", "likewise"),
        ("node/castlike_FLOAT_to_BFLOAT16_expanded", "likewise"),
        ("node/resize_downsample_scales_cubic_align_corners",
            "Resize: it takes the new size as a fraction; here it is whole, as in ONNX Runtime"),
        ("node/resize_downsample_scales_linear_align_corners",
            "Resize: it takes the new size as a fraction; here it is whole, as in ONNX Runtime"),
    ];

    /// <summary>Where the page is.</summary>
    public static string FilePath { get; } = PathOf("../../docs/onnx.md");

    /// <summary>The part of a page that lists operators.</summary>
    public static string OperatorsOf(string page)
    {
        int from = page.IndexOf(Operators, StringComparison.Ordinal);
        int to = page.IndexOf(Cases, StringComparison.Ordinal);
        return from >= 0 && to > from ? page[from..to] : "";
    }

    /// <summary>The table of operators.</summary>
    public static string OperatorSection()
    {
        var known = File.ReadAllLines(PathOf("onnx-operators.txt"))
            .Select(line => line.Split(' ', 2))
            .ToDictionary(l => l[0], l => l[1].Replace(" ", ", "));
        var imported = OnnxOperators.Names.ToHashSet();
        var text = new StringBuilder(Operators).Append($"""

            {known.Keys.Count(imported.Contains)} of the {known.Count} operators that ONNX has up to
            operator set {OnnxModel.MaxOpset}, and in its preview of training, are imported, in
            all versions since operator set {OnnxModel.MinOpset}. Forms of them that are not
            supported are refused by name when a model is loaded or a graph is built; the
            cases below say which.

            | operator | versions |
            | --- | --- |

            """);
        foreach (var (name, versions) in known.Where(k => imported.Contains(k.Key)))
        {
            text.Append($"| {name} | {versions} |\n");
        }

        text.Append("\nNot imported:\n\n| operator | versions | why |\n| --- | --- | --- |\n");
        foreach (var (name, versions) in known.Where(k => !imported.Contains(k.Key)))
        {
            string reason = OnnxOperators.ReasonAgainst(name) ?? "not written yet";
            text.Append($"| {name} | {versions} | {reason} |\n");
        }

        return text.Append('\n').ToString();
    }

    /// <summary>The whole page.</summary>
    /// <param name="cpu">Results of all cases on the CPU.</param>
    public static string Write(IReadOnlyList<ConformanceResult> cpu)
    {
        var text = new StringBuilder("""
            # ONNX

            Made by `RTV_RENEW=1 dotnet test tests/RealtimeVision.Conformance.Tests`, which runs
            ONNX's own test cases, of Debian's package `libonnx-testdata`, and rewrites this page
            and the lists of cases that have to pass.

            Pictures are computed as [N, H, W, C] in 32-bit floats. 16- and 64-bit floats run as
            32-bit ones; 64-bit integers, and shorter ones with a sign, as 32-bit ones. Sizes, axes,
            counts and conditions have to be known when a graph is built: constants, what a network
            computes of shapes, or inputs of their own, for each value of which a plan is made.


            """);
        var gpu = ConformanceData.Sets
            .SelectMany(set => ConformanceList.Read("gpu", set)).ToHashSet();
        text.Append(OperatorSection()).Append(Cases).Append("""

            | set | cases | pass on the CPU | pass on OpenCL |
            | --- | --- | --- | --- |

            """);
        foreach (var set in cpu.GroupBy(r => r.Case.Set))
        {
            text.Append($"| {set.Key} | {set.Count()} | {set.Count(r => r.IsPassed)} | ");
            text.Append($"{set.Count(r => gpu.Contains(r.Case.Id))} |\n");
        }

        text.Append("\nCases that do not pass on the CPU:\n\n| why | cases |\n| --- | --- |\n");
        var failed = cpu.Where(r => !r.IsPassed).GroupBy(ReasonOf)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal);
        foreach (var group in failed)
        {
            string ids = string.Join(", ", group.Select(r => $"`{r.Case.Id}`"));
            text.Append($"| {group.Key.Replace("|", "\\|")} | {ids} |\n");
        }

        var lost = cpu.Where(r => r.IsPassed && !gpu.Contains(r.Case.Id)).ToList();
        text.Append(lost.Count == 0
            ? "\nAll that pass on the CPU pass on OpenCL.\n"
            : "\nOn OpenCL these do not pass either: "
                + string.Join(", ", lost.Select(r => $"`{r.Case.Id}`")) + "\n");
        text.Append("\nTolerances are those of ONNX's runner, but for:\n\n");
        foreach (var (id, tolerance, reason) in ConformanceTolerance.All)
        {
            text.Append($"- `{id}`: {tolerance.Relative:G2} of a value, as {reason}\n");
        }

        return text.ToString();
    }

    private static string ReasonOf(ConformanceResult result)
    {
        string? note = Notes.FirstOrDefault(n => n.Id == result.Case.Id).Note;
        if (note is not null)
        {
            return note == "likewise" ? Notes[1].Note : note;
        }

        // Names of inputs and fields differ from case to case.
        string reason = result.Reason;
        return reason.Contains("is no tensor", StringComparison.Ordinal)
                ? "inputs and outputs that are sequences or optional values are not supported"
            : reason.Contains("type String", StringComparison.Ordinal)
                ? "strings are not supported"
            : reason;
    }

    private static string PathOf(string file, [CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, file));
}
