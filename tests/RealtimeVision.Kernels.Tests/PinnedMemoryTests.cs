using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Tests;

/// <summary>Arrays that a driver was told of.</summary>
public sealed class PinnedMemoryTests
{
    private const int Bytes = 100_000;

    private static readonly string[] Devices =
    [
        .. DeviceList.Find().Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null)
            .Select(d => d.Id),
    ];

    /// <summary>Several owners may have an array pinned, and let go in any order.</summary>
    [TestCaseSource(nameof(Devices))]
    public void CopiesAreRightBeforeWhileAndAfter(string id)
    {
        using Device device = DeviceList.Open(id);
        byte[] array = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
        DeviceTensor tensor = device.CreateTensor(
            new TensorType(ElementType.UInt8, new Shape(Bytes)));
        using DeviceMemory memory = device.Allocate(Bytes);
        tensor.Bind(memory, 0);
        Copy(1);
        IDisposable? first = device.Pin(array);
        Assert.That(first, Is.Not.Null);
        IDisposable? second = device.Pin(array);
        Copy(2);
        first!.Dispose();
        first.Dispose();
        Copy(3);
        second!.Dispose();
        Copy(4);
        Assert.That(device.Pin(array), Is.Not.Null, "again, and released with the device");
        Copy(5);

        void Copy(byte value)
        {
            array.AsSpan().Fill(value);
            device.Upload(tensor, array);
            array.AsSpan().Clear();
            device.Download(tensor, array);
            Assert.That(array, Has.All.EqualTo(value));
        }
    }

    [TestCase("cpu")]
    [TestCase("ilgpu-cpu")]
    public void NothingIsGainedWhereMemoryIsTheHosts(string id)
    {
        using Device device = DeviceList.Open(id);
        Assert.That(device.Pin(GC.AllocateUninitializedArray<byte>(16, pinned: true)), Is.Null);
    }
}
