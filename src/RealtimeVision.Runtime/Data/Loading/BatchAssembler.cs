using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Makes batches, each a pure function of its position: what the loader's threads share, and what
/// each has for itself.
/// </summary>
internal sealed class BatchAssembler
{
    private const int Replacements = 100;

    private readonly Dataset _dataset;
    private readonly DataLoaderOptions _options;
    private readonly AugmentationPipeline _pipeline;

    public BatchAssembler(Dataset dataset, DataLoaderOptions options)
    {
        _dataset = dataset;
        _options = options;
        _pipeline = new AugmentationPipeline(
            dataset, options.Augmentations, options.Normalization, options.Seed);
        TargetType = _pipeline.TargetType;
        if (options.Mixing.Count == 0)
        {
            return;
        }

        if (!dataset.HasLabels || InputType.Shape.Rank is not (3 or 4))
        {
            throw new ArgumentException(
                $"Samples {InputType} and {TargetType} are no pictures or clips with labels, so "
                + "that batches cannot be mixed.",
                nameof(options));
        }

        foreach (BatchMixing mixing in options.Mixing)
        {
            mixing.Check();
        }

        TargetType = TensorType.Float(dataset.ClassNames.Count);
    }

    public TensorType InputType => _pipeline.InputType;

    public TensorType TargetType { get; }

    /// <summary>Fills a batch with the samples at <paramref name="indices"/>.</summary>
    public void Assemble(
        Batch batch, ReadOnlySpan<int> indices, Worker worker, CancellationToken stop)
    {
        batch.Skipped.Clear();
        int count = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (TryAdd(batch, indices[i], count, worker) is not { } error)
            {
                count++;
            }
            else if (_options.Unreadable == UnreadableSamples.Fail)
            {
                throw error;
            }
            else if (_options.Unreadable == UnreadableSamples.Replace)
            {
                Replace(batch, count++, indices[i], worker, error, stop);
            }
        }

        if (count == 0)
        {
            throw new DatasetException(
                $"epoch {batch.Position.Epoch}, batch {batch.Position.Batch}",
                $"no sample of it can be read; the first is {_dataset.NameOf(indices[0])}");
        }

        batch.SetCount(count);
        Mix(batch);
    }

    private void Replace(
        Batch batch, int place, int index, Worker worker, DatasetException error,
        CancellationToken stop)
    {
        var random = new Philox(
            _options.Seed, RandomStream.Replace, index, batch.Position.Epoch);
        for (int i = 0; i < Replacements; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (TryAdd(batch, random.NextInt32(_dataset.Count), place, worker) is null)
            {
                return;
            }
        }

        throw new DatasetException(
            error.Origin, $"{error.Problem}; nor can {Replacements} samples in its place", error);
    }

    // What is thrown and caught here is rare: samples that are not skipped end the batch anyway.
    private DatasetException? TryAdd(Batch batch, int index, int place, Worker worker)
    {
        try
        {
            _dataset.Read(index, worker.Input, worker.Target);
        }
        catch (DatasetException e)
        {
            if (_options.Unreadable != UnreadableSamples.Fail)
            {
                batch.Skipped.Add(index);
            }

            return e;
        }
        catch (Exception e)
        {
            throw new DatasetException(_dataset.NameOf(index), e.Message, e);
        }

        bool soft = _options.Mixing.Count > 0;
        _pipeline.Apply(
            index, batch.Position.Epoch, worker.Input, worker.Target, batch.InputOf(place),
            soft ? worker.PlainTarget : batch.TargetOf(place), worker.Scratch);
        if (soft)
        {
            Span<float> weights = MemoryMarshal.Cast<byte, float>(batch.TargetOf(place));
            int label = MemoryMarshal.Read<int>(worker.PlainTarget);
            weights.Clear();
            if (label != _dataset.IgnoreIndex)
            {
                weights[label] = 1;
            }
        }

        batch.SetIndex(place, index);
        return null;
    }

    private void Mix(Batch batch)
    {
        if (_options.Mixing.Count == 0)
        {
            return;
        }

        (int epoch, int number) = batch.Position;
        var random = new Philox(_options.Seed, RandomStream.Mixing, number, epoch);
        BatchMixing mixing = _options.Mixing[random.NextInt32(_options.Mixing.Count)];
        Shape shape = InputType.Shape;
        mixing.Apply(
            batch.Inputs, batch.Targets<float>(), batch.Count, new Size2(shape[-3], shape[-2]),
            shape[-1], ref random);
    }

    /// <summary>What a thread reads samples with.</summary>
    public sealed class Worker(Dataset dataset)
    {
        public byte[] Input { get; } = new byte[dataset.InputBytes];

        public byte[] Target { get; } = new byte[dataset.TargetBytes];

        public byte[] PlainTarget { get; } = new byte[dataset.TargetBytes];

        public AugmentationScratch Scratch { get; } = new();
    }
}
