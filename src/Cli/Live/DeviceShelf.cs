using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// The devices of a run, each opened once, when it is first chosen: streams share it, and what was
/// compiled for it is there when it is chosen again.
/// </summary>
internal sealed class DeviceShelf(int? threads) : IDisposable
{
    private readonly Dictionary<string, Device> _open = [];
    private readonly Lock _gate = new();
    private readonly Lazy<Task<DeviceInfo[]>> _found = new(() => Task.Run(
        () => DeviceList.Find().Where(d => d.Problem is null).ToArray()));

    /// <summary>
    /// The devices that can be used. Drivers are asked once, on another thread: that takes a moment
    /// that a picture would miss.
    /// </summary>
    public Task<DeviceInfo[]> Find() => _found.Value;

    /// <summary>The device of a name.</summary>
    /// <exception cref="DeviceException">There is no such device, or it cannot be used.</exception>
    public DeviceChoice Open(string id)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(id, out Device? device))
            {
                Device opened = DeviceList.Open(id, threads, Verb.Say);

                // "auto" may be one that was chosen by its own name before.
                if (_open.TryGetValue(opened.Id, out device))
                {
                    opened.Dispose();
                }
                else
                {
                    device = opened;
                    _open[opened.Id] = opened;
                }

                _open[id] = device;
            }

            return device;
        }
    }

    public void Dispose()
    {
        foreach (Device device in _open.Values.Distinct())
        {
            try
            {
                device.Dispose();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A device that is lost may not be able to release what it has.
            }
        }

        _open.Clear();
    }
}
