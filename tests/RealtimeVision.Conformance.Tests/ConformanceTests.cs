using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Testing.Conformance;

namespace RealtimeVision.Conformance.Tests;

/// <summary>
/// ONNX's own cases. Those that are listed as passing have to pass; how many do is reported. New
/// ones are taken up by <c>RTV_RENEW=1 dotnet test tests/RealtimeVision.Conformance.Tests</c>.
/// </summary>
public sealed class ConformanceTests
{
    private static readonly Dictionary<string, Device> Devices = [];

    private static IReadOnlyList<string> Sets => ConformanceData.Sets;

    private static IEnumerable<string> Gpus =>
        from device in DeviceList.Find()
        where device.Kind is "cuda" or "opencl" && device.Problem is null
        select device.Id;

    [OneTimeTearDown]
    public void CloseDevices()
    {
        foreach (var device in Devices.Values)
        {
            device.Dispose();
        }

        Devices.Clear();
    }

    [TestCaseSource(nameof(Sets))]
    public void PassOnCpu(string set) => Check("cpu", set);

    [Test]
    public void PassOnGpu(
        [ValueSource(nameof(Gpus))] string device, [ValueSource(nameof(Sets))] string set) =>
        Check(device, set);

    private static void Check(string device, string set)
    {
        if (ConformanceData.Missing is { } missing)
        {
            Assert.Ignore(missing);
        }

        string kind = device == "cpu" ? "cpu" : "gpu";
        var results = ConformanceData.CasesOf(set)
            .Select(test => ConformanceRunner.Run(test, Open(device))).ToList();
        var passed = results.Where(r => r.IsPassed).Select(r => r.Case.Id).ToHashSet();
        TestContext.Out.WriteLine($"{device}: {set}: {passed.Count} of {results.Count} pass");
        Report(device, set, results);
        if (ConformanceList.IsRenewed)
        {
            ConformanceList.Write(kind, set, results);
            return;
        }

        var wanted = ConformanceList.Read(kind, set);
        foreach (string id in passed.Except(wanted).Order(StringComparer.Ordinal))
        {
            TestContext.Out.WriteLine($"{id} passes and is not listed: RTV_RENEW=1 adds it");
        }

        var lost = wanted.Except(passed).Order(StringComparer.Ordinal)
            .Select(id => results.Find(r => r.Case.Id == id)?.ToString() ?? $"{id}\tis not there");
        Assert.That(lost, Is.Empty, "cases that have to pass and do not");
    }

    // A table of all cases, for those who look for what is missing.
    private static void Report(string device, string set, IEnumerable<ConformanceResult> results)
    {
        if (Environment.GetEnvironmentVariable("RTV_CONFORMANCE_REPORT") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, $"{device.Replace(':', '-')}.{set}.tsv");
            File.WriteAllLines(path, results.Select(r => r.ToString()));
        }
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
