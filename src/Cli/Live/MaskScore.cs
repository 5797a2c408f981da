using RealtimeVision.Runtime.Training;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// The mean IoU of masks against the street's truth, which a thread of its own draws and compares:
/// who adds a mask only copies it. Nothing is allocated once the largest mask was there.
/// </summary>
internal sealed class MaskScore : IDisposable
{
    // What is no class of the street is never true, and only lowers the others.
    private const int NoClass = StreetClasses.Count;

    private readonly StreetSource _source;
    private readonly ConfusionMatrix _pixels = new(StreetClasses.Count + 1);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(1);
    private readonly SemaphoreSlim _given = new(0);
    private readonly Thread _worker;
    private readonly byte[] _truth;
    private int[] _expected = [];
    private int[] _found = [];
    private int _width;
    private int _height;
    private long _index;
    private bool _isComplete;

    public MaskScore(StreetSource source)
    {
        _source = source;
        _truth = new byte[source.Width * source.Height];
        _worker = new Thread(Work) { Name = "street truth", IsBackground = true };
        _worker.Start();
    }

    /// <summary>
    /// The mean over classes of the IoU of all pixels so far, classes that are neither in the truth
    /// nor in a mask left out; null before the first mask was compared.
    /// </summary>
    public double? MeanIoU
    {
        get
        {
            lock (_gate)
            {
                double sum = 0;
                int number = 0;
                for (int c = 0; c < StreetClasses.Count; c++)
                {
                    number += _pixels.IsPresent(c) ? 1 : 0;
                    sum += _pixels.IoU(c);
                }

                return number == 0 ? null : sum / number;
            }
        }
    }

    /// <summary>Takes the mask of a frame to be compared.</summary>
    /// <param name="index">The frame's index in its source.</param>
    /// <param name="mask">A class a pixel, row by row; it covers the frame, at any size.</param>
    /// <param name="width">Columns of the mask.</param>
    /// <param name="height">Rows of the mask.</param>
    /// <param name="waits">Whether to wait for the mask before it, rather than be left out.</param>
    /// <returns>Whether it was taken.</returns>
    public bool TryAdd(long index, ReadOnlySpan<byte> mask, int width, int height, bool waits)
    {
        if (!_free.Wait(waits ? Timeout.Infinite : 0))
        {
            return false;
        }

        if (_found.Length != mask.Length)
        {
            _found = new int[mask.Length];
            _expected = new int[mask.Length];
        }

        for (int i = 0; i < mask.Length; i++)
        {
            _found[i] = Math.Min((int)mask[i], NoClass);
        }

        (_index, _width, _height) = (index, width, height);
        _given.Release();
        return true;
    }

    /// <summary>Waits until all that was taken is compared; nothing may be added afterwards.</summary>
    public void Complete()
    {
        if (!_isComplete)
        {
            _free.Wait();
            _isComplete = true;
            _given.Release();
            _worker.Join();
        }
    }

    public void Dispose()
    {
        Complete();
        _free.Dispose();
        _given.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _given.Wait();
            if (_isComplete)
            {
                return;
            }

            Compare();
            _free.Release();
        }
    }

    private void Compare()
    {
        _source.ReadTruth(_index, _truth);
        for (int y = 0; y < _height; y++)
        {
            // The pixel in the middle, as the datasets have it.
            int row = ((2 * y) + 1) * _source.Height / (2 * _height) * _source.Width;
            for (int x = 0; x < _width; x++)
            {
                int column = ((2 * x) + 1) * _source.Width / (2 * _width);
                _expected[(y * _width) + x] = _truth[row + column];
            }
        }

        lock (_gate)
        {
            _pixels.Add(_expected, _found);
        }
    }
}
