using System.Globalization;
using System.Text;

namespace RealtimeVision.Media;

/// <summary>
/// Reads one video stream in NUT, ffmpeg's own container, from a pipe. Unlike bare raw video it
/// says the size of the pictures and the time of each, so that what arrives need not be guessed
/// beforehand.
/// </summary>
/// <remarks>
/// Source: "NUT Open Container Format", version 3 (ffmpeg's nut.txt). Values are big-endian;
/// <c>v</c> is an unsigned number in groups of seven bits, <c>s</c> a signed one folded into
/// <c>v</c>. After the headers a frame costs no allocation.
/// </remarks>
internal sealed class NutReader(Stream stream)
{
    private const ulong MainCode = 0x4E4D_7A56_1F5F_04AD;
    private const ulong StreamCode = 0x4E53_1140_5BF2_F9DB;
    private const ulong SyncpointCode = 0x4E4B_E4AD_EECA_4569;
    private const ulong InfoCode = 0x4E49_AB68_B596_BA78;
    private const int LongestPlainPacket = 4096;

    private readonly NutInput _input = new(stream);
    private readonly FrameCode[] _codes = new FrameCode[256];
    private byte[][] _elisions = [[]];
    private (long Numerator, long Denominator)[] _timeBases = [];
    private (long Numerator, long Denominator) _timeBase;
    private int _pointShift;
    private long _point;
    private byte[] _elided = [];
    private bool _started;

    /// <summary>What a frame's header may state.</summary>
    [Flags]
    private enum FrameFlags
    {
        CodedPoint = 8,
        StreamId = 16,
        SizeMsb = 32,
        Checksum = 64,
        Reserved = 128,
        SideData = 256,
        HeaderIndex = 1024,
        MatchTime = 2048,
        Coded = 4096,
        Invalid = 8192,
    }

    /// <summary>Width of every frame in pixels.</summary>
    public int Width { get; private set; }

    /// <summary>Height of every frame in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>Nominal frames a second, where the stream says it.</summary>
    public double? FrameRate { get; private set; }

    /// <summary>Reads up to the first frame.</summary>
    /// <returns>False where the pipe ends before a first byte.</returns>
    /// <exception cref="EndOfStreamException">The pipe ended in between.</exception>
    /// <exception cref="InvalidDataException">This is not NUT.</exception>
    public bool ReadHeaders()
    {
        if (_input.AtEnd)
        {
            return false;
        }

        foreach (byte expected in "nut/multimedia container\0"u8)
        {
            NutInput.Require(_input.ReadByte() == expected, "it does not begin as NUT");
        }

        do
        {
            NutInput.Require(_input.ReadByte() == 'N', "a frame comes before its headers");
        }
        while (ReadPacket() != SyncpointCode);
        NutInput.Require(Width > 0 && Height > 0, "it states no picture size");
        return true;
    }

    /// <summary>Reads the header of the next frame.</summary>
    /// <param name="time">When the frame is shown, on the stream's own clock.</param>
    /// <param name="bytes">Size of its data, to be read by <see cref="ReadData"/>.</param>
    /// <returns>False at the end of the stream.</returns>
    public bool ReadFrame(out TimeSpan time, out int bytes)
    {
        (time, bytes) = (default, 0);
        byte code;
        while (true)
        {
            if (_input.AtEnd)
            {
                return false;
            }

            code = _input.ReadByte();
            if (code != 'N')
            {
                break;
            }

            ReadPacket();
        }

        FrameCode frame = _codes[code];
        FrameFlags flags = frame.Flags;
        NutInput.Require((flags & FrameFlags.Invalid) == 0, "a frame has an invalid code");
        if ((flags & FrameFlags.Coded) != 0)
        {
            flags ^= (FrameFlags)_input.ReadNumber();
        }

        if ((flags & FrameFlags.StreamId) != 0)
        {
            _input.ReadNumber();
        }

        _point = (flags & FrameFlags.CodedPoint) != 0
            ? Full(_input.ReadNumber())
            : _point + frame.PointDelta;
        long size = frame.SizeLsb;
        if ((flags & FrameFlags.SizeMsb) != 0)
        {
            size += _input.ReadNumber() * frame.SizeMultiplier;
        }

        if ((flags & FrameFlags.MatchTime) != 0)
        {
            _input.ReadSigned();
        }

        long elision =
            (flags & FrameFlags.HeaderIndex) != 0 ? _input.ReadNumber() : frame.HeaderIndex;
        long reserved =
            (flags & FrameFlags.Reserved) != 0 ? _input.ReadNumber() : frame.Reserved;
        for (long i = 0; i < reserved; i++)
        {
            _input.ReadNumber();
        }

        if ((flags & FrameFlags.Checksum) != 0)
        {
            _input.Skip(4);
        }

        NutInput.Require((flags & FrameFlags.SideData) == 0, "a frame has side data");
        NutInput.Require(elision < _elisions.Length, "a frame's elision header is unknown");
        NutInput.Require(size <= int.MaxValue, "a frame is too large");
        _elided = _elisions[elision];
        bytes = (int)size;
        time = TimeSpan.FromTicks((long)Math.Round(
            (double)_point * _timeBase.Numerator / _timeBase.Denominator
            * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>Reads the data of the frame whose header was read last.</summary>
    /// <exception cref="EndOfStreamException">The pipe ended within the frame.</exception>
    public void ReadData(Span<byte> data)
    {
        _elided.CopyTo(data);
        _input.ReadExactly(data[_elided.Length..]);
    }

    // The first byte of the start code, 'N', has been read.
    private ulong ReadPacket()
    {
        ulong code = 'N';
        for (int i = 0; i < 7; i++)
        {
            code = (code << 8) | _input.ReadByte();
        }

        long length = _input.ReadNumber();
        if (length > LongestPlainPacket)
        {
            _input.Skip(4);
        }

        long end = _input.Position + length;
        switch (code)
        {
            case SyncpointCode:
                NutInput.Require(Width > 0, "it states no stream");
                ReadSyncpoint();
                _started = true;
                break;

            // As a stream grows, its headers are repeated now and then; they say nothing new.
            case MainCode when !_started:
                ReadMain();
                break;
            case StreamCode when !_started:
                ReadStream();
                break;
            case InfoCode when !_started:
                ReadInfo();
                break;
        }

        NutInput.Require(_input.Position <= end, "a packet is longer than it says");
        _input.Skip(end - _input.Position);
        return code;
    }

    private void ReadMain()
    {
        long version = _input.ReadNumber();
        NutInput.Require(version is 3 or 4, $"NUT version {version}");
        if (version > 3)
        {
            _input.ReadNumber();
        }

        NutInput.Require(_input.ReadNumber() == 1, "it has more than one stream");
        _input.ReadNumber();
        _timeBases = new (long, long)[_input.ReadCount(256)];
        foreach (ref (long Numerator, long Denominator) timeBase in _timeBases.AsSpan())
        {
            timeBase = (_input.ReadNumber(), _input.ReadNumber());
            NutInput.Require(timeBase.Denominator > 0, "a time base is zero");
        }

        ReadFrameCodes();
        _elisions = new byte[_input.ReadCount(128) + 1][];
        _elisions[0] = [];
        for (int i = 1; i < _elisions.Length; i++)
        {
            _elisions[i] = _input.ReadBytes();
        }
    }

    // Runs of frame codes: each run repeats the fields of the one before it that it does not state.
    private void ReadFrameCodes()
    {
        long delta = 0, multiplier = 1, header = 0;
        for (int i = 0; i < 256;)
        {
            var flags = (FrameFlags)_input.ReadNumber();
            long fields = _input.ReadNumber();
            delta = fields > 0 ? _input.ReadSigned() : delta;
            multiplier = fields > 1 ? _input.ReadNumber() : multiplier;
            _ = fields > 2 ? _input.ReadNumber() : 0;
            long size = fields > 3 ? _input.ReadNumber() : 0;
            long reserved = fields > 4 ? _input.ReadNumber() : 0;
            long count = fields > 5 ? _input.ReadNumber() : multiplier - size;
            _ = fields > 6 ? _input.ReadSigned() : 0;
            header = fields > 7 ? _input.ReadNumber() : header;
            for (long field = 8; field < fields; field++)
            {
                _input.ReadNumber();
            }

            NutInput.Require(count > 0, "the table of frame codes does not end");
            for (long j = 0; j < count && i < 256; i++)
            {
                // 'N' begins a start code and never a frame; it takes no place in the run.
                _codes[i] = i == 'N'
                    ? new FrameCode(FrameFlags.Invalid, 0, 0, 0, 0, 0)
                    : new FrameCode(flags, delta, multiplier, size + j++, reserved, header);
            }
        }
    }

    private void ReadStream()
    {
        _input.ReadNumber();
        NutInput.Require(_input.ReadNumber() == 0, "its stream is not video");
        _input.ReadBytes();
        long timeBase = _input.ReadNumber();
        NutInput.Require(timeBase < _timeBases.Length, "its stream has no time base");
        _timeBase = _timeBases[timeBase];
        _pointShift = _input.ReadCount(62);
        _input.ReadNumber();
        _input.ReadNumber();
        _input.ReadNumber();
        _input.ReadBytes();
        (Width, Height) = (_input.ReadCount(int.MaxValue), _input.ReadCount(int.MaxValue));
    }

    private void ReadSyncpoint()
    {
        long coded = _input.ReadNumber();
        (long numerator, long denominator) = _timeBases[coded % _timeBases.Length];
        Int128 product = (Int128)(coded / _timeBases.Length) * numerator * _timeBase.Denominator;
        _point = (long)(product / ((Int128)denominator * _timeBase.Numerator));
    }

    private void ReadInfo()
    {
        _input.ReadNumber();
        _input.ReadSigned();
        _input.ReadNumber();
        _input.ReadNumber();
        for (long tags = _input.ReadNumber(); tags > 0; tags--)
        {
            string name = Encoding.UTF8.GetString(_input.ReadBytes());
            long type = _input.ReadSigned();
            switch (type)
            {
                case -1:
                    string text = Encoding.UTF8.GetString(_input.ReadBytes());
                    if (name == "r_frame_rate")
                    {
                        FrameRate = ParseRatio(text);
                    }

                    break;
                case -2:
                    _input.ReadBytes();
                    _input.ReadBytes();
                    break;
                case -3 or < -4:
                    _input.ReadSigned();
                    break;
                case -4:
                    _input.ReadNumber();
                    break;
            }
        }
    }

    private static double? ParseRatio(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length == 2
            && double.TryParse(parts[0], CultureInfo.InvariantCulture, out double over)
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out double under)
            && over > 0 && under > 0 ? over / under : null;
    }

    // A coded time is either whole, or its low bits: then it is the nearest one to the time before
    // it.
    private long Full(long coded)
    {
        long range = 1L << _pointShift;
        if (coded >= range)
        {
            return coded - range;
        }

        long nearest = _point - ((range - 1) / 2);
        return ((coded - nearest) & (range - 1)) + nearest;
    }

    /// <summary>What one first byte of a frame stands for.</summary>
    private readonly record struct FrameCode(
        FrameFlags Flags,
        long PointDelta,
        long SizeMultiplier,
        long SizeLsb,
        long Reserved,
        long HeaderIndex);
}
