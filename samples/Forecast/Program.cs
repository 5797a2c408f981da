// An LSTM forecasts a monthly series one month ahead from the 100 months before, against two
// forecasts that need no network: what was last month, and what was a year ago.
//
// dotnet run -c Release --project samples/Forecast -- [--data F.csv --column NAME --season 12]
using System.Diagnostics;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

var options = new Options(
    args, ("data", Path.Combine(AppContext.BaseDirectory, "nino-sst.csv")),
    ("column", "temperature"), ("season", "12"), ("window", "100"), ("units", "50"),
    ("epochs", "30"), ("batch", "16"), ("report", "forecast.html"));
int window = options.Number("window"), season = options.Number("season");
using var device = options.OpenDevice();

// The oldest 70 % of the months are for training, the newest 20 % for the test. Values are
// normalised by the training part alone.
var series = TimeSeries.LoadCsv(options["data"], [options["column"]]);
var split = series.Split(window, horizon: 1, validation: 0.1, test: 0.2);
Console.WriteLine(
    $"{series.RowCount} values: {split.Train.Count} windows to train with, "
    + $"{split.Validation.Count} to choose the epoch, {split.Test.Count} for the test");

using var network = new Sequential(
    "forecaster", new Shape(window, 1), new Lstm(options.Number("units")), new Dense(1));
network.Initialise(options.Seed);
Console.Write(network.Summary());

var training = new TrainerOptions
{
    Epochs = options.Number("epochs"),
    BatchSize = options.Number("batch"),
    Seed = options.Seed,
    Schedule = new CosineSchedule(),
    MaxGradientNorm = 1,
    EarlyStopping = new EarlyStopping(Patience: int.MaxValue, RestoreBest: true),
};
using var trainer = new Trainer(network, new Regression(), new Adam(0.003f), device, training);
trainer.EpochEnded += e => Console.WriteLine(
    $"epoch {e.Epoch + 1}: loss {e.Loss:F4}, validation {e.Validation["mse"]:F4}, "
    + $"{e.Seconds:F1} s");
var clock = Stopwatch.StartNew();
var result = trainer.Fit(split.Train, split.Validation);

// The test: all windows at once, and the predictions turned back to the units of the series.
int count = split.Test.Count, first = split.Test.TargetRow(0);
var windows = new Tensor(TensorType.Float(count, window, 1));
for (int i = 0; i < count; i++)
{
    split.Test.Read(i, windows.Bytes.Slice(i * window * 4, window * 4), new byte[4]);
}

using var session = new Session(network, device);
var outputs = session.Run(new Dictionary<string, Tensor> { [network.Inputs[0].Name] = windows });
var (mean, deviation) = (split.Normalization.Mean[0], split.Normalization.Deviation[0]);
float[] forecast =
    [.. outputs[network.Outputs[0].Name].As<float>().ToArray().Select(x => (x * deviation) + mean)];
float[] truth = Rows(lag: 0), persistence = Rows(lag: 1), seasonal = Rows(season);

var scores = Score(forecast);
ComparedMetrics[] baselines =
    [new("persistence", Score(persistence)), new("seasonal naive", Score(seasonal))];
Console.WriteLine($"{"test",-16}{"MSE",8}");
Console.WriteLine($"{"LSTM",-16}{scores["mse"],8:F3}");
foreach (var baseline in baselines)
{
    Console.WriteLine($"{baseline.Name,-16}{baseline.Metrics["mse"],8:F3}");
}

new TrainingReport
{
    Title = $"LSTM({options["units"]}) on {Path.GetFileName(options["data"])}",
    Metrics = scores,
    Comparison = baselines,
    History = [.. result.History.Select(EpochMetrics.Of)],
    Forecasts =
    [
        new SeriesForecast(options["column"], truth, forecast)
        {
            Start = first,
            Baselines = [("persistence", persistence), ("seasonal naive", seasonal)],
        },
    ],
    Machine = MachineFacts.Here(device.Description),
    Seed = (long)options.Seed,
    Duration = clock.Elapsed,
}.Write(options["report"]);
Console.WriteLine($"plot: {options["report"]}");

float[] Rows(int lag) => [.. Enumerable.Range(first - lag, count).Select(r => series.Row(r)[0])];

MetricSet Score(float[] predicted)
{
    var errors = new RegressionScores();
    errors.Add(truth, predicted);
    return MetricSet.Of(errors);
}
