using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>What a parameter is, which says how it is trained.</summary>
public enum ParameterRole
{
    /// <summary>A matrix or filter: trained, shrunk by weight decay.</summary>
    Weight,

    /// <summary>A bias or a normalisation's scale: trained, not shrunk by weight decay.</summary>
    Bias,

    /// <summary>A running statistic: follows the data, has no gradient.</summary>
    Statistic,
}

/// <summary>What a layer asks for.</summary>
/// <param name="Name">Its name in the layer.</param>
/// <param name="Type">Element type and shape.</param>
/// <param name="Role">What it is.</param>
/// <param name="Initialiser">How its first values are drawn.</param>
/// <param name="Fans">Inputs and outputs that a unit has, for the initialiser.</param>
/// <param name="Values">First values that are given and not drawn; else null.</param>
internal sealed record ParameterSpec(
    string Name, TensorType Type, ParameterRole Role, Initialiser Initialiser, Fans Fans,
    Func<byte[]>? Values = null);

/// <summary>
/// Numbers of a network that training finds, on the host. Values of a network that is in use are
/// replaced as a whole, never changed in place: sessions that run keep the ones they were made with.
/// </summary>
public sealed class Parameter
{
    private readonly ParameterSpec _spec;
    private byte[]? _data;
    private Variable? _constant;
    private ulong _seed;

    internal Parameter(string name, ParameterSpec spec, bool isTrainable)
    {
        Name = name;
        _spec = spec;
        IsTrainable = isTrainable;
    }

    /// <summary>Its name in the network: the layer's, a slash, and its own.</summary>
    public string Name { get; }

    /// <summary>Element type, Float32, and shape.</summary>
    public TensorType Type => _spec.Type;

    /// <summary>What it is.</summary>
    public ParameterRole Role => _spec.Role;

    /// <summary>True where training changes it by its gradient.</summary>
    public bool IsTrainable { get; internal set; }

    /// <summary>The numbers, row-major.</summary>
    public ReadOnlySpan<float> Values => MemoryMarshal.Cast<byte, float>(Data);

    /// <summary>The numbers as bytes, little-endian.</summary>
    internal byte[] Data => _data ??= Draw();

    /// <summary>The numbers as a graph that does not change them has them.</summary>
    internal Variable Constant => _constant ??= new Variable(Name, Type, Data);

    /// <summary>Replaces the numbers.</summary>
    /// <exception cref="ArgumentException">There are more or fewer of them.</exception>
    public void Set(ReadOnlySpan<float> values)
    {
        if (values.Length != Type.Shape.Count)
        {
            throw new ArgumentException(
                $"parameter '{Name}' {Type.Shape} has {Type.Shape.Count} numbers, {values.Length} "
                + "were given",
                nameof(values));
        }

        SetData(MemoryMarshal.AsBytes(values).ToArray());
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}";

    internal void SetData(byte[] data)
    {
        _data = data;
        _constant = null;
    }

    /// <summary>
    /// Forgets the values; the seed's are drawn when they are asked for. Those of a model that was
    /// trained before stay.
    /// </summary>
    internal void Initialise(ulong seed)
    {
        if (_spec.Values is not null)
        {
            return;
        }

        _seed = seed;
        _data = null;
        _constant = null;
    }

    private byte[] Draw()
    {
        if (_spec.Values is { } given)
        {
            return given();
        }

        var data = new byte[Type.Bytes];
        _spec.Initialiser.Fill(
            MemoryMarshal.Cast<byte, float>(data.AsSpan()), Type.Shape, _spec.Fans, _seed, Name);
        return data;
    }
}
