using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Testing.Conformance;

namespace RealtimeVision.Conformance.Tests;

/// <summary>
/// Results of whole sets, each run once; devices stay open so that kernels are kept.
/// </summary>
[SetUpFixture]
public sealed class ConformanceResults
{
    private static readonly Dictionary<string, Device> Devices = [];

    private static readonly Dictionary<(string Device, string Set), ConformanceResult[]> Sets = [];

    /// <summary>Results of all cases of a set on a device, by name.</summary>
    public static IReadOnlyList<ConformanceResult> Of(string device, string set)
    {
        if (!Sets.TryGetValue((device, set), out var results))
        {
            results = [.. ConformanceData.CasesOf(set).Select(test => Run(test, device))];
            Sets.Add((device, set), results);
        }

        return results;
    }

    [OneTimeTearDown]
    public void CloseDevices()
    {
        foreach (var device in Devices.Values)
        {
            device.Dispose();
        }

        Devices.Clear();
    }

    // After a kernel that does not compile, ILGPU compiles no others with the same context.
    private static ConformanceResult Run(ConformanceCase test, string device)
    {
        var result = ConformanceRunner.Run(test, Open(device));
        if (result.Status == ConformanceStatus.Error && Devices.Remove(device, out var broken))
        {
            broken.Dispose();
        }

        return result;
    }

    private static Device Open(string name)
    {
        if (!Devices.TryGetValue(name, out var device))
        {
            device = name == "cpu" ? new CpuDevice(2) : DeviceList.Open(name);
            Devices.Add(name, device);
        }

        return device;
    }
}
