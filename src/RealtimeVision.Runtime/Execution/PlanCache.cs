namespace RealtimeVision.Runtime.Execution;

/// <summary>What a plan's graph knows of its inputs, compared by content.</summary>
internal readonly struct PlanKey(InputSpec[] inputs) : IEquatable<PlanKey>
{
    private readonly InputSpec[] _inputs = inputs;

    public bool Equals(PlanKey other) => _inputs.AsSpan().SequenceEqual(other._inputs);

    public override bool Equals(object? obj) => obj is PlanKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var input in _inputs)
        {
            hash.Add(input);
        }

        return hash.ToHashCode();
    }
}

/// <summary>
/// Plans by the shapes of their inputs; those used least recently go when there are too many bytes.
/// </summary>
internal sealed class PlanCache(long capacity) : IDisposable
{
    private readonly Dictionary<PlanKey, Entry> _entries = [];
    private readonly Lock _lock = new();
    private long _clock;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(e => e.Bytes);
            }
        }
    }

    /// <summary>
    /// The plan of a key. While one is made, others can be had; two callers of one key wait for one
    /// plan.
    /// </summary>
    public ExecutionPlan GetOrAdd(PlanKey key, Func<ExecutionPlan> make)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out entry))
            {
                entry = new Entry(new Lazy<ExecutionPlan>(make));
                _entries.Add(key, entry);
            }

            entry.LastUse = ++_clock;
        }

        try
        {
            var plan = entry.Plan.Value;
            Evict(entry);
            return plan;
        }
        catch
        {
            // A failure is not kept: memory may be there the next time.
            lock (_lock)
            {
                _entries.Remove(key);
            }

            throw;
        }
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values.Where(e => e.Plan.IsValueCreated))
        {
            entry.Plan.Value.Dispose();
        }

        _entries.Clear();
    }

    private void Evict(Entry newest)
    {
        lock (_lock)
        {
            while (_entries.Values.Sum(e => e.Bytes) > capacity)
            {
                // One that runs at the moment stays until a later call.
                var oldest = _entries
                    .Where(e => e.Value != newest && e.Value.Plan.IsValueCreated)
                    .OrderBy(e => e.Value.LastUse)
                    .FirstOrDefault(e => e.Value.Plan.Value.TryDispose());
                if (oldest.Value is null)
                {
                    return;
                }

                _entries.Remove(oldest.Key);
            }
        }
    }

    private sealed class Entry(Lazy<ExecutionPlan> plan)
    {
        public Lazy<ExecutionPlan> Plan { get; } = plan;

        public long LastUse { get; set; }

        public long Bytes => Plan.IsValueCreated ? Plan.Value.ArenaBytes : 0;
    }
}
