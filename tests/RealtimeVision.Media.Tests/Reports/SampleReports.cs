using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media.Tests.Reports;

/// <summary>Reports with every section, of invented numbers that are the same every time.</summary>
internal static class SampleReports
{
    private static readonly string[] s_clothes =
    [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
    ];

    private static readonly string[] s_street =
        ["sky", "road", "lane mark", "pavement", "building", "tree", "car", "pedestrian", "sign"];

    public static TrainingReport Classification()
    {
        var random = new Random(1);
        var matrix = new ConfusionMatrix(10);
        for (int i = 0; i < 10_000; i++)
        {
            int truth = random.Next(10);
            bool isShirt = truth is 0 or 2 or 4 or 6;
            int[] others = isShirt ? [0, 2, 4, 6] : [5, 7, 9, 8];
            bool isRight = random.NextDouble() < (isShirt ? 0.86 : 0.96);
            matrix.Add(truth, isRight ? truth : others[random.Next(4)]);
        }

        return new TrainingReport
        {
            Title = "A small ConvNet on Fashion-MNIST",
            Finished = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
            Duration = TimeSpan.FromSeconds(754),
            SamplesPerSecond = 812.25,
            Seed = 1,
            Machine = new MachineFacts(
                "A processor", 2, "CPU: 2 threads, 512 bits", "Linux 6.1 (X64)", ".NET 10.0.0"),
            Facts = [new("command", "rtv train samples/recipes/fashion-convnet.yaml --epochs 10")],
            Notes = ["3 pictures could not be read and were left out."],
            Metrics = MetricSet.Of(matrix),
            History = History(10),
            BestEpoch = 8,
            Classes = new ClassResults(matrix, s_clothes),
            WorstPredictions =
            [
                .. Enumerable.Range(0, 12).Select(i => new ReportPrediction(
                    $"test/{1000 + (37 * i)}", [Grey(28, 28, i)])
                {
                    Truth = s_clothes[i % 10],
                    Prediction = s_clothes[(i + 4) % 10],
                    Score = $"loss {9 - (0.3 * i):0.00}",
                }),
            ],
            Recipe = "model: convnet\nepochs: 10\nlearning-rate: 0.001  # Adam\n",
        };
    }

    public static TrainingReport Segmentation()
    {
        var random = new Random(2);
        var matrix = new ConfusionMatrix(s_street.Length, ignoreIndex: 255);
        List<ReportPrediction> worst = [];
        for (int i = 0; i < 4; i++)
        {
            (int[] truth, int[] prediction) = Masks(640, 360, random);
            matrix.Add(truth, prediction);
            worst.Add(new ReportPrediction($"street, seed {40 + i}, frame {i * 7}", [Scene(truth)])
            {
                TruthMask = new ReportMask(truth, 640, 360),
                PredictionMask = new ReportMask(prediction, 640, 360),
                Score = $"mean IoU {0.4 + (0.05 * i):0.00}",
            });
        }

        return new TrainingReport
        {
            Title = "Street segmenter",
            Metrics = MetricSet.Of(matrix),
            History = History(60),
            Classes = new ClassResults(matrix, s_street) { IsOfPixels = true },
            WorstPredictions = worst,
        };
    }

    public static TrainingReport Series()
    {
        float[] truth =
        [
            .. Enumerable.Range(0, 400)
                .Select(i => (float)(20 + (8 * Math.Sin(i / 12.0)) + (i % 7))),
        ];
        float[] forecast = [.. truth.Select((t, i) => t + (float)Math.Sin(i * 0.7))];
        float[] persistence = [.. truth.Select((_, i) => truth[Math.Max(0, i - 1)])];
        float[] seasonal = [.. truth.Select((_, i) => truth[Math.Max(0, i - 75)])];
        return new TrainingReport
        {
            Title = "LSTM(50)",
            Metrics = Scores(truth, forecast),
            Comparison =
            [
                new("persistence", Scores(truth, persistence)),
                new("seasonal naive", Scores(truth, seasonal)),
            ],
            History = History(5),
            Forecasts =
            [
                new SeriesForecast("temperature, °C", truth, forecast)
                {
                    Start = 6000,
                    Step = "hour",
                    Baselines = [("persistence", persistence), ("seasonal naive", seasonal)],
                },
            ],
        };
    }

    public static IReadOnlyList<EpochMetrics> History(int epochs) =>
    [
        .. Enumerable.Range(1, epochs).Select(e => new EpochMetrics(
            e,
            new MetricSet
            {
                { "loss", (1.9 / e) + 0.05 }, { "accuracy", 1 - (0.35 / e) - 0.02 },
            },
            new MetricSet
            {
                { "loss", (1.7 / e) + 0.17 + (0.004 * e) }, { "accuracy", 1 - (0.3 / e) - 0.06 },
            },
            1e-3 * Math.Pow(0.6, e))),
    ];

    private static MetricSet Scores(float[] truth, float[] prediction)
    {
        var scores = new RegressionScores();
        scores.Add(truth, prediction);
        return MetricSet.Of(scores);
    }

    private static ReportPicture Grey(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = (i % width) - (width / 2), y = (i / width) - (height / 2);
            pixels[i] = (byte)((x * x) + (y * y) < 60 + (10 * seed) ? 230 - (12 * seed) : 0);
        }

        return new ReportPicture(pixels, width, height, PixelFormat.Gray8);
    }

    private static (int[] Truth, int[] Prediction) Masks(int width, int height, Random random)
    {
        int[] truth = new int[width * height];
        int[] prediction = new int[truth.Length];
        int shift = random.Next(-60, 60);
        for (int i = 0; i < truth.Length; i++)
        {
            truth[i] = At((i % width) + shift, i / width);
            prediction[i] = At((i % width) + shift + 9, (i / width) + 5);
            truth[i] = i / width > 350 ? 255 : truth[i];
        }

        return (truth, prediction);

        static int At(int x, int y) =>
            y < 90 ? 0
            : y < 200 ? (x < 200 ? 4 : x > 420 ? 5 : 0)
            : x is > 300 and < 330 && y > 240 ? 2
            : (x - 420) * (x - 420) + (y - 230) * (y - 230) < 2500 ? 6
            : x is > 80 and < 100 && y < 260 ? 7
            : x + y < 330 || x - y > 310 ? 3 : 1;
    }

    private static ReportPicture Scene(int[] truth)
    {
        byte[] pixels = new byte[3 * truth.Length];
        for (int i = 0; i < truth.Length; i++)
        {
            pixels[3 * i] = (byte)(40 * truth[i]);
            pixels[(3 * i) + 1] = (byte)(i % 640 / 3);
            pixels[(3 * i) + 2] = (byte)(200 - (20 * (truth[i] & 7)));
        }

        return new ReportPicture(pixels, 640, 360, PixelFormat.Rgb24);
    }
}
