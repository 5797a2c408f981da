using System.Collections.Concurrent;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Tests;

[Platform("Linux", Reason = "Other systems find a processor for a thread that wakes.")]
public sealed class ThreadPlacementTests
{
    [Test]
    public void ASleepingThreadLeavesAProcessorThatIsTaken()
    {
        using var sleeper = new Sleeper();
        for (int i = 0; i < 20; i++)
        {
            int before = sleeper.Processor;
            ProcessorSet taken = Of(before);
            sleeper.Placement.Avoid(ref taken);
            int after = sleeper.WakeUp();
            Assert.That(
                after == before, Is.EqualTo(Environment.ProcessorCount == 1), $"on {after} again");
        }
    }

    [Test]
    public void AThreadStaysWhereNoProcessorIsFree()
    {
        using var sleeper = new Sleeper();
        ProcessorSet taken = default;
        for (int i = 0; i < ProcessorSet.Capacity; i++)
        {
            taken.Add(i);
        }

        ProcessorSet before = sleeper.Placement.Allowed();
        sleeper.Placement.Avoid(ref taken);
        Assert.That(sleeper.Placement.Allowed().SetEquals(before), Is.True);
        Assert.That(before.Contains(sleeper.WakeUp()), Is.True);
    }

    [Test]
    public void AFreeProcessorIsAddedToThoseThatAreTaken()
    {
        using var sleeper = new Sleeper();
        ProcessorSet before = sleeper.Placement.Allowed();
        ProcessorSet taken = default;
        sleeper.Placement.Avoid(ref taken);
        Assert.That(taken.SetEquals(Of(sleeper.Processor)), Is.True);
        Assert.That(sleeper.Placement.Allowed().SetEquals(before), Is.True);
    }

    [Test]
    public void WhatSomebodyElseHasBoundAThreadToHolds()
    {
        using var sleeper = new Sleeper();
        ProcessorSet bound = Of(sleeper.Processor);
        Assert.That(sleeper.Placement.Bind(bound), Is.True);
        ProcessorSet taken = bound;
        sleeper.Placement.Avoid(ref taken);
        Assert.That(sleeper.Placement.Allowed().SetEquals(bound), Is.True);
        Assert.That(bound.Contains(sleeper.WakeUp()), Is.True);
    }

    [Test]
    public void SetsHoldWhatWasAdded()
    {
        ProcessorSet set = Of(0, 63, 64, ProcessorSet.Capacity - 1);
        int[] held = [.. Enumerable.Range(-2, ProcessorSet.Capacity + 4).Where(i => set.Contains(i))];
        Assert.That(held, Is.EqualTo(new[] { 0, 63, 64, ProcessorSet.Capacity - 1 }));
        Assert.That(set.Without(Of(0, 5, 64)).SetEquals(Of(63, ProcessorSet.Capacity - 1)), Is.True);
        Assert.That(set.IsEmpty, Is.False);
        Assert.That(set.Without(set).IsEmpty, Is.True);
    }

    private static ProcessorSet Of(params int[] processors)
    {
        ProcessorSet set = default;
        foreach (int processor in processors)
        {
            set.Add(processor);
        }

        return set;
    }

    /// <summary>A thread that says where it is each time it is woken.</summary>
    private sealed class Sleeper : IDisposable
    {
        private readonly BlockingCollection<bool> _wake = [];
        private readonly BlockingCollection<int> _processors = [];
        private readonly Thread _thread;

        public Sleeper()
        {
            ThreadPlacement? placement = null;
            _thread = new Thread(() =>
            {
                placement = ThreadPlacement.OfThisThread();
                do
                {
                    placement?.Rest();
                    _processors.Add(ThreadPlacement.CurrentProcessor());
                }
                while (_wake.Take());
            });
            _thread.Start();
            Processor = _processors.Take();
            Placement = placement ?? throw new PlatformNotSupportedException("no thread placement");
        }

        public ThreadPlacement Placement { get; }

        public int Processor { get; private set; }

        public int WakeUp()
        {
            _wake.Add(true);
            return Processor = _processors.Take();
        }

        public void Dispose()
        {
            _wake.Add(false);
            _thread.Join();
            _wake.Dispose();
            _processors.Dispose();
        }
    }
}
