using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Tests;

public class ThreadTeamTests
{
    [Test]
    public void EveryPieceOfEveryStepRunsOnce([Values(1, 2, 3, 8)] int threads)
    {
        using var device = new CpuDevice(threads);
        var random = new Random(threads);
        for (int round = 0; round < 3000; round++)
        {
            var step = CountingStep.Of(random.Next(1, 40));
            device.Team.Run(step);
            Assert.That(step.Runs, Is.All.EqualTo(1), $"round {round} of {step.Pieces} pieces");
        }
    }

    [Test]
    public void RangeOfPiecesRunsThoseOnly()
    {
        using var device = new CpuDevice(4);
        var step = CountingStep.Of(20);
        device.Team.Run(step, 5, 12);
        Assert.That(step.Runs, Is.EqualTo(Enumerable.Range(0, 20).Select(i => i is >= 5 and < 12 ? 1 : 0)));
    }

    [Test]
    public void AGateEndsARunAfterPiecesWithoutGaps([Values(1, 2, 3, 8)] int threads)
    {
        using var device = new CpuDevice(threads);
        var random = new Random(threads);
        for (int round = 0; round < 2000; round++)
        {
            var step = CountingStep.Of(random.Next(1, 40));
            int most = random.Next(step.Pieces + 2);
            int from = random.Next(step.Pieces);
            int end = device.Team.Run(step, from, step.Pieces, new CountingGate(most));
            Assert.That(end - from, Is.LessThanOrEqualTo(Math.Min(most, step.Pieces - from)));
            if (threads == 1)
            {
                Assert.That(end - from, Is.EqualTo(Math.Min(most, step.Pieces - from)));
            }

            Assert.That(
                step.Runs, Is.EqualTo(step.Runs.Select((_, i) => i >= from && i < end ? 1 : 0)),
                $"round {round}");
            device.Team.Run(step, end, step.Pieces);
            Assert.That(step.Runs[from..], Is.All.EqualTo(1));
        }
    }

    [Test]
    public void StepsAfterASleepRunToo()
    {
        using var device = new CpuDevice(3);
        for (int i = 0; i < 20; i++)
        {
            // Longer than threads spin, so that they have to be woken.
            Thread.Sleep(5);
            var step = CountingStep.Of(9);
            device.Team.Run(step);
            Assert.That(step.Runs, Is.All.EqualTo(1));
        }
    }

    [Test]
    public void SeveralCallersTakeTurns()
    {
        using var device = new CpuDevice(2);
        var steps = Enumerable.Range(0, 200).Select(_ => CountingStep.Of(17)).ToArray();
        Parallel.ForEach(steps, step => device.Team.Run(step));
        Assert.That(steps.SelectMany(s => s.Runs), Is.All.EqualTo(1));
    }

    [Test]
    public void PieceThatThrowsIsToldAndTheTeamGoesOn([Values(1, 4)] int threads)
    {
        using var device = new CpuDevice(threads);
        var broken = new ThrowingStep { Pieces = 8 };
        Assert.That(
            () => device.Team.Run(broken),
            Throws.InvalidOperationException.With.Message.EqualTo("piece 3"));
        var step = CountingStep.Of(8);
        device.Team.Run(step);
        Assert.That(step.Runs, Is.All.EqualTo(1));
    }

    [Test]
    public void RunningAllocatesNothing()
    {
        using var device = new CpuDevice(2);
        var step = CountingStep.Of(16);
        for (int i = 0; i < 20; i++)
        {
            // A thread's first sleep makes what it sleeps on.
            device.Team.Run(step);
            Thread.Sleep(5);
        }

        // The whole process is measured, the test host too: what runs allocate would show in every
        // attempt.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 5; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < 1000; i++)
            {
                device.Team.Run(step);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.That(least, Is.Zero);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(257)]
    public void ThreadCountOutOfRangeIsRefused(int threads) =>
        Assert.That(() => new CpuDevice(threads), Throws.TypeOf<ArgumentOutOfRangeException>());

    /// <summary>Lets a number of pieces begin.</summary>
    private sealed class CountingGate(int most) : PieceGate
    {
        private int _asked;

        public override bool MayBegin(int worker) => Interlocked.Increment(ref _asked) <= most;

        public override void Done(int worker)
        {
        }
    }

    private sealed class CountingStep : CpuStep
    {
        public required int[] Runs { get; init; }

        public static CountingStep Of(int pieces) => new() { Pieces = pieces, Runs = new int[pieces] };

        public override void Run(int piece, CpuWorker worker)
        {
            Thread.SpinWait(piece * 3);
            Interlocked.Increment(ref Runs[piece]);
        }
    }

    private sealed class ThrowingStep : CpuStep
    {
        public override void Run(int piece, CpuWorker worker)
        {
            if (piece == 3)
            {
                throw new InvalidOperationException("piece 3");
            }
        }
    }
}
