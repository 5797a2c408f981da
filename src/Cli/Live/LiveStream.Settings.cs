using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <content>What keys change of a stream, and what is said of it.</content>
internal sealed partial class LiveStream
{
    /// <summary>Says what takes the background's place, and how masks are smoothed.</summary>
    public void TellSettings()
    {
        View.Background = Engine.CanReplaceBackground ? Engine.Background.ToString() : null;
        View.EdgesAreRefined = Engine.RefineEdges;
        View.Smoothing = Engine.Segmenter is null ? null : Engine.Smoothing;
    }

    /// <summary>Makes smoothing stronger or weaker, by tenths.</summary>
    /// <returns>What takes another engine; null where it is done.</returns>
    public float? ChangeSmoothing(int steps)
    {
        float now = _nextSmoothing ?? Engine.Smoothing;
        float wanted = Math.Clamp(MathF.Round((now * 10) + steps) / 10, 0, 0.9f);
        try
        {
            Engine.Smoothing = wanted;
        }
        catch (InvalidOperationException)
        {
            // One that was made without smoothing has no probabilities to smooth.
            _nextSmoothing = wanted;
            return wanted;
        }

        TellSettings();
        return null;
    }

    /// <summary>Puts the next background behind people; false where that cannot be.</summary>
    public bool NextBackground()
    {
        if (Engine.CanReplaceBackground)
        {
            Engine.Background = _backgrounds.Next();
            TellSettings();
        }

        return Engine.CanReplaceBackground;
    }

    /// <summary>Refines edges, or does not any more; false where that cannot be.</summary>
    public bool ToggleEdges()
    {
        if (Engine.CanReplaceBackground)
        {
            Engine.RefineEdges = !Engine.RefineEdges;
            TellSettings();
        }

        return Engine.CanReplaceBackground;
    }

    private void UpdateTrouble()
    {
        View.HasEnded = IsWatched && Pipeline.State == SourceState.Ended && !IsLooping
            && !_reopening.IsUnderWay && Source is ISeekableSource { FrameCount: not 1 };
        TimeSpan silent = Stopwatch.GetElapsedTime(_lastNews);
        SourceState state = Pipeline.State;
        if (Error is { } error)
        {
            View.Trouble = error.Message;
        }
        else if (state == SourceState.Lost)
        {
            View.Trouble ??= $"{Source.Name} is lost: trying again";
        }
        else if (state == SourceState.Running && Source.IsLive && silent > Silence)
        {
            // Said anew once a second, so that it costs nothing in between.
            int seconds = (int)silent.TotalSeconds;
            View.Trouble = View.Trouble is not null && seconds == _silentSeconds
                ? View.Trouble
                : $"{Source.Name}: no picture for {seconds} s";
            _silentSeconds = seconds;
        }
        else
        {
            View.Trouble = null;
        }

        if (View.Trouble is not null || View.HasEnded)
        {
            // The rate goes down also where no result comes with the news.
            View.UpdateHud(
                View.Hud with { FrameRate = Engine.FrameRate }, Stopwatch.GetElapsedTime(0));
        }
    }
}
