using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Testing;

/// <summary>Operators that go by the file's axes.</summary>
public sealed partial class TfLiteToOnnx
{
    private bool Moved(TfLiteNode node)
    {
        var x = node.Inputs[0]!;
        switch (node.Operator)
        {
            case "SOFTMAX":
                SetLast(node, _b.Node(
                    "Softmax", [_b.Node("Mul", [Last(x), _b.Scalar(node.Float(0, ""))])],
                    ("axis", -1)));
                break;
            case "MEAN":
                Reduce(node, "ReduceMean");
                break;
            case "SUM":
                Reduce(node, "ReduceSum");
                break;
            case "REDUCE_MAX":
                Reduce(node, "ReduceMax");
                break;
            case "REDUCE_MIN":
                Reduce(node, "ReduceMin");
                break;
            case "FULLY_CONNECTED":
                FullyConnected(node);
                break;
            case "BATCH_MATMUL":
                SetLast(node, _b.Node(
                    "MatMul",
                    [Matrix(x, node.Flag(0, "")), Matrix(node.Inputs[1]!, node.Flag(1, ""))]));
                break;
            case "CONCATENATION":
                SetLast(
                    node,
                    _b.Node(
                        "Concat", [.. node.Inputs.Select(t => Last(t!))],
                        ("axis", node.Int(0, ""))),
                    activation: 1);
                break;
            case "PACK":
                string axis = _b.Integers(node.Int(1, ""));
                SetLast(node, _b.Node(
                    "Concat",
                    [.. node.Inputs.Select(t => _b.Node("Unsqueeze", [Last(t!), axis]))],
                    ("axis", node.Int(1, ""))));
                break;
            case "UNPACK":
                Split(node, x, node.Int(1, ""), null, squeezes: true);
                break;
            case "SPLIT":
                Split(node, node.Inputs[1]!, Ints(x)[0], null, squeezes: false);
                break;
            case "SPLIT_V":
                Split(node, x, Ints(node.Inputs[2]!)[0], Ints(node.Inputs[1]!), squeezes: false);
                break;
            case "SLICE":
                long[] starts = Ints(node.Inputs[1]!);
                SetLast(node, _b.Node(
                    "Slice",
                    [
                        Last(x), _b.Integers(starts),
                        _b.Integers([.. Ints(node.Inputs[2]!).Select(
                            (size, i) => size < 0 ? int.MaxValue : starts[i] + size)]),
                    ]));
                break;
            case "STRIDED_SLICE":
                StridedSlice(node);
                break;
            case "PAD":
            case "PADV2":
            case "MIRROR_PAD":
                Pad(node);
                break;
            case "TRANSPOSE":
                SetLast(node, _b.Node("Transpose", [Last(x)], ("perm", Ints(node.Inputs[1]!))));
                break;
            case "RESHAPE":
            case "SQUEEZE":
            case "EXPAND_DIMS":
                SetLast(node, _b.Node(
                    "Reshape", [Last(x), _b.Integers(ShapeOf(node.Outputs[0]))]));
                break;
            default:
                return false;
        }

        return true;
    }

    private void Reduce(TfLiteNode node, string op)
    {
        long[] axes = Ints(node.Inputs[1]!);
        string x = Last(node.Inputs[0]!);
        bool keeps = node.Flag(0, "");
        SetLast(node, op == "ReduceSum"
            ? _b.Node(op, [x, _b.Integers(axes)], ("keepdims", keeps))
            : _b.Node(op, [x], ("axes", axes), ("keepdims", keeps)));
    }

    private void FullyConnected(TfLiteNode node)
    {
        var w = node.Inputs[1]!;
        string x = _b.Node(
            "Reshape", [Last(node.Inputs[0]!), _b.Integers(-1, ShapeOf(w)[1])]);
        string[] inputs = node.Inputs.ElementAtOrDefault(2) is { } bias
            ? [x, Last(w), Vector(bias)]
            : [x, Last(w)];
        string y = Activated(node, _b.Node("Gemm", inputs, ("transB", 1)), 0);
        SetLast(node, _b.Node("Reshape", [y, _b.Integers(ShapeOf(node.Outputs[0]))]));
    }

    private string Matrix(TfLiteTensor x, bool isTransposed)
    {
        long[] axes = [.. Enumerable.Range(0, ShapeOf(x).Length).Select(axis => (long)axis)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return isTransposed ? _b.Node("Transpose", [Last(x)], ("perm", axes)) : Last(x);
    }

    private void Split(
        TfLiteNode node, TfLiteTensor x, long axis, long[]? sizes, bool squeezes)
    {
        sizes ??= [.. Enumerable.Repeat(
            ShapeOf(x)[axis < 0 ? axis + ShapeOf(x).Length : axis] / node.Outputs.Count,
            node.Outputs.Count)];
        string[] parts = _b.Nodes(
            "Split", [Last(x), _b.Integers(sizes)], node.Outputs.Count, ("axis", axis));
        for (int i = 0; i < parts.Length; i++)
        {
            _asInFile[node.Outputs[i]] = squeezes
                ? _b.Node("Squeeze", [parts[i], _b.Integers(axis)]) : parts[i];
        }
    }

    private void StridedSlice(TfLiteNode node)
    {
        long[] begins = [.. Ints(node.Inputs[1]!)];
        long[] ends = [.. Ints(node.Inputs[2]!)];
        long[] steps = [.. Ints(node.Inputs[3]!)];
        var dropped = new List<long>();
        for (int i = 0; i < begins.Length; i++)
        {
            long far = steps[i] > 0 ? int.MaxValue : -int.MaxValue;
            begins[i] = (node.Int(0, "") >> i & 1) != 0 ? -far : begins[i];
            begins[i] = begins[i] == -far && steps[i] > 0 ? 0 : begins[i];
            ends[i] = (node.Int(1, "") >> i & 1) != 0 ? far : ends[i];
            if ((node.Int(4, "") >> i & 1) != 0)
            {
                (ends[i], steps[i]) = (begins[i] == -1 ? int.MaxValue : begins[i] + 1, 1);
                dropped.Add(i);
            }
        }

        long[] axes = [.. Enumerable.Range(0, begins.Length).Select(axis => (long)axis)];
        string y = _b.Node(
            "Slice",
            [
                Last(node.Inputs[0]!), _b.Integers(begins), _b.Integers(ends), _b.Integers(axes),
                _b.Integers(steps),
            ]);
        SetLast(node, dropped.Count == 0
            ? y : _b.Node("Squeeze", [y, _b.Integers([.. dropped])]));
    }

    private void Pad(TfLiteNode node)
    {
        long[] pairs = Ints(node.Inputs[1]!);
        string pads = _b.Integers(
            [.. pairs.Where((_, i) => i % 2 == 0), .. pairs.Where((_, i) => i % 2 == 1)]);
        string x = Last(node.Inputs[0]!);
        SetLast(node, node.Operator switch
        {
            "PADV2" => _b.Node("Pad", [x, pads, _b.Scalar(Floats(node.Inputs[2]!)[0])]),
            "MIRROR_PAD" when node.Enumeration(0, "") == 0 =>
                _b.Node("Pad", [x, pads], ("mode", "reflect")),
            "PAD" => _b.Node("Pad", [x, pads]),
            _ => throw new NotSupportedException("Padding that mirrors the edge, too."),
        });
    }
}
