using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>Recipes that put layers behind a TensorFlow Lite file.</summary>
[TestFixture]
public sealed class TfLiteRecipeTests
{
    private const string Layers =
        """
          layers:
            - { layer: conv2d, filters: 4, kernel: 3, activation: relu }
            - { layer: max_pooling2d, size: 4 }
            - { layer: flatten }
            - { layer: dense, units: 2 }
        """;

    [Test]
    public void AHeadIsTrainedBehindAFrozenFile()
    {
        using var tiny = new TinyData();
        SaveTfLite(tiny);
        string recipe = tiny.Recipe(text => text.Replace(
            Layers,
            """
              file: lite.tflite
              cut: filtered
              head:
                - { layer: flatten }
                - { layer: dense, units: 2 }
            """,
            StringComparison.Ordinal));
        var json = Rtv.Run("train", recipe, "--out", tiny.Out, "--epochs", "12", "--json").Exits(0).Json;
        Assert.That((double)json["accuracy"]!, Is.EqualTo(1));

        File.Delete(tiny.Path("lite.tflite"));
        var scored = Rtv.Run("eval", (string)json["model"]!, "--recipe", recipe, "--json").Exits(0).Json;
        Assert.That((double)scored["loss"]!, Is.EqualTo((double)json["loss"]!));
    }

    [Test]
    public void WhatCannotBeTrainedIsSaid()
    {
        using var tiny = new TinyData();
        SaveTfLite(tiny);
        string whole = tiny.Recipe(
            text => text.Replace(Layers, "  file: lite.tflite", StringComparison.Ordinal));
        Rtv.Run("train", whole, "--out", tiny.Out)
            .FailsSaying(1, "model.file", "lite.tflite", "constants", "model.head");
        string cut = tiny.Recipe(text => text.Replace(
            Layers, "  file: lite.tflite\n  cut: filtred\n  head: [{ layer: flatten }]",
            StringComparison.Ordinal));
        Rtv.Run("train", cut, "--out", tiny.Out).FailsSaying(1, "filtred");
    }

    private static void SaveTfLite(TinyData tiny)
    {
        const byte same = 0, relu = 1;
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 1, TinyData.Side, TinyData.Side, 1);
        int filtered = b.Tensor("filtered", 1, TinyData.Side / 2, TinyData.Side / 2, 6);
        int pooled = b.Tensor("pooled", 1, 6);
        b.Node(
            "CONV_2D", [x, b.Random(2, 6, 3, 3, 1), b.Random(3, 6)], [filtered], (0, same), (1, 2),
            (2, 2), (3, relu), (4, 1), (5, 1));
        b.Node("MEAN", [filtered, b.Integers([1, 2])], [pooled], (0, false));
        File.WriteAllBytes(tiny.Path("lite.tflite"), b.Build([x], [pooled]));
    }
}
