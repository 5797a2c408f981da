using System.Globalization;
using RealtimeVision.Kernels.Devices;

/// <summary>
/// Options of a sample: <c>--name value</c> pairs over defaults, and <c>--device</c>,
/// <c>--threads</c> and <c>--seed</c>, which all samples have.
/// </summary>
internal sealed class Options
{
    private readonly OrderedDictionary<string, string> _values;

    /// <summary>Reads the arguments; what is wrong ends the program with a message.</summary>
    public Options(string[] args, params (string Name, string Default)[] defaults)
    {
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
            Exit(1, ((Exception)e.ExceptionObject).Message);
        _values = new([.. defaults.Select(d => KeyValuePair.Create(d.Name, d.Default))])
        {
            { "device", "cpu" }, { "threads", "" }, { "seed", "1" },
        };
        for (int i = 0; i < args.Length; i += 2)
        {
            string name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!_values.ContainsKey(name) || i + 1 == args.Length)
            {
                var known = _values.Select(v => $"[--{v.Key} {v.Value}]");
                Exit(2, $"usage: {string.Join(" ", known)}");
            }

            _values[name] = args[i + 1];
        }
    }

    /// <summary>What was given, or the default; an empty string where there is neither.</summary>
    public string this[string name] => _values[name];

    /// <summary>The seed of weights, order and augmentation.</summary>
    public ulong Seed => (ulong)Number("seed");

    /// <summary>A whole number that is not negative.</summary>
    public int Number(string name)
    {
        if (!int.TryParse(
            _values[name], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            Exit(2, $"--{name} takes a whole number, not '{_values[name]}'");
        }

        return number;
    }

    /// <summary>Opens the device that was asked for, and says which it is.</summary>
    public Device OpenDevice()
    {
        int? threads = _values["threads"].Length > 0 ? Number("threads") : null;
        var device = DeviceList.Open(_values["device"], threads, Console.Error.WriteLine);
        Console.WriteLine($"device: {device.Description}");
        return device;
    }

    private static void Exit(int code, string message)
    {
        Console.Error.WriteLine(message);
        Environment.Exit(code);
    }
}
