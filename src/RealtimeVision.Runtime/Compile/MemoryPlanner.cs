using RealtimeVision.Kernels.Devices;

namespace RealtimeVision.Runtime.Compile;

/// <summary>A stretch of memory and when it is needed, both ends included.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="First">Number of the node that writes it first.</param>
/// <param name="Last">Number of the last node that reads it, or the number of nodes where it is
/// needed after all.</param>
public readonly record struct BufferLife(long Bytes, int First, int Last)
{
    /// <summary>True where both are needed at the same time.</summary>
    public bool Overlaps(BufferLife other) => First <= other.Last && other.First <= Last;
}

/// <summary>Places in an arena.</summary>
/// <param name="Offsets">Where each buffer begins, in bytes, a multiple of <see
/// cref="Device.Alignment"/>.</param>
/// <param name="Bytes">Size of the arena.</param>
public sealed record MemoryPlan(long[] Offsets, long Bytes);

/// <summary>
/// Gives buffers places in one arena, such that no two that live at the same time overlap. Largest
/// first, each into the smallest gap that it fits between those placed before it (greedy by size,
/// as in Pisarchyk and Lee 2020).
/// </summary>
public static class MemoryPlanner
{
    /// <summary>Places buffers. The same lives give the same plan.</summary>
    public static MemoryPlan Plan(IReadOnlyList<BufferLife> lives)
    {
        var offsets = new long[lives.Count];
        var order = Enumerable.Range(0, lives.Count)
            .OrderByDescending(i => lives[i].Bytes)
            .ThenBy(i => lives[i].First)
            .ThenBy(i => i);
        // Placed buffers by offset, so that gaps are met from the bottom up.
        var placed = new List<int>();
        long arena = 0;
        foreach (int i in order)
        {
            offsets[i] = BestFit(lives, offsets, placed, i);
            arena = Math.Max(arena, offsets[i] + Aligned(lives[i].Bytes));
            int at = placed.FindIndex(other => offsets[other] > offsets[i]);
            placed.Insert(at < 0 ? placed.Count : at, i);
        }

        return new MemoryPlan(offsets, arena);
    }

    /// <summary>Bytes that no plan can do without: the most that lives at one time.</summary>
    public static long LowerBound(IReadOnlyList<BufferLife> lives)
    {
        long most = 0;
        foreach (var life in lives)
        {
            long now = 0;
            foreach (var other in lives)
            {
                // The maximum is reached when some buffer begins.
                bool isLive = other.First <= life.First && life.First <= other.Last;
                now += isLive ? Aligned(other.Bytes) : 0;
            }

            most = Math.Max(most, now);
        }

        return most;
    }

    /// <summary>A size rounded up to the alignment.</summary>
    internal static long Aligned(long bytes) =>
        (bytes + Device.Alignment - 1) / Device.Alignment * Device.Alignment;

    private static long BestFit(
        IReadOnlyList<BufferLife> lives, long[] offsets, List<int> placed, int buffer)
    {
        long size = Aligned(lives[buffer].Bytes);
        long end = 0;
        long best = -1;
        long bestGap = long.MaxValue;
        foreach (int other in placed)
        {
            if (!lives[other].Overlaps(lives[buffer]))
            {
                continue;
            }

            long gap = offsets[other] - end;
            if (gap >= size && gap < bestGap)
            {
                (best, bestGap) = (end, gap);
            }

            end = Math.Max(end, offsets[other] + Aligned(lives[other].Bytes));
        }

        return best >= 0 ? best : end;
    }
}
