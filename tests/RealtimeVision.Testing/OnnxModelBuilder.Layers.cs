namespace RealtimeVision.Testing;

/// <summary>Layers on NCHW values, with the shape of what they return.</summary>
public sealed partial class OnnxModelBuilder
{
    public OnnxValue Conv(
        OnnxValue x,
        long channels,
        long kernel,
        long stride = 1,
        long? pad = null,
        long groups = 1,
        long dilation = 1,
        bool bias = true,
        double gain = 1.4142)
    {
        long around = pad ?? dilation * (kernel - 1) / 2;
        return Conv(x, channels, [kernel, kernel], [stride, stride],
            [around, around, around, around], [dilation, dilation], groups, bias, gain);
    }

    /// <summary>A convolution; <paramref name="pads"/> are top, left, bottom, right.</summary>
    public OnnxValue Conv(
        OnnxValue x,
        long channels,
        long[] kernel,
        long[] strides,
        long[] pads,
        long[] dilations,
        long groups,
        bool bias,
        double gain)
    {
        long perGroup = x.Channels / groups;
        string[] inputs =
        [
            x.Name,
            Weight(perGroup * kernel[0] * kernel[1], gain,
                channels, perGroup, kernel[0], kernel[1]).Name,
            .. bias ? [Uniform(-0.1, 0.1, channels).Name] : Array.Empty<string>(),
        ];
        string name = Node("Conv", inputs, ("kernel_shape", kernel), ("strides", strides),
            ("pads", pads), ("dilations", dilations), ("group", groups));
        long Side(int axis) => (x.Shape[2 + axis] + pads[axis] + pads[2 + axis]
            - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis] + 1;
        return new OnnxValue(name, x.Shape[0], channels, Side(0), Side(1));
    }

    public OnnxValue ConvTranspose(
        OnnxValue x,
        long channels,
        long kernel,
        long stride,
        long pad = 0,
        long outputPad = 0,
        long groups = 1,
        bool bias = true)
    {
        string[] inputs =
        [
            x.Name,
            Weight(Math.Max(1, x.Channels / groups * kernel * kernel / (stride * stride)), 1,
                x.Channels, channels / groups, kernel, kernel).Name,
            .. bias ? [Uniform(-0.1, 0.1, channels).Name] : Array.Empty<string>(),
        ];
        string name = Node("ConvTranspose", inputs, ("kernel_shape", (long[])[kernel, kernel]),
            ("strides", (long[])[stride, stride]), ("pads", (long[])[pad, pad, pad, pad]),
            ("output_padding", (long[])[outputPad, outputPad]), ("group", groups));
        long Side(long side) => (side - 1) * stride - 2 * pad + kernel + outputPad;
        return new OnnxValue(name, x.Shape[0], channels, Side(x.Height), Side(x.Width));
    }

    /// <summary>
    /// Inference batch normalisation with statistics near those of a trained network.
    /// </summary>
    public OnnxValue BatchNorm(OnnxValue x, double scale = 1)
    {
        long c = x.Channels;
        return x with
        {
            Name = Node("BatchNormalization",
                [
                    x.Name, Uniform(0.8 * scale, 1.2 * scale, c).Name, Uniform(-0.2, 0.2, c).Name,
                    Uniform(-0.2, 0.2, c).Name, Uniform(0.8, 1.2, c).Name,
                ],
                ("epsilon", 1e-5f)),
        };
    }

    public OnnxValue Unary(
        string op, OnnxValue x, params (string Name, object Value)[] attributes) =>
        x with { Name = Node(op, [x.Name], attributes) };

    public OnnxValue Relu(OnnxValue x) => Unary("Relu", x);

    public OnnxValue Clip(OnnxValue x, float min, float max) => Opset < 11
        ? Unary("Clip", x, ("min", min), ("max", max))
        : x with { Name = Node("Clip", [x.Name, Scalar(min), Scalar(max)]) };

    /// <summary>A binary operator with NumPy's broadcasting.</summary>
    public OnnxValue Binary(string op, OnnxValue a, OnnxValue b)
    {
        long[] shape = new long[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= shape.Length; i++)
        {
            long left = i <= a.Rank ? a.Shape[^i] : 1;
            long right = i <= b.Rank ? b.Shape[^i] : 1;
            shape[^i] = left == 1 ? right : left;
        }

        return new OnnxValue(Node(op, [a.Name, b.Name]), shape);
    }

    public OnnxValue Add(OnnxValue a, OnnxValue b) => Binary("Add", a, b);

    /// <summary>Max or average pooling.</summary>
    public OnnxValue Pool(
        string op,
        OnnxValue x,
        long kernel,
        long stride,
        long pad = 0,
        bool ceil = false,
        bool countPad = false)
    {
        var attributes = new List<(string, object)>
        {
            ("kernel_shape", (long[])[kernel, kernel]), ("strides", (long[])[stride, stride]),
            ("pads", (long[])[pad, pad, pad, pad]),
        };
        if (ceil)
        {
            attributes.Add(("ceil_mode", 1));
        }

        if (countPad)
        {
            attributes.Add(("count_include_pad", 1));
        }

        long Side(long side)
        {
            long span = side + 2 * pad - kernel;
            long count = (span + (ceil ? stride - 1 : 0)) / stride + 1;

            // A last window that would start in the padding is left out.
            return ceil && (count - 1) * stride >= side + pad ? count - 1 : count;
        }

        return new OnnxValue(Node(op, [x.Name], [.. attributes]),
            x.Shape[0], x.Channels, Side(x.Height), Side(x.Width));
    }

    public OnnxValue GlobalAveragePool(OnnxValue x) =>
        new(Node("GlobalAveragePool", [x.Name]), x.Shape[0], x.Channels, 1, 1);

    public OnnxValue Flatten(OnnxValue x) =>
        new(Node("Flatten", [x.Name], ("axis", 1)), x.Shape[0], x.Count / x.Shape[0]);

    /// <summary>
    /// x [n, c] times weights [units, c] transposed, plus a bias: PyTorch's Linear.
    /// </summary>
    public OnnxValue Gemm(OnnxValue x, long units)
    {
        string[] inputs =
            [x.Name, Weight(x.Shape[1], 1, units, x.Shape[1]).Name, Uniform(-0.1, 0.1, units).Name];
        return new OnnxValue(
            Node("Gemm", inputs, ("alpha", 1f), ("beta", 1f), ("transB", 1)), x.Shape[0], units);
    }

    public OnnxValue MatMul(OnnxValue a, OnnxValue b)
    {
        long[] shape = [.. a.Rank >= b.Rank ? a.Shape : b.Shape];
        shape[^2] = a.Shape[^2];
        shape[^1] = b.Shape[^1];
        return new OnnxValue(Node("MatMul", [a.Name, b.Name]), shape);
    }

    public OnnxValue Concat(int axis, params OnnxValue[] parts)
    {
        long[] shape = [.. parts[0].Shape];
        shape[axis] = parts.Sum(part => part.Shape[axis]);
        return new OnnxValue(
            Node("Concat", [.. parts.Select(part => part.Name)], ("axis", axis)), shape);
    }

    public OnnxValue Slice(OnnxValue x, int axis, long start, long end, long step = 1)
    {
        long[] shape = [.. x.Shape];
        shape[axis] = (end - start + step - 1) / step;
        string name = Opset < 10
            ? Node("Slice", [x.Name], ("axes", (long[])[axis]), ("starts", (long[])[start]),
                ("ends", (long[])[end]))
            : Node("Slice",
                [x.Name, Integers(start), Integers(end), Integers(axis), Integers(step)]);
        return new OnnxValue(name, shape);
    }

    /// <summary>Padding; <paramref name="pads"/> are all starts, then all ends.</summary>
    public OnnxValue Pad(OnnxValue x, long[] pads, float value = 0, string mode = "constant")
    {
        long[] shape = [.. x.Shape.Select((side, i) => side + pads[i] + pads[x.Rank + i])];
        string name = Opset < 11
            ? Node("Pad", [x.Name], ("mode", mode), ("pads", pads), ("value", value))
            : Node("Pad", [x.Name, Integers(pads), Scalar(value)], ("mode", mode));
        return new OnnxValue(name, shape);
    }

    public OnnxValue Transpose(OnnxValue x, params long[] permutation) =>
        new(Node("Transpose", [x.Name], ("perm", permutation)),
            [.. permutation.Select(axis => x.Shape[axis])]);

    public OnnxValue Reshape(OnnxValue x, params long[] shape) =>
        new(Node("Reshape", [x.Name, Integers(shape)]), shape);

    /// <summary>
    /// [n, ...] to [n, rest], by reading n off the shape at run time, as PyTorch exports
    /// <c>x.view(x.size(0), -1)</c>.
    /// </summary>
    public OnnxValue FlattenByShape(OnnxValue x)
    {
        string size = Node("Gather", [Node("Shape", [x.Name]), Integers(0)], ("axis", 0));
        string shape = Node("Concat", [size, Integers(-1)], ("axis", 0));
        return new OnnxValue(
            Node("Reshape", [x.Name, shape]), x.Shape[0], x.Count / x.Shape[0]);
    }

    /// <summary>Squeeze or Unsqueeze of one axis.</summary>
    public OnnxValue Squeeze(string op, OnnxValue x, int axis)
    {
        string name = Opset >= 13
            ? Node(op, [x.Name, Integers(axis)]) : Node(op, [x.Name], ("axes", (long[])[axis]));
        List<long> shape = [.. x.Shape];
        if (op == "Squeeze")
        {
            shape.RemoveAt(axis);
        }
        else
        {
            shape.Insert(axis, 1);
        }

        return new OnnxValue(name, [.. shape]);
    }

    /// <summary>Cuts an axis in two.</summary>
    public (OnnxValue Head, OnnxValue Tail) Split(OnnxValue x, int axis, long head)
    {
        long[] sizes = [head, x.Shape[axis] - head];
        string[] names = Opset >= 13
            ? Nodes("Split", [x.Name, Integers(sizes)], 2, ("axis", axis))
            : Nodes("Split", [x.Name], 2, ("axis", axis), ("split", sizes));
        long[] first = [.. x.Shape];
        long[] second = [.. x.Shape];
        first[axis] = sizes[0];
        second[axis] = sizes[1];
        return (new OnnxValue(names[0], first), new OnnxValue(names[1], second));
    }

    public OnnxValue Softmax(OnnxValue x, int axis) => Unary("Softmax", x, ("axis", axis));

    /// <summary>ReduceMean, ReduceSum, ReduceMax and their kin.</summary>
    public OnnxValue Reduce(string op, OnnxValue x, long[] axes, bool keep)
    {
        bool asInput = Opset >= (op == "ReduceSum" ? 13 : 18);
        string name = asInput
            ? Node(op, [x.Name, Integers(axes)], ("keepdims", keep))
            : Node(op, [x.Name], ("axes", axes), ("keepdims", keep));
        IEnumerable<long> sides = keep
            ? x.Shape.Select((side, axis) => axes.Contains(axis) ? 1 : side)
            : x.Shape.Where((_, axis) => !axes.Contains(axis));
        return new OnnxValue(name, [.. sides]);
    }

    /// <summary>
    /// Upsampling by whole factors, with the operator that the operator set has for it.
    /// </summary>
    /// <param name="x">The picture, [N, C, H, W].</param>
    /// <param name="factor">How many times as high and wide.</param>
    /// <param name="mode"><c>nearest</c> or <c>linear</c>.</param>
    /// <param name="coordinates">
    /// The coordinate transformation; operator sets before 11 know <c>asymmetric</c> only.
    /// </param>
    public OnnxValue Upsample(
        OnnxValue x, long factor, string mode = "nearest", string coordinates = "asymmetric")
    {
        string scales = Constants([1, 1, factor, factor]);
        string name = Opset switch
        {
            < 10 => Node("Upsample", [x.Name, scales], ("mode", mode)),
            10 => Node("Resize", [x.Name, scales], ("mode", mode)),
            _ => Node("Resize", [x.Name, Constants([]), scales], ("mode", mode),
                ("coordinate_transformation_mode", coordinates),
                ("nearest_mode", coordinates == "half_pixel" ? "round_prefer_floor" : "floor")),
        };
        return new OnnxValue(name, x.Shape[0], x.Channels, x.Height * factor, x.Width * factor);
    }

    // Operands that must be float whatever the weights are.
    private string Constants(float[] elements)
    {
        string name = Name("f");
        Add(Runtime.Import.Onnx.OnnxTensor.Create(name, [elements.Length], elements));
        return name;
    }
}
