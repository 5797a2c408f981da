using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests.Datasets;

public sealed class FolderDatasetTests
{
    private TestFiles _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TestFiles();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [Test]
    public void PicturesOfClassFoldersAreReadWithTheirLabels()
    {
        Colour("cat/10.png", 200, 10, 20);
        Colour("cat/9.png", 100, 10, 20);
        Colour("dog/a.png", 10, 250, 30);
        File.WriteAllText(_files["cat/notes.txt"], "no picture");

        var dataset = ClassFolderDataset.Load(_files.Folder, new Size2(4, 6));
        var grey = ClassFolderDataset.Load(_files.Folder, 2, channels: 1);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.ClassNames, Is.EqualTo(["cat", "dog"]));
            Assert.That(dataset.InputType.ToString(), Is.EqualTo("UInt8[4, 6, 3]"));
            Assert.That(
                Enumerable.Range(0, 3).Select(dataset.LabelOf), Is.EqualTo([0, 0, 1]));
            Assert.That(dataset.NameOf(1), Is.EqualTo(_files["cat/10.png"]));
            Assert.That(Read(dataset, 1).Input[^3..], Is.EqualTo((byte[])[200, 10, 20]));
            Assert.That(Read(dataset, 2).Target, Is.EqualTo([1]));
            Assert.That(Read(grey, 2).Input, Is.All.EqualTo(153).Within(1));
        }
    }

    [Test]
    public void BadClassFoldersAreRefused()
    {
        Refused(() => ClassFolderDataset.Load(_files["none"], 4), "there is no such folder");
        Refused(() => ClassFolderDataset.Load(_files.Folder, 4), "has no folder of a class");
        Colour("cat/1.png", 1, 2, 3);
        Directory.CreateDirectory(_files["dog"]);
        Refused(() => ClassFolderDataset.Load(_files.Folder, 4), "class 'dog' has no picture");
        Colour("dog/1.png", 1, 2, 3);
        Refused(
            () => ClassFolderDataset.Load(_files.Folder, 4, classNames: ["cat"]),
            "is no class; classes are cat");
        Refused(
            () => ClassFolderDataset.Load(_files.Folder, 4, classNames: ["cat", "dog", "cow"]),
            Path.Combine(_files.Folder, "cow"));
    }

    [Test]
    public void AnUnreadablePictureIsAnErrorOfItsSampleAndMayBeSkipped()
    {
        Colour("cat/1.png", 1, 2, 3);
        Colour("cat/2.png", 1, 2, 3);
        string whole = _files["cat/2.png"];
        File.WriteAllBytes(_files["cat/3.png"], File.ReadAllBytes(whole)[..60]);
        var dataset = ClassFolderDataset.Load(_files.Folder, 4);
        Refused(() => Read(dataset, 2), _files["cat/3.png"]);

        using var loader = new DataLoader(dataset, new DataLoaderOptions
        {
            BatchSize = 3, Epochs = 1, Unreadable = UnreadableSamples.LeaveOut,
        });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loader.TryNext(out Batch? batch), Is.True);
            Assert.That(batch!.Count, Is.EqualTo(2));
            Assert.That(loader.SkippedNames, Is.EqualTo([_files["cat/3.png"]]));
        }
    }

    [TestCase(1, 3)]
    [TestCase(2, 3)]
    [TestCase(4, 0)]
    [TestCase(8, 3)]
    public void TheNumbersOfAMaskAreKeptExactly(int bits, int color)
    {
        var random = new Random(bits);
        byte[] indices =
            [.. Enumerable.Range(0, 13 * 11).Select(_ => (byte)random.Next(1 << bits))];
        PngFile.Write(_files["mask.png"], indices, 13, bits, (byte)color);
        IndexPng mask = IndexPng.Load(_files["mask.png"]);
        Assert.That((mask.Width, mask.Height), Is.EqualTo((13, 11)));
        Assert.That(mask.Indices, Is.EqualTo(indices));
    }

    [Test]
    public void AMaskThatSkiaWroteIsReadExactly()
    {
        byte[] indices = [.. Enumerable.Range(0, 64 * 48).Select(i => (byte)(i / 64 * i % 251))];
        Picture.SavePng(indices, 64, 48, PixelFormat.Gray8, _files["mask.png"]);
        Assert.That(IndexPng.Load(_files["mask.png"]).Indices, Is.EqualTo(indices));
    }

    [Test]
    public void ADamagedMaskIsRefused()
    {
        PngFile.Write(_files["mask.png"], new byte[100], 10);
        byte[] file = File.ReadAllBytes(_files["mask.png"]);
        string bad = _files["bad.png"];
        for (int length = 0; length < file.Length; length++)
        {
            File.WriteAllBytes(bad, file[..length]);
            Refused(() => IndexPng.Load(bad), bad);
        }

        for (int i = 0; i < file.Length; i++)
        {
            byte[] changed = [.. file];
            changed[i] ^= 0x10;
            File.WriteAllBytes(bad, changed);
            Refused(() => IndexPng.Load(bad), bad);
        }

        PngFile.Write(bad, new byte[100], 10, interlace: 1);
        Refused(() => IndexPng.Load(bad), "interlaced");
        Colour("colour.png", 1, 2, 3);
        Refused(() => IndexPng.Load(_files["colour.png"]), "colour type is");
    }

    [Test]
    public void PicturesAndMasksAreReadTogether()
    {
        Colour("pictures/a.png", 5, 6, 7, width: 4, height: 2);
        Mask("masks/a.png", [0, 0, 1, 1, 2, 2, 255, 255], 4);
        var dataset = MaskFolderDataset.Load(
            _files["pictures"], _files["masks"], ["road", "car", "sky"], new Size2(1, 2));
        var large = MaskFolderDataset.Load(
            _files["pictures"], _files["masks"], ["road", "car", "sky"], new Size2(4, 8));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.TargetType.ToString(), Is.EqualTo("Int32[1, 2]"));
            Assert.That(dataset.IgnoreIndex, Is.EqualTo(255));
            Assert.That(Read(dataset, 0).Target, Is.EqualTo([2, 255]));
            Assert.That(
                Read(large, 0).Target[..16],
                Is.EqualTo([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]));
        }
    }

    [Test]
    public void MasksThatDoNotFitAreErrorsOrSkippedAndListed()
    {
        Colour("pictures/a.png", 5, 6, 7, width: 4, height: 2);
        Colour("pictures/b.png", 5, 6, 7, width: 4, height: 2);
        Colour("pictures/c.png", 5, 6, 7, width: 4, height: 2);
        Mask("masks/a.png", [0, 0, 1, 1, 0, 0, 9, 0], 4);
        Mask("masks/b.png", [0, 0, 1, 1, 0, 0], 3);
        Mask("masks/d.png", [0, 0, 1, 1, 0, 0], 3);
        Refused(() => Load(skip: false), "b.png: is 3x2, its picture");

        MaskFolderDataset dataset = Load(skip: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.Count, Is.EqualTo(1));
            Assert.That(dataset.Skipped, Has.Count.EqualTo(3));
            Assert.That(dataset.Skipped[1], Does.Contain("c.png: has no mask 'c.png'"));
            Assert.That(dataset.Skipped[2], Does.Contain("d.png: has no picture"));
        }

        Refused(() => Read(dataset, 0), "masks/a.png: has class 9; classes are 0 to 1");

        MaskFolderDataset Load(bool skip) => MaskFolderDataset.Load(
            _files["pictures"], _files["masks"], ["road", "car"], new Size2(2, 4),
            skipMismatched: skip);
    }

    [Test]
    public void ClipsAreReadFromTheirMiddle()
    {
        for (int i = 1; i <= 11; i++)
        {
            Colour($"turning/x/{i}.png", (byte)(10 * i), 0, 0);
            Colour($"waiting/y/{i}.png", 0, (byte)(10 * i), 0);
        }

        var dataset = ClipFolderDataset.Load(_files.Folder, 3, new Size2(1, 1), stride: 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.InputType.ToString(), Is.EqualTo("UInt8[3, 1, 1, 3]"));
            Assert.That(dataset.ClassNames, Is.EqualTo(["turning", "waiting"]));
            Assert.That(
                Read(dataset, 0).Input, Is.EqualTo((byte[])[40, 0, 0, 60, 0, 0, 80, 0, 0]));
            Assert.That(Read(dataset, 1).Target, Is.EqualTo([1]));
        }

        Refused(
            () => ClipFolderDataset.Load(_files.Folder, 7, 1, stride: 2),
            "has 11 frames; 7, every 2, take 13");
    }

    [Test]
    public void LabelsOfClipsAreReadFromACsvFile()
    {
        Colour("clips/x/1.png", 1, 2, 3);
        Colour("clips/y/1.png", 4, 5, 6);
        string csv = _files["labels.csv"];
        File.WriteAllText(csv, "label,clip\nstop,y\ngo,x\n");

        var dataset = ClipFolderDataset.LoadCsv(_files["clips"], csv, 1, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(dataset.ClassNames, Is.EqualTo(["go", "stop"]));
            Assert.That(Read(dataset, 0).Input, Is.EqualTo((byte[])[4, 5, 6]));
            Assert.That(Read(dataset, 0).Target, Is.EqualTo([1]));
        }

        Refused(
            () => ClipFolderDataset.LoadCsv(_files["clips"], csv, 1, 1, classNames: ["go"]),
            "clip 'y' has the label 'stop'; classes are go");
        Refused(
            () => ClipFolderDataset.LoadCsv(
                _files["clips"], csv, 1, 1, classNames: ["go", "stop", "left"]),
            "class 'left' has no clips");
    }

    private static void Refused(Action act, string problem) =>
        Assert.That(act, Throws.TypeOf<DatasetException>().With.Message.Contains(problem));

    private static (byte[] Input, int[] Target) Read(Dataset dataset, int index)
    {
        byte[] input = new byte[dataset.InputType.Bytes];
        byte[] target = new byte[dataset.TargetType.Bytes];
        dataset.Read(index, input, target);
        return (input, MemoryMarshal.Cast<byte, int>(target.AsSpan()).ToArray());
    }

    private void Colour(string name, byte r, byte g, byte b, int width = 8, int height = 8)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_files[name])!);
        byte[] pixels =
            [.. Enumerable.Repeat((byte[])[r, g, b], width * height).SelectMany(p => p)];
        Picture.SavePng(pixels, width, height, PixelFormat.Rgb24, _files[name]);
    }

    private void Mask(string name, byte[] indices, int width)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_files[name])!);
        PngFile.Write(_files[name], indices, width);
    }
}
