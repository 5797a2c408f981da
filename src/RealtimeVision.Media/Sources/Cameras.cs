using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace RealtimeVision.Media;

/// <summary>A camera of this machine.</summary>
/// <param name="Id">
/// What <see cref="FrameSources.Create"/> takes, for example <c>camera:0</c>.
/// </param>
/// <param name="Name">What the maker calls it.</param>
public sealed record CameraInfo(string Id, string Name);

/// <summary>Finds the cameras of this machine.</summary>
public static partial class Cameras
{
    internal static OSPlatform System =>
        OperatingSystem.IsWindows() ? OSPlatform.Windows
        : OperatingSystem.IsMacOS() ? OSPlatform.OSX
        : OSPlatform.Linux;

    /// <summary>
    /// Lists the cameras: from the kernel on Linux, by ffmpeg's DirectShow and AVFoundation devices
    /// on Windows and macOS. Empty where there is none, or where it takes ffmpeg and there is no
    /// ffmpeg.
    /// </summary>
    public static IReadOnlyList<CameraInfo> List() =>
        OperatingSystem.IsWindows() ? ParseDirectShow(ListDevices("dshow", "dummy"))
        : OperatingSystem.IsMacOS() ? ParseAvFoundation(ListDevices("avfoundation", ""))
        : ListVideo4Linux("/sys/class/video4linux");

    /// <summary>The cameras there are, as the end of an error message.</summary>
    internal static string Describe(IReadOnlyList<CameraInfo> cameras) => cameras.Count == 0
        ? "no camera was found on this machine."
        : "the cameras of this machine are "
          + string.Join(", ", cameras.Select(camera => $"{camera.Id} ({camera.Name})")) + ".";

    /// <summary>
    /// Reads the kernel's list: a folder per device node with its name and its index.
    /// </summary>
    internal static IReadOnlyList<CameraInfo> ListVideo4Linux(string root)
    {
        if (!Directory.Exists(root))
        {
            return [];
        }

        var cameras = new List<CameraInfo>();
        string[] folders = Directory.GetDirectories(root, "video*");
        foreach (string folder in folders.Order(NaturalOrder.Instance))
        {
            // A camera has a second node for its metadata, which has the index 1 and no pictures.
            if (ReadLine(folder, "index") is "0" or null)
            {
                string number = Path.GetFileName(folder)["video".Length..];
                string name = ReadLine(folder, "name") ?? "camera";
                cameras.Add(new CameraInfo("camera:" + number, name));
            }
        }

        return cameras;
    }

    /// <summary>Reads what ffmpeg prints for <c>-list_devices true -f dshow -i dummy</c>.</summary>
    internal static IReadOnlyList<CameraInfo> ParseDirectShow(IEnumerable<string> lines)
    {
        // From version 5 each line ends with its kind; before, a headline stood above each kind.
        var cameras = new List<CameraInfo>();
        bool video = false;
        foreach (string line in lines)
        {
            if (line.Contains("DirectShow", StringComparison.Ordinal))
            {
                video = line.Contains("video devices", StringComparison.Ordinal);
            }

            Match match = DirectShowName().Match(line);
            Group kind = match.Groups["kind"];
            bool counts = (kind.Success ? kind.Value == "video" : video)
                && !line.Contains("Alternative name", StringComparison.Ordinal);
            if (match.Success && counts)
            {
                string id = "camera:" + cameras.Count.ToString(CultureInfo.InvariantCulture);
                cameras.Add(new CameraInfo(id, match.Groups["name"].Value));
            }
        }

        return cameras;
    }

    /// <summary>Reads what ffmpeg prints for <c>-list_devices true -f avfoundation</c>.</summary>
    internal static IReadOnlyList<CameraInfo> ParseAvFoundation(IEnumerable<string> lines)
    {
        var cameras = new List<CameraInfo>();
        bool video = false;
        foreach (string line in lines)
        {
            if (line.Contains("AVFoundation", StringComparison.Ordinal)
                && line.EndsWith("devices:", StringComparison.Ordinal))
            {
                video = line.Contains("video", StringComparison.Ordinal);
                continue;
            }

            Match match = AvFoundationName().Match(line);
            if (video && match.Success)
            {
                string id = "camera:" + match.Groups[1].Value;
                cameras.Add(new CameraInfo(id, match.Groups[2].Value));
            }
        }

        return cameras;
    }

    private static string? ReadLine(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> ListDevices(string format, string input)
    {
        var lines = new List<string>();
        using FfmpegProcess? ffmpeg = FfmpegProcess.TryStart(
            ["-loglevel", "info", "-list_devices", "true", "-f", format, "-i", input], log: lines);
        ffmpeg?.WaitForExit();
        return lines;
    }

    [GeneratedRegex("\"(?<name>[^\"]+)\"(?: \\((?<kind>\\w+)[^)]*\\))?")]
    private static partial Regex DirectShowName();

    [GeneratedRegex(@"\] \[(\d+)\] (.+)$")]
    private static partial Regex AvFoundationName();
}
