using System.Diagnostics;
using RealtimeVision.Cli.Live;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>Runs of <c>rtv live</c> inside the test, with tiny networks, and what they take.</summary>
internal static class LiveRuns
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whether long tests are wanted.</summary>
    public static bool IsWholeTier => Environment.GetEnvironmentVariable("RTV_TEST_TIER") == "all";

    /// <summary>Saves a segmenter of that many classes.</summary>
    public static string Segmenter(string folder, string name, int classes) => Save(
        folder, new Sequential(name, new Shape(18, 32, 3), new Conv2D(classes, 3)),
        ModelTask.Segmentation, [.. Enumerable.Range(0, classes).Select(i => $"class-{i}")]);

    /// <summary>Saves a classifier of two classes.</summary>
    public static string Classifier(string folder, string name) =>
        Classifier(folder, name, ["class-0", "class-1"]);

    /// <summary>Saves a classifier of these classes.</summary>
    public static string Classifier(string folder, string name, IReadOnlyList<string> labels) => Save(
        folder,
        new Sequential(
            name, new Shape(18, 32, 3), new GlobalAveragePooling2D(), new Dense(labels.Count)),
        ModelTask.Classification, labels);

    /// <summary>
    /// A run on these sources, or on others that stand for them; nothing is started.
    /// </summary>
    public static async Task<LiveRun> CreateAsync(
        string[] sources,
        string[] models,
        Pace pace = Pace.EveryFrame,
        TeachingPlan? plan = null,
        string[]? shelved = null,
        VisionPriority[]? priorities = null,
        LiveOutputs? outputs = null,
        IFrameSource[]? others = null)
    {
        StreetCamera.Register();
        var shelf = new SourceShelf(sources, SourceOptions.Default);
        return await LiveRun.CreateAsync(
            others ?? shelf.CreateGiven(),
            models,
            new ModelShelf(shelved ?? models),
            new VisionOptions
            {
                Device = "cpu", Threads = 1, Pace = pace, ExpectedWidth = 320, ExpectedHeight = 180,
                Confidence = true,
            },
            BackgroundChoices.Parse(null),
            refines: null,
            plan,
            new LivePipelineOptions
            {
                FirstRetry = TimeSpan.FromSeconds(0.5), LongestRetry = TimeSpan.FromSeconds(1),
            },
            outputs ?? new LiveOutputs(null, null),
            shelf,
            priorities ?? [.. sources.Select(_ => VisionPriority.Normal)],
            CancellationToken.None);
    }

    /// <summary>Lets a run go on until something is so.</summary>
    /// <returns>How long that took.</returns>
    public static TimeSpan Until(LiveRun run, Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(waited.Elapsed, Is.LessThan(Patience), $"no {what}: {run.State.Message}");
            run.Streams[0].Engine.WaitForNews(TimeSpan.FromMilliseconds(5));
            run.Update();
            run.Obey();
        }

        return waited.Elapsed;
    }

    /// <summary>Chooses an item of a menu.</summary>
    public static void Choose(LiveRun run, ViewerRequest menu, string text)
    {
        run.Open(menu);
        ViewerMenu open = run.State.Menu!;
        string[] items = [.. open.Items.Select(item => item.Text)];
        Assert.That(items, Does.Contain(text));
        open.Select(Array.IndexOf(items, text));
        run.Controller.Press(ViewerKey.Enter);
        run.Obey();
        Assert.That(run.State.Menu, Is.Null);
    }

    private static string Save(
        string folder, Sequential network, ModelTask task, IReadOnlyList<string> labels)
    {
        using (network)
        {
            network.Initialise(3);
            network.Manifest = new ModelManifest
            {
                Name = network.Name,
                Task = task,
                Labels = labels,
            };
            string path = Path.Combine(folder, network.Name + ".safetensors");
            NetworkFile.Save(network, path);
            return path;
        }
    }

    /// <summary>What the process holds that has to be given back.</summary>
    /// <param name="Threads">Threads of the system.</param>
    /// <param name="Files">Open files, pipes and sockets, where that can be counted.</param>
    /// <param name="Heap">Bytes of managed memory that are in use.</param>
    /// <param name="Resident">Bytes of all memory, of native code and drivers too.</param>
    /// <param name="OpenGl">Textures, buffers and shaders of a renderer.</param>
    public readonly record struct Holdings(int Threads, int Files, long Heap, long Resident, int OpenGl)
    {
        // Threads and files that come and go with the runtime's own pool; a leak would be one a turn.
        private const int Slack = 8;

        // Buffers that grow once, and what the test's own runner keeps of each assertion.
        private const long HeapSlack = 4 << 20;
        private const long ResidentSlack = 64 << 20;

        public static Holdings Now(int openGl = 0)
        {
            for (int i = 0; i < 2; i++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }

            using var process = Process.GetCurrentProcess();
            GCMemoryInfo heap = GC.GetGCMemoryInfo(GCKind.FullBlocking);
            return new Holdings(
                process.Threads.Count,
                OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0,
                heap.HeapSizeBytes - heap.FragmentedBytes,
                process.WorkingSet64,
                openGl);
        }

        /// <summary>Fails where more is held than before.</summary>
        public void RequireNoMore(Holdings before, int turns)
        {
            TestContext.Out.WriteLine($"before {before}\nafter  {this}, {turns} turns");
            Assert.That(Threads, Is.LessThanOrEqualTo(before.Threads + Slack), "threads");
            Assert.That(Files, Is.LessThanOrEqualTo(before.Files + Slack), "open files");
            Assert.That(Heap, Is.LessThan(before.Heap + HeapSlack), "managed memory");
            Assert.That(Resident, Is.LessThan(before.Resident + ResidentSlack), "memory");
            Assert.That(OpenGl, Is.EqualTo(before.OpenGl), "textures and buffers");
        }
    }
}
