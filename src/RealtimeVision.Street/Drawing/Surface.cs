using System.Numerics;
using System.Runtime.Intrinsics;

namespace RealtimeVision.Street.Drawing;

/// <summary>What a surface looks like and which class it is.</summary>
/// <param name="Texture">Repeats with every whole u and v.</param>
/// <param name="Colour">Multiplies texels that are painted.</param>
/// <param name="Second">Multiplies the others: glass, lamps.</param>
/// <param name="Class">One of <see cref="StreetClasses"/>.</param>
/// <param name="Salt">Not 0: windows, some of which are lit at night.</param>
/// <param name="IsLit">Shines by itself: neither shadow nor night darken it.</param>
internal readonly record struct Paint(
    Texture Texture,
    Vector3 Colour,
    Vector3 Second,
    byte Class,
    uint Salt = 0,
    bool IsLit = false);

/// <summary>
/// An affine function of the pixel: what is linear on a plane in space and divided by the depth
/// is that on the picture.
/// </summary>
internal readonly record struct Affine(float X, float Y, float Constant)
{
    public float At(float x, float y) => (X * x) + (Y * y) + Constant;

    /// <summary>This and a multiple of another.</summary>
    public Affine Plus(Affine other, float factor) => new(
        X + (other.X * factor), Y + (other.Y * factor), Constant + (other.Constant * factor));

    public Affine Times(float factor) => new(X * factor, Y * factor, Constant * factor);
}

/// <summary>A plane as the picture shows it, ready to be shaded.</summary>
internal struct Surface
{
    /// <summary>1 / depth.</summary>
    public Affine W;

    /// <summary>u / depth.</summary>
    public Affine U;

    /// <summary>v / depth.</summary>
    public Affine V;

    public Texture Texture;
    public Vector128<float> Tint;
    public Vector128<float> Second;
    public uint Salt;
    public byte Class;
    public bool IsLit;
}
