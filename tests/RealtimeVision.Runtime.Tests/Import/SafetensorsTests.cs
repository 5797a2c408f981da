using System.Text;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Tests.Import;

public sealed class SafetensorsTests
{
    [Test]
    public void EveryGoldenFileLoads()
    {
        string[] files = Directory.GetFiles(GoldenDirectory(), "*.safetensors");
        Assert.That(files, Has.Length.GreaterThanOrEqualTo(79));
        foreach (string path in files)
        {
            using Safetensors file = Safetensors.Open(path);
            Assert.That(file.Metadata.Keys, Does.Contain("op").And.Contain("attributes"), path);
            Assert.That(file.Tensors, Is.Not.Empty, path);
            foreach (SafetensorsEntry entry in file.Tensors.Values)
            {
                int read = entry.Type.IsFloat()
                    ? file.ToSingles(entry.Name).Length : file.ToInt64s(entry.Name).Length;
                Assert.That(read, Is.EqualTo(entry.Shape.Aggregate(1L, (a, b) => a * b)), path);
            }
        }
    }

    [Test]
    public void WrittenFileReadsBack()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("m.safetensors");
        Safetensors.Save(path,
            [
                SafetensorsTensor.Create<byte>("bytes", [3], [1, 2, 255]),
                SafetensorsTensor.Create("f", [2, 2], [1f, 2f, 3f, float.NaN]),
                SafetensorsTensor.Create<Half>("h", [1], [(Half)0.5f]),
                SafetensorsTensor.Create("i", [], [-5L]),
                SafetensorsTensor.Create<float>("none", [0, 4], []),
                new SafetensorsTensor("b", StorageType.BFloat16, [1], new byte[] { 0xC0, 0x3F }),
            ],
            new Dictionary<string, string> { ["task"] = "segmentation \"å\"\n" });

        using Safetensors file = Safetensors.Open(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Metadata["task"], Is.EqualTo("segmentation \"å\"\n"));
            Assert.That(file.ToSingles("f"), Is.EqualTo([1f, 2f, 3f, float.NaN]));
            Assert.That(file.Tensors["f"].Shape, Is.EqualTo([2L, 2L]));
            Assert.That(file.Tensors["f"].Offset % 4, Is.Zero);
            Assert.That(file.ToSingles("h"), Is.EqualTo([0.5f]));
            Assert.That(file.ToSingles("b"), Is.EqualTo([1.5f]));
            Assert.That(file.ToSingles("none"), Is.Empty);
            Assert.That(file.ToInt64s("i"), Is.EqualTo([-5L]));
            Assert.That(file.ToInt64s("bytes"), Is.EqualTo([1L, 2L, 255L]));
            Assert.That(() => file.ToInt64s("f"), Throws.TypeOf<ModelFormatException>());
            Assert.That(() => file.ToSingles("x"), Throws.TypeOf<KeyNotFoundException>());
            Assert.That(() => file.CopyTo("f", new float[3]), Throws.ArgumentException);
        }
    }

    [TestCase("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "4 bytes")]
    [TestCase("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "truncated")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "bytes -4")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", "bytes 8")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "after the last")]
    [TestCase("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "hole")]
    [TestCase(
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
         "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
        """, "overlaps")]
    [TestCase(
        """
        {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
         "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
        """, "header")]
    [TestCase("""{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", "'Q4'")]
    [TestCase("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape")]
    [TestCase("""{"a":{"dtype":"F32","shape":[99999999999],"data_offsets":[0,8]}}""", "shape")]
    [TestCase("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "header")]
    [TestCase("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "header")]
    [TestCase("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", "missing")]
    [TestCase("""{"a":7}""", "header")]
    [TestCase("""[1]""", "header")]
    [TestCase("""{"a":""", "header")]
    [TestCase("""{"__metadata__":{"k":1}}""", "header")]
    public void BadHeadersAreRefused(string header, string expected)
    {
        using var directory = new TemporaryDirectory();
        byte[] text = Encoding.UTF8.GetBytes(header);
        string path = directory.Write(
            "bad.safetensors",
            [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[8]]);
        Assert.That(() => Safetensors.Open(path), Throws.TypeOf<ModelFormatException>()
            .With.Message.Contains(expected).And.Message.StartsWith(path));
    }

    [Test]
    public void EveryTruncationIsRefused()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("m.safetensors");
        Safetensors.Save(path, [SafetensorsTensor.Create("f", [2], [1f, 2f])]);
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            directory.Write("cut.safetensors", whole.AsSpan(0, length));
            Assert.That(() => Safetensors.Open(directory.File("cut.safetensors")),
                Throws.TypeOf<ModelFormatException>(), $"{length} bytes");
        }
    }

    [Test]
    public void OtherFilesAreRefused()
    {
        using var directory = new TemporaryDirectory();
        string png = directory.Write(
            "p.png", [0x89, .. "PNG"u8, 13, 10, 26, 10, 0, 0, 0, 13, 1, 1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Safetensors.Open(png),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("a PNG picture"));
            Assert.That(() => Safetensors.Open(directory.File("none")),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("no such file"));
            Assert.That(() => Safetensors.Open(directory.Path),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("directory"));
        }
    }

    [Test]
    public void BadTensorsAreNotWritten()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("m.safetensors");
        SafetensorsTensor a = SafetensorsTensor.Create("a", [1], [1f]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Safetensors.Save(path, [a, a]), Throws.ArgumentException);
            Assert.That(() => Safetensors.Save(path, [a with { Shape = [2] }]),
                Throws.ArgumentException);
            Assert.That(() => Safetensors.Save(path, [a with { Name = "__metadata__" }]),
                Throws.ArgumentException);
            Assert.That(Directory.GetFiles(directory.Path), Is.Empty);
        }
    }

    private static string GoldenDirectory()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null
            && !Directory.Exists(Path.Combine(directory, "tests", "golden")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return Path.Combine(directory ?? "/", "tests", "golden");
    }
}
