using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

public sealed partial class OnnxOperatorTests
{
    private static readonly string[] Directions = ["forward", "reverse", "bidirectional"];

    private static IEnumerable<OnnxOperatorCase> Sequences() =>
    [
        .. new[] { "LSTM", "GRU", "RNN" }.SelectMany(op => Directions.SelectMany(direction =>
            new[] { "all inputs", "no bias, no state", "computed weights", "lengths" }.SelectMany(form =>
                new[] { 9, 14 }.Select(opset => Layer(op, direction, form, opset))))),
        .. Directions.Select(direction => Layer(
            "GRU", direction, "all inputs", 14, ("linear_before_reset", 1))),
        .. Directions.Select(direction => Layer(
            "GRU", direction, "no bias, no state", 14, ("linear_before_reset", 1))),
        .. Directions.Select(direction => Layer("LSTM", direction, "peepholes", 14)),
        .. new[] { "LSTM", "GRU", "RNN" }.Select(op => Layer(
            op, "bidirectional", "all inputs", 14, ("clip", 0.3f))),
        .. new[] { "Relu", "Sigmoid" }.Select(function => Layer(
            "RNN", "bidirectional", "all inputs", 14,
            ("activations", (string[])[function, function]))),
    ];

    private static OnnxOperatorCase Layer(
        string op, string direction, string form, int opset,
        params (string Name, object Value)[] attributes)
    {
        string rest = string.Concat(attributes.Select(a =>
            $", {a.Name} {(a.Value is string[] texts ? texts[0] : a.Value)}"));
        return new($"{op} {direction}, {form}{rest}", opset, b =>
        {
            const long Hidden = 4;
            long gates = op switch { "LSTM" => 4, "GRU" => 3, _ => 1 };
            long d = direction == "bidirectional" ? 2 : 1;
            string lengths = b.Node("Constant", [], ("value", form == "lengths" ? Lengths(5, 3) : Lengths(5, 5)));
            bool isComputed = form == "computed weights";
            List<string> inputs =
            [
                b.Input("x", 5, 2, 3).Name,
                Weight("w", gates * Hidden, 3), Weight("r", gates * Hidden, Hidden),
            ];
            if (form != "no bias, no state")
            {
                inputs.Add(isComputed
                    ? b.Input("b", d, 2 * gates * Hidden).Name
                    : b.Uniform(-1, 1, d, 2 * gates * Hidden).Name);
                inputs.AddRange(lengths, b.Input("h", d, 2, Hidden).Name);
                if (op == "LSTM")
                {
                    inputs.Add(b.Uniform(-1, 1, d, 2, Hidden).Name);
                }
            }

            if (form == "peepholes")
            {
                inputs.Add(b.Uniform(-1, 1, d, 3 * Hidden).Name);
            }

            foreach (string output in b.Nodes(
                op, [.. inputs], op == "LSTM" ? 3 : 2,
                [("hidden_size", (int)Hidden), ("direction", direction), .. attributes]))
            {
                b.Output(new OnnxValue(output), declareShape: false);
            }

            string Weight(string name, long rows, long columns) => isComputed
                ? b.Input(name, d, rows, columns).Name
                : b.Weight(columns, 1, d, rows, columns).Name;
        });
    }

    private static TensorProto Lengths(params int[] lengths)
    {
        var tensor = new TensorProto { Name = "lengths", DataType = OnnxDataType.Int32 };
        tensor.Dims.Add(lengths.Length);
        tensor.Int32Data.AddRange(lengths);
        return tensor;
    }
}
