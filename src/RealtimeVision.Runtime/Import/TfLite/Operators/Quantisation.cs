using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// DEQUANTIZE, which 16-bit weights pass through; what turns floats into integers is refused.
/// </summary>
internal static class Quantisation
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of("DEQUANTIZE", n => n.Input(0) is HostTensor { IsFloat: true } weights
            ? weights : n.Floats(0)),
        new("QUANTIZE", _ => [], _ => "quantised networks are not supported: a float32 or float16 "
            + "file of the network is needed"),
    ];
}
