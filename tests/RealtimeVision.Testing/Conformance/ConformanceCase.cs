namespace RealtimeVision.Testing.Conformance;

/// <summary>One of ONNX's own test cases: a model, inputs, and the outputs they give.</summary>
/// <param name="Set">The set that it belongs to: <c>node</c>, <c>simple</c>, ...</param>
/// <param name="Name">Name of its directory, without <c>test_</c>.</param>
/// <param name="Directory">Where it is.</param>
public sealed record ConformanceCase(string Set, string Name, string Directory)
{
    /// <summary>Set and name: <c>node/abs</c>.</summary>
    public string Id => $"{Set}/{Name}";

    /// <summary>The model.</summary>
    public string ModelPath => Path.Combine(Directory, "model.onnx");

    /// <summary>Inputs and outputs, one directory each.</summary>
    public IEnumerable<string> DataSets => System.IO.Directory
        .EnumerateDirectories(Directory, "test_data_set_*").Order(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>
/// ONNX's test data as Debian's package libonnx-testdata has it. The variable RTV_ONNX_TESTDATA
/// names another directory.
/// </summary>
public static class ConformanceData
{
    private const string Installed = "/usr/share/libonnx-testdata/data";

    /// <summary>The sets that are run.</summary>
    public static IReadOnlyList<string> Sets { get; } =
        ["node", "pytorch-converted", "pytorch-operator", "simple"];

    /// <summary>The directory of the sets.</summary>
    public static string Directory { get; } =
        Environment.GetEnvironmentVariable("RTV_ONNX_TESTDATA") is { Length: > 0 } given
            ? given
            : Installed;

    /// <summary>Why there is nothing to run; null where there is.</summary>
    public static string? Missing =>
        Sets.FirstOrDefault(s => !System.IO.Directory.Exists(Path.Combine(Directory, s))) is { } set
            ? $"ONNX's test data are not there: {Path.Combine(Directory, set)} does not exist. "
                + "Install Debian's libonnx-testdata, or set RTV_ONNX_TESTDATA to such a directory."
            : null;

    /// <summary>The cases of a set, by name.</summary>
    public static IReadOnlyList<ConformanceCase> CasesOf(string set) =>
    [
        .. from directory in System.IO.Directory.EnumerateDirectories(Path.Combine(Directory, set))
           where File.Exists(Path.Combine(directory, "model.onnx"))
           let name = Path.GetFileName(directory)
           orderby name
           select new ConformanceCase(
               set,
               name.StartsWith("test_", StringComparison.Ordinal) ? name[5..] : name,
               directory),
    ];
}
