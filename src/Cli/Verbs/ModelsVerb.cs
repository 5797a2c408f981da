using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Models;
using RealtimeVision.Runtime.Layers;
using Spectre.Console;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv models</c>: the models that are known by name, and how they are had.</summary>
internal static class ModelsVerb
{
    public static Command Create() => new("models", "List, fetch and show the models that are known by name")
    {
        CreateList(), CreateGet(), CreateShow(),
    };

    private static Command CreateList()
    {
        var json = Verb.Json();
        var command = new Command("list", "List the models that are known by name") { json };
        command.SetAction(parsed => List(parsed.GetValue(json)));
        return command;
    }

    private static Command CreateGet()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Models of the list",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "All models of the list" };
        var json = Verb.Json();
        var command = new Command("get", "Fetch models, unless they are there") { names, all, json };
        command.SetAction((parsed, cancellation) => Task.FromResult(
            Get(parsed.GetValue(names) ?? [], parsed.GetValue(all), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static Command CreateShow()
    {
        var name = new Argument<string>("NAME") { Description = "A model of the list" };
        var json = Verb.Json();
        var command = new Command("show", "Show what is known of a model") { name, json };
        command.SetAction(parsed => Show(parsed.GetRequiredValue(name), parsed.GetValue(json)));
        return command;
    }

    private static int List(bool asJson)
    {
        var entries = ModelCatalogue.Read();
        if (asJson)
        {
            var list = ToJson(entries);
            list["zoo"] = new JsonArray([.. Zoo.Networks.Select(n => (JsonNode)n.Name)]);
            Verb.Print(list);
            return Verb.Done;
        }

        var table = new Table().RoundedBorder().AddColumn(new TableColumn("Name").NoWrap())
            .AddColumns("Task", "Sees", "License", "Size", "Here");
        foreach (var entry in entries)
        {
            bool isHere = ModelStore.Has(entry);
            table.AddRow(
                new Text(entry.Name, new Style(isHere ? Color.Green : Color.Default)),
                new Text(entry.Task),
                new Text(entry.About),
                new Text(entry.License),
                new Text(Size(entry)),
                new Text(isHere ? "yes" : ""));
        }

        AnsiConsole.Write(table);
        var zoo = new Table().RoundedBorder().AddColumn(new TableColumn("Name").NoWrap())
            .AddColumns("To train", "Sees");
        foreach (var network in Zoo.Networks)
        {
            zoo.AddRow(
                new Text($"zoo:{network.Name}"), new Text(network.Description),
                new Text(network.Input.ToString()));
        }

        AnsiConsole.Write(zoo);
        return Verb.Done;
    }

    private static int Get(string[] names, bool all, bool asJson, CancellationToken cancellation)
    {
        if (all == (names.Length > 0))
        {
            throw new UsageException("models get: names of models, or --all");
        }

        CatalogueEntry[] entries = all
            ? [.. ModelCatalogue.Read().Where(e => e.Npm is not null)]
            : [.. names.Select(ModelCatalogue.Find)];
        var fetched = ModelStore.Get(entries, cancellation);
        if (asJson)
        {
            Print(entries);
            return Verb.Done;
        }

        foreach (var entry in entries.Union(fetched))
        {
            string how = fetched.Contains(entry) ? "fetched" : "already there";
            Console.WriteLine($"{entry.Name}: {how}, {ModelStore.PathOf(entry)}");
        }

        return Verb.Done;
    }

    private static int Show(string name, bool asJson)
    {
        var entry = ModelCatalogue.Find(name);
        if (asJson)
        {
            Verb.Print(ToJson(entry));
            return Verb.Done;
        }

        Console.WriteLine($"{entry.Name}: {entry.Task}, {entry.About}");
        Console.WriteLine($"  license   {entry.License}");
        Console.WriteLine($"  from      {entry.Origin}");
        Console.WriteLine($"  size      {Size(entry)}");
        Console.WriteLine($"  sha256    {entry.Sha256}");
        Console.WriteLine($"  file      {ModelStore.PathOf(entry)}{(ModelStore.Has(entry) ? "" : " (not fetched)")}");
        Console.WriteLine($"  manifest  {entry.Manifest}");
        return Verb.Done;
    }

    private static void Print(IEnumerable<CatalogueEntry> entries) => Verb.Print(ToJson(entries));

    private static JsonObject ToJson(IEnumerable<CatalogueEntry> entries) =>
        new() { ["models"] = new JsonArray([.. entries.Select(ToJson)]) };

    private static JsonObject ToJson(CatalogueEntry entry) => new()
    {
        ["name"] = entry.Name,
        ["task"] = entry.Task,
        ["about"] = entry.About,
        ["license"] = entry.License,
        ["from"] = entry.Origin,
        ["bytes"] = entry.Bytes,
        ["sha256"] = entry.Sha256,
        ["path"] = ModelStore.PathOf(entry),
        ["here"] = ModelStore.Has(entry),
    };

    private static string Size(CatalogueEntry entry) => $"{entry.Bytes / 1048576.0:F1} MB";
}
