using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live.Teaching;

/// <summary>What a teacher says, undoes and refuses; no engine is needed for that.</summary>
public sealed class TeacherStateTests
{
    private Network _backbone = null!;
    private Teacher _teacher = null!;

    [SetUp]
    public void MakeTeacher()
    {
        _backbone = TeachingScene.Backbone();
        _teacher = new Teacher(
            _backbone, new TeacherOptions { MaxClasses = 3, LeastFrames = 5, UndoDepth = 3 });
    }

    [TearDown]
    public void DisposeOfIt()
    {
        _teacher.Dispose();
        _backbone.Dispose();
    }

    [Test]
    public void ItSaysWhatItIsDoing()
    {
        Assert.That(
            _teacher.Status.ToString(), Is.EqualTo("two classes are needed, none is taught"));
        _teacher.CollectCloud("left", 1, 1);
        Assert.That(_teacher.Status.ToString(), Is.EqualTo(
            "collecting 'left', 1 frame; two classes are needed, only 'left' is taught"));
        _teacher.CollectCloud("left", 1, 3);
        Assert.That(_teacher.Status, Has.Property("Collected").EqualTo(4)
            .And.Property("Collecting").EqualTo("left"));
        _teacher.Release();
        Assert.That(
            _teacher.Status.ToString(), Is.EqualTo("'left' has 4 frames, 5 are needed"));
        Assert.That(
            () => _teacher.Save("nowhere.safetensors"),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "there is no classifier to save: 'left' has 4 frames, 5 are needed"));

        // Another name ends the first one's take too.
        _teacher.CollectCloud("left", 2, 4);
        _teacher.CollectCloud("right", 3, 10);
        Assert.That(
            _teacher.Status.Classes, Is.EqualTo(
                [new TaughtClass("left", 8, false), new TaughtClass("right", 10, false)]));
        _teacher.Release();
        Assert.That(_teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
        TeachingStatus status = _teacher.Status;
        Assert.That(status.ToString(), Is.EqualTo("live, accuracy 100 %"));
        Assert.That(status.Classes.Select(c => c.IsLive), Is.All.True);
        Assert.That(status.TrainingTime, Is.GreaterThan(TimeSpan.Zero));
        Assert.That((status.IsTraining, status.Epoch, status.UndoDepth), Is.EqualTo((false, 0, 3)));
    }

    [Test]
    public void AClassWithFewFramesWaitsAndTheOthersAreLive()
    {
        Teach("left", 10);
        Teach("right", 10);
        Teach("few", 4);
        Assert.That(
            _teacher.Status.ToString(),
            Is.EqualTo("live, accuracy 100 %; 'few' has 4 frames, 5 are needed"));
        Assert.That(
            _teacher.Status.Classes.Select(c => c.IsLive), Is.EqualTo([true, true, false]));
        Teach("few", 4);
        Assert.That(_teacher.Status.Classes.Select(c => c.IsLive), Is.All.True);
    }

    [Test]
    public void FramesThatAreBeingCollectedCanBeDropped()
    {
        Teach("left", 10);
        _teacher.CollectCloud("right", 3, 10);
        Assert.That(_teacher.Undo(), Is.True);
        Assert.That(_teacher.Status.Classes, Is.EqualTo([new TaughtClass("left", 10, false)]));
        _teacher.Release();
        Assert.That(_teacher.Status.Classes, Has.Count.EqualTo(1));
    }

    [Test]
    public void WhatWasUndoneWhileItWasLearntIsLearntWhenItComesBack()
    {
        Teach("left", 50);
        _teacher.CollectCloud("right", 3, 50);
        _teacher.Release();
        _teacher.Forget("right");
        Assert.That(_teacher.Undo(), Is.True);
        Assert.That(_teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
        Assert.That(_teacher.Status.IsLive, Is.True);
    }

    [Test]
    public void TheOldestChangesCannotBeUndone()
    {
        for (int i = 0; i < 5; i++)
        {
            Teach("left", 2);
        }

        Assert.That(_teacher.Status.UndoDepth, Is.EqualTo(3));
        Assert.That((_teacher.Undo(), _teacher.Undo(), _teacher.Undo()), Is.EqualTo((true, true, true)));
        Assert.That(_teacher.Undo(), Is.False);
        Assert.That(_teacher.Status.Classes[0].Frames, Is.EqualTo(4));
    }

    [Test]
    public void ClassesOfManyAndOfFewFramesAreLearntAlike()
    {
        Teach("left", 200);
        Teach("right", 6);
        Teach("up", 6);
        Assert.That(_teacher.Status.ToString(), Is.EqualTo("live, accuracy 100 %"));
    }

    [Test]
    public void TheSameFramesGiveTheSameHead([Values(0, 8)] int hiddenUnits)
    {
        using var directory = new TemporaryDirectory();
        byte[] first = Taught(1);
        Assert.That(Taught(1), Is.EqualTo(first));
        Assert.That(Taught(2), Is.Not.EqualTo(first));

        byte[] Taught(ulong seed)
        {
            using var teacher = new Teacher(
                _backbone, new TeacherOptions { HiddenUnits = hiddenUnits, Seed = seed });
            teacher.CollectCloud("left", 1, 40);
            teacher.CollectCloud("right", 2, 60);
            teacher.Release();
            Assert.That(teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
            string path = directory.File("taught.safetensors");
            teacher.Save(path);
            return File.ReadAllBytes(path);
        }
    }

    [Test]
    public void WhatCannotBeTaughtIsRefused()
    {
        var features = new float[_teacher.FeatureCount];
        Assert.That(() => _teacher.Collect(" ", features), Throws.ArgumentException);
        Assert.That(
            () => _teacher.Collect("left", features.AsSpan(1)),
            Throws.ArgumentException.With.Message.StartsWith(
                "15 features were given, backbone makes 16 of a frame"));
        features[3] = float.NaN;
        _teacher.Collect("left", features);
        Assert.That(_teacher.Status.Collected, Is.Zero);
        _teacher.Release();
        Assert.That(_teacher.Status.Classes, Is.Empty);
        foreach (string name in new[] { "left", "right", "up" })
        {
            Teach(name, 3);
        }

        Assert.That(
            () => Teach("down", 1),
            Throws.InvalidOperationException.With.Message.StartsWith("there are 3 classes"));
        Assert.That(
            () => new Teacher(_backbone, new TeacherOptions { MaxClasses = 1 }),
            Throws.TypeOf<ArgumentOutOfRangeException>());
        _teacher.Dispose();
        Assert.That(
            () => Teach("left", 1), Throws.TypeOf<ObjectDisposedException>());
    }

    private void Teach(string name, int frames)
    {
        _teacher.CollectCloud(name, frames, frames);
        _teacher.Release();
        Assert.That(_teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
    }
}
