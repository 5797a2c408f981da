using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Media.Tests.Reports;

public sealed partial class TrainingReportTests
{
    private const string Evil = "<script>alert('a & \"b\"')</script>";

    private static readonly TrainingReport[] s_samples =
        [SampleReports.Classification(), SampleReports.Segmentation(), SampleReports.Series()];

    [TestCaseSource(nameof(s_samples))]
    public void AReportIsOneWellFormedFileThatFetchesNothing(TrainingReport report)
    {
        string html = report.ToHtml();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Tree(html), Throws.Nothing);
            Assert.That(html, Does.Not.Contain("<script").And.Not.Contain("http"));
            Assert.That(html, Does.Not.Contain("NaN").And.Not.Contain("∞").And.Not.Contain("\r"));
            Assert.That(html, Does.Contain("prefers-color-scheme: dark"));
        }
    }

    [Test]
    public void ReportsAreTheSameInEveryCulture()
    {
        string[] expected = [.. s_samples.Select(r => r.ToHtml())];
        CultureInfo before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.That(s_samples.Select(r => r.ToHtml()), Is.EqualTo(expected));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Test]
    public void TextIsEscapedWhereverItStands()
    {
        var matrix = new ConfusionMatrix(2);
        matrix.Add([0, 0, 1], [0, 1, 1]);
        var picture = new ReportPicture([0], 1, 1, PixelFormat.Gray8);
        string html = new TrainingReport
        {
            Title = Evil,
            Recipe = Evil,
            Notes = [Evil],
            Facts = [new(Evil, Evil)],
            Machine = new MachineFacts(Evil, 1, Evil, Evil, Evil),
            Metrics = new MetricSet { { Evil, 1 } },
            Comparison = [new(Evil, new MetricSet { { Evil, 2 } })],
            History = [new(1, new MetricSet { { Evil, 1 } })],
            Classes = new ClassResults(matrix, [Evil, "b"]) { IsOfPixels = true },
            Forecasts =
            [
                new(Evil, [1, 2], [2, 3]) { Step = Evil, Baselines = [(Evil, [1f, 1f])] },
            ],
            WorstPredictions =
            [
                new(Evil, [picture])
                {
                    Truth = Evil,
                    Prediction = Evil,
                    Score = Evil,
                    TruthMask = new ReportMask([0], 1, 1),
                },
            ],
        }.ToHtml();

        XElement tree = Tree(html);
        Assert.That(html, Does.Not.Contain("<script"));
        Assert.That(tree.Descendants("h1").Single().Value, Is.EqualTo(Evil));
        Assert.That(tree.Descendants("pre").Single().Value, Is.EqualTo(Evil));
    }

    [Test]
    public void TheNumbersAreThere()
    {
        XElement tree = Tree(SampleReports.Classification().ToHtml());
        ConfusionMatrix matrix = SampleReports.Classification().Classes!.Matrix;
        string[][] rows = Rows(tree, "confusion");
        Assert.That(rows, Has.Length.EqualTo(11));
        for (int truth = 0; truth < 10; truth++)
        {
            Assert.That(
                rows[truth + 1].Skip(1),
                Is.EqualTo(Enumerable.Range(0, 10).Select(p => matrix[truth, p])
                    .Select(n => n == 0 ? "" : n.ToString(CultureInfo.InvariantCulture))));
        }

        string[][] facts = Rows(tree, "facts");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(facts, Has.Member(new[] { "duration", "12 min 34 s" }));
            Assert.That(facts, Has.Member(new[] { "samples a second", "812.3" }));
            Assert.That(facts, Has.Member(new[] { "finished", "2026-01-02 03:04 UTC+01:00" }));
            Assert.That(facts, Has.Member(new[] { "seed", "1" }));
            Assert.That(tree.Descendants("svg").Count(), Is.EqualTo(3));
            Assert.That(
                tree.Descendants("svg").Select(s => (string)s.Attribute("aria-label")!),
                Is.EqualTo(["loss", "accuracy", "learning rate"]));
            Assert.That(tree.Descendants("img").Count(), Is.EqualTo(12));
        }
    }

    [Test]
    public void ManyClassesAreShownByThoseMostConfused()
    {
        var matrix = new ConfusionMatrix(1000);
        for (int c = 0; c < 1000; c++)
        {
            matrix.Add(c, c);
        }

        matrix.Add(123, 456);
        matrix.Add([7, 7], [8, 8]);
        string[] names = [.. Enumerable.Range(0, 1000).Select(c => $"class {c}")];
        string html = new TrainingReport
        {
            Title = "many",
            Classes = new ClassResults(matrix, names) { IsOfPixels = true },
        }.ToHtml();
        string[][] pairs = Rows(Tree(html), null)
            .SkipWhile(r => r is not ["truth", "taken for", ..]).Skip(1).ToArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(html, Has.Length.LessThan(60_000));
            Assert.That(pairs, Is.EqualTo(new string[][]
            {
                ["class 7", "class 8", "2", "66.7"], ["class 123", "class 456", "1", "50.0"],
            }));
        }
    }

    [Test]
    public void PicturesAreDecodedToWhatWasGiven()
    {
        string html = new TrainingReport
        {
            Title = "t",
            Classes = new ClassResults(new ConfusionMatrix(2), ["a", "b"])
            {
                Colours = [0x102030ff, 0xff8000ff],
            },
            WorstPredictions =
            [
                new("small", [new ReportPicture([1, 2, 3, 4, 5, 6], 2, 1, PixelFormat.Rgb24)])
                {
                    TruthMask = new ReportMask([0, 1, 255], 3, 1),
                },
                new("large", [new ReportPicture(new byte[900 * 450], 900, 450, PixelFormat.Gray8)]),
            ],
        }.ToHtml();

        Frame[] frames =
        [
            .. DataUri().Matches(html).Select(
                m => Picture.Decode(Convert.FromBase64String(m.Groups[1].Value))),
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(frames[0].Pixels.ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5, 6 }));

            // What is no class is transparent, which is white where it is read.
            Assert.That(
                frames[1].Pixels.ToArray(),
                Is.EqualTo(new byte[] { 0x10, 0x20, 0x30, 0xff, 0x80, 0, 255, 255, 255 }));
            Assert.That((frames[2].Width, frames[2].Height), Is.EqualTo((320, 160)));
        }
    }

    [Test]
    public void SizesHaveToFit()
    {
        Assert.That(
            () => new ReportPicture(new byte[5], 2, 1, PixelFormat.Rgb24),
            Throws.ArgumentException.With.Message.Contains("5 bytes given, 2x1 Rgb24 has 6"));
        Assert.That(
            () => new ReportMask(new int[5], 2, 2),
            Throws.ArgumentException.With.Message.Contains("5 labels given, 2x2 has 4"));
        Assert.That(
            () => new ClassResults(new ConfusionMatrix(2), ["a"]),
            Throws.ArgumentException.With.Message.Contains("1 names for 2 classes"));
    }

    [Test]
    public void AnEmptyReportIsAHeading()
    {
        XElement body = Tree(new TrainingReport { Title = "t" }.ToHtml()).Element("body")!;
        Assert.That(body.Elements().Select(e => e.Name.LocalName), Is.EqualTo(["h1"]));
    }

    [Test]
    public void EpochsOfATrainerAreCountedFromOne()
    {
        var validation = new MetricSet { { "loss", 0.5 }, { "accuracy", 0.9 } };
        XElement tree = Tree(new TrainingReport
        {
            Title = "t",
            History =
            [
                EpochMetrics.Of(new EpochRecord(10, 0, 0.5f, 2, 0, [], 1)),
                EpochMetrics.Of(new EpochRecord(20, 1, 0.25f, 1, 0, validation, 1)),
            ],
        }.ToHtml());
        Assert.That(Rows(tree, null).TakeLast(2), Is.EqualTo(new string[][]
        {
            ["1", "2.0000", "", "", "", "0.5000"],
            ["2", "1.0000", "0.5000", "", "0.9000", "0.2500"],
        }));
    }

    [Test]
    public void TheFileIsWrittenWholeOrNotAtAll()
    {
        using var files = new TestFiles();
        TrainingReport report = SampleReports.Series();
        File.WriteAllText(files["report.html"], "old");
        report.Write(files["report.html"]);
        Assert.That(File.ReadAllText(files["report.html"]), Is.EqualTo(report.ToHtml()));
        Assert.That(
            () => report.Write(files["missing/report.html"]),
            Throws.TypeOf<MediaException>().With.Message.Contains("missing/report.html"));
        Assert.That(Directory.GetFileSystemEntries(files.Folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void TheMachineHasAName()
    {
        MachineFacts facts = MachineFacts.Here("CPU", threads: 2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(facts.Processor, Is.Not.Empty.And.Not.Contain("\0"));
            Assert.That((facts.Device, facts.Threads), Is.EqualTo(("CPU", 2)));
            Assert.That(facts.Runtime, Does.StartWith(".NET"));
        }
    }

    // HTML as this library writes it is XML, but for the elements without an end.
    private static XElement Tree(string html) => XElement.Parse(
        VoidElement().Replace(html["<!DOCTYPE html>".Length..], "<$1/>"));

    private static string[][] Rows(XElement tree, string? table) =>
    [
        .. tree.Descendants("table")
            .Where(t => table is null || (string?)t.Attribute("class") == table)
            .Descendants("tr")
            .Select(r => r.Elements().Select(c => c.Value.Trim()).ToArray()),
    ];

    [GeneratedRegex("<((?:meta|img)\\b[^>]*)>")]
    private static partial Regex VoidElement();

    [GeneratedRegex("base64,([^\"]+)\"")]
    private static partial Regex DataUri();
}
