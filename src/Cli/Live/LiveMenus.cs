using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// The menus of sources, models, devices and layers, and what a choice of them does. What takes
/// time to list is listed on another thread.
/// </summary>
internal sealed class LiveMenus(ModelShelf models, SourceShelf sources, EngineRecipe engines)
{
    private Action<int>? _choose;
    private ViewerMenu? _open;
    private Task? _awaited;
    private ViewerRequest _kind;

    /// <summary>Opens menus that were asked for, and does what was chosen.</summary>
    public void Obey(LiveRun run)
    {
        for (var menu = ViewerRequest.Sources; menu <= ViewerRequest.Layers; menu++)
        {
            if (run.Controller.Take(menu))
            {
                // The key of an open menu closes it.
                bool closes = _kind == menu && run.State.Menu is not null
                    && ReferenceEquals(run.State.Menu, _open);
                run.State.Menu = null;
                if (!closes)
                {
                    Begin(run, menu);
                }
            }
        }

        if (_awaited is { IsCompleted: true })
        {
            _awaited = null;
            if (run.State.Menu is { } menu && ReferenceEquals(menu, _open))
            {
                Show(run);
                _open.Select(menu.Selected);
            }
        }

        if (run.Controller.TakeSource() is { } dropped)
        {
            run.State.Menu = null;
            sources.Add(dropped);
            SwitchSource(run, dropped);
        }

        if (run.Controller.TryTakeChoice(out ViewerMenu? chosen, out int index)
            && ReferenceEquals(chosen, _open))
        {
            _choose!(index);
        }
    }

    /// <summary>Opens a menu, complete.</summary>
    public void Open(LiveRun run, ViewerRequest menu)
    {
        Begin(run, menu);
        if (_awaited is { } awaited)
        {
            awaited.Wait();
            _awaited = null;
            Show(run);
        }
    }

    /// <summary>Begins to look for what takes longest to find.</summary>
    public void Prepare() => engines.FindDevices();

    /// <summary>Chooses another smoothing, for which engines have to be made anew.</summary>
    public void ChooseSmoothing(LiveRun run, float smoothing) =>
        Choose(run, engines.Choice with { Smoothing = smoothing }, $"smoothing {smoothing:P0}");

    private void Begin(LiveRun run, ViewerRequest menu)
    {
        _kind = menu;
        _awaited = menu == ViewerRequest.Sources ? sources.FindCamerasAsync()
            : menu == ViewerRequest.Devices && !engines.FindDevices().IsCompleted ? engines.FindDevices()
            : null;
        Show(run);
    }

    private void Show(LiveRun run)
    {
        (_open, _choose) = _kind switch
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
            s.Specification, s.Detail, s.Specification == current))])
        {
            Note = _awaited is null ? "or drop a file, or paste a path or URL" : "looking for cameras",
        };
        return (menu, i => SwitchSource(run, list[i].Specification));
    }

    private void SwitchSource(LiveRun run, string specification) =>
        run.Stream.SwitchSource(specification, () => sources.Create(specification));

    /// <summary>A model is added, or left out; a segmenter takes the place of another.</summary>
    private (ViewerMenu Menu, Action<int> Choose) Models(LiveRun run)
    {
        models.AddInstalled();
        ShelfModel[] list = [.. models.Known];
        IReadOnlyList<string> current = engines.Choice.Models;
        var menu = new ViewerMenu("Models: add, or leave out", [.. list.Select(m => new ViewerMenuItem(
            m.Name, "", current.Contains(m.Argument)))]);
        return (menu, i =>
        {
            string chosen = list[i].Argument;
            IReadOnlyList<string> before = engines.Choice.Models;
            bool isLeftOut = before.Contains(chosen);
            Choose(
                run,
                engines.Choice with
                {
                    Models = isLeftOut ? [.. before.Where(m => m != chosen)] : [.. before, chosen],
                },
                isLeftOut ? $"models without {list[i].Name}" : list[i].Name);
        }
        );
    }

    private (ViewerMenu Menu, Action<int> Choose) Devices(LiveRun run)
    {
        DeviceInfo[] list = _awaited is null ? engines.FindDevices().Result : [];
        string current = run.Stream.Engine.DeviceId;
        var menu = new ViewerMenu("Devices", [.. list.Select(d => new ViewerMenuItem(
            d.Id, d.Name, d.Id == current))])
        {
            Note = _awaited is null ? "" : "looking for devices",
        };
        return (menu, i => Choose(run, engines.Choice with { Device = list[i].Id }, list[i].Id));
    }

    private static (ViewerMenu Menu, Action<int> Choose) Layers(LiveRun run)
    {
        LiveStream stream = run.Stream;
        var list = stream.Networks.Layers(stream.Engine);
        var menu = new ViewerMenu("Layers", [.. list.Select(l => new ViewerMenuItem(
            l.Layer.Name, $"{l.Layer.Operator} {l.Layer.Shape}", l.IsCurrent)
        {
            Group = stream.Engine.Networks.Models[l.Model].Name,
        })]);
        return (menu, i =>
        {
            stream.Networks.Choose(stream.Engine, list[i].Model, list[i].Layer.Name);
            run.State.ShowInside = true;
        }
        );
    }

    private void Choose(LiveRun run, EngineChoice choice, string what)
    {
        // What keys have made of the smoothing since is kept.
        bool keeps = choice.Smoothing == engines.Choice.Smoothing && !run.Stream.IsPreparing
            && run.Stream.Engine.Segmenter is not null;
        EngineChoice chosen =
            keeps ? choice with { Smoothing = run.Stream.Engine.Smoothing } : choice;
        engines.Choice = chosen;
        foreach (LiveStream stream in run.Streams)
        {
            VisionPriority priority = stream.Engine.Options.Priority;
            stream.SwitchEngine(
                what, cancellation => engines.CreateAsync(chosen, priority, cancellation), engines.Took);
        }
    }
}
