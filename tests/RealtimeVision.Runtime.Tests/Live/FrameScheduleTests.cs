using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

public sealed class FrameScheduleTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(40);

    private readonly FakeClock _clock = new();
    private FrameSchedule _schedule = null!;

    [SetUp]
    public void Begin() => _schedule = new FrameSchedule(_clock);

    [Test]
    public void FramesAreDueAsFarApartAsTheirTimes()
    {
        _clock.Pass(TimeSpan.FromSeconds(7));
        Assert.That(_schedule.UntilDue(TimeSpan.FromSeconds(100)), Is.EqualTo(TimeSpan.Zero));
        _clock.Pass(Frame / 4);
        Assert.That(_schedule.UntilDue(TimeSpan.FromSeconds(100) + Frame), Is.EqualTo(Frame * 0.75));
        _clock.Pass(Frame * 2);
        Assert.That(
            _schedule.UntilDue(TimeSpan.FromSeconds(100) + (2 * Frame)), Is.EqualTo(-Frame / 4));
    }

    [Test]
    public void ReadingIsNotPutOffBeforeTheRateIsKnown()
    {
        Assert.That(_schedule.UntilReading(), Is.EqualTo(TimeSpan.Zero));
        Show(0, readingTakes: 5);
        Assert.That(_schedule.UntilReading(), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void ReadingBeginsTwiceItsOwnTimeBeforeAFrameIsDue()
    {
        Show(0, readingTakes: 5);
        Show(1, readingTakes: 5);
        Assert.That(_schedule.UntilReading(), Is.EqualTo(Frame - TimeSpan.FromMilliseconds(10)));
        _clock.Pass(TimeSpan.FromMilliseconds(12));
        Assert.That(_schedule.UntilReading(), Is.EqualTo(Frame - TimeSpan.FromMilliseconds(22)));
    }

    [Test]
    public void WhatTookLongIsReadEarlyForSomeFrames()
    {
        Show(0, readingTakes: 5);
        Show(1, readingTakes: 15);
        Show(2, readingTakes: 5);
        TimeSpan after = _schedule.UntilReading();
        Assert.That(after, Is.LessThan(Frame - TimeSpan.FromMilliseconds(28)));
        for (int i = 3; i < 100; i++)
        {
            Show(i, readingTakes: 5);
        }

        Assert.That(
            _schedule.UntilReading(),
            Is.EqualTo(Frame - TimeSpan.FromMilliseconds(10)).Within(TimeSpan.FromMilliseconds(1)));
    }

    [Test]
    public void ASourceThatCannotKeepUpIsReadWithoutPause()
    {
        for (int i = 0; i < 5; i++)
        {
            Show(i, readingTakes: 25);
            Assert.That(_schedule.UntilReading(), Is.LessThanOrEqualTo(TimeSpan.Zero));
        }
    }

    [Test]
    public void AnotherPlaceInTheFileBeginsAnew()
    {
        Show(0, readingTakes: 5);
        Show(1, readingTakes: 5);
        _schedule.Restart();
        Assert.That(_schedule.UntilReading(), Is.EqualTo(TimeSpan.Zero));
        Assert.That(_schedule.UntilDue(TimeSpan.FromSeconds(-3)), Is.EqualTo(TimeSpan.Zero));
        Assert.That(_schedule.UntilReading(), Is.EqualTo(TimeSpan.Zero));
    }

    private void Show(int index, int readingTakes)
    {
        _schedule.BeginRead();
        _clock.Pass(TimeSpan.FromMilliseconds(readingTakes));
        _schedule.EndRead();
        if (_schedule.UntilDue(index * Frame) is { } early && early > TimeSpan.Zero)
        {
            _clock.Pass(early);
        }
    }
}
