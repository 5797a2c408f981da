using RealtimeVision.Kernels.Devices;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>The menus of sources, models and devices, and what a choice of them does.</summary>
internal sealed class LiveMenus(ModelShelf models, SourceShelf sources, EngineRecipe engines)
{
    private Action<int>? _choose;
    private ViewerMenu? _open;

    /// <summary>Opens menus that were asked for, and does what was chosen.</summary>
    public void Obey(LiveRun run, Action<string> say)
    {
        for (var menu = ViewerRequest.Sources; menu <= ViewerRequest.Layers; menu++)
        {
            if (run.Controller.Take(menu))
            {
                Open(run, menu);
            }
        }

        if (run.Controller.TryTakeChoice(out ViewerMenu? chosen, out int index)
            && ReferenceEquals(chosen, _open))
        {
            say($"making {chosen.Items[index].Text} ready");
            _choose!(index);
        }
    }

    /// <summary>Opens a menu.</summary>
    public void Open(LiveRun run, ViewerRequest menu)
    {
        (_open, _choose) = menu switch
        {
            ViewerRequest.Sources => Sources(run),
            ViewerRequest.Models => Models(run),
            ViewerRequest.Layers => Layers(run),
            _ => Devices(run),
        };
        run.State.Menu = _open;
    }

    private (ViewerMenu Menu, Action<int> Choose) Sources(LiveRun run)
    {
        var list = sources.List();
        string current = run.Stream.Specification;
        var menu = new ViewerMenu("Sources", [.. list.Select(s => new ViewerMenuItem(
            s.Specification, s.Detail, s.Specification == current))]);
        return (menu, i => run.Stream.SwitchSource(
            list[i].Specification, () => sources.Create(list[i].Specification)));
    }

    /// <summary>A model is added, or left out; a segmenter takes the place of another.</summary>
    private (ViewerMenu Menu, Action<int> Choose) Models(LiveRun run)
    {
        models.AddInstalled();
        ShelfModel[] list = [.. models.Known];
        var menu = new ViewerMenu("Models: add, or leave out", [.. list.Select(m => new ViewerMenuItem(
            m.Name, "", engines.Models.Contains(m.Argument)))]);
        return (menu, Choose);

        void Choose(int i)
        {
            string chosen = list[i].Argument;
            SwitchModels(run, engines.Models.Contains(chosen)
                ? [.. engines.Models.Where(m => m != chosen)]
                : [.. engines.Models, chosen]);
        }
    }

    private void SwitchModels(LiveRun run, string[] wanted)
    {
        if (wanted.Length == 0 && !engines.HasTeacher)
        {
            run.Say("a stream has one model at least");
            return;
        }

        // Of two segmenters the newer one counts.
        string[] segmenters = [.. wanted.Where(m => !VisionModels.IsClassifier(models.Load(m), Verb.Say))];
        engines.Models = [.. wanted.Except(segmenters.SkipLast(1))];
        Rebuild(run);
    }

    private (ViewerMenu Menu, Action<int> Choose) Devices(LiveRun run)
    {
        DeviceInfo[] list = [.. DeviceList.Find().Where(d => d.Problem is null)];
        string current = run.Stream.Engine.DeviceId;
        var menu = new ViewerMenu("Devices", [.. list.Select(d => new ViewerMenuItem(
            d.Id, d.Name, d.Id == current))]);
        return (menu, Choose);

        void Choose(int i)
        {
            engines.Device = list[i].Id;
            Rebuild(run);
        }
    }

    private static (ViewerMenu Menu, Action<int> Choose) Layers(LiveRun run)
    {
        LiveStream stream = run.Stream;
        var list = stream.Networks.Layers(stream.Engine);
        var menu = new ViewerMenu("Layers", [.. list.Select(l => new ViewerMenuItem(
            l.Layer.Name, $"{l.Layer.Operator} {l.Layer.Shape}", l.IsCurrent))]);
        return (menu, Choose);

        void Choose(int i)
        {
            stream.Networks.Choose(list[i].Model, list[i].Layer.Name);
            run.State.ShowInside = true;
        }
    }

    private void Rebuild(LiveRun run)
    {
        engines.Smoothing = run.Stream.Engine.Smoothing;
        foreach (LiveStream stream in run.Streams)
        {
            stream.SwitchEngine(() => engines.Build());
        }
    }
}
