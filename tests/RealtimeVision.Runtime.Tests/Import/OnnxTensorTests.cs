using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Runtime.Tests.Import;

public sealed class OnnxTensorTests
{
    [Test]
    public void FloatsOfEveryTypeRawAndTyped()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Floats(Raw<float>(OnnxDataType.Float, [1.5f, -2f])), Is.EqualTo(Expected));
            Assert.That(Floats(Raw<double>(OnnxDataType.Double, [1.5, -2])), Is.EqualTo(Expected));
            Assert.That(Floats(Raw<Half>(OnnxDataType.Float16, [(Half)1.5f, (Half)(-2f)])),
                Is.EqualTo(Expected));
            Assert.That(Floats(Raw<ushort>(OnnxDataType.BFloat16, [0x3FC0, 0xC000])),
                Is.EqualTo(Expected));
            Assert.That(Floats(Typed(OnnxDataType.Float, t => t.FloatData.AddRange([1.5f, -2f]))),
                Is.EqualTo(Expected));
            Assert.That(Floats(Typed(OnnxDataType.Double, t => t.DoubleData.AddRange([1.5, -2]))),
                Is.EqualTo(Expected));
            Assert.That(
                Floats(Typed(OnnxDataType.Float16, t => t.Int32Data.AddRange([0x3E00, 0xC000]))),
                Is.EqualTo(Expected));
            Assert.That(
                Floats(Typed(OnnxDataType.BFloat16, t => t.Int32Data.AddRange([0x3FC0, 0xC000]))),
                Is.EqualTo(Expected));
        }
    }

    [Test]
    public void IntegersOfEveryTypeRawAndTyped()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Integers(Raw<long>(OnnxDataType.Int64, [-1, 7])), Is.EqualTo(Signed));
            Assert.That(Integers(Raw<int>(OnnxDataType.Int32, [-1, 7])), Is.EqualTo(Signed));
            Assert.That(Integers(Raw<short>(OnnxDataType.Int16, [-1, 7])), Is.EqualTo(Signed));
            Assert.That(Integers(Raw<sbyte>(OnnxDataType.Int8, [-1, 7])), Is.EqualTo(Signed));
            Assert.That(Integers(Raw<byte>(OnnxDataType.UInt8, [255, 0])), Is.EqualTo([255L, 0L]));
            Assert.That(Integers(Raw<byte>(OnnxDataType.Bool, [1, 0])), Is.EqualTo([1L, 0L]));
            Assert.That(Integers(Raw<uint>(OnnxDataType.UInt32, [uint.MaxValue, 0])),
                Is.EqualTo([(long)uint.MaxValue, 0L]));
            Assert.That(Integers(Typed(OnnxDataType.Int64, t => t.Int64Data.AddRange([-1, 7]))),
                Is.EqualTo(Signed));
            Assert.That(Integers(Typed(OnnxDataType.Int8, t => t.Int32Data.AddRange([-1, 7]))),
                Is.EqualTo(Signed));
            Assert.That(Integers(Typed(OnnxDataType.UInt64, t => t.UInt64Data.AddRange([1, 7]))),
                Is.EqualTo([1L, 7L]));
        }
    }

    [Test]
    public void WrongElementCountNamesTheTensor()
    {
        TensorProto raw = Raw<float>(OnnxDataType.Float, [1f, 2f]);
        raw.Dims[0] = 3;
        TensorProto typed = Typed(OnnxDataType.Float, t => t.FloatData.Add(1f));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => OnnxTensor.ToSingles(raw), Throws.TypeOf<ModelFormatException>()
                .With.Message.Contains("tensor 'w'").And.Message.Contains("8 bytes"));
            Assert.That(() => OnnxTensor.ToSingles(typed), Throws.TypeOf<ModelFormatException>()
                .With.Message.Contains("1 elements"));
        }
    }

    [TestCase(-1L, 4L)]
    [TestCase(1L << 40, 1L << 40)]
    [TestCase(long.MaxValue, 2L)]
    [TestCase(2_000_000_000L, 1L)]
    public void ImpossibleShapeIsRefusedBeforeAllocating(long rows, long columns)
    {
        TensorProto tensor = Raw<float>(OnnxDataType.Float, [1f]);
        tensor.Dims.Clear();
        tensor.Dims.AddRange([rows, columns]);
        Assert.That(() => OnnxTensor.ToSingles(tensor), Throws.TypeOf<ModelFormatException>());
    }

    [Test]
    public void WrongKindIsRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Integers(Raw<float>(OnnxDataType.Float, [1f, 2f])),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("integers"));
            Assert.That(
                () => Floats(Typed(OnnxDataType.String, t => t.StringData.AddRange([[], []]))),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("String"));
            Assert.That(() => Integers(Raw<ulong>(OnnxDataType.UInt64, [ulong.MaxValue, 0])),
                Throws.TypeOf<ModelFormatException>().With.Message.Contains("63 bits"));
        }
    }

    [Test]
    public void ScalarAndEmptyTensors()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Floats(OnnxTensor.Create("s", [], [3f])), Is.EqualTo([3f]));
            Assert.That(Floats(OnnxTensor.Create("e", [0, 1L << 40], ReadOnlySpan<float>.Empty)),
                Is.Empty);
        }
    }

    [Test]
    public void ExternalDataIsRead()
    {
        using var directory = new TemporaryDirectory();
        Directory.CreateDirectory(directory.File("sub"));
        directory.Write("sub/w.bin", MemoryMarshal.AsBytes<float>([9f, 1.5f, -2f, 9f]));
        var external = new OnnxExternalData(directory.Path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(OnnxTensor.ToSingles(External("sub/w.bin", 4, 8), external),
                Is.EqualTo(Expected));
            Assert.That(OnnxTensor.ToSingles(External("./sub/w.bin", 4, null), external),
                Is.EqualTo(Expected));
            Assert.That(() => OnnxTensor.ToSingles(External("sub/w.bin", 4, 8)),
                Throws.TypeOf<ModelFormatException>());
        }
    }

    [TestCase("../outside.bin", 0, 8)]
    [TestCase("sub/../../outside.bin", 0, 8)]
    [TestCase("..\\outside.bin", 0, 8)]
    [TestCase("/etc/passwd", 0, 8)]
    [TestCase("C:\\outside.bin", 0, 8)]
    [TestCase("", 0, 8)]
    [TestCase("none.bin", 0, 8)]
    [TestCase("link.bin", 0, 8)]
    [TestCase("linked/outside.bin", 0, 8)]
    [TestCase("loop.bin", 0, 8)]
    [TestCase("w.bin", 12, 8)]
    [TestCase("w.bin", 0, 12)]
    [TestCase("w.bin", 1L << 62, 8)]
    [TestCase("w.bin", -4, 8)]
    public void ExternalDataOutsideIsRefused(string location, long offset, long length)
    {
        using var directory = new TemporaryDirectory();
        directory.Write("outside.bin", new byte[16]);
        string inside = Directory.CreateDirectory(directory.File("model")).FullName;
        directory.Write("model/w.bin", new byte[16]);
        File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), "../outside.bin");
        Directory.CreateSymbolicLink(Path.Combine(inside, "linked"), directory.Path);
        File.CreateSymbolicLink(Path.Combine(inside, "loop.bin"), "loop.bin");

        Assert.That(
            () => OnnxTensor.ToSingles(
                External(location, offset, length), new OnnxExternalData(inside)),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("tensor 'w'"));
    }

    [Test]
    public void LinksInsideTheDirectoryAreFollowed()
    {
        using var directory = new TemporaryDirectory();
        string inside = Directory.CreateDirectory(directory.File("model")).FullName;
        directory.Write("model/w.bin", MemoryMarshal.AsBytes<float>([1.5f, -2f]));
        File.CreateSymbolicLink(Path.Combine(inside, "link.bin"), "w.bin");
        Directory.CreateSymbolicLink(directory.File("alias"), inside);

        Assert.That(
            OnnxTensor.ToSingles(
                External("link.bin", 0, 8), new OnnxExternalData(directory.File("alias"))),
            Is.EqualTo(Expected));
    }

    private static float[] Expected => [1.5f, -2f];

    private static long[] Signed => [-1, 7];

    private static float[] Floats(TensorProto tensor) => OnnxTensor.ToSingles(tensor);

    private static long[] Integers(TensorProto tensor) => OnnxTensor.ToInt64s(tensor);

    private static TensorProto Raw<T>(OnnxDataType type, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        var tensor = new TensorProto
        {
            Name = "w",
            DataType = type,
            RawData = MemoryMarshal.AsBytes(elements).ToArray(),
        };
        tensor.Dims.Add(elements.Length);
        return tensor;
    }

    private static TensorProto Typed(OnnxDataType type, Action<TensorProto> fill)
    {
        var tensor = new TensorProto { Name = "w", DataType = type };
        tensor.Dims.Add(2);
        fill(tensor);
        return tensor;
    }

    private static TensorProto External(string location, long offset, long? length)
    {
        TensorProto tensor = Typed(OnnxDataType.Float, _ => { });
        tensor.DataLocation = OnnxDataLocation.External;
        Add("location", location);
        Add("offset", $"{offset}");
        if (length is { } bytes)
        {
            Add("length", $"{bytes}");
        }

        return tensor;

        void Add(string key, string value) =>
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }
}
