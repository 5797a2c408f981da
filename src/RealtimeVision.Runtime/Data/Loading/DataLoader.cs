using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Makes batches on background threads, ahead of whoever trains with them, into buffers that are
/// used again and again. Batches come in order and are the same, bit for bit, whatever the number
/// of threads: each is a pure function of seed, epoch and number.
/// </summary>
/// <remarks>
/// A batch is made by one thread. One consumer takes batches; <see cref="Dispose"/> stops the
/// threads, each after the sample it is at.
/// </remarks>
public sealed class DataLoader : IDisposable
{
    private readonly Dataset _dataset;
    private readonly DataLoaderOptions _options;
    private readonly BatchAssembler _assembler;
    private readonly EpochOrders _orders;
    private readonly object _lock = new();
    private readonly Batch[] _ring;
    private readonly bool[] _ready;
    private readonly Thread[] _threads;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<int> _skipped = [];
    private readonly long _end;

    // Numbers of batches over all epochs: the next to make, the next to hand out, and the oldest
    // whose buffers are in use.
    private long _claimed;
    private long _next;
    private long _oldest;
    private bool _disposed;

    /// <summary>Checks the options and starts the threads.</summary>
    /// <exception cref="ArgumentException">
    /// An option is outside its range or does not fit the samples, or the dataset does not fill a
    /// batch.
    /// </exception>
    public DataLoader(Dataset dataset, DataLoaderOptions? options = null)
    {
        _dataset = dataset;
        _options = options ?? new DataLoaderOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BatchSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Prefetch);
        int size = _options.BatchSize;
        BatchesPerEpoch =
            (dataset.Count / size) + (!_options.DropLast && dataset.Count % size > 0 ? 1 : 0);
        if (BatchesPerEpoch == 0)
        {
            throw new ArgumentException(
                $"{dataset.Count} samples make no batch of {size}.", nameof(dataset));
        }

        (int epoch, int batch) = _options.Start;
        if (epoch < 0 || batch < 0 || batch > BatchesPerEpoch)
        {
            throw new ArgumentException(
                $"Epoch {epoch}, batch {batch} is no start: an epoch has {BatchesPerEpoch} "
                + "batches.",
                nameof(options));
        }

        _assembler = new BatchAssembler(dataset, _options);
        _orders = new EpochOrders(dataset.Count, _options.Shuffle, _options.Seed);
        _claimed = _next = _oldest = ((long)epoch * BatchesPerEpoch) + batch;
        _end = (_options.Epochs ?? int.MaxValue) * (long)BatchesPerEpoch;
        _ring = new Batch[Math.Max(_options.Prefetch, _options.Threads) + 1];
        _ready = new bool[_ring.Length];
        for (int i = 0; i < _ring.Length; i++)
        {
            _ring[i] = new Batch(
                _assembler.InputType, _assembler.TargetType, Math.Min(size, dataset.Count));
        }

        _threads = new Thread[_options.Threads];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"data loader {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <summary>Type and shape of one input in a batch.</summary>
    public TensorType InputType => _assembler.InputType;

    /// <summary>Type and shape of one target in a batch.</summary>
    public TensorType TargetType => _assembler.TargetType;

    /// <summary>
    /// Samples that could not be read so far, each counted once, in batches that were handed out.
    /// </summary>
    public int SkippedCount => _skipped.Count;

    /// <summary>Names of the samples that could not be read so far.</summary>
    public IEnumerable<string> SkippedNames => _skipped.Order().Select(_dataset.NameOf);

    /// <summary>
    /// Waits for the next batch, which is valid until the next call; false at the end. After an
    /// error the next call goes on with the batch after it.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="cancellation">Ends the waiting; the batch is then the next call's.</param>
    /// <exception cref="DatasetException">
    /// A sample of the batch cannot be read; the message names it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The loader is disposed.</exception>
    public bool TryNext(
        [NotNullWhen(true)] out Batch? batch,
        CancellationToken cancellation = default)
    {
        using CancellationTokenRegistration wake = cancellation.UnsafeRegister(
            static loader => ((DataLoader)loader!).Wake(), this);
        Exception? error;
        lock (_lock)
        {
            _oldest = _next;
            Monitor.PulseAll(_lock);
            int slot = (int)(_next % _ring.Length);
            while (_next < _end && !_ready[slot])
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_lock);
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_next >= _end)
            {
                batch = null;
                return false;
            }

            batch = _ring[slot];
            _ready[slot] = false;
            _next++;
            error = batch.Error;
        }

        foreach (int index in batch.Skipped)
        {
            _skipped.Add(index);
        }

        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return true;
    }

    /// <summary>Stops the threads and waits until each is done with its sample.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _stop.Cancel();
            Monitor.PulseAll(_lock);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _stop.Dispose();
    }

    private void Wake()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    private void Work()
    {
        LowPriority.Enter();
        var worker = new BatchAssembler.Worker(_dataset);
        while (TryClaim(out long number, out EpochOrders.Order? order))
        {
            int slot = (int)(number % _ring.Length);
            Make(_ring[slot], number, order.Indices, worker);
            lock (_lock)
            {
                EpochOrders.GiveBack(order);
                _ready[slot] = true;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private bool TryClaim(
        out long number,
        [NotNullWhen(true)] out EpochOrders.Order? order)
    {
        lock (_lock)
        {
            while (!_disposed && (_claimed >= _end || _claimed >= _oldest + _ring.Length))
            {
                Monitor.Wait(_lock);
            }

            number = _claimed;
            order = _disposed ? null : _orders.Lend((int)(number / BatchesPerEpoch));
            _claimed++;
            return order is not null;
        }
    }

    private void Make(Batch batch, long number, int[] order, BatchAssembler.Worker worker)
    {
        int place = (int)(number % BatchesPerEpoch);
        int first = place * _options.BatchSize;
        int count = Math.Min(_options.BatchSize, order.Length - first);
        batch.Position = new LoaderPosition((int)(number / BatchesPerEpoch), place);
        batch.IsLast = place == BatchesPerEpoch - 1;
        batch.Error = null;
        try
        {
            _assembler.Assemble(batch, order.AsSpan(first, count), worker, _stop.Token);
        }
        catch (Exception e)
        {
            // Thrown again where the batch is asked for.
            batch.Error = e;
        }
    }
}
