namespace RealtimeVision.Street.Drawing;

/// <summary>
/// A square picture that repeats, with all its halvings. A texel is red, green, blue and, in the
/// highest byte, a mask: at 128 and above the texel takes the surface's first colour, below its
/// second (the glass of a window, say).
/// </summary>
internal sealed class Texture
{
    public const int Log2Size = 8;
    public const int Size = 1 << Log2Size;
    public const uint Painted = 0xFF000000;

    private readonly uint[][] _levels;

    /// <summary>Makes a texture from what it is at each place, from 0 to 1.</summary>
    public Texture(Func<float, float, uint> at)
    {
        _levels = new uint[Log2Size + 1][];
        _levels[0] = new uint[Size * Size];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                _levels[0][(y * Size) + x] = at((x + 0.5f) / Size, (y + 0.5f) / Size);
            }
        }

        for (int level = 1; level <= Log2Size; level++)
        {
            _levels[level] = Half(_levels[level - 1], Size >> (level - 1));
        }
    }

    /// <summary>The texels of a level, row by row; level 0 is the largest.</summary>
    public uint[] Level(int level) => _levels[level];

    /// <summary>A texel of a grey and the mask.</summary>
    public static uint Grey(float value, bool painted = true) =>
        Rgb(value, value, value, painted);

    /// <summary>A texel of a colour from 0 to 1 and the mask.</summary>
    public static uint Rgb(float red, float green, float blue, bool painted = true) =>
        Byte(red) | (Byte(green) << 8) | (Byte(blue) << 16) | (painted ? Painted : 0);

    private static uint Byte(float value) => (uint)(Math.Clamp(value, 0, 1) * 255 + 0.5f);

    private static uint[] Half(uint[] source, int size)
    {
        int half = size / 2;
        var texels = new uint[half * half];
        for (int y = 0; y < half; y++)
        {
            for (int x = 0; x < half; x++)
            {
                int i = (2 * y * size) + (2 * x);
                texels[(y * half) + x] = Mean(
                    source[i], source[i + 1], source[i + size], source[i + size + 1]);
            }
        }

        return texels;
    }

    private static uint Mean(uint a, uint b, uint c, uint d)
    {
        uint mean = 0;
        for (int shift = 0; shift < 32; shift += 8)
        {
            uint sum = ((a >> shift) & 255) + ((b >> shift) & 255) + ((c >> shift) & 255)
                + ((d >> shift) & 255);
            mean |= ((sum + 2) / 4) << shift;
        }

        return mean;
    }
}
