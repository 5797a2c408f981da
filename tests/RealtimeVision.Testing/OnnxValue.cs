namespace RealtimeVision.Testing;

/// <summary>A float value of a model that is being built: its name and its shape.</summary>
public sealed record OnnxValue(string Name, params long[] Shape)
{
    public int Rank => Shape.Length;

    public long Count => Shape.Aggregate(1L, (product, side) => product * side);

    public long Channels => Shape[1];

    public long Height => Shape[2];

    public long Width => Shape[3];
}
