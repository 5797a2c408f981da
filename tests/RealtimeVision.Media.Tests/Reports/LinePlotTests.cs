using System.Globalization;
using System.Text.RegularExpressions;

namespace RealtimeVision.Media.Tests.Reports;

public sealed partial class LinePlotTests
{
    [TestCase(0.13, 1.94, new[] { "0.0", "0.5", "1.0", "1.5", "2.0" })]
    [TestCase(0.641, 0.918, new[] { "0.60", "0.70", "0.80", "0.90", "1.00" })]
    [TestCase(-3, 7, new[] { "-4", "-2", "0", "2", "4", "6", "8" })]
    [TestCase(0, 0, new[] { "-0.6", "-0.4", "-0.2", "0.0", "0.2", "0.4", "0.6" })]
    public void AxesEndAtRoundNumbersBeyondTheValues(double least, double most, string[] labels)
    {
        PlotAxis axis = PlotAxis.Linear(least, most, 5);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                axis.Ticks.Select(t => double.Parse(t.Label, CultureInfo.InvariantCulture)),
                Is.EqualTo(labels.Select(l => double.Parse(l, CultureInfo.InvariantCulture))));
            Assert.That(axis.At(least), Is.InRange(0, 1));
            Assert.That(axis.At(most), Is.InRange(0, 1));
        }
    }

    [Test]
    public void EpochsAreWholeNumbers()
    {
        PlotAxis one = PlotAxis.Linear(1, 1, 8, leastStep: 1, endsAtTicks: false);
        PlotAxis ten = PlotAxis.Linear(1, 10, 8, leastStep: 1, endsAtTicks: false);
        Assert.That(one.Ticks.Select(t => t.Label), Is.EqualTo(["1"]));
        Assert.That(ten.Ticks.Select(t => t.Label), Is.EqualTo(["2", "4", "6", "8", "10"]));
        Assert.That((ten.At(1), ten.At(10)), Is.EqualTo((0d, 1d)));
    }

    [Test]
    public void PowersOfTenAreEvenlyApart()
    {
        PlotAxis axis = PlotAxis.Logarithmic(2e-4, 3);
        Assert.That(
            axis.Ticks.Select(t => t.Label),
            Is.EqualTo(["1e-4", "0.001", "0.01", "0.1", "1", "10"]));
        Assert.That(axis.At(0.01), Is.EqualTo(0.4).Within(1e-12));
    }

    [TestCase(1e300, -1e300)]
    [TestCase(1e-320, 3e-320)]
    [TestCase(1e6, 1e6 + 1e-9)]
    [TestCase(1e15, 1e15 + 1)]
    public void ExtremeValuesStayOnThePicture(double first, double second)
    {
        string html = Plot([first, second]);
        Assert.That(html, Does.Not.Contain("NaN").And.Not.Contain("Infinity"));
        Assert.That(Circle().Count(html), Is.EqualTo(2));
        foreach (Match point in Circle().Matches(html))
        {
            Assert.That(
                double.Parse(point.Groups[1].Value, CultureInfo.InvariantCulture),
                Is.InRange(0, 250));
        }
    }

    [Test]
    public void WhatIsNotFiniteIsAGap()
    {
        string html = Plot([1, double.NaN, 2, 3, double.PositiveInfinity]);
        Assert.That(Circle().Count(html), Is.EqualTo(3));
        Assert.That(Line().Match(html).Groups[1].Value.Count(c => c == 'M'), Is.EqualTo(2));
        Assert.That(Plot([double.NaN]), Does.Contain("No finite value."));
    }

    [Test]
    public void LongLinesKeepTheirPeaks()
    {
        double[] values = new double[100_000];
        values[77_777] = 1;
        string html = Plot(values);
        Assert.That(html, Has.Length.LessThan(10_000));
        Assert.That(Line().Match(html).Groups[1].Value, Does.Contain(" 10L"), "the plot's top");
    }

    private static string Plot(double[] values)
    {
        var html = new HtmlWriter();
        new LinePlot
        {
            Title = "t",
            XLabel = "x",
            Lines = [new("y", "training", [.. values.Select((_, i) => (double)i)], values)],
        }.Write(html);
        return html.ToString();
    }

    [GeneratedRegex("<circle cx=\"[^\"]*\" cy=\"([^\"]*)\"")]
    private static partial Regex Circle();

    [GeneratedRegex("class=\"line training\" d=\"([^\"]*)\"")]
    private static partial Regex Line();
}
