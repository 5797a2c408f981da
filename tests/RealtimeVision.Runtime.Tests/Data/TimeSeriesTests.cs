using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Tests.Data;

public sealed class TimeSeriesTests
{
    [Test]
    public void ColumnsAreReadByName()
    {
        TimeSeries series = Load(
            "\uFEFFdate,\"a \"\"b\"\"\",c\r\n\"1, 2\",3.5,-4e1\r\n\r\nx,5,6", ["c", "a \"b\""]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(series.RowCount, Is.EqualTo(2));
            Assert.That(series.Row(0).ToArray(), Is.EqualTo([-40f, 3.5f]));
            Assert.That(series.Row(1).ToArray(), Is.EqualTo([6f, 5f]));
        }
    }

    [TestCase("", "is empty")]
    [TestCase("a,b\n1,2\n3\n", "line 3 has 1 values, there are 2 columns")]
    [TestCase("a,c\n1,2\n", "has no column 'b'; there are a, c")]
    [TestCase("a,b\n1,2\n3,x\n", "line 3, column 'b' is 'x', no finite number")]
    [TestCase("a,b\n1,NaN\n", "line 2, column 'b' is 'NaN'")]
    [TestCase("a,b\n1,\"2\n", "a quote on line 2 is not closed")]
    public void BadFilesAreRefused(string text, string problem) => Assert.That(
        () => Load(text, ["a", "b"]),
        Throws.TypeOf<DatasetException>().With.Message.Contains(problem));

    [Test]
    public void PartsFollowOneAnotherInTimeAndTrainingAloneNormalises()
    {
        // The end is far away: it must not be seen in the statistics.
        string rows = string.Concat(Enumerable.Range(0, 100).Select(
            i => string.Create(CultureInfo.InvariantCulture, $"{(i < 70 ? i : 1000 + i)},5\n")));
        SeriesSplit split = Load("x,y\n" + rows, []).Split(10, 2, 0.1, 0.2);
        double deviation = Math.Sqrt(Enumerable.Range(0, 70).Average(i => (i - 34.5) * (i - 34.5)));

        (float[] window, float[] next) = Read(split.Train, 0);
        (float[] reachingBack, float[] first) = Read(split.Validation, 0);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(split.Normalization.Mean, Is.EqualTo([34.5f, 5f]));
            Assert.That(split.Normalization.Deviation[0], Is.EqualTo(deviation).Within(1e-4));
            Assert.That(split.Normalization.Deviation[1], Is.EqualTo(1));
            Assert.That(split.Train.InputType, Is.EqualTo(TensorType.Float(10, 2)));
            Assert.That(split.Train.TargetType, Is.EqualTo(TensorType.Float(2)));

            // Training predicts rows 11 to 69, validation 70 to 79, the test 80 to 99.
            Assert.That(
                (split.Train.Count, split.Validation.Count, split.Test.Count),
                Is.EqualTo((59, 10, 20)));
            Assert.That(split.Train.TargetRow(58), Is.EqualTo(69));
            Assert.That(split.Test.TargetRow(19), Is.EqualTo(99));
            Assert.That(window[18], Is.EqualTo((9 - 34.5) / deviation).Within(1e-5));
            Assert.That(next[0], Is.EqualTo((11 - 34.5) / deviation).Within(1e-5));
            Assert.That(next[1], Is.Zero);
            Assert.That(reachingBack[18], Is.EqualTo((68 - 34.5) / deviation).Within(1e-5));
            Assert.That(first[0], Is.EqualTo((1070 - 34.5) / deviation).Within(1e-3));
        }
    }

    [Test]
    public void ASeriesShorterThanAWindowIsRefused() => Assert.That(
        () => Load("x\n1\n2\n3\n", []).Split(3, 1, 0, 0),
        Throws.TypeOf<DatasetException>().With.Message.Contains("has 3 rows"));

    private static TimeSeries Load(string text, string[] columns)
    {
        using var directory = new TemporaryDirectory();
        return TimeSeries.LoadCsv(
            directory.Write("series.csv", Encoding.UTF8.GetBytes(text)), columns);
    }

    private static (float[] Input, float[] Target) Read(SeriesWindows windows, int index)
    {
        (byte[] input, byte[] target) = Samples.Read(windows, index);
        return (
            MemoryMarshal.Cast<byte, float>(input.AsSpan()).ToArray(),
            MemoryMarshal.Cast<byte, float>(target.AsSpan()).ToArray());
    }
}
