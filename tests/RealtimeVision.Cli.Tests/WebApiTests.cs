using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Tests;

/// <summary>The sample that answers pictures over HTTP, asked over this machine's own network.</summary>
public class WebApiTests
{
    private Process _server = null!;
    private HttpClient _client = null!;
    private byte[] _picture = [];
    private byte[] _truth = [];

    [OneTimeSetUp]
    public void StartServer()
    {
        var renderer = new StreetRenderer();
        var frame = new Frame();
        _truth = new byte[renderer.Width * renderer.Height];
        renderer.Render(new StreetScene(seed: 5, StreetWeather.Clear), 3, frame, _truth);
        _picture = Picture.EncodePng(frame.Pixels, frame.Width, frame.Height, frame.Format);
        _server = SampleTests.Start(
            "dotnet", Path.Combine(AppContext.BaseDirectory, "WebApi.dll"),
            "--model", SampleTests.StreetSegmenter,
            "--classifier", Repository.PathOf("models", "street-weather.safetensors"),
            "--device", "cpu", "--urls", "http://127.0.0.1:0");
        const string Said = "Now listening on: ";
        string? line;
        do
        {
            line = _server.StandardOutput.ReadLine();
        }
        while (line?.Contains(Said) == false);
        Assert.That(line, Is.Not.Null, _server.HasExited ? _server.StandardError.ReadToEnd() : "");
        _ = _server.StandardOutput.ReadToEndAsync();
        _client = new HttpClient { BaseAddress = new Uri(line![(line.IndexOf(Said) + Said.Length)..]) };
    }

    [OneTimeTearDown]
    public void StopServer()
    {
        _client?.Dispose();
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    [Test]
    public async Task APictureIsAnsweredWithItsMaskAndLabels()
    {
        using var answer = await Post(_picture, "image/png");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        JsonNode told = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.That((int)told["width"]!, Is.EqualTo(640));
        double road = (double)told["classes"]!.AsArray().Single(c => (string)c!["label"]! == "road")!["share"]!;
        Assert.That(
            road, Is.EqualTo((double)_truth.Count(StreetClasses.Road) / _truth.Length).Within(0.1));
        Assert.That((string)told["labels"]![0]!["label"]!, Is.EqualTo("clear"));
        Frame mask = Picture.Decode(Convert.FromBase64String((string)told["mask"]!["png"]!));
        Assert.That(mask.Width, Is.EqualTo((int)told["mask"]!["width"]!));
        int seen = 0;
        for (int i = 0; i < mask.Pixels.Length; i += mask.Channels)
        {
            seen += mask.Pixels[i] == StreetClasses.Road ? 1 : 0;
        }

        Assert.That(seen / (double)(mask.Width * mask.Height), Is.EqualTo(road).Within(1e-6));
    }

    [Test]
    public async Task ManyAtOnceGetTheirAnswersOrAreToldToComeAgain()
    {
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => Post(_picture, "image/png")));
        Assert.That(
            answers.Select(a => a.StatusCode),
            Is.All.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(answers.Count(a => a.IsSuccessStatusCode), Is.GreaterThanOrEqualTo(10));
        Assert.That(
            answers.Where(a => !a.IsSuccessStatusCode).Select(a => a.Headers.RetryAfter), Has.None.Null);
        Array.ForEach(answers, a => a.Dispose());
    }

    [TestCase("text/plain", 64, 415, "Content-Type")]
    [TestCase("image/png", 0, 400, "picture")]
    [TestCase("image/jpeg", 64, 400, "picture")]
    [TestCase("image/png", 9 << 20, 413, "8388608")]
    public async Task WhatCannotBeAnsweredIsRefused(string type, int bytes, int status, string why)
    {
        using var answer = await Post(new byte[bytes], type);
        string told = await answer.Content.ReadAsStringAsync();
        Assert.That((int)answer.StatusCode, Is.EqualTo(status), told);
        Assert.That(told, Does.Contain(why));
    }

    [Test]
    public async Task ASmallFileOfAHugePictureIsRefusedBeforeItIsDecoded()
    {
        byte[] grey = new byte[5000 * 4000];
        using var answer = await Post(Picture.EncodePng(grey, 5000, 4000, PixelFormat.Gray8), "image/png");
        Assert.That((int)answer.StatusCode, Is.EqualTo(413));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("5000x4000"));
    }

    [Test]
    public async Task TheModelIsTold()
    {
        JsonNode told = JsonNode.Parse(await _client.GetStringAsync("/"))!;
        Assert.That((string)told["labels"]![1]!, Is.EqualTo("road"));
    }

    private Task<HttpResponseMessage> Post(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);

        // The body is sent once the server asks for it: one that is refused before is not.
        var request = new HttpRequestMessage(HttpMethod.Post, "/segment") { Content = content };
        request.Headers.ExpectContinue = true;
        return _client.SendAsync(request);
    }
}
