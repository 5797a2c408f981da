using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// If, Loop and Scan. A graph runs straight on: of an If the branch that is taken is built, and a
/// loop is unrolled. Conditions and counts have to be known when the graph is built.
/// </summary>
internal static class Control
{
    private const int MaxIterations = 1024;

    public static IEnumerable<OperatorMapper> All =>
    [
        new("If", If),
        new("Loop", Loop),
        new("Scan", Scan, ScanRefusal),
    ];

    private static ImportedTensor?[] If(NodeContext n)
    {
        var condition = n.Constant(0, "its condition");
        bool isTaken = condition is { Count: 1, IsFloat: false } ? condition.Integers[0] != 0
            : throw n.Node.Bad("the condition has to be one boolean", "input[0]");
        var results = n.Build(n.Body(isTaken ? "then_branch" : "else_branch"), []);
        return [.. results.Select(r => Known(r, condition.IsFixed))];
    }

    private static ImportedTensor?[] Loop(NodeContext n)
    {
        var body = n.Body("body");
        int carried = body.Inputs.Count - 2;
        int scanned = body.Outputs.Count - 1 - carried;
        if (carried < 0 || scanned < 0 || n.InputCount != carried + 2)
        {
            throw n.Node.Bad(
                $"{body.Inputs.Count} inputs and {body.Outputs.Count} outputs do not fit a loop of "
                + $"{n.InputCount} inputs", "body");
        }

        var count = n.Optional(0) is null ? null : n.Constant(0, "the number of its iterations");
        var condition = n.Optional(1) is null ? null : n.Constant(1, "its condition");
        bool isFixed = count is null or { IsFixed: true };
        bool goesOn = condition is null || condition.Integers[0] != 0;
        ImportedTensor[] state = [.. Enumerable.Range(2, carried).Select(n.Input)];
        var scans = Lists(scanned);
        for (long i = 0; goesOn && (count is null || i < count.Integers[0]); i++)
        {
            RequireFew(i);
            ImportedTensor[] inputs =
            [
                Scalar(n, "iteration", StorageType.Int64, i),
                Scalar(n, "condition", StorageType.Bool, 1),
                .. state,
            ];
            var results = n.Build(body, inputs);
            var next = n.Graph.Known(results[0])
                ?? throw NodeContext.Unsupported("whether it goes on depends on data");
            isFixed &= next.IsFixed;
            goesOn = next.Integers[0] != 0;
            state = results[1..(carried + 1)];
            Add(scans, results[(carried + 1)..]);
        }

        isFixed &= condition is null or { IsFixed: true };
        return [.. state.Select(s => Known(s, isFixed)), .. scans.Select(s => Stack(n, s, 0))];
    }

    private static string? ScanRefusal(OnnxNode node) =>
        node.Opset < 9 ? "operator set 8 is not supported, newer ones are" : null;

    private static ImportedTensor?[] Scan(NodeContext n)
    {
        var body = n.Body("body");
        int scans = n.Node.Int("num_scan_inputs");
        int carried = n.InputCount - scans;
        int scanned = body.Outputs.Count - carried;
        if (scans < 1 || carried < 0 || scanned < 0 || body.Inputs.Count != n.InputCount)
        {
            throw n.Node.Bad(
                $"{body.Inputs.Count} inputs and {body.Outputs.Count} outputs do not fit a scan of "
                + $"{n.InputCount} inputs", "body");
        }

        int[] axes = n.Node.Ints("scan_input_axes", scans, 0);
        int[] directions = n.Node.Ints("scan_input_directions", scans, 0);
        int[] outputAxes = n.Node.Ints("scan_output_axes", scanned, 0);
        int[] outputDirections = n.Node.Ints("scan_output_directions", scanned, 0);
        ImportedTensor[] sequences = [.. Enumerable.Range(carried, scans).Select(n.Input)];
        for (int i = 0; i < scans; i++)
        {
            axes[i] = n.Axis(axes[i], sequences[i].Rank, "scan_input_axes");
        }

        int length = sequences[0].Shape[axes[0]];
        RequireFew(length);
        ImportedTensor[] state = [.. Enumerable.Range(0, carried).Select(n.Input)];
        var results = Lists(scanned);
        for (int t = 0; t < length; t++)
        {
            var parts = sequences.Select((x, i) => Slicing.Entry(
                n, x, axes[i], directions[i] == 0 ? t : length - 1 - t));
            var outputs = n.Build(body, [.. state, .. parts]);
            state = outputs[..carried];
            Add(results, outputs[carried..]);
        }

        for (int i = 0; i < scanned; i++)
        {
            if (outputDirections[i] != 0)
            {
                results[i].Reverse();
            }
        }

        return [.. state, .. results.Select((r, i) => Stack(n, r, outputAxes[i]))];
    }

    private static void RequireFew(long iterations)
    {
        if (iterations > MaxIterations)
        {
            throw NodeContext.Unsupported(
                $"more than {MaxIterations} iterations are not supported: they are unrolled");
        }
    }

    private static List<ImportedTensor>[] Lists(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new List<ImportedTensor>())];

    private static void Add(List<ImportedTensor>[] lists, ImportedTensor[] items)
    {
        for (int i = 0; i < lists.Length; i++)
        {
            lists[i].Add(items[i]);
        }
    }

    private static HostTensor Scalar(NodeContext n, string what, StorageType type, long value) =>
        new($"{n.Node.Name}/{what}", type, new Shape(), [value], isFixed: true);

    // What came of a branch or loop is of the file alone only if the way there was.
    private static ImportedTensor Known(ImportedTensor x, bool isFixed) =>
        x is HostTensor host ? host.WithFixed(host.IsFixed && isFixed) : x;

    // Results of the iterations along a new axis.
    private static ImportedTensor Stack(NodeContext n, List<ImportedTensor> parts, int axis)
    {
        if (parts.Count == 0)
        {
            throw NodeContext.Unsupported("it has no iterations, and so no shape of its results");
        }

        int at = n.Axis(axis, parts[0].Rank + 1, "scan_output_axes");
        return n.Graph.Concat([.. parts.Select(p => Shaping.WithAxis(n, p, at))], at);
    }
}
