using System.Diagnostics;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// An overlay lies on the frame that it is of, however late: frames have their number in black and
/// white blocks, the model marks what is white, and both are read back from the recording.
/// </summary>
public class OwnFrameTests
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Bits = 8;
    private const int Frames = 90;
    private const int BlockWidth = Width / Bits;

    // Below what the numbers cover at the top left.
    private const int BlockTop = 280;

    private string _folder = "";

    [OneTimeSetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rtv-own-").FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void OverlayIsOnItsOwnFrame([Values("realtime", "every-frame")] string pace)
    {
        string clip = Path.Combine(_folder, $"{pace}.mp4");
        string model = Path.Combine(_folder, $"{pace}.safetensors");
        string recording = Path.Combine(_folder, $"{pace}-overlay.mp4");
        MakeClip(clip);
        MakeModel(model);

        var json = Rtv.Run(
            "live", "--headless", "--json", "--device", "cpu", "--source", clip, "--model", model,
            "--smoothing", "0", "--refine", "off", "--pace", pace, "--record", recording)
            .Exits(0).Json;

        Assert.That(
            json["processed"]!.GetValue<long>() + json["dropped"]!.GetValue<long>(),
            Is.EqualTo(Frames));
        var seen = new HashSet<int>();
        foreach (byte[] picture in Decode(recording))
        {
            var (frame, mask) = (0, 0);
            for (int bit = 0; bit < Bits; bit++)
            {
                int x = (bit * BlockWidth) + (BlockWidth / 2), y = (BlockTop + Height) / 2;
                ReadOnlySpan<byte> rgb = picture.AsSpan(((y * Width) + x) * 3, 3);
                int least = Math.Min(rgb[0], Math.Min(rgb[1], rgb[2]));
                int most = Math.Max(rgb[0], Math.Max(rgb[1], rgb[2]));
                frame |= (least + most) / 2 > 85 ? 1 << bit : 0;
                mask |= most - least > 60 ? 1 << bit : 0;
            }

            Assert.That(mask, Is.EqualTo(frame), $"after {seen.Count} frames");
            seen.Add(frame);
        }

        // How many are dropped is the machine's business; that each is shown is not.
        Assert.That(seen, Has.Count.InRange(pace == "realtime" ? 2 : Frames, Frames));
    }

    private static void MakeClip(string path)
    {
        using var ffmpeg = Start(
            "-f", "rawvideo", "-pix_fmt", "gray", "-s", $"{Width}x{Height}", "-r", "60", "-i", "-",
            "-pix_fmt", "yuv420p", "-crf", "10", path);
        var picture = new byte[Width * Height];
        for (int frame = 0; frame < Frames; frame++)
        {
            for (int i = BlockTop * Width; i < picture.Length; i++)
            {
                picture[i] = (byte)(((frame >> (i % Width / BlockWidth)) & 1) * byte.MaxValue);
            }

            ffmpeg.StandardInput.BaseStream.Write(picture);
        }

        ffmpeg.StandardInput.Close();
        ffmpeg.WaitForExit();
        Assert.That(ffmpeg.ExitCode, Is.Zero, "ffmpeg makes the clip");
    }

    /// <summary>
    /// Brightness through some layers that take their time, so that results come late.
    /// </summary>
    private static void MakeModel(string path)
    {
        const int Channels = 16;
        using var network = new Sequential(
            "bright", new Shape(Height / 4, Width / 4, 3),
            new Conv2D(Channels, 3) { Name = "first" },
            new Conv2D(Channels, 3) { Name = "second" },
            new Conv2D(Channels, 3) { Name = "third" },
            new Conv2D(1, 1) { Name = "last" });
        network.Initialise(1);
        foreach (string layer in (string[])["first", "second", "third", "last"])
        {
            // The middle tap of the first channel hands the first channel on.
            Parameter kernel = network.Parameter($"{layer}/kernel");
            var values = new float[kernel.Values.Length];
            int taps = layer == "last" ? 1 : 9;
            values[values.Length / taps * (taps / 2)] = layer == "last" ? 20 : 1;
            kernel.Set(values);
        }

        network.Parameter("last/bias").Set([-10]);
        network.Manifest = new ModelManifest
        {
            Name = "bright", Task = ModelTask.Segmentation, Labels = ["bright"], Palette = [0x00C040FF],
        };
        NetworkFile.Save(network, path);
    }

    private static IEnumerable<byte[]> Decode(string path)
    {
        using var ffmpeg = Start("-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-");
        ffmpeg.StandardInput.Close();
        while (true)
        {
            var picture = new byte[Width * Height * 3];
            int read = ffmpeg.StandardOutput.BaseStream.ReadAtLeast(
                picture, picture.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                break;
            }

            Assert.That(read, Is.EqualTo(picture.Length), "a whole picture");
            yield return picture;
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("ffmpeg", ["-v", "error", .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
}
