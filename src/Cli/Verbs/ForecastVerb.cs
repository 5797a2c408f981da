using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Cli.Training;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// <c>rtv forecast</c>: goes on with a series where its file ends, and tells how well the model and
/// baselines do on its newest rows.
/// </summary>
internal static class ForecastVerb
{
    private const int ShownRows = 120;

    private static readonly Argument<string> ModelPath = new("MODEL")
    {
        Description = "The model's file, of rtv train",
    };

    private static readonly Option<string> Csv = new("--csv")
    {
        Description = "The series, oldest row first", Required = true,
    };

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Rows to forecast", DefaultValueFactory = _ => 12,
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "The CSV file that takes the forecast; a plot of the same name beside it",
        DefaultValueFactory = _ => "forecast.csv",
    };

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        Verb.Require(Steps, steps => steps is >= 1 and <= 100_000, "has to be 1 to 100000");
        var command = new Command("forecast", "Forecast a series by a trained model")
        {
            ModelPath, Csv, Steps, Out, Threads, DeviceId, Json,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string path = parsed.GetRequiredValue(ModelPath);
        using var model = ModelFile.Load(path);
        var card = ModelCard.In(path);
        var file = card?.RecipeOf(path);
        if (file?.Recipe.Data is not SeriesData { Horizon: 1 })
        {
            throw new InvalidDataException(
                $"{path} was not trained by rtv on a series, one row ahead: it cannot go on with one");
        }

        using var device = DeviceList.Open(
            parsed.GetValue(DeviceId)!, parsed.GetValue(Threads), Verb.Say);
        var setup = TrainingSetup.Open(file, parsed.GetRequiredValue(Csv), card);
        var series = setup.Data.Series!;
        TestResult? test = null;
        if (setup.Data.Test is { } part)
        {
            using var scorer = new Scorer(model, device, setup.Task, setup.Sample, setup.Scoring);
            test = TestResult.Of(scorer, part, series, cancellation);
            Console.WriteLine($"{"the newest " + part.Count + " rows",-20} mse");
            Console.WriteLine(Line("model", test.Metrics["mse"]));
            foreach (var (name, _) in series.Baselines)
            {
                Console.WriteLine(Line(name, test.Metrics[$"{name}_mse"]));
            }
        }

        float[][] rows = Continue(model, device, series, parsed.GetValue(Steps), cancellation);
        string csv = parsed.GetValue(Out)!;
        Save(csv, series, rows);
        string plot = Path.ChangeExtension(csv, ".html");
        Plot(plot, model.Name, series, test, rows);
        Console.WriteLine($"{rows.Length} rows in {csv}, plotted in {plot}");
        if (parsed.GetValue(Json))
        {
            var told = new JsonObject
            {
                ["model"] = path, ["steps"] = rows.Length, ["csv"] = csv, ["plot"] = plot,
                ["forecast"] = new JsonObject(series.Series.Columns.Select((name, c) =>
                    KeyValuePair.Create<string, JsonNode?>(
                        name, new JsonArray([.. rows.Select(r => JsonValue.Create(r[c]))])))),
            };
            ScoreTable.AddTo(told, test?.Metrics ?? []);
            Verb.Print(told);
        }

        return Verb.Done;
    }

    private static string Line(string name, double value) =>
        string.Create(CultureInfo.InvariantCulture, $"{name,-20} {value:0.######}");

    // Each forecast is taken for true in the next one's window.
    private static float[][] Continue(
        Model model, Device device, SeriesParts series, int steps, CancellationToken cancellation)
    {
        int window = series.Recipe.Window, columns = series.Series.Columns.Count;
        var (mean, deviation) = (series.Split.Normalization.Mean, series.Split.Normalization.Deviation);
        using var session = new Session(model, device);
        using var plan = session.Compile(new InputSpec(new Shape(1, window, columns)));
        var seen = new float[window * columns];
        for (int i = 0; i < seen.Length; i++)
        {
            int row = series.Series.RowCount - window + (i / columns), c = i % columns;
            seen[i] = (series.Series.Row(row)[c] - mean[c]) / deviation[c];
        }

        var rows = new float[steps][];
        var next = new float[columns];
        for (int step = 0; step < steps; step++)
        {
            plan.SetInput(0, MemoryMarshal.AsBytes<float>(seen));
            plan.Run(cancellation);
            plan.ReadOutput(0, MemoryMarshal.AsBytes(next.AsSpan()));
            rows[step] = series.Denormalise(next);
            seen.AsSpan(columns).CopyTo(seen);
            next.CopyTo(seen.AsSpan(seen.Length - columns));
        }

        return rows;
    }

    private static void Save(string path, SeriesParts series, float[][] rows)
    {
        var text = new StringBuilder("step,").AppendJoin(',', series.Series.Columns.Select(Quoted))
            .Append('\n');
        for (int i = 0; i < rows.Length; i++)
        {
            text.Append(i + 1).Append(',').AppendJoin(
                ',', rows[i].Select(x => x.ToString(CultureInfo.InvariantCulture))).Append('\n');
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Quoted(string name) => name.AsSpan().ContainsAny(",\"\n")
        ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : name;

    private static void Plot(
        string path, string title, SeriesParts series, TestResult? test, float[][] rows)
    {
        int shown = Math.Min(series.Series.RowCount, ShownRows);
        int first = series.Series.RowCount - shown;
        float[] none = [.. Enumerable.Repeat(float.NaN, shown)];
        new TrainingReport
        {
            Title = $"{title}: forecast",
            Metrics = test?.Metrics,
            Forecasts =
            [
                .. series.Series.Columns.Select((name, c) => new SeriesForecast(
                    name,
                    [.. Enumerable.Range(first, shown).Select(i => series.Series.Row(i)[c])],
                    [.. none, .. rows.Select(r => r[c])])
                {
                    Start = first, Step = series.Recipe.Step,
                }),
            ],
        }.Write(path);
    }
}
