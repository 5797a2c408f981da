using RealtimeVision.Kernels.Devices;
using RealtimeVision.Testing.Conformance;

namespace RealtimeVision.Conformance.Tests;

/// <summary>
/// ONNX's own cases. Those that are listed as passing have to pass; how many do is reported. New
/// ones are taken up by <c>RTV_RENEW=1 dotnet test tests/RealtimeVision.Conformance.Tests</c>,
/// which rewrites docs/onnx.md, too.
/// </summary>
public sealed class ConformanceTests
{
    private static IReadOnlyList<string> Sets => ConformanceData.Sets;

    private static IEnumerable<string> Gpus =>
        from device in DeviceList.Find()
        where device.Kind is "cuda" or "opencl" && device.Problem is null
        select device.Id;

    [TestCaseSource(nameof(Sets))]
    public void PassOnCpu(string set) => Check("cpu", set);

    [Test]
    public void PassOnGpu(
        [ValueSource(nameof(Gpus))] string device, [ValueSource(nameof(Sets))] string set) =>
        Check(device, set);

    // Tests run by name, so this one comes after those that renew the lists that it reads.
    [Test]
    public void ThePageListsTheOperators()
    {
        if (ConformanceList.IsRenewed)
        {
            RequireData();
            var results = Sets.SelectMany(set => ConformanceResults.Of("cpu", set)).ToList();
            File.WriteAllText(OnnxPage.FilePath, OnnxPage.Write(results));
        }

        string page = File.ReadAllText(OnnxPage.FilePath);

        Assert.That(
            OnnxPage.OperatorsOf(page), Is.EqualTo(OnnxPage.OperatorSection()),
            "docs/onnx.md is out of date: RTV_RENEW=1 rewrites it");
    }

    private static void RequireData()
    {
        if (ConformanceData.Missing is { } missing)
        {
            Assert.Ignore(missing);
        }
    }

    private static void Check(string device, string set)
    {
        RequireData();
        string kind = device == "cpu" ? "cpu" : "gpu";
        var results = ConformanceResults.Of(device, set);
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
            .Select(id => results.FirstOrDefault(r => r.Case.Id == id)?.ToString()
                ?? $"{id}\tis not there");
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
}
