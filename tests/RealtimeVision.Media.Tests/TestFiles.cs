using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RealtimeVision.Media.Tests;

/// <summary>A folder for one fixture's files, and the real ffmpeg that fills it.</summary>
internal sealed class TestFiles : IDisposable
{
    public TestFiles() => Folder = Directory.CreateTempSubdirectory("rtv-media-").FullName;

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>A port of the loopback address that nothing listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs ffmpeg to its end.</summary>
    public static void Ffmpeg(params string[] arguments)
    {
        using Process process = Start(arguments);
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
    }

    /// <summary>Starts ffmpeg and leaves it running.</summary>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardError = true };
        string[] quiet = ["-nostdin", "-loglevel", "error", "-y"];
        foreach (string argument in quiet.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException(
                "These tests need the ffmpeg program: 'apt install ffmpeg'.", e);
        }
    }

    /// <summary>
    /// Runs ffprobe on a file and returns what it prints of the first video stream.
    /// </summary>
    public static string Probe(string path, string entries)
    {
        var start = new ProcessStartInfo("ffprobe") { RedirectStandardOutput = true };
        foreach (string argument in (string[])
            ["-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries",
              $"stream={entries}", "-of", "csv=p=0", path])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        return process.StandardOutput.ReadToEnd().Trim();
    }

    /// <summary>
    /// Makes a clip of 64x48 pixels at 25 frames a second whose upper half is red and lower half
    /// blue.
    /// </summary>
    public string Clip(string name, int frames, params string[] options)
    {
        string path = this[name];
        Ffmpeg(
        [
            "-f", "lavfi", "-i", "color=red:size=64x24:rate=25", "-f", "lavfi", "-i",
            "color=blue:size=64x24:rate=25", "-filter_complex", "vstack", "-frames:v", $"{frames}",
            "-c:v", "libx264", "-pix_fmt", "yuv420p", .. options, path,
        ]);
        return path;
    }

    /// <summary>Makes a clip with so much detail that its file can be cut anywhere.</summary>
    public string Noise(string name, int frames, params string[] options)
    {
        string path = this[name];
        Ffmpeg(
        [
            "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25", "-vf", "noise=alls=60:allf=t",
            "-frames:v", $"{frames}", "-c:v", "libx264", "-g", "5", "-pix_fmt", "yuv420p",
            .. options, path,
        ]);
        return path;
    }

    /// <summary>Writes the first part of a file to another one.</summary>
    public string Cut(string path, string name, double part)
    {
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(this[name], bytes.AsSpan(0, (int)(bytes.Length * part)));
        return this[name];
    }

    public string Garbage(string name)
    {
        byte[] bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
