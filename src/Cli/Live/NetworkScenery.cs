using System.Diagnostics;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// What is inside an engine's networks, in the view of a stream: looked at only while the viewer
/// shows it.
/// </summary>
internal sealed class NetworkScenery(StreamView view)
{
    private const int ShownOperators = 8;
    private static readonly TimeSpan TimesInterval = TimeSpan.FromMilliseconds(500);

    private readonly NetworkInside _inside = new();
    private NetworkLook _choice = new();
    private NetworkSight? _sight;
    private byte[] _overFrame = [];
    private long _timesRead;
    private string? _model;

    /// <summary>
    /// Begins with the networks of an engine; the layer that was looked at is looked at still, where
    /// there is such a one.
    /// </summary>
    public void Begin(VisionEngine engine)
    {
        NetworkView networks = engine.Networks;
        view.HasNetworks = networks.Models.Count > 0;
        (view.Inside, view.NetworkProblem) = (null, null);
        int model = Enumerable.Range(0, networks.Models.Count)
            .FirstOrDefault(i => networks.Models[i].Name == _model, -1);
        bool isThere = model >= 0 && networks.LayersOf(model).Any(l => l.Name == _choice.Layer);
        _choice = isThere ? _choice with { Model = model } : new NetworkLook();
        _sight = null;
    }

    /// <summary>All layers of an engine's networks, and which is looked at.</summary>
    public IReadOnlyList<(int Model, ModelLayer Layer, bool IsCurrent)> Layers(
        VisionEngine engine) =>
    [
        .. Enumerable.Range(0, engine.Networks.Models.Count).SelectMany(model =>
            engine.Networks.LayersOf(model).Select(layer => (
                model, layer,
                model == _choice.Model && layer.Name == (_choice.Layer ?? _sight?.Layer.Name)))),
    ];

    /// <summary>Looks at another layer, once something inside is shown.</summary>
    /// <param name="engine">Has the network.</param>
    /// <param name="model">Which of its networks.</param>
    /// <param name="layer">The layer's name.</param>
    public void Choose(VisionEngine engine, int model, string layer)
    {
        _choice = new NetworkLook { Model = model, Layer = layer };
        _model = engine.Networks.Models[model].Name;
    }

    /// <summary>Shows the map of the next class; after the last that which the network sees.</summary>
    public string NextClass(VisionEngine engine)
    {
        NetworkView networks = engine.Networks;
        IReadOnlyList<string> labels = networks.Models[_choice.Model].Labels;
        int next = (networks.Class ?? -1) + 1;
        networks.Class = next < labels.Count ? next : null;
        return networks.Class is { } shown ? $"Grad-CAM of {labels[shown]}"
            : "Grad-CAM of what the network sees";
    }

    /// <summary>Shows what is wanted of the inside of a result's networks.</summary>
    public void Show(VisionEngine engine, VisionResult result, ViewerState state)
    {
        if (!view.HasNetworks)
        {
            return;
        }

        Look(engine.Networks, state);
        if (engine.Networks.Look is not { } look)
        {
            (_sight, view.Inside, view.NetworkProblem) = (null, null, null);
            return;
        }

        _sight = engine.Networks.TryGetLatest(out NetworkSight? newer) ? newer : _sight;
        Show(engine.Networks, look, result.Frame, state);
    }

    /// <summary>
    /// Shows what is wanted of a result that is still shown, where no other has come since.
    /// </summary>
    public void Refresh(VisionEngine engine, VisionResult shown, ViewerState state)
    {
        NetworkView networks = engine.Networks;
        NetworkLook? before = networks.Look;
        if (!view.HasNetworks)
        {
            return;
        }

        Look(networks, state);
        if (networks.Look is not { } look)
        {
            (_sight, view.Inside, view.NetworkProblem) = (null, null, null);
            return;
        }

        bool isSeen = networks.TryGetLatest(out NetworkSight? newer);
        _sight = isSeen ? newer : _sight;
        if (isSeen || !ReferenceEquals(before, look)
            || state.ShowInside != (view.Inside is not null)
            || networks.Problem != view.NetworkProblem)
        {
            Show(networks, look, shown.Frame, state);
        }
    }

    private void Show(NetworkView networks, NetworkLook look, Frame frame, ViewerState state)
    {
        view.Inside = state.ShowInside ? _inside : null;
        view.NetworkProblem = networks.Problem;
        if (state.ShowInside)
        {
            Tell(networks, look);
        }

        if (_sight is { Layout: { } layout } maps)
        {
            view.Tiles = (layout.Columns, layout.Rows, layout.Shown);
            view.Show(
                ViewPlane.FeatureMaps,
                MaskView.OfProbability(maps.MapsMemory, layout.Width, layout.Height));
        }

        if (_sight is { ClassMap.IsEmpty: false } sight)
        {
            view.Show(ViewPlane.ClassMap, OverFrame(sight, frame));
        }
    }

    private void Look(NetworkView networks, ViewerState state)
    {
        bool hasClassMap = state.View.Needs(ViewPlane.ClassMap);
        bool hasMaps = state.View.Needs(ViewPlane.FeatureMaps) || state.ShowInside;
        if (!hasClassMap && !hasMaps)
        {
            networks.Look = networks.Look is null ? networks.Look : null;
            return;
        }

        if (networks.Look is not { } look || look.Model != _choice.Model
            || look.Layer != _choice.Layer || look.HasMaps != hasMaps
            || look.HasClassMap != hasClassMap)
        {
            networks.Look = _choice with { HasMaps = hasMaps, HasClassMap = hasClassMap };
            _sight = null;
        }
    }

    private void Tell(NetworkView networks, NetworkLook look)
    {
        _inside.Problem = networks.Problem;
        if (_sight is { } sight && !ReferenceEquals(_inside.Layer, sight.Layer.Name))
        {
            _inside.Layer = sight.Layer.Name;
            _inside.Detail = $"{sight.Layer.Operator} {sight.Layer.Shape}";
        }
        else if (_sight is null)
        {
            _inside.Layer = networks.Models[look.Model].Name;
            _inside.Detail = networks.Problem is null ? "making ready" : "";
        }

        _inside.Histogram.Clear();
        _inside.Class = null;
        if (_sight is { Layout: not null } seen)
        {
            _inside.Histogram.AddRange(seen.Histogram);
            (_inside.Least, _inside.Most) = (seen.Least, seen.Most);
        }

        IReadOnlyList<string> labels = networks.Models[look.Model].Labels;
        if (_sight is { Class: >= 0 and var shown } && shown < labels.Count)
        {
            _inside.Class = labels[shown];
        }

        if (_timesRead == 0 || Stopwatch.GetElapsedTime(_timesRead) > TimesInterval)
        {
            _timesRead = Stopwatch.GetTimestamp();
            TellTimes(networks.StepsOf(look.Model));
        }
    }

    private void TellTimes(IReadOnlyList<StepInfo> steps)
    {
        _inside.TotalMilliseconds = (float)steps.Sum(s => s.Cost.TotalMilliseconds);
        _inside.Operators.Clear();
        _inside.Operators.AddRange(steps
            .Where(s => s.Cost > TimeSpan.Zero)
            .OrderByDescending(s => s.Cost)
            .Take(ShownOperators)
            .Select(s => new OperatorTime(
                $"{s.Operator} {s.Node}", (float)s.Cost.TotalMilliseconds)));
    }

    /// <summary>A class's map as one that covers the frame.</summary>
    private MaskView OverFrame(NetworkSight sight, Frame frame)
    {
        int width = sight.ClassMapWidth, height = sight.ClassMapHeight;
        PixelBox region = sight.Region;
        if (region.Width == frame.Width && region.Height == frame.Height)
        {
            return MaskView.OfProbability(sight.ClassMapMemory, width, height) with
            {
                OnDevice = sight.ClassMapOnDevice,
            };
        }

        if (_overFrame.Length < width * height)
        {
            _overFrame = new byte[width * height];
        }

        ReadOnlySpan<byte> map = sight.ClassMap;
        for (int y = 0; y < height; y++)
        {
            float row = ((((y + 0.5f) * frame.Height / height) - region.Y) / region.Height) * height;
            for (int x = 0; x < width; x++)
            {
                float column =
                    ((((x + 0.5f) * frame.Width / width) - region.X) / region.Width) * width;
                bool isInside = row >= 0 && row < height && column >= 0 && column < width;
                _overFrame[(y * width) + x] =
                    isInside ? map[((int)row * width) + (int)column] : (byte)0;
            }
        }

        return MaskView.OfProbability(_overFrame.AsMemory(0, width * height), width, height);
    }
}
