using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Quantised operators, in floats: products of 8-bit integers and sums of them up to 2^24 are exact
/// there. 8-bit integers with a sign run as Int32.
/// </summary>
internal static class Quantisation
{
    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("QuantizeLinear", Quantize, Refusal),
        OperatorMapper.Of("DequantizeLinear", Dequantize, Refusal),
        new("DynamicQuantizeLinear", QuantizeDynamically),
        OperatorMapper.Of("MatMulInteger", MatMulInteger),
        OperatorMapper.Of("ConvInteger", ConvInteger),
        OperatorMapper.Of("QLinearMatMul", QLinearMatMul),
        OperatorMapper.Of("QLinearConv", QLinearConv),
    ];

    private static string? Refusal(OnnxNode node) =>
        node.Int("block_size", 0) != 0 ? "scales of blocks are not supported" : null;

    private static ImportedTensor Quantize(NodeContext n)
    {
        var x = Term.Of(n, 0);
        return Quantised(n, x / AlongAxis(n, 1), 2, z => AlongAxis(n, z));
    }

    private static ImportedTensor Dequantize(NodeContext n)
    {
        var x = Term.Of(n, 0);
        x = n.Optional(2) is null ? x : x - AlongAxis(n, 2);
        return (x * AlongAxis(n, 1)).Tensor;
    }

    private static ImportedTensor?[] QuantizeDynamically(NodeContext n)
    {
        var x = Term.Of(n, 0);
        var least = x.Reduce(ReduceKind.Min, keep: false).Min(0);
        var range = x.Reduce(ReduceKind.Max, keep: false).Max(0) - least;
        var scale = range / 255;
        var zero = (-least / scale).Max(0).Min(255).Round();
        var y = ((x / scale).Round() + zero).Max(0).Min(255);
        return [Cast(n, y, ElementType.UInt8), scale.Tensor, Cast(n, zero, ElementType.UInt8)];
    }

    // Zero points of A are one a row or one, of B one a column or one.
    private static ImportedTensor MatMulInteger(NodeContext n)
    {
        var product = Product(n, Less(n, 0, 2, isRow: true), Less(n, 1, 3, isRow: false));
        return Cast(n, product, ElementType.Int32);
    }

    private static ImportedTensor QLinearMatMul(NodeContext n)
    {
        var product = Product(n, Less(n, 0, 2, isRow: true), Less(n, 3, 5, isRow: false));
        var scale = AsVector(n, 1, n.Input(0).Rank > 1, isRow: true)
            * AsVector(n, 4, n.Input(3).Rank > 1, isRow: false) / Term.Of(n, 6);
        return Quantised(n, product * scale, 7, z => Term.Of(n, z));
    }

    private static ImportedTensor ConvInteger(NodeContext n)
    {
        var x = n.Optional(2) is null ? Term.Of(n, 0) : Term.Of(n, 0) - Term.Of(n, 2);
        return Cast(n, Convolution(n, x, Weights(n, 1, 3), null), ElementType.Int32);
    }

    private static ImportedTensor QLinearConv(NodeContext n)
    {
        var x = Term.Of(n, 0) - Term.Of(n, 2);
        var bias = n.Optional(8) is null ? null : Term.Of(n, 8).Tensor;
        var y = Convolution(n, x, Weights(n, 3, 5), bias);
        var scale = Term.Of(n, 1) * PerChannel(n, 4, n.Input(0).Rank - 2) / Term.Of(n, 6);
        return Quantised(n, y * scale, 7, z => Term.Of(n, z));
    }

    private static Term Product(NodeContext n, Term a, Term b) =>
        new(n, Products.Multiply(n, a.Tensor, b.Tensor));

    private static Term Convolution(NodeContext n, Term x, Term w, ImportedTensor? bias) =>
        new(n, Convolutions.Convolve(n.With([x.Tensor, w.Tensor, bias])));

    // Weights less their zero points, one for each channel of the output or one for all.
    private static Term Weights(NodeContext n, int weights, int zeros)
    {
        var w = Term.Of(n, weights);
        return n.Optional(zeros) is null ? w : w - PerChannel(n, zeros, w.Tensor.Rank - 1);
    }

    // A vector along the first of some axes more; one number as it is.
    private static Term PerChannel(NodeContext n, int input, int more)
    {
        var x = Term.Of(n, input);
        return x.Tensor.Shape.Count == 1 ? x.Reshape()
            : x.Reshape([(int)x.Tensor.Shape.Count, .. Enumerable.Repeat(1, more)]);
    }

    private static Term Less(NodeContext n, int input, int zeros, bool isRow)
    {
        var x = Term.Of(n, input);
        return n.Optional(zeros) is null ? x
            : x - AsVector(n, zeros, x.Tensor.Rank > 1, isRow);
    }

    private static Term AsVector(NodeContext n, int input, bool isMatrix, bool isRow)
    {
        var x = Term.Of(n, input);
        int count = (int)x.Tensor.Shape.Count;
        return count == 1 ? x.Reshape()
            : x.Tensor.Rank == 1 && isMatrix && isRow ? x.Reshape(count, 1)
            : x;
    }

    // A scale or zero point of each entry along the axis, or one of all.
    private static Term AlongAxis(NodeContext n, int input)
    {
        int rank = n.Input(0).Rank;
        var x = Term.Of(n, input);
        return x.Tensor.Shape.Count == 1 ? x.Reshape()
            : PerChannel(n, input, rank - 1 - n.Axis(n.Node.Int("axis", 1), rank));
    }

    // Rounded, moved by the zero point, cut to the limits of the zero point's type.
    private static ImportedTensor Quantised(
        NodeContext n, Term scaled, int zeros, Func<int, Term> zeroPoint)
    {
        var y = scaled.Round();
        var type = StorageType.UInt8;
        if (n.Optional(zeros) is { } zero)
        {
            y += zeroPoint(zeros);
            type = zero is HostTensor host ? host.Type
                : zero.Element == ElementType.UInt8 ? StorageType.UInt8 : StorageType.Int8;
        }
        else if (n.Node.Int("output_dtype", 0) is > 0 and var wanted)
        {
            type = NodeContext.Supported((OnnxDataType)wanted);
        }

        var (low, high) = type switch
        {
            StorageType.UInt8 => (byte.MinValue, byte.MaxValue),
            StorageType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            StorageType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            StorageType.Int16 => ((int)short.MinValue, (int)short.MaxValue),
            _ => throw NodeContext.Unsupported(
                $"quantised elements of type {type} are not supported"),
        };
        return Cast(n, y.Max(low).Min(high), HostTensor.ElementOf(type));
    }

    private static ImportedTensor Cast(NodeContext n, Term x, ElementType type) =>
        n.Graph.Cast(x.Tensor, type);
}
