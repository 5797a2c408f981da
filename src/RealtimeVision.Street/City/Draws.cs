namespace RealtimeVision.Street.City;

/// <summary>
/// Random numbers of one thing of the city: a pure function of the city's seed, the kind of thing
/// and its place.
/// </summary>
/// <remarks>
/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014):
/// starting a sequence costs nothing, and a frame starts thousands.
/// </remarks>
internal struct Draws
{
    private ulong _state;

    public Draws(ulong seed, Purpose purpose, int a = 0, int b = 0, int c = 0)
    {
        _state = Mix(seed + (0x9E3779B97F4A7C15 * ((ulong)purpose + 1)));
        _state = Mix(_state ^ ((ulong)(uint)a | ((ulong)(uint)b << 32)));
        _state = Mix(_state + (uint)c);
    }

    public uint NextUInt32()
    {
        _state += 0x9E3779B97F4A7C15;
        return (uint)(Mix(_state) >> 32);
    }

    /// <summary>From 0 up to, not with, 1.</summary>
    public float Next() => (NextUInt32() >> 8) * (1f / (1 << 24));

    public float Next(float low, float high) => low + ((high - low) * Next());

    public bool Chance(float probability) => Next() < probability;

    /// <summary>From 0 up to, not with, <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)(((ulong)NextUInt32() * (uint)limit) >> 32);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>What random numbers are drawn for; each kind has sequences of its own.</summary>
internal enum Purpose
{
    Style,
    Leg,
    Lead,
    Oncoming,
    Crossing,
    Lot,
    Kerb,
    Parked,
    Walker,
    Weather,
    Rain,
    Tree,
    Car,
    Person,
}
