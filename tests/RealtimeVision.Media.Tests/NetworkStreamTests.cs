using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media.Tests;

/// <summary>Real streams over HTTP on the loopback address, served by ffmpeg.</summary>
public sealed class NetworkStreamTests
{
    // Connecting is retried until the server listens; a server that never does fails the test here.
    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(60);

    [Test]
    public void AStreamThatIsLostIsNamedAndOpensAgain()
    {
        int port = TestFiles.FreePort();
        using IFrameSource source = FrameSources.Create(
            $"http://viewer:s3cret-word@127.0.0.1:{port}/cam");
        Assert.That(source.Name, Is.EqualTo($"http://viewer:***@127.0.0.1:{port}/cam"));
        Assert.That(source.IsLive, Is.True);
        var frame = new Frame();
        for (int life = 0; life < 2; life++)
        {
            using Process server = Serve(port);
            try
            {
                OpenWhenServed(source, server);
                TimeSpan last = TimeSpan.FromSeconds(-1);
                for (int i = 0; i < 10; i++)
                {
                    Assert.That(source.Read(frame, default), Is.True);
                    Assert.That((frame.Width, frame.Height), Is.EqualTo((96, 64)));
                    Assert.That(frame.Index, Is.EqualTo(i));
                    Assert.That(frame.Timestamp, Is.GreaterThan(last));
                    PixelConstraints.AssertPixel(frame, 48, 32, (255, 0, 0));
                    last = frame.Timestamp;
                }
            }
            finally
            {
                server.Kill();
                server.WaitForExit();
            }

            Assert.That(
                () => ReadForever(source, frame),
                Throws.TypeOf<SourceException>()
                    .With.Message.StartsWith(source.Name + ": the stream was lost after ")
                    .And.Message.Not.Contain("s3cret"));
            Assert.That(() => source.Read(frame, default), Throws.InvalidOperationException);
        }
    }

    [Test]
    public void NobodyListeningIsNamedWithoutThePassword()
    {
        int port = TestFiles.FreePort();
        using IFrameSource source = FrameSources.Create(
            $"http://viewer:s3cret%20word@127.0.0.1:{port}/cam?token=t0ken-value&size=1");
        Assert.That(
            () => source.Open(default),
            Throws.TypeOf<SourceException>()
                .With.Message.Contain("Connection refused")
                .And.Message.Contain(
                    $"http://viewer:***@127.0.0.1:{port}/cam?token=***&size=1: cannot be opened")
                .And.Message.Not.Contain("s3cret").And.Message.Not.Contain("t0ken"));
    }

    [Test]
    public void AServerThatNeverAnswersIsNamed()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using IFrameSource source = FrameSources.Create(
            $"http://127.0.0.1:{port}/",
            new SourceOptions { OpenTimeout = TimeSpan.FromSeconds(1) });
        Assert.That(
            () => source.Open(default),
            Throws.TypeOf<SourceException>().With.Message.Match("no picture within 1 s"));
    }

    [Test]
    public void AServerThatStopsSendingHasStalled()
    {
        // Three pictures of a stream, and then silence on an open connection.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var files = new TestFiles();
        TestFiles.Ffmpeg(
            "-f", "lavfi", "-i", "color=red:size=96x64:rate=25", "-frames:v", "40", "-f", "mpjpeg",
            files["stream"]);
        using var served = new ManualResetEventSlim();
        byte[] stream = File.ReadAllBytes(files["stream"]);
        var server = new Thread(() => SendThenFallSilent(listener, stream, served));
        server.Start();

        using IFrameSource source = FrameSources.Create(
            $"http://127.0.0.1:{port}/",
            new SourceOptions { StallTimeout = TimeSpan.FromSeconds(1) });
        try
        {
            source.Open(default);
            Assert.That(
                () => ReadForever(source, new Frame()),
                Throws.TypeOf<SourceException>()
                    .With.Message.Match("no data for 1 s; the source has stalled"));
        }
        finally
        {
            served.Set();
            server.Join();
        }
    }

    [Test]
    public void OpeningCanBeCancelled()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        using FfmpegSource source = FfmpegSource.FromUrl($"http://127.0.0.1:{port}/");
        using var cancellation = new CancellationTokenSource();
        var opening = new Thread(() =>
        {
            // The program has connected, so the opening is under way.
            using TcpClient client = silent.AcceptTcpClient();
            cancellation.Cancel();
        });
        opening.Start();
        Assert.That(
            () => source.Open(cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        opening.Join();
        Assert.That(source.ProcessId, Is.Null);
    }

    [Test]
    public void AFileOnAWebServerHasAnEnd()
    {
        using var files = new TestFiles();
        byte[] clip = File.ReadAllBytes(files.Clip("clip.mp4", 8, "-movflags", "+faststart"));
        int port = TestFiles.FreePort();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        server.BeginGetContext(Answer, null);

        using FfmpegSource source = FfmpegSource.FromUrl($"http://127.0.0.1:{port}/clip.mp4");
        Assert.That(source.IsLive, Is.False);
        source.Open(default);
        Assert.That(source.FrameRate, Is.EqualTo(25));
        Assert.That(source.FrameCount, Is.EqualTo(8));
        var frame = new Frame();
        int count = 0;
        while (source.Read(frame, default))
        {
            count++;
        }

        Assert.That(count, Is.EqualTo(8));

        void Answer(IAsyncResult result)
        {
            try
            {
                HttpListenerContext context = server.EndGetContext(result);
                server.BeginGetContext(Answer, null);
                context.Response.ContentLength64 = clip.Length;
                context.Response.OutputStream.Write(clip);
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The client has seen enough, or the test is over.
            }
        }
    }

    private static Process Serve(int port) => TestFiles.Start(
        "-re", "-f", "lavfi", "-i", "color=red:size=96x64:rate=25", "-f", "mpjpeg", "-listen", "1",
        $"http://127.0.0.1:{port}/cam");

    internal static void OpenWhenServed(IFrameSource source, Process server)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                source.Open(default);
                return;
            }
            catch (SourceException e) when (e.Message.Contains("refused", StringComparison.Ordinal))
            {
                Assert.That(server.HasExited, Is.False, "the server ended");
                TimeSpan waited = Stopwatch.GetElapsedTime(start);
                Assert.That(waited, Is.LessThan(ServerPatience), e.Message);
            }
        }
    }

    private static void ReadForever(IFrameSource source, Frame frame)
    {
        while (source.Read(frame, default))
        {
        }
    }

    private static void SendThenFallSilent(
        TcpListener listener, byte[] stream, ManualResetEventSlim until)
    {
        using TcpClient client = listener.AcceptTcpClient();
        using NetworkStream connection = client.GetStream();
        connection.Write(
            "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=ffmpeg\r\n\r\n"u8);
        connection.Write(stream);
        until.Wait();
    }
}
