using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Testing;

/// <summary>
/// Random networks of every operator that the importer knows, with valid shapes and bounded sizes,
/// for comparing whole graphs. What a seed gives never depends on the machine. Values nobody reads
/// are outputs.
/// </summary>
public sealed class RandomNetwork
{
    private const long MaxElements = 1 << 15;
    private const long MaxChannels = 48;

    private static readonly int[] Opsets = [9, 10, 11, 12, 13, 14, 17, 18, 21];

    private readonly Random _random;
    private readonly OnnxModelBuilder _b;
    private readonly List<OnnxValue> _values = [];
    private readonly HashSet<string> _read = [];

    private RandomNetwork(int seed, int? opset)
    {
        _random = new Random(seed);
        int version = opset ?? Opsets[_random.Next(Opsets.Length)];
        _b = new OnnxModelBuilder(seed, version, $"random_{seed}")
        {
            WeightsAsConstants = _random.Next(4) == 0,
            HalfWeights = _random.Next(6) == 0,
        };
    }

    /// <summary>Builds the network of a seed.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="operators">About how many layers; a layer is one to four nodes.</param>
    /// <param name="opset">The operator set; of the seed's choice where it is null.</param>
    public static ModelProto Create(int seed, int operators = 12, int? opset = null) =>
        new RandomNetwork(seed, opset).Build(operators);

    private ModelProto Build(int operators)
    {
        int inputs = 1 + _random.Next(2);
        for (int i = 0; i < inputs; i++)
        {
            _values.Add(_b.Input(
                $"input{i}", 1 + _random.Next(2), Channels(12), Side(), Side()));
        }

        for (int made = 0; made < operators;)
        {
            OnnxValue x = Pick();
            if (Layer(x) is { } y && y.Count <= MaxElements)
            {
                _values.Add(y);
                made++;
            }
        }

        OnnxValue classified = _values[_random.Next(_values.Count)];
        if (classified.Rank > 1 && _random.Next(4) == 0)
        {
            ArgMax(classified);
        }

        // A layer that was too large stays in the file as dead code, and may have read the last
        // value.
        int outputs = 0;
        foreach (OnnxValue value in _values.Skip(inputs)
            .Where(value => !_read.Contains(value.Name) || value == _values[^1]))
        {
            _b.Output($"output{outputs++}", value);
        }

        return _b.Build();
    }

    // New values are read more often than old ones, so that networks become deep and not only wide.
    private OnnxValue Pick()
    {
        int back = Math.Min(_random.Next(4), _random.Next(_values.Count));
        return _values[^(1 + Math.Min(back, _values.Count - 1))];
    }

    private OnnxValue? Layer(OnnxValue x)
    {
        OnnxValue? y = x.Rank == 4 && _random.Next(5) > 0 ? PictureLayer(x) : AnyLayer(x);
        if (y is not null)
        {
            _read.Add(x.Name);
        }

        return y;
    }

    private OnnxValue? PictureLayer(OnnxValue x) => _random.Next(13) switch
    {
        0 or 1 => Convolution(x),
        2 => Depthwise(x),
        3 => _b.Relu(_b.BatchNorm(_b.Conv(
            x, Channels(), 1 + 2 * _random.Next(2), bias: Coin()))),
        4 => Pooling(x),
        5 => _b.GlobalAveragePool(x),
        6 => Upsampling(x),
        7 => Transposed(x),
        8 => _b.BatchNorm(x),
        9 => Residual(x),
        10 => SqueezeExcite(x),
        11 => Padding(x),
        _ => _b.Softmax(_b.Reshape(_b.GlobalAveragePool(x), x.Shape[0], x.Channels), 1),
    };

    private OnnxValue? AnyLayer(OnnxValue x) => _random.Next(13) switch
    {
        0 or 1 => Activation(x),
        2 => Join(x),
        3 => Arithmetic(x),
        4 => Slicing(x),
        5 => Reduction(x),
        6 => Permuted(x),
        7 => Product(x),
        8 => _b.Softmax(x, x.Rank - 1),
        9 => _b.FlattenByShape(x),
        10 => Squeezed(x),
        11 => Halves(x),
        _ => _b.Reshape(x, x.Shape[0], x.Count / x.Shape[0]),
    };

    private OnnxValue? Convolution(OnnxValue x)
    {
        long groups = x.Channels % 2 == 0 && _random.Next(4) == 0 ? 2 : 1;
        long[] kernel = [1 + _random.Next(5), 1 + _random.Next(5)];
        long[] dilations = [1 + _random.Next(2), 1 + _random.Next(2)];
        long[] pads = [_random.Next(3), _random.Next(3), _random.Next(3), _random.Next(3)];
        for (int axis = 0; axis < 2; axis++)
        {
            long reach = dilations[axis] * (kernel[axis] - 1) + 1;
            if (x.Shape[2 + axis] + pads[axis] + pads[2 + axis] < reach)
            {
                return null;
            }
        }

        OnnxValue y = _b.Conv(x, groups * Channels(24), kernel,
            [1 + _random.Next(2), 1 + _random.Next(2)], pads, dilations, groups, Coin(), 1.4142);
        return Coin() ? Activation(y) : y;
    }

    private OnnxValue Depthwise(OnnxValue x)
    {
        long kernel = 3 + 2 * _random.Next(2);
        OnnxValue y = _b.Conv(x, x.Channels * (1 + _random.Next(8) / 7), kernel,
            1 + _random.Next(2), groups: x.Channels, bias: Coin());
        return Coin() ? _b.Clip(y, 0, 6) : y;
    }

    private OnnxValue? Pooling(OnnxValue x)
    {
        long kernel = 2 + _random.Next(2);
        long pad = _random.Next((int)kernel / 2 + 1);
        if (Math.Min(x.Height, x.Width) + 2 * pad < kernel)
        {
            return null;
        }

        bool ceil = _b.Opset >= 10 && Coin();
        return Coin()
            ? _b.Pool("MaxPool", x, kernel, 1 + _random.Next(2), pad, ceil)
            : _b.Pool("AveragePool", x, kernel, 1 + _random.Next(2), pad, ceil: false, Coin());
    }

    private OnnxValue Upsampling(OnnxValue x)
    {
        if (_b.Opset < 11)
        {
            return _b.Upsample(x, 2);
        }

        string[] modes = ["asymmetric", "half_pixel", "align_corners"];
        string mode = modes[_random.Next(modes.Length)];
        long factor = 2 + _random.Next(2);
        return Coin() ? _b.Upsample(x, factor, "linear", mode)
            : _b.Upsample(x, factor, "nearest", mode == "align_corners" ? "half_pixel" : mode);
    }

    private OnnxValue? Transposed(OnnxValue x)
    {
        long kernel = 2 + _random.Next(3);
        long stride = 1 + _random.Next(2);
        long pad = _random.Next(2);
        if (Math.Min(x.Height, x.Width) < 2)
        {
            return null;
        }

        return _b.ConvTranspose(
            x, Channels(16), kernel, stride, pad, stride == 2 ? _random.Next(2) : 0, bias: Coin());
    }

    private OnnxValue Residual(OnnxValue x)
    {
        OnnxValue y = _b.Relu(_b.Conv(x, Channels(16), 3));
        y = _b.Conv(y, x.Channels, 3, gain: 0.7);
        y = Coin() ? _b.Add(y, x) : _b.Add(x, y);
        return Coin() ? _b.Relu(y) : y;
    }

    private OnnxValue SqueezeExcite(OnnxValue x)
    {
        OnnxValue s = _b.Relu(_b.Conv(_b.GlobalAveragePool(x), Math.Max(1, x.Channels / 2), 1));
        s = _b.Conv(s, x.Channels, 1, gain: 1);
        s = _b.Unary("HardSigmoid", s, ("alpha", 0.2f), ("beta", 0.5f));
        return _b.Binary("Mul", x, s);
    }

    private OnnxValue Padding(OnnxValue x)
    {
        long[] pads =
            [0, 0, _random.Next(3), _random.Next(3), 0, 0, _random.Next(3), _random.Next(3)];
        return _b.Pad(x, pads, Coin() ? 0 : 0.5f);
    }

    private OnnxValue Activation(OnnxValue x) => _random.Next(14) switch
    {
        0 => _b.Relu(x),
        1 => _b.Unary("Sigmoid", x),
        2 => _b.Unary("Tanh", x),
        3 => _b.Unary("LeakyRelu", x, ("alpha", 0.1f)),
        4 => _b.Unary("Elu", x, ("alpha", 0.7f)),
        5 => _b.Clip(x, -1, 2),
        6 => _b.Unary("HardSigmoid", x, ("alpha", 1f / 6), ("beta", 0.5f)),
        7 => _b.Unary("Softplus", x),
        8 => _b.Binary("Mul", x, _b.Unary("Sigmoid", x)),
        9 => HardSwish(x),
        10 => _b.Unary("Exp", _b.Unary("Neg", _b.Unary("Abs", x))),
        11 => _b.Unary("Sqrt", _b.Unary("Abs", x)),
        12 => _b.Unary("Erf", x),
        _ => _b.Unary(Coin() ? "Neg" : "Abs", x),
    };

    // As exporters write it for operator sets that lack it.
    private OnnxValue HardSwish(OnnxValue x)
    {
        if (_b.Opset >= 14 && Coin())
        {
            return _b.Unary("HardSwish", x);
        }

        OnnxValue gate = _b.Clip(_b.Add(x, _b.Constant([3f])), 0, 6);
        return _b.Binary("Div", _b.Binary("Mul", x, gate), _b.Constant([6f]));
    }

    private OnnxValue Join(OnnxValue x)
    {
        int axis = _random.Next(1, x.Rank);
        OnnxValue[] parts = [.. _values.Where(value => value.Rank == x.Rank
            && !value.Shape.Where((side, i) => i != axis && side != x.Shape[i]).Any())];
        OnnxValue other = parts[_random.Next(parts.Length)];
        _read.Add(other.Name);
        return _b.Concat(axis, Coin() ? [x, other] : [other, x, x]);
    }

    private OnnxValue Arithmetic(OnnxValue x)
    {
        string op = ((string[])["Add", "Sub", "Mul", "Max", "Min"])[_random.Next(5)];
        OnnxValue[] same = [.. _values.Where(v => v.Shape.AsSpan().SequenceEqual(x.Shape))];
        if (same.Length > 1 && Coin())
        {
            OnnxValue other = same[_random.Next(same.Length)];
            _read.Add(other.Name);
            return _b.Binary(op, x, other);
        }

        // A constant of lower rank or with sides of 1, on either side.
        long[] shape = [.. x.Shape.Skip(_random.Next(x.Rank)).Select(side => Coin() ? side : 1)];
        OnnxValue constant = _b.Uniform(-1, 1, shape);
        return Coin() ? _b.Binary(op, x, constant) : _b.Binary(op, constant, x);
    }

    private OnnxValue? Slicing(OnnxValue x)
    {
        int axis = _random.Next(1, x.Rank);
        long side = x.Shape[axis];
        if (side < 2)
        {
            return null;
        }

        long start = _random.NextInt64(side - 1);
        long end = start + 1 + _random.NextInt64(side - start);
        long step = _b.Opset >= 10 ? 1 + _random.Next(2) : 1;
        return _b.Slice(x, axis, start, Math.Min(end, side), step);
    }

    private OnnxValue Reduction(OnnxValue x)
    {
        string op = ((string[])["ReduceMean", "ReduceSum", "ReduceMax"])[_random.Next(3)];
        long[] axes = [.. Enumerable.Range(1, x.Rank - 1).Where(_ => Coin()).Select(a => (long)a)];
        axes = axes.Length > 0 ? axes : [x.Rank - 1];
        OnnxValue y = _b.Reduce(op, x, axes, keep: x.Rank - axes.Length < 2 || Coin());

        // A sum of many is brought back to the size of the rest.
        return op == "ReduceSum" ? _b.Binary("Mul", y, _b.Constant([(float)y.Count / x.Count])) : y;
    }

    private OnnxValue? Squeezed(OnnxValue x)
    {
        int axis = _random.Next(1, x.Rank);
        return x.Rank > 2 && x.Shape[axis] == 1 ? _b.Squeeze("Squeeze", x, axis)
            : x.Rank == 3 ? _b.Squeeze("Unsqueeze", x, axis)
            : null;
    }

    // The halves of a gated block: one gates the other.
    private OnnxValue? Halves(OnnxValue x)
    {
        int axis = _random.Next(1, x.Rank);
        if (x.Shape[axis] % 2 != 0)
        {
            return null;
        }

        (OnnxValue head, OnnxValue tail) = _b.Split(x, axis, x.Shape[axis] / 2);
        return _b.Binary("Mul", head, _b.Unary("Sigmoid", tail));
    }

    private void ArgMax(OnnxValue x)
    {
        bool keep = Coin();
        long[] shape = keep ? [.. x.Shape.Select((side, axis) => axis == 1 ? 1 : side)]
            : [.. x.Shape.Where((_, axis) => axis != 1)];
        string name = _b.Node("ArgMax", [x.Name], ("axis", 1), ("keepdims", keep));
        _b.Output("classes", new OnnxValue(name, shape), OnnxDataType.Int64);
    }

    private OnnxValue Permuted(OnnxValue x)
    {
        long[] order = [.. Enumerable.Range(0, x.Rank).Select(axis => (long)axis)];
        _random.Shuffle(order);
        return _b.Transpose(x, order);
    }

    private OnnxValue Product(OnnxValue x)
    {
        if (x.Rank == 2 && Coin())
        {
            return _b.Gemm(x, Channels());
        }

        if (x.Rank == 4)
        {
            // [N, C, H, W] as tokens [N, H*W, C]: what attention and heads of detectors do.
            x = _b.Reshape(_b.Transpose(x, 0, 2, 3, 1), x.Shape[0], x.Height * x.Width, x.Channels);
        }

        return _b.MatMul(x, _b.Weight(x.Shape[^1], 1, x.Shape[^1], Channels()));
    }

    private long Side() => 3 + _random.Next(18);

    private long Channels(long most = MaxChannels) => 1 + _random.NextInt64(most);

    private bool Coin() => _random.Next(2) == 0;
}
