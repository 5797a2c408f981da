using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>What the PTX assembler says of one kernel.</summary>
/// <param name="Registers">Registers of a thread.</param>
/// <param name="Shared">Bytes of shared memory of a group.</param>
/// <param name="Stack">Bytes of local memory that a thread keeps variables in.</param>
/// <param name="Spills">Bytes written to and read from local memory because registers ran
/// out.</param>
/// <param name="Error">What it does not take; null where it assembles.</param>
public sealed record PtxasReport(int Registers, int Shared, int Stack, int Spills, string? Error);

/// <summary>NVIDIA's PTX assembler, which needs no GPU.</summary>
public static partial class Ptxas
{
    /// <summary>The program: RTV_PTXAS, or the one in PATH; null where there is none.</summary>
    public static string? Program { get; } =
        Environment.GetEnvironmentVariable("RTV_PTXAS") is { Length: > 0 } named ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas"))
            .FirstOrDefault(File.Exists);

    /// <summary>Assembles a kernel's text for an architecture: <c>sm_80</c>.</summary>
    public static PtxasReport Assemble(string ptx, string architecture)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, ptx);
            using var process = Process.Start(new ProcessStartInfo(
                Program!, ["--verbose", $"--gpu-name={architecture}", $"--output-file={file}.cubin", file])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            string said = process.StandardError.ReadToEnd() + output.Result;
            process.WaitForExit();
            return new PtxasReport(
                Number(RegistersPattern().Matches(said)),
                Number(SharedPattern().Matches(said)),
                Number(StackPattern().Matches(said)),
                Number(SpillPattern().Matches(said)),
                process.ExitCode == 0 ? null : said);
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".cubin");
        }
    }

    private static int Number(MatchCollection matches) =>
        matches.Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex RegistersPattern();

    [GeneratedRegex(@"(\d+) bytes smem")]
    private static partial Regex SharedPattern();

    [GeneratedRegex(@"(\d+) bytes stack frame")]
    private static partial Regex StackPattern();

    [GeneratedRegex(@"(\d+) bytes spill (?:stores|loads)")]
    private static partial Regex SpillPattern();
}
