using System.Runtime.CompilerServices;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>Logical processors by number, from 0: the system's own bit mask of them.</summary>
[InlineArray(Words)]
internal struct ProcessorSet
{
    /// <summary>Processors that a set can hold; the system's <c>CPU_SETSIZE</c>.</summary>
    public const int Capacity = Words * 64;

    private const int Words = 16;

    private ulong _first;

    public readonly bool IsEmpty => !((ReadOnlySpan<ulong>)this).ContainsAnyExcept(0ul);

    public readonly bool Contains(int processor) =>
        processor is >= 0 and < Capacity && (this[processor / 64] >> (processor % 64) & 1) != 0;

    public void Add(int processor) => this[processor / 64] |= 1ul << (processor % 64);

    /// <summary>Those that are not in the other set.</summary>
    public readonly ProcessorSet Without(in ProcessorSet other)
    {
        ProcessorSet rest = this;
        for (int i = 0; i < Words; i++)
        {
            rest[i] &= ~other[i];
        }

        return rest;
    }

    public readonly bool SetEquals(in ProcessorSet other) =>
        ((ReadOnlySpan<ulong>)this).SequenceEqual(other);
}
