using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// The newest frame of each class that is taught, and those of before, which come back when a
/// take is undone.
/// </summary>
/// <param name="depth">Takes that can be undone.</param>
internal sealed class TaughtThumbnails(int depth)
{
    private readonly Dictionary<string, Thumbnail> _newest = [];
    private readonly List<(string Name, Thumbnail? Before)> _past = [];
    private string? _taking;

    /// <summary>The newest frame of a class; null for none.</summary>
    public Thumbnail? Of(string name) => _newest.GetValueOrDefault(name);

    /// <summary>Shows a frame that is collected; allocates nothing but at the first of a take.</summary>
    public void Collect(string name, Frame frame)
    {
        if (_taking != name)
        {
            _taking = name;
            _past.Add((name, Of(name)));
            if (_past.Count > depth)
            {
                _past.RemoveAt(0);
            }

            _newest[name] = new Thumbnail();
        }

        _newest[name].Show(frame);
    }

    /// <summary>Ends a take.</summary>
    public void Release() => _taking = null;

    /// <summary>Goes back by one take.</summary>
    public void Undo()
    {
        _taking = null;
        if (_past.Count == 0)
        {
            return;
        }

        (string name, Thumbnail? before) = _past[^1];
        _past.RemoveAt(_past.Count - 1);
        if (before is null)
        {
            _newest.Remove(name);
        }
        else
        {
            _newest[name] = before;
        }
    }
}
