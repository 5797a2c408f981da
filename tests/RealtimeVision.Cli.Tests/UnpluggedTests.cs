using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Tests;

/// <summary>A camera on the network that goes away and comes back.</summary>
public class UnpluggedTests
{
    private static readonly TimeSpan LongAbsence = TimeSpan.FromSeconds(6);

    private string _folder = "";
    private string _model = "";
    private byte[] _picture = [];

    [OneTimeSetUp]
    public void MakeModelAndPicture()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-unplugged-").FullName;
        _model = LiveRuns.Classifier(_folder, "labels");
        string path = Path.Combine(_folder, "picture.jpg");
        Process.Start("ffmpeg", [
            "-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x120", "-frames:v", "1", path]).WaitForExit();
        _picture = File.ReadAllBytes(path);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task ACameraThatIsUnpluggedIsSaidAndComesBack()
    {
        int turns = LiveRuns.IsWholeTier ? 20 : 2;
        using var camera = new LoopbackCamera(_picture);
        camera.Plug();
        using var run = await LiveRuns.CreateAsync([camera.Address], [_model], Pace.Realtime);
        run.Start();
        LiveRuns.Until(run, () => run.State.Frame is not null, "first frame");
        LiveRuns.Holdings before = default;
        for (int i = 0; i < turns; i++)
        {
            // By turns its program ends, and it is silent: what is lost, and what is stuck.
            bool isMute = i % 2 == 1;
            if (isMute)
            {
                camera.IsMute = true;
            }
            else
            {
                camera.Unplug();
            }

            TimeSpan said = LiveRuns.Until(run, () => run.State.Stream.Trouble is not null, "word of it");
            long seen = run.State.Stream.Revision;
            if (i % 6 == 4)
            {
                // Away for long: it is tried again and again.
                var away = Stopwatch.StartNew();
                LiveRuns.Until(run, () => away.Elapsed > LongAbsence, "absence");
                Assert.That(run.State.Hud.FrameRate, Is.Zero, "no rate of pictures that do not come");
            }

            if (isMute)
            {
                camera.IsMute = false;
            }
            else
            {
                camera.Plug();
            }

            TimeSpan live = LiveRuns.Until(
                run, () => run.State.Stream.Trouble is null && run.State.Stream.Revision > seen, "picture");
            TestContext.Out.WriteLine($"said after {said.TotalSeconds:F2} s, live {live.TotalSeconds:F2} s after its return");

            // What is promised, on a machine that does nothing else.
            if (LiveRuns.IsWholeTier)
            {
                Assert.That(said, Is.LessThan(TimeSpan.FromSeconds(2)), "said in the HUD");
                Assert.That(live, Is.LessThan(TimeSpan.FromSeconds(3)), "live again");
            }

            before = i == turns / 4 ? LiveRuns.Holdings.Now() : before;
        }

        LiveRuns.Holdings.Now().RequireNoMore(before, turns - (turns / 4) - 1);
    }

    /// <summary>Sends a picture again and again, as cameras with a web page do.</summary>
    private sealed class LoopbackCamera(byte[] picture) : IDisposable
    {
        private readonly int _port = FreePort();
        private CancellationTokenSource? _plug;
        private Task _serving = Task.CompletedTask;

        /// <summary>Whether it sends nothing, though it is there.</summary>
        public volatile bool IsMute;

        public string Address => $"http://127.0.0.1:{_port}/stream";

        public void Plug()
        {
            _plug = new CancellationTokenSource();
            var listener = new TcpListener(IPAddress.Loopback, _port);
            listener.Start();
            _serving = ServeAsync(listener, _plug.Token);
        }

        public void Unplug()
        {
            _plug?.Cancel();
            _serving.Wait();
            _plug?.Dispose();
            _plug = null;
        }

        public void Dispose() => Unplug();

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        private async Task ServeAsync(TcpListener listener, CancellationToken cancellation)
        {
            var clients = new List<Task>();
            try
            {
                while (true)
                {
                    TcpClient client = await listener.AcceptTcpClientAsync(cancellation);
                    clients.Add(SendAsync(client, cancellation));
                }
            }
            catch (OperationCanceledException)
            {
                listener.Stop();
                await Task.WhenAll(clients);
            }
        }

        private async Task SendAsync(TcpClient client, CancellationToken cancellation)
        {
            using (client)
            {
                try
                {
                    NetworkStream stream = client.GetStream();
                    byte[] head = Encoding.ASCII.GetBytes(
                        "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=frame\r\n\r\n");
                    byte[] part = Encoding.ASCII.GetBytes(
                        $"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n");
                    await stream.WriteAsync(head, cancellation);
                    while (true)
                    {
                        if (!IsMute)
                        {
                            await stream.WriteAsync(part, cancellation);
                            await stream.WriteAsync(picture, cancellation);
                            await stream.WriteAsync("\r\n"u8.ToArray(), cancellation);
                        }

                        await Task.Delay(40, cancellation);
                    }
                }
                catch (Exception e) when (e is OperationCanceledException or IOException)
                {
                    // Unplugged, or nobody looks any more.
                }
            }
        }
    }
}
