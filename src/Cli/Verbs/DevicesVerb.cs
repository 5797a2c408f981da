using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Kernels.Devices;
using Spectre.Console;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// <c>rtv devices</c>: what can run here, and what was found but cannot, with the reason.
/// </summary>
internal static class DevicesVerb
{
    public static Command Create()
    {
        var json = Verb.Json();
        var command = new Command("devices", "List what can run here, and what was found but cannot, with the reason")
        {
            json,
        };
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static int Run(bool json)
    {
        var devices = DeviceList.Find();
        if (json)
        {
            Verb.Print(new JsonObject
            {
                ["devices"] = new JsonArray([.. devices.Select(d => new JsonObject
                {
                    ["id"] = d.Id,
                    ["kind"] = d.Kind,
                    ["name"] = d.Name,
                    ["memory_mb"] = d.MemoryBytes >> 20,
                    ["detail"] = d.Detail,
                    ["usable"] = d.Problem is null,
                    ["reason"] = d.Problem,
                })]),
            });
            return Verb.Done;
        }

        var table = new Table().RoundedBorder().AddColumns("Device", "Name", "Memory", "Detail");
        foreach (var device in devices)
        {
            table.AddRow(
                new Text(device.Id, device.Problem is null ? new Style(Color.Green) : new Style(Color.Grey)),
                new Text(device.Name),
                new Text(device.MemoryBytes > 0 ? $"{device.MemoryBytes / (double)(1L << 30):F1} GiB" : ""),
                new Text(device.Problem is null ? device.Detail : $"cannot be used: {device.Problem}"));
        }

        AnsiConsole.Write(table);
        return Verb.Done;
    }
}
