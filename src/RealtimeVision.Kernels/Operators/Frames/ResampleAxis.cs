namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Which pixels of a frame make up a pixel of a tensor, along one axis: those from
/// <see cref="First"/> to <see cref="Last"/>, each with its weight; the weights add up to 1.
/// </summary>
/// <remarks>
/// <para>
/// With s = source / target pixels: up to s = 2, linear interpolation at (i + 0.5) s - 0.5, held to
/// the centres of the first and last pixel. Beyond, the mean over [i s, (i + 1) s), pixels at its
/// ends counted with the part that lies in it: no pixel is skipped, so that thin lines fade and do
/// not flicker.
/// </para>
/// <para>
/// Whole numbers throughout: a place is the same on every device, only a weight is rounded.
/// </para>
/// </remarks>
internal readonly struct ResampleAxis
{
    private readonly int _source;
    private readonly int _target;

    public ResampleAxis(int source, int target)
    {
        _source = source;
        _target = target;
    }

    /// <summary>Weight of the pixels between the first and the last.</summary>
    public float Inner => (float)_target / _source;

    private bool IsMean => _source > 2 * _target;

    /// <summary>First pixel of target pixel <paramref name="i"/>.</summary>
    public int First(int i) => IsMean ? i * _source / _target : Place(i) / (2 * _target);

    /// <summary>Last pixel, which may be the first.</summary>
    public int Last(int i)
    {
        if (IsMean)
        {
            return (((i + 1) * _source) - 1) / _target;
        }

        int next = First(i) + 1;
        return next < _source ? next : _source - 1;
    }

    /// <summary>Weight of the first pixel.</summary>
    public float FirstWeight(int i)
    {
        int first = First(i);
        if (IsMean)
        {
            return (float)(((first + 1) * _target) - (i * _source)) / _source;
        }

        int unit = 2 * _target;
        return (float)(unit - (Place(i) - (first * unit))) / unit;
    }

    /// <summary>Weight of the last pixel; 0 where it is the first.</summary>
    public float LastWeight(int i)
    {
        int last = Last(i);
        if (last == First(i))
        {
            return 0f;
        }

        return IsMean
            ? (float)(((i + 1) * _source) - (last * _target)) / _source
            : 1f - FirstWeight(i);
    }

    // Centre of target pixel i, from the centre of the first source pixel, in parts of 1 / (2
    // target).
    private int Place(int i)
    {
        int place = (((2 * i) + 1) * _source) - _target;
        int most = (_source - 1) * 2 * _target;
        return place < 0 ? 0 : place > most ? most : place;
    }
}
