using System.Text;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class NpyTests
{
    [Test]
    public void EveryTypeRoundTrips()
    {
        using (Assert.EnterMultipleScope())
        {
            RoundTrip<float>([1.5f, float.NaN, -0f, 1e-40f, 5, 6]);
            RoundTrip<double>([1.5, double.PositiveInfinity, 3, 4, 5, 6]);
            RoundTrip<Half>([(Half)1.5f, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6]);
            RoundTrip<sbyte>([-128, 127, 3, 4, 5, 6]);
            RoundTrip<short>([short.MinValue, 2, 3, 4, 5, 6]);
            RoundTrip<int>([int.MinValue, 2, 3, 4, 5, 6]);
            RoundTrip<long>([long.MinValue, 2, 3, 4, 5, 6]);
            RoundTrip<byte>([255, 2, 3, 4, 5, 6]);
            RoundTrip<ushort>([ushort.MaxValue, 2, 3, 4, 5, 6]);
            RoundTrip<uint>([uint.MaxValue, 2, 3, 4, 5, 6]);
            RoundTrip<ulong>([ulong.MaxValue, 2, 3, 4, 5, 6]);
            RoundTrip<bool>([true, false, true, false, true, true]);
        }
    }

    [TestCase("()", 1)]
    [TestCase("(0,)", 0)]
    [TestCase("(3,)", 3)]
    [TestCase("(1, 3)", 3)]
    public void ShapesAreWrittenAsNumPyDoes(string text, int count)
    {
        long[] shape = [.. text.Trim('(', ')').Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(long.Parse)];
        using var directory = new TemporaryDirectory();
        string path = directory.File("a.npy");

        Npy.Save<float>(path, shape, new float[count]);

        byte[] bytes = System.IO.File.ReadAllBytes(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Encoding.ASCII.GetString(bytes), Does.Contain(
                $"{{'descr': '<f4', 'fortran_order': False, 'shape': {text}, }}"));
            Assert.That((bytes.Length - 4 * count) % 64, Is.Zero);
            Assert.That(bytes[bytes.Length - 4 * count - 1], Is.EqualTo((byte)'\n'));
            Assert.That(Npy.Load(path).Shape.ToArray(), Is.EqualTo(shape));
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void EveryVersionIsRead(int version)
    {
        NpyArray array = Read(File("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }",
            [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0], version));
        Assert.That(array.ToInt64s(), Is.EqualTo([1L, 2L, 3L, 4L]));
        Assert.That(array.ToSingles(), Is.EqualTo([1f, 2f, 3f, 4f]));
    }

    [Test]
    public void FortranOrderIsTransposed()
    {
        NpyArray array = Read(File("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }",
            [1, 4, 2, 5, 3, 6]));
        Assert.That(array.AsSpan<byte>().ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));
    }

    [TestCase("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "big-endian")]
    [TestCase("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "'<c8'")]
    [TestCase("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "'|O'")]
    [TestCase("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "descr")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "4 bytes")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "4 bytes")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "shape")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999,), }", "shape")]
    [TestCase("{'descr': '<f4', 'fortran_order': 7, 'shape': (1,), }", "fortran_order")]
    [TestCase("{'descr': '<f4', 'shape': (1,), }", "fortran_order")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (1", "shape")]
    [TestCase("", "descr")]
    public void BadHeadersAreRefused(string header, string expected) =>
        Assert.That(() => Read(File(header, new byte[4])),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected));

    [Test]
    public void EveryTruncationIsRefused()
    {
        byte[] whole = File(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", new byte[4]);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.That(() => Read(whole[..length]), Throws.TypeOf<InvalidDataException>());
        }
    }

    [Test]
    public void ErrorsNameTheFile()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("x.npy", "junk junk junk"u8);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Npy.Load(path),
                Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(path));
            Assert.That(() => Npy.Load(directory.File("none.npy")),
                Throws.TypeOf<FileNotFoundException>().With.Message.Contains("none.npy"));
            Assert.That(() => Npy.Save<float>(path, [3], [1f]), Throws.ArgumentException);
            Assert.That(() => Npy.Save<float>(directory.File("no/x.npy"), [1], [1f]),
                Throws.InstanceOf<IOException>());
        }
    }

    private static void RoundTrip<T>(T[] elements)
        where T : unmanaged
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("a.npy");
        Npy.Save<T>(path, [2, 3], elements);
        NpyArray array = Npy.Load(path);
        Assert.That(array.Shape.ToArray(), Is.EqualTo([2L, 3L]));
        Assert.That(array.AsSpan<T>().ToArray(), Is.EqualTo(elements));
    }

    private static NpyArray Read(byte[] bytes) => Npy.Read(new MemoryStream(bytes));

    private static byte[] File(string header, byte[] data, int version = 1)
    {
        byte[] length = version == 1
            ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.ASCII.GetBytes(header),
            .. data];
    }
}
