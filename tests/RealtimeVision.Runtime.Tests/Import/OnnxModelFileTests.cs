using System.Text;
using CsCheck;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Runtime.Tests.Import;

public sealed class OnnxModelFileTests
{
    [Test]
    public void SavedModelLoadsAgain()
    {
        using var directory = new TemporaryDirectory();
        ModelProto model = SmallModel();
        string path = directory.File("model.onnx");

        OnnxModelFile.Save(model, path);
        ModelProto loaded = OnnxModelFile.Load(path).Model;

        NodeProto node = loaded.Graph!.Node[0];
        DimensionProto[] dims = [.. loaded.Graph.Input[0].Type!.TensorType!.Shape!.Dim];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loaded.IrVersion, Is.EqualTo(8));
            Assert.That(loaded.OpsetImport[0].Version, Is.EqualTo(13));
            Assert.That(node.OpType, Is.EqualTo("Conv"));
            Assert.That(node.Input, Is.EqualTo(new[] { "x", "w" }));
            Assert.That(node.Attribute[0].Ints, Is.EqualTo(new long[] { 1, 1, 0, 0 }));
            Assert.That(node.Attribute[1].Type, Is.EqualTo(AttributeType.Int));
            Assert.That(node.Attribute[1].I, Is.Zero);
            Assert.That(dims[0].DimParam, Is.EqualTo("batch"));
            Assert.That(dims[0].DimValue, Is.Null);
            Assert.That(dims[1].DimValue, Is.EqualTo(3));
            Assert.That(OnnxTensor.ToSingles(loaded.Graph.Initializer[0]),
                Is.EqualTo(new[] { 1f, 2f, 3f }));
            Assert.That(Directory.GetFiles(directory.Path), Has.Length.EqualTo(1));
        }
    }

    [Test]
    public void ZeroAttributeIsWritten()
    {
        var attribute = new AttributeProto { Name = "axis", Type = AttributeType.Int, I = 0 };
        using var stream = new MemoryStream();
        ProtoBuf.Serializer.Serialize(stream, attribute);
        Assert.That(stream.ToArray(), Does.Contain((byte)(3 << 3)));
    }

    [Test]
    public void EveryTruncationIsRefusedOrStillAWholeModel()
    {
        byte[] whole = Bytes(SmallModel());
        int refused = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            using var stream = new MemoryStream(whole, 0, length);
            try
            {
                OnnxModelFile.Read(stream, "cut.onnx");
            }
            catch (ModelFormatException e)
            {
                refused++;
                Assert.That(e.Message, Does.StartWith("cut.onnx: bad ONNX model: "));
            }
        }

        // Whole fields may be missing at the end; anything else is noticed.
        Assert.That(refused, Is.GreaterThan(whole.Length - 20));
    }

    [Test]
    public void EveryChangedByteIsReadOrRefused()
    {
        byte[] whole = Bytes(SmallModel());
        for (int at = 0; at < whole.Length; at++)
        {
            foreach (byte value in (byte[])[0x00, 0x7F, 0x80, 0xFF, (byte)(whole[at] ^ 1)])
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                using var stream = new MemoryStream(changed);
                Assert.That(() => Tolerate(stream), Throws.Nothing, $"byte {at} = {value}");
            }
        }

        static void Tolerate(Stream stream)
        {
            try
            {
                OnnxModelFile.Read(stream);
            }
            catch (ModelFormatException)
            {
                // The refusal that this test allows.
            }
        }
    }

    [Test]
    public void RandomBytesAreReadOrRefused()
    {
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            using var stream = new MemoryStream(bytes);
            try
            {
                OnnxModelFile.Read(stream);
            }
            catch (ModelFormatException)
            {
                // The refusal that this test allows.
            }
        });
    }

    [Test]
    public void HostileLengthAllocatesNothing()
    {
        // graph (7) { initializer (5) { raw_data (9) of 2^31 - 16 bytes, of which none are there }
        // }
        byte[] hostile = [0x3A, 0x08, 0x2A, 0x06, 0x4A, 0xF0, 0xFF, 0xFF, 0xFF, 0x07];
        OnnxModelFile.Read(new MemoryStream(Bytes(SmallModel())));
        long before = GC.GetAllocatedBytesForCurrentThread();

        ModelFormatException? error = Assert.Throws<ModelFormatException>(
            () => OnnxModelFile.Read(new MemoryStream(hostile)));

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(allocated, Is.LessThan(1 << 20));
            Assert.That(error!.FieldPath, Is.EqualTo("graph.initializer[0].raw_data"));
            Assert.That(error.Offset, Is.EqualTo(4));
        }
    }

    [Test]
    public void EndlessNestingIsRefused()
    {
        // A graph in an attribute in a node in a graph, and so on.
        byte[] message = [];
        for (int i = 0; i < 2000; i++)
        {
            int field = (i % 3) switch { 0 => 5, 1 => 1, _ => 6 };
            using var outer = new MemoryStream();
            outer.WriteByte((byte)(field << 3 | 2));
            WriteVarint(outer, message.Length);
            outer.Write(message);
            message = outer.ToArray();
        }

        using var model = new MemoryStream();
        model.WriteByte(7 << 3 | 2);
        WriteVarint(model, message.Length);
        model.Write(message);
        Assert.That(() => OnnxModelFile.Read(model),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("nested deeper"));
    }

    [Test]
    public void OtherFilesAreNamed()
    {
        using var directory = new TemporaryDirectory();
        (byte[] Bytes, string Expected)[] cases =
        [
            ([], "empty"),
            ([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13], "a PNG picture"),
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16, (byte)'J'], "a JPEG picture"),
            ([.. "PK\x03\x04"u8, 20, 0, 0, 0, 8, 0, 1, 2, 3], "a zip archive"),
            ([.. Encoding.ASCII.GetBytes("Not a model, just a note.\n")], "text"),
            ([.. "version https://git-lfs.github.com/spec/v1\noid"u8], "Git LFS pointer"),
            ([0x1C, 0, 0, 0, .. "TFL3"u8, 0x14, 0], "a TFLite model"),
            ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "not protobuf"),
        ];
        foreach ((byte[] bytes, string expected) in cases)
        {
            string path = directory.Write("file.onnx", bytes);
            Assert.That(() => OnnxModelFile.Load(path), Throws.TypeOf<ModelFormatException>()
                .With.Message.Contains(expected).And.Message.StartsWith(path));
        }
    }

    [Test]
    public void MissingFileAndDirectoryAreNamed()
    {
        using var directory = new TemporaryDirectory();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => OnnxModelFile.Load(directory.File("none.onnx")), Throws
                .TypeOf<ModelFormatException>().With.Message.Contains("there is no such file"));
            Assert.That(() => OnnxModelFile.Load(directory.Path), Throws
                .TypeOf<ModelFormatException>().With.Message.Contains("it is a directory"));
        }
    }

    [Test]
    public void ModelWithoutOperatorSetIsRefused()
    {
        ModelProto model = SmallModel();
        model.OpsetImport.Clear();
        Assert.That(() => OnnxModelFile.Read(new MemoryStream(Bytes(model))),
            Throws.TypeOf<ModelFormatException>()
                .With.Property("FieldPath").EqualTo("opset_import"));
    }

    [Test]
    public void LargeModelIsCopiedOnce()
    {
        const int Elements = 10_000_000;
        using var directory = new TemporaryDirectory();
        ModelProto model = SmallModel();
        model.Graph!.Initializer.Add(OnnxTensor.Create("large", [Elements], new float[Elements]));
        string path = directory.File("large.onnx");
        OnnxModelFile.Save(model, path);
        long before = GC.GetAllocatedBytesForCurrentThread();

        OnnxModelFile file = OnnxModelFile.Load(path);

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(file.Model.Graph!.Initializer[1].RawData, Has.Length.EqualTo(4 * Elements));
        Assert.That(allocated, Is.LessThan(5 * Elements));
    }

    [Test]
    public void FailedSaveLeavesTheOldFile()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("model.onnx", "old"u8);
        ModelProto model = SmallModel();
        model.Graph!.Node.Add(null!);

        Assert.That(() => OnnxModelFile.Save(model, path), Throws.Exception);
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(directory.Path), Has.Length.EqualTo(1));
    }

    internal static ModelProto SmallModel()
    {
        var node = new NodeProto { Name = "conv", OpType = "Conv" };
        node.Input.AddRange(["x", "w"]);
        node.Output.Add("y");
        var pads = new AttributeProto { Name = "pads", Type = AttributeType.Ints };
        pads.Ints.AddRange([1, 1, 0, 0]);
        node.Attribute.Add(pads);
        node.Attribute.Add(new AttributeProto { Name = "zero", Type = AttributeType.Int });

        var shape = new TensorShapeProto();
        shape.Dim.Add(new DimensionProto { DimParam = "batch" });
        shape.Dim.Add(new DimensionProto { DimValue = 3 });
        var type = new TypeProto
        {
            TensorType = new TensorTypeProto { ElemType = OnnxDataType.Float, Shape = shape },
        };

        var graph = new GraphProto { Name = "small" };
        graph.Node.Add(node);
        graph.Initializer.Add(OnnxTensor.Create("w", [3], [1f, 2f, 3f]));
        graph.Input.Add(new ValueInfoProto { Name = "x", Type = type });
        graph.Output.Add(new ValueInfoProto { Name = "y", Type = type });
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 13 });
        return model;
    }

    private static byte[] Bytes(ModelProto model)
    {
        using var stream = new MemoryStream();
        ProtoBuf.Serializer.Serialize(stream, model);
        return stream.ToArray();
    }

    private static void WriteVarint(Stream stream, int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }
}
