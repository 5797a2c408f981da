using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Media;

/// <summary>What a model was trained on.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Threads">How many threads computed.</param>
/// <param name="Device">The device's description, as <c>rtv devices</c> prints it.</param>
/// <param name="OperatingSystem">The operating system and its architecture.</param>
/// <param name="Runtime">The version of .NET.</param>
public sealed record MachineFacts(
    string Processor, int Threads, string Device, string OperatingSystem, string Runtime)
{
    private const int FirstBrandLeaf = unchecked((int)0x80000002);

    /// <summary>The machine this runs on.</summary>
    /// <param name="device">The description of the device that computes.</param>
    /// <param name="threads">How many threads compute; 0 for all of the machine.</param>
    public static MachineFacts Here(string device, int threads = 0) => new(
        ProcessorName(),
        threads > 0 ? threads : Environment.ProcessorCount,
        device,
        $"{RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})",
        RuntimeInformation.FrameworkDescription);

    private static string ProcessorName()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString();
        if (!X86Base.IsSupported
            || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < 0x80000004)
        {
            return architecture;
        }

        // The brand string: 48 bytes of ASCII in the registers of three leaves.
        Span<int> registers = stackalloc int[12];
        for (int i = 0; i < 3; i++)
        {
            (registers[4 * i], registers[(4 * i) + 1], registers[(4 * i) + 2],
                registers[(4 * i) + 3]) = X86Base.CpuId(FirstBrandLeaf + i, 0);
        }

        string brand = System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers));
        string name = string.Join(' ', brand.TrimEnd('\0').Split(
            ' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return name.Length > 0 ? name : architecture;
    }
}
