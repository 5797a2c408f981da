using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>The elements of a tensor of an ONNX file.</summary>
internal sealed class OnnxElements(TensorProto proto, OnnxExternalData? external) : IFileElements
{
    /// <summary>A tensor of the file; its elements are decoded when they are asked for.</summary>
    /// <exception cref="ModelFormatException">
    /// Its shape is bad, or its elements are of an unknown type.
    /// </exception>
    public static HostTensor ToTensor(TensorProto proto, string name, OnnxExternalData? external)
    {
        OnnxTensor.ElementCount(proto);
        var type = OnnxTensor.StorageOf(proto.DataType) ?? throw OnnxTensor.Bad(
            proto, $"elements of type {proto.DataType} are not supported");
        var shape = new Shape([.. proto.Dims.Select(d => checked((int)d))]);
        return HostTensor.Of(name, type, shape, new OnnxElements(proto, external));
    }

    public float[] ToSingles() => OnnxTensor.ToSingles(proto, external);

    public long[] ToInt64s() => OnnxTensor.ToInt64s(proto, external);
}
