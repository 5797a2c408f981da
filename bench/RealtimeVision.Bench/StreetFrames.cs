using System.CommandLine;
using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Street;

namespace RealtimeVision.Bench;

/// <summary>
/// <c>rtv bench street-frames</c>: the samples of a street segmenter's recipe as .npy files, before
/// augmentation, for trainings in other frameworks (bench/street_unet.py).
/// </summary>
internal static class StreetFrames
{
    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "Folder of the files: PART-pictures.npy, UInt8 [N, H, W, 3], and "
            + "PART-classes.npy, UInt8 [N, H, W], for each part",
        Required = true,
    };

    private static readonly Option<int[]> Size = new("--size")
    {
        Description = "Rows and columns, two numbers",
        DefaultValueFactory = _ => [176, 320],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<ulong> Seed = new("--seed") { DefaultValueFactory = _ => 1 };

    private static readonly Option<int> Train = new("--train")
    {
        Description = "Frames of the part",
    };

    private static readonly Option<int> Validation = new("--validation")
    {
        Description = "Frames of the part",
    };

    private static readonly Option<int> Test = new("--test") { Description = "Frames of the part" };

    public static Command CreateCommand()
    {
        Size.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int[]>()?.Length != 2)
            {
                r.AddError("--size takes two numbers, rows and columns");
            }
        });
        var command = new Command("street-frames", "Write frames of the street with their truth")
        {
            Out, Size, Seed, Train, Validation, Test,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        int[] size = parsed.GetValue(Size)!;
        var folder = parsed.GetValue(Out)!;
        folder.Create();
        foreach (var (part, count) in new[]
        {
            (StreetPart.Training, Train), (StreetPart.Validation, Validation),
            (StreetPart.Test, Test),
        })
        {
            if (parsed.GetValue(count) is > 0 and int frames)
            {
                Write(count.Name.TrimStart('-'), new StreetDatasetOptions
                {
                    Height = size[0],
                    Width = size[1],
                    Count = frames,
                    Part = part,
                    Seed = parsed.GetValue(Seed),
                });
            }
        }

        return 0;

        void Write(string name, StreetDatasetOptions options)
        {
            var dataset = new StreetSegmentationDataset(options);
            int pixels = options.Height * options.Width, bytes = pixels * 3;
            var pictures = new byte[checked(options.Count * bytes)];
            var classes = new byte[options.Count * pixels];
            Parallel.For(
                0, options.Count, () => new int[pixels],
                (i, _, truth) =>
                {
                    dataset.Read(
                        i, pictures.AsSpan(i * bytes, bytes),
                        MemoryMarshal.AsBytes(truth.AsSpan()));
                    var target = classes.AsSpan(i * pixels, pixels);
                    for (int p = 0; p < pixels; p++)
                    {
                        target[p] = (byte)truth[p];
                    }

                    return truth;
                },
                _ => { });
            long[] shape = [options.Count, options.Height, options.Width];
            Npy.Save<byte>(
                Path.Combine(folder.FullName, $"{name}-pictures.npy"), [.. shape, 3], pictures);
            Npy.Save<byte>(Path.Combine(folder.FullName, $"{name}-classes.npy"), shape, classes);
        }
    }
}
