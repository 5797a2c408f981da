using RealtimeVision.Media;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <content>What keys and mouse ask for.</content>
internal sealed partial class LiveRun
{
    private View? _view;

    /// <summary>Does what keys and mouse asked for and concerns streams, not the window.</summary>
    public void Obey()
    {
        foreach (LiveStream stream in _streams)
        {
            if (State.Paused != stream.Pipeline.IsPaused)
            {
                if (State.Paused)
                {
                    stream.Pipeline.Pause();
                }
                else
                {
                    stream.Pipeline.Resume();
                }
            }
        }

        while (Controller.TakeStep())
        {
            _streams.ForEach(stream => stream.Pipeline.Step());
        }

        if (Controller.TakeSeek() is { } position)
        {
            Stream.Seek(position);
        }

        ObeySettings();

        _teaching?.Obey(Controller, _say);
        _menus.Obey(this);
        if (Controller.Take(ViewerRequest.Snapshot) && State.Frame is not null)
        {
            string path = _outputs.Snapshot ?? FileNow("png");
            Attempt(() => _picture.Save(path, SnapshotFacts.Of(this)), $"snapshot {path}");
        }

        if (Controller.Take(ViewerRequest.Record) && State.Frame is not null)
        {
            if (State.Recording)
            {
                Attempt(_picture.StopRecording, $"recorded {_picture.Recorded}");
            }
            else
            {
                string path = FileNow("mp4");
                Attempt(
                    () => _picture.StartRecording(path, Stream.Source.FrameRate), $"recording {path}");
            }
        }
    }

    /// <summary>Does what keys asked for and changes how the stream is seen.</summary>
    private void ObeySettings()
    {
        if (Controller.TakeSmoothing() is not 0 and var steps)
        {
            if (Stream.Engine.Segmenter is null)
            {
                Say("there is no mask to smooth: no segmenter");
            }
            else if (Stream.ChangeSmoothing(steps) is { } smoothing)
            {
                _menus.ChooseSmoothing(this, smoothing);
            }
        }

        bool wantsEffect = Controller.Take(ViewerRequest.NextBackground);
        if ((wantsEffect && !Stream.NextBackground())
            || (Controller.Take(ViewerRequest.RefineEdges) && !Stream.ToggleEdges()))
        {
            Say("there is no background to replace: it takes a segmenter of one class, as of people");
        }

        if (Controller.Take(ViewerRequest.Loop))
        {
            Stream.IsLooping = !Stream.IsLooping;
            Say(!Stream.HasEnd ? $"{Stream.Source.Name} has no end to loop at"
                : Stream.IsLooping ? "begins anew at its end"
                : "ends at its end");
        }

        if (Controller.Take(ViewerRequest.NextClass))
        {
            Say(Stream.View.HasNetworks
                ? Stream.Networks.NextClass(Stream.Engine)
                : "there is no network to look into");
        }

        TellOfView();
    }

    /// <summary>Says why a view that was chosen shows nothing of its own.</summary>
    private void TellOfView()
    {
        if (_view == State.View || State.Frame is null)
        {
            return;
        }

        bool isFirst = _view is null;
        _view = State.View;

        // What was remembered may not fit the models of this run: that is no news.
        if (!isFirst && !State.View.CanShow(State.Stream))
        {
            Say($"{State.View.Name}: {State.View.Lack}");
        }
    }

    private static string FileNow(string extension) =>
        Path.GetFullPath($"rtv-{DateTime.Now:yyyyMMdd-HHmmss}.{extension}");

    /// <summary>A picture that cannot be written does not end what people look at.</summary>
    private void Attempt(Action write, string done)
    {
        try
        {
            write();
            Say(done);
        }
        catch (Exception e) when (e is MediaException or ViewerException)
        {
            Say(e.Message);
        }
    }
}
