namespace RealtimeVision.Cli.Tests;

/// <summary>Amounts of memory on the command line.</summary>
public class ByteSizeTests
{
    [TestCase("1", 1)]
    [TestCase("65536", 65536)]
    [TestCase("1K", 1024)]
    [TestCase("512M", 512L << 20)]
    [TestCase("512m", 512L << 20)]
    [TestCase("1.5G", 3L << 29)]
    [TestCase("2 GiB", 2L << 30)]
    [TestCase("64kB", 64L << 10)]
    [TestCase("100B", 100)]
    [TestCase("1T", 1L << 40)]
    [TestCase("9223372036854775807", long.MaxValue)]
    public void AmountsAreRead(string text, long expected)
    {
        Assert.That(ByteSize.TryParse(text, out long bytes), Is.True);
        Assert.That(bytes, Is.EqualTo(expected));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("M")]
    [TestCase("B")]
    [TestCase("iB")]
    [TestCase("5i")]
    [TestCase("5iB")]
    [TestCase("0")]
    [TestCase("0.5")]
    [TestCase("-1")]
    [TestCase("-1K")]
    [TestCase("1,5G")]
    [TestCase("1e9")]
    [TestCase("5 apples")]
    [TestCase("512MM")]
    [TestCase("9000000T")]
    [TestCase("9223372036854775808")]
    [TestCase("99999999999999999999999999999999999")]
    public void WhatIsNoAmountIsNot(string? text) =>
        Assert.That(ByteSize.TryParse(text, out _), Is.False);
}
