using System.Reflection;
using ILGPU.Backends;
using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>The kernels compiled for one device.</summary>
public sealed class KernelCache
{
    private readonly Accelerator _accelerator;
    private readonly Dictionary<(MethodInfo, int, Type), Delegate> _launchers = [];
    private readonly List<(MethodInfo, int)> _compiled = [];
    private readonly Lock _lock = new();

    internal KernelCache(Accelerator accelerator) => _accelerator = accelerator;

    /// <summary>Number of kernels compiled so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _launchers.Count;
            }
        }
    }

    /// <summary>The kernels compiled so far, in order.</summary>
    internal IReadOnlyList<(MethodInfo Kernel, int GroupSize)> Compiled
    {
        get
        {
            lock (_lock)
            {
                return [.. _compiled];
            }
        }
    }

    internal TLauncher Load<TLauncher>(MethodInfo method, int groupSize)
        where TLauncher : Delegate
    {
        lock (_lock)
        {
            var key = (method, groupSize, typeof(TLauncher));
            if (!_launchers.TryGetValue(key, out var launcher))
            {
                var compiled = KernelCompiler.Compile(_accelerator.GetBackend(), method, groupSize);
                launcher = _accelerator.LoadKernel(compiled).CreateLauncherDelegate<TLauncher>();
                _launchers.Add(key, launcher);
                _compiled.Add((method, groupSize));
            }

            return (TLauncher)launcher;
        }
    }
}
