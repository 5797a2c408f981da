using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Testing;

/// <summary>
/// Writes a TFLite network as an ONNX model, so that ONNX Runtime can run it: what ours is held
/// against. It reads files with the importer's reader; what operators mean is told here once more,
/// by ONNX's words (paddings are left to ONNX Runtime where it can compute them).
/// </summary>
/// <remarks>
/// Tensors of four axes are kept as [N, C, H, W]; where an operator goes by the file's axes, a
/// transposition brings them back. All sizes have to be fixed.
/// </remarks>
public sealed partial class TfLiteToOnnx
{
    private static readonly long[] ToChannelsFirst = [0, 3, 1, 2];
    private static readonly long[] ToChannelsLast = [0, 2, 3, 1];

    private readonly OnnxModelBuilder _b = new(opset: 17);

    // Names of values by tensor, with the file's axes and with the channels first.
    private readonly Dictionary<TfLiteTensor, string> _asInFile = [];
    private readonly Dictionary<TfLiteTensor, string> _channelsFirst = [];

    // Weights of 16 bits are read where they are, before the node that makes floats of them.
    private readonly Dictionary<TfLiteTensor, TfLiteTensor> _halves = [];

    /// <summary>Converts a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channelsFirst">
    /// Whether inputs and outputs of four axes become [N, C, H, W], as in networks that are made
    /// for ONNX; else they keep the file's axes.
    /// </param>
    public static ModelProto Convert(string path, bool channelsFirst = false) =>
        Convert(File.ReadAllBytes(path), channelsFirst);

    /// <summary>Converts a file in memory.</summary>
    public static ModelProto Convert(byte[] file, bool channelsFirst = false) =>
        new TfLiteToOnnx().Run(TfLiteNetwork.Read(file, null), channelsFirst);

    private ModelProto Run(TfLiteNetwork network, bool channelsFirst)
    {
        foreach (var input in network.Inputs)
        {
            long[] shape = ShapeOf(input);
            bool turns = channelsFirst && shape.Length == 4;
            _b.Input(input.Name, turns ? Permute(shape, ToChannelsFirst) : shape);
            (turns ? _channelsFirst : _asInFile).Add(input, input.Name);
        }

        foreach (var node in network.Nodes)
        {
            Convert(node);
        }

        foreach (var output in network.Outputs)
        {
            long[] shape = ShapeOf(output);
            bool turns = channelsFirst && shape.Length == 4;
            string name = turns ? First(output) : Last(output);
            _b.Output(output.Name, new OnnxValue(
                _b.Node("Identity", [name]), turns ? Permute(shape, ToChannelsFirst) : shape));
        }

        return _b.Build();
    }

    private static long[] ShapeOf(TfLiteTensor tensor) =>
        [.. tensor.Dimensions.Select(d => d.IsFree ? 1L : d.Size)];

    private static long[] Permute(long[] shape, long[] permutation) =>
        [.. permutation.Select(axis => shape[axis])];

    // The elements of a tensor of four axes in another order of axes.
    private static float[] Permute(float[] x, long[] shape, long[] permutation)
    {
        long[] strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1];
        var sizes = Permute(shape, permutation);
        var y = new float[x.Length];
        int at = 0;
        for (long i = 0; i < sizes[0]; i++)
        {
            for (long j = 0; j < sizes[1]; j++)
            {
                for (long k = 0; k < sizes[2]; k++)
                {
                    for (long l = 0; l < sizes[3]; l++)
                    {
                        y[at++] = x[(i * strides[permutation[0]]) + (j * strides[permutation[1]])
                            + (k * strides[permutation[2]]) + (l * strides[permutation[3]])];
                    }
                }
            }
        }

        return y;
    }

    // A value with the file's axes.
    private string Last(TfLiteTensor tensor)
    {
        if (!_asInFile.TryGetValue(tensor, out string? name))
        {
            name = tensor.HasData ? _b.Constant(Floats(tensor), ShapeOf(tensor)).Name
                : _b.Node("Transpose", [_channelsFirst[tensor]], ("perm", ToChannelsLast));
            _asInFile.Add(tensor, name);
        }

        return name;
    }

    // A picture as [N, C, H, W]. Constants of fewer axes get ones before them.
    private string First(TfLiteTensor tensor)
    {
        if (!_channelsFirst.TryGetValue(tensor, out string? name))
        {
            if (tensor.HasData)
            {
                long[] shape = ShapeOf(tensor);
                shape = [.. Enumerable.Repeat(1L, 4 - shape.Length), .. shape];
                name = _b.Constant(
                    Permute(Floats(tensor), shape, ToChannelsFirst),
                    Permute(shape, ToChannelsFirst)).Name;
            }
            else
            {
                name = _b.Node("Transpose", [_asInFile[tensor]], ("perm", ToChannelsFirst));
            }

            _channelsFirst.Add(tensor, name);
        }

        return name;
    }

    private float[] Floats(TfLiteTensor tensor) => Source(tensor).Constant!.Floats;

    private long[] Ints(TfLiteTensor tensor) => tensor.Constant!.Integers;

    private TfLiteTensor Source(TfLiteTensor tensor) => _halves.GetValueOrDefault(tensor, tensor);

    private bool IsConstant(TfLiteTensor tensor) => Source(tensor).HasData;

    // Weights of four axes in the order that ONNX wants.
    private string Weights(TfLiteTensor tensor, params long[] permutation) => _b.Constant(
        Permute(Floats(tensor), ShapeOf(tensor), permutation),
        Permute(ShapeOf(tensor), permutation)).Name;

    private string Vector(TfLiteTensor tensor) =>
        _b.Constant(Floats(tensor), Floats(tensor).Length).Name;

    private void SetFirst(TfLiteNode node, string name, int activation = -1) =>
        _channelsFirst[node.Outputs[0]] = Activated(node, name, activation);

    private void SetLast(TfLiteNode node, string name, int activation = -1) =>
        _asInFile[node.Outputs[0]] = Activated(node, name, activation);

    private string Activated(TfLiteNode node, string name, int field) =>
        field < 0 ? name : node.Enumeration(field, "fused_activation_function") switch
        {
            0 => name,
            1 => _b.Node("Relu", [name]),
            2 => _b.Node("Clip", [name, _b.Scalar(-1), _b.Scalar(1)]),
            3 => _b.Node("Clip", [name, _b.Scalar(0), _b.Scalar(6)]),
            4 => _b.Node("Tanh", [name]),
            var other => throw new NotSupportedException($"The activation {other}."),
        };
}
