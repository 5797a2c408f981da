using RealtimeVision.Cli.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Tests;

/// <summary>What a window remembers.</summary>
public class ViewerSettingsTests
{
    private readonly List<string> _said = [];
    private string _folder = "";

    private string PathOf => Path.Combine(_folder, "settings", "viewer.json");

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-settings-").FullName;
        _said.Clear();
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void WhatIsSavedIsWhatIsLoaded()
    {
        Assert.That(ViewerSettings.Load(PathOf, _said.Add), Is.EqualTo(new ViewerSettings()));
        var settings = new ViewerSettings
        {
            View = "contours", Opacity = 0.3f, Smoothing = 0.7f, Objects = true, Legend = true, Graphs = true,
            Hud = false, Loop = true, Width = 800, Height = 600,
        };
        settings.Save(PathOf, _said.Add);
        Assert.That(ViewerSettings.Load(PathOf, _said.Add), Is.EqualTo(settings));
        Assert.That(_said, Is.Empty);
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(PathOf)!), Is.EqualTo([PathOf]), "nothing else is left");

        var state = new ViewerState();
        settings.Apply(state);
        Assert.That(state.View, Is.SameAs(Views.Contours));
        Assert.That((state.Opacity, state.ShowObjects, state.ShowHud), Is.EqualTo((0.3f, true, false)));
    }

    [TestCase("", "cannot be read")]
    [TestCase("nonsense", "cannot be read")]
    [TestCase("""{ "version": 1, "view": "none" }""", "cannot be read")]
    [TestCase("""{ "version": 1, "opacity": 7 }""", "cannot be read")]
    [TestCase("""{ "version": 1, "width": "wide" }""", "cannot be read")]
    [TestCase("""{ "version": 1, "colour": 3 }""", "cannot be read")]
    [TestCase("""{ "version": 2 }""", "version 2")]
    [TestCase("""{ "view": "mask" }""", "version 0")]
    public void BrokenOnesAreLeftOutAndSaid(string text, string message)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf)!);
        File.WriteAllText(PathOf, text);
        Assert.That(ViewerSettings.Load(PathOf, _said.Add), Is.EqualTo(new ViewerSettings()));
        Assert.That(_said, Has.Count.EqualTo(1));
        Assert.That(_said[0], Does.Contain(PathOf).And.Contain(message));
    }

    [Test]
    public void AFolderThatCannotBeMadeIsSaid()
    {
        File.WriteAllText(Path.Combine(_folder, "settings"), "a file");
        new ViewerSettings().Save(PathOf, _said.Add);
        Assert.That(_said, Has.Count.EqualTo(1).And.One.Contains("cannot be written"));
    }
}
