namespace RealtimeVision.Media;

/// <summary>
/// The bytes and numbers that NUT is made of, read from a pipe through a small buffer.
/// </summary>
internal sealed class NutInput(Stream stream)
{
    private const int LongestText = 1 << 16;

    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private long _filled;

    /// <summary>Number of bytes read so far.</summary>
    public long Position => _filled - (_end - _start);

    /// <summary>True where the pipe has ended; waits for a byte to know.</summary>
    public bool AtEnd => _start == _end && !Fill();

    /// <exception cref="InvalidDataException">The condition does not hold.</exception>
    public static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new InvalidDataException($"ffmpeg's output cannot be read: {problem}");
        }
    }

    /// <exception cref="EndOfStreamException">The pipe has ended.</exception>
    public byte ReadByte() => AtEnd ? throw new EndOfStreamException() : _buffer[_start++];

    /// <summary>Reads a <c>v</c>: seven bits a byte, the most significant first.</summary>
    public long ReadNumber()
    {
        long value = 0;
        byte next;
        do
        {
            next = ReadByte();
            Require(value <= long.MaxValue >> 7, "a number is too large");
            value = (value << 7) | (uint)(next & 0x7F);
        }
        while (next >= 0x80);
        return value;
    }

    /// <summary>Reads an <c>s</c>: 0, 1, -1, 2, -2, ... folded into a <c>v</c>.</summary>
    public long ReadSigned()
    {
        long folded = ReadNumber() + 1;
        return (folded & 1) != 0 ? -(folded >> 1) : folded >> 1;
    }

    /// <summary>Reads a <c>v</c> that may not be larger than <paramref name="most"/>.</summary>
    public int ReadCount(int most)
    {
        long value = ReadNumber();
        Require(value <= most, "a count is out of range");
        return (int)value;
    }

    /// <summary>Reads a <c>vb</c>: a length and as many bytes.</summary>
    public byte[] ReadBytes()
    {
        byte[] bytes = new byte[ReadCount(LongestText)];
        ReadExactly(bytes);
        return bytes;
    }

    /// <summary>
    /// Fills <paramref name="data"/>; what is not buffered goes there straight from the pipe.
    /// </summary>
    public void ReadExactly(Span<byte> data)
    {
        int buffered = Math.Min(data.Length, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(data);
        _start += buffered;
        stream.ReadExactly(data[buffered..]);
        _filled += data.Length - buffered;
    }

    public void Skip(long bytes)
    {
        for (; bytes > 0; bytes--)
        {
            ReadByte();
        }
    }

    private bool Fill()
    {
        _start = 0;
        _end = stream.Read(_buffer);
        _filled += _end;
        return _end > 0;
    }
}
