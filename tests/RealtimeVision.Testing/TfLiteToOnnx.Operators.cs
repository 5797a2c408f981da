using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Testing;

/// <summary>What TFLite's operators are in ONNX.</summary>
public sealed partial class TfLiteToOnnx
{
    private void Convert(TfLiteNode node)
    {
        var x = node.Inputs[0]!;
        switch (node.Operator)
        {
            case "DEQUANTIZE":
                _halves.Add(node.Outputs[0], x);
                _asInFile.Add(node.Outputs[0], _b.Constant(Floats(x), ShapeOf(x)).Name);
                break;
            case "CONV_2D":
                Conv(node, Weights(node.Inputs[1]!, 0, 3, 1, 2), 1, dilation: 4, activation: 3);
                break;
            case "DEPTHWISE_CONV_2D":
                Conv(
                    node, Weights(node.Inputs[1]!, 3, 0, 1, 2), ShapeOf(x)[3], dilation: 5,
                    activation: 4);
                break;
            case "TRANSPOSE_CONV":
                ConvTranspose(
                    node, node.Inputs[2]!, node.Inputs.ElementAtOrDefault(3),
                    node.Int(2, ""), node.Int(1, ""), node.Enumeration(0, "") == 0, activation: 3);
                break;
            case "CUSTOM Convolution2DTransposeBias":
                int[] options = [.. Enumerable.Range(0, 3).Select(
                    i => BitConverter.ToInt32(node.CustomOptions.Span[(4 * i)..]))];
                ConvTranspose(
                    node, x, node.Inputs[2], options[2], options[1], options[0] == 1, -1);
                break;
            case "AVERAGE_POOL_2D":
                Pool(node, "AveragePool");
                break;
            case "MAX_POOL_2D":
                Pool(node, "MaxPool");
                break;
            case "RESIZE_BILINEAR":
                Resize(node, "linear", 2);
                break;
            case "RESIZE_NEAREST_NEIGHBOR":
                Resize(node, "nearest", 0);
                break;
            case "DEPTH_TO_SPACE":
                SetFirst(node, _b.Node(
                    "DepthToSpace", [First(x)], ("blocksize", node.Int(0, "")), ("mode", "DCR")));
                break;
            case "SPACE_TO_DEPTH":
                SetFirst(node, _b.Node(
                    "SpaceToDepth", [First(x)], ("blocksize", node.Int(0, ""))));
                break;
            default:
                if (!Pointwise(node) && !Moved(node))
                {
                    throw new NotSupportedException($"The operator {node.Operator}.");
                }

                break;
        }
    }

    private void Conv(TfLiteNode node, string weights, long groups, int dilation, int activation)
    {
        string[] inputs = node.Inputs.ElementAtOrDefault(2) is { } bias
            ? [First(node.Inputs[0]!), weights, Vector(bias)]
            : [First(node.Inputs[0]!), weights];
        long[] strides = [node.Int(2, ""), node.Int(1, "")];
        long[] dilations = [node.Int(dilation + 1, "", 1), node.Int(dilation, "", 1)];
        bool isSame = node.Enumeration(0, "") == 0;
        (string, object) padding = isSame && dilations.Any(d => d > 1)
            ? ("pads", SamePads(node, strides, dilations))
            : ("auto_pad", isSame ? "SAME_UPPER" : "VALID");
        SetFirst(
            node,
            _b.Node(
                "Conv", inputs, ("group", groups), ("strides", strides), ("dilations", dilations),
                padding),
            activation);
    }

    // ONNX Runtime computes no paddings where a kernel is dilated.
    private static long[] SamePads(TfLiteNode node, long[] strides, long[] dilations)
    {
        var pads = new long[4];
        for (int i = 0; i < 2; i++)
        {
            long span = (dilations[i] * (ShapeOf(node.Inputs[1]!)[i + 1] - 1)) + 1;
            long reach = ((ShapeOf(node.Outputs[0])[i + 1] - 1) * strides[i]) + span;
            long missing = Math.Max(reach - ShapeOf(node.Inputs[0]!)[i + 1], 0);
            (pads[i], pads[i + 2]) = (missing / 2, missing - (missing / 2));
        }

        return pads;
    }

    private void ConvTranspose(
        TfLiteNode node, TfLiteTensor x, TfLiteTensor? bias, int strideH, int strideW, bool isSame,
        int activation)
    {
        var w = node.Inputs[1]!;
        long[] shape = ShapeOf(w);
        long[] y = ShapeOf(node.Outputs[0]);
        var (top, bottom, below) = Along(1, strideH);
        var (left, right, after) = Along(2, strideW);
        string[] inputs = [First(x), Weights(w, 3, 0, 1, 2)];
        string name = _b.Node(
            "ConvTranspose", bias is null ? inputs : [.. inputs, Vector(bias)],
            ("strides", (long[])[strideH, strideW]),
            ("pads", (long[])[top, left, bottom, right]),
            ("output_padding", (long[])[below, after]));
        SetFirst(node, name, activation);

        // What is cut off at each end of an axis, and what is missing at its end.
        (long Before, long After, long Extra) Along(int axis, int stride)
        {
            long extra = ((ShapeOf(x)[axis] - 1) * stride) + shape[axis] - y[axis];
            long before = isSame ? Math.Max(extra, 0) / 2 : 0;
            return (before, Math.Max(extra, 0) - before, Math.Max(-extra, 0));
        }
    }

    private void Pool(TfLiteNode node, string op) => SetFirst(
        node,
        _b.Node(
            op, [First(node.Inputs[0]!)],
            ("kernel_shape", (long[])[node.Int(4, ""), node.Int(3, "")]),
            ("strides", (long[])[node.Int(2, ""), node.Int(1, "")]),
            ("auto_pad", node.Enumeration(0, "") == 0 ? "SAME_UPPER" : "VALID")),
        activation: 5);

    private void Resize(TfLiteNode node, string mode, int field)
    {
        long[] y = ShapeOf(node.Outputs[0]);
        bool alignsCorners = node.Flag(field, "");
        bool hasHalfPixels = node.Flag(field + 1, "");
        string coordinates = alignsCorners ? "align_corners"
            : hasHalfPixels ? "half_pixel" : "asymmetric";
        string rounding = alignsCorners || hasHalfPixels ? "round_prefer_ceil" : "floor";
        SetFirst(node, _b.Node(
            "Resize", [First(node.Inputs[0]!), "", "", _b.Integers(y[0], y[3], y[1], y[2])],
            ("mode", mode), ("coordinate_transformation_mode", coordinates),
            ("nearest_mode", rounding)));
    }

    // Functions of each element: the axes stay as they are.
    private bool Pointwise(TfLiteNode node)
    {
        string? binary = node.Operator switch
        {
            "ADD" => "Add",
            "SUB" => "Sub",
            "MUL" => "Mul",
            "DIV" => "Div",
            "MAXIMUM" => "Max",
            "MINIMUM" => "Min",
            "PRELU" => "PRelu",
            "SQUARED_DIFFERENCE" => "Sub",
            _ => null,
        };
        bool isPicture = ShapeOf(node.Outputs[0]).Length == 4
            && node.Inputs.All(t => IsConstant(t!) || ShapeOf(t!).Length == 4);
        Func<TfLiteTensor, string> name = isPicture ? First : Last;
        string? y;
        if (binary is not null)
        {
            y = _b.Node(binary, [name(node.Inputs[0]!), name(node.Inputs[1]!)]);
            y = node.Operator == "SQUARED_DIFFERENCE" ? _b.Node("Mul", [y, y]) : y;
            y = node.Operator is "ADD" or "SUB" or "MUL" or "DIV" ? Activated(node, y, 0) : y;
        }
        else
        {
            y = Unary(node, name(node.Inputs[0]!));
        }

        if (y is null)
        {
            return false;
        }

        (isPicture ? _channelsFirst : _asInFile).Add(node.Outputs[0], y);
        return true;
    }

    private string? Unary(TfLiteNode node, string x) => node.Operator switch
    {
        "ABS" => _b.Node("Abs", [x]),
        "CEIL" => _b.Node("Ceil", [x]),
        "ELU" => _b.Node("Elu", [x]),
        "EXP" => _b.Node("Exp", [x]),
        "FLOOR" => _b.Node("Floor", [x]),
        "HARD_SWISH" => _b.Node("HardSwish", [x]),
        "LEAKY_RELU" => _b.Node("LeakyRelu", [x], ("alpha", node.Float(0, ""))),
        "LOG" => _b.Node("Log", [x]),
        "LOGISTIC" => _b.Node("Sigmoid", [x]),
        "NEG" => _b.Node("Neg", [x]),
        "RELU" => _b.Node("Relu", [x]),
        "RELU6" => _b.Node("Clip", [x, _b.Scalar(0), _b.Scalar(6)]),
        "RELU_0_TO_1" => _b.Node("Clip", [x, _b.Scalar(0), _b.Scalar(1)]),
        "RELU_N1_TO_1" => _b.Node("Clip", [x, _b.Scalar(-1), _b.Scalar(1)]),
        "RSQRT" => _b.Node("Reciprocal", [_b.Node("Sqrt", [x])]),
        "SQRT" => _b.Node("Sqrt", [x]),
        "SQUARE" => _b.Node("Mul", [x, x]),
        "TANH" => _b.Node("Tanh", [x]),
        _ => null,
    };
}
