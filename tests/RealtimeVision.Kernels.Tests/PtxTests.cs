using System.Reflection;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// Compiles every kernel that the case table needs, for GPUs that need not be there: PTX has to
/// assemble, and a hot kernel has to keep all its variables in registers.
/// </summary>
public class PtxTests
{
    private static readonly Lazy<(MethodInfo Method, int GroupSize)[]> Kernels = new(Collect);

    [TestCase(8, 0)]
    [TestCase(9, 0)]
    public void EveryKernelAssembles(int major, int minor)
    {
        if (Ptxas.Program is null)
        {
            Assert.Ignore("ptxas is neither named by RTV_PTXAS nor in PATH; setup/ptxas.sh fetches it on Debian");
        }

        var texts = Compile(() => OfflineCompiler.Cuda(major, minor));
        var reports = new PtxasReport[texts.Length];
        Parallel.For(
            0,
            texts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            i => reports[i] = Ptxas.Assemble(texts[i], $"sm_{major}{minor}"));

        TestContext.Out.WriteLine($"sm_{major}{minor}: registers, shared, stack, spills, threads; * is a hot kernel");
        var problems = new List<string>();
        foreach (var (kernel, report) in Kernels.Value.Zip(reports).OrderBy(k => NameOf(k.First.Method)))
        {
            bool isHot = kernel.Method.IsDefined(typeof(HotKernelAttribute));
            TestContext.Out.WriteLine(
                $"{report.Registers,4} {report.Shared,6} {report.Stack,5} {report.Spills,5} {kernel.GroupSize,5} "
                + $"{(isHot ? '*' : ' ')} {NameOf(kernel.Method)}");
            if (report.Error is not null)
            {
                problems.Add($"{NameOf(kernel.Method)} does not assemble: {report.Error}");
            }
            else if (isHot && report.Stack + report.Spills > 0)
            {
                problems.Add(
                    $"{NameOf(kernel.Method)} keeps {report.Stack} bytes of variables in local memory, "
                    + $"spills {report.Spills}");
            }
        }

        Assert.That(problems, Is.Empty);
        Assert.That(Kernels.Value.Where(k => k.Method.IsDefined(typeof(HotKernelAttribute))), Is.Not.Empty);
    }

    [Test]
    public void EveryKernelCompilesToOpenCl() =>
        Assert.That(Compile(OfflineCompiler.OpenCl), Has.All.Contain("kernel void"));

    private static string[] Compile(Func<OfflineCompiler> create)
    {
        var compiler = create();
        try
        {
            return Array.ConvertAll(Kernels.Value, kernel =>
            {
                try
                {
                    return compiler.Compile(kernel.Method, kernel.GroupSize);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{NameOf(kernel.Method)} does not compile: {e.Message}", e);
                }
            });
        }
        finally
        {
            compiler.Dispose();
        }
    }

    /// <summary>
    /// All kernels that preparing the cases compiles, those of every convolution algorithm too. The
    /// device does not matter, since all of them take the same kernels; this one is always there.
    /// </summary>
    private static (MethodInfo, int)[] Collect()
    {
        using var device = (GpuDevice)DeviceList.Open("ilgpu-cpu");
        foreach (var test in CaseTable.All)
        {
            foreach (var op in Variants(test))
            {
                OperatorRunner.Run(device, op, test.Inputs, test.Constants, runs: 0);
            }
        }

        return [.. device.Kernels.Compiled.Distinct()];
    }

    private static IEnumerable<Graph.Operator> Variants(OperatorCase test)
    {
        yield return test.Operator;
        if (test.Operator is Conv2D conv)
        {
            foreach (var algorithm in Enum.GetValues<GpuConvAlgorithm>())
            {
                if (conv.CanRun(algorithm, test.Inputs[Conv2D.Weights]!.Shape))
                {
                    yield return conv with { ForcedGpuAlgorithm = algorithm, ForcedGpuSplits = 1 };
                }
            }
        }
    }

    private static string NameOf(MethodInfo method) => method.DeclaringType!.Name + "."
        + method.Name.Replace("Kernel", "", StringComparison.Ordinal)
        + (method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "");

    private static string NameOf(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
        : type.Name;
}
