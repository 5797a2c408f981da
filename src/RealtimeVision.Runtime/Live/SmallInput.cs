using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// An input of a plan of a few numbers, which seldom change from frame to frame: only then are they
/// uploaded, since a transfer costs a GPU more than such numbers are worth.
/// </summary>
/// <typeparam name="T">A number of the size of the input's elements.</typeparam>
/// <param name="plan">The plan, which keeps what was uploaded.</param>
/// <param name="name">The input's name. Nothing happens where the plan has no such input.</param>
/// <param name="count">How many numbers it has.</param>
internal sealed class SmallInput<T>(ExecutionPlan plan, string name, int count)
    where T : unmanaged, IEquatable<T>
{
    private readonly int _index = plan.IndexOfInput(name);
    private readonly T[] _uploaded = new T[count];
    private bool _isUploaded;

    /// <summary>Whether the plan has the input.</summary>
    public bool Exists => _index >= 0;

    /// <summary>Gives the plan the numbers, where it has others.</summary>
    public void Set(params ReadOnlySpan<T> values)
    {
        if (!Exists || (_isUploaded && values.SequenceEqual(_uploaded)))
        {
            return;
        }

        // Where that fails, nobody knows which numbers the device has.
        _isUploaded = false;
        plan.SetInput(_index, MemoryMarshal.AsBytes(values));
        values.CopyTo(_uploaded);
        _isUploaded = true;
    }
}
