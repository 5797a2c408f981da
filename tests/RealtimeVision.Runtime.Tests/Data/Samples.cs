using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

/// <summary>Small datasets whose inputs say which sample they are.</summary>
internal static class Samples
{
    public static TensorType Label { get; } = new(ElementType.Int32, new Shape());

    /// <summary>Pictures of 1x1x1: the index of the sample.</summary>
    public static MemoryDataset Labelled(int[] labels, int classes, int? ignoreIndex = null) => new(
        new TensorType(ElementType.UInt8, new Shape(1, 1, 1)),
        [.. Enumerable.Range(0, labels.Length).Select(i => (byte)i)],
        Label,
        MemoryMarshal.AsBytes<int>(labels).ToArray(),
        [.. Enumerable.Range(0, classes).Select(i => $"class{i}")],
        ignoreIndex);

    /// <summary>Random pictures with labels that go round.</summary>
    public static MemoryDataset Pictures(
        int count, int height, int width, int channels, int classes = 3)
    {
        byte[] pixels = new byte[count * height * width * channels];
        new Random(count).NextBytes(pixels);
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % classes)];
        return new MemoryDataset(
            new TensorType(ElementType.UInt8, new Shape(height, width, channels)),
            pixels,
            Label,
            MemoryMarshal.AsBytes<int>(labels).ToArray(),
            [.. Enumerable.Range(0, classes).Select(i => $"class{i}")]);
    }

    /// <summary>The first byte of each input.</summary>
    public static int[] Values(Dataset dataset) =>
        [.. Enumerable.Range(0, dataset.Count).Select(i => (int)Input(dataset, i)[0])];

    public static int[] Labels(Dataset dataset) =>
        [.. Enumerable.Range(0, dataset.Count).Select(dataset.LabelOf)];

    public static byte[] Input(Dataset dataset, int index) => Read(dataset, index).Input;

    public static (byte[] Input, byte[] Target) Read(Dataset dataset, int index)
    {
        byte[] input = new byte[dataset.InputType.Bytes];
        byte[] target = new byte[dataset.TargetType.Bytes];
        dataset.Read(index, input, target);
        return (input, target);
    }
}
