using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Import.TfLite;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Cli.Training;

/// <summary>Makes the network of a recipe.</summary>
internal static class RecipeModel
{
    /// <summary>Makes the network, with the first values of the recipe's seed.</summary>
    /// <param name="file">The recipe.</param>
    /// <param name="data">Says how many classes there are.</param>
    /// <param name="input">Type of one sample, as batches have it.</param>
    /// <param name="trained">
    /// What another task has taught the network already; null for its first values.
    /// </param>
    /// <exception cref="RecipeException">There is no such network, or a layer does not fit.</exception>
    public static Network Create(
        RecipeFile file, Dataset data, TensorType input, Network? trained = null)
    {
        var model = file.Recipe.Model;
        if (trained is not null)
        {
            return Extend(file, trained);
        }

        int ways = (model.Zoo is null ? 0 : 1) + (model.Layers is null ? 0 : 1)
            + (model.File is null ? 0 : 1);
        if (ways != 1)
        {
            throw file.Error("model", "one of 'zoo', 'layers' and 'file' belongs there");
        }

        if (model.File is { } path)
        {
            return FromFile(file, file.Resolve(path), input);
        }

        if (model.Weights is not null && model.Zoo is null)
        {
            throw file.Error("model.weights", "belongs to a network of the zoo");
        }

        var network = model.Zoo is { } name ? FromZoo(file, name, data, input)
            : FromLayers(file, model.Layers!, input);
        network.Initialise(file.Recipe.Seed);
        if (model.Weights is { } weights)
        {
            LoadWeights(file, network, file.Resolve(weights));
        }

        return ExtendWhereTold(file, network);
    }

    private static Network ExtendWhereTold(RecipeFile file, Network network)
    {
        var model = file.Recipe.Model;
        return model.Head is null && model.Cut is null && model.Freeze.Count == 0
            ? network
            : Extend(file, network);
    }

    private static void LoadWeights(RecipeFile file, Network network, string path)
    {
        if (!File.Exists(path))
        {
            throw file.Error("model.weights", $"{path}: there is no such file");
        }

        bool isOwn;
        using (var tensors = Safetensors.Open(path))
        {
            isOwn = network.Parameters.Any(p => tensors.Tensors.ContainsKey(p.Name));
        }

        bool isVgg = file.Recipe.Model.Zoo!.StartsWith("vgg", StringComparison.Ordinal);
        network.LoadWeights(
            path, isVgg && !isOwn ? WeightMapping.TorchvisionVgg(network) : null);
    }

    private static Network FromFile(RecipeFile file, string path, TensorType input)
    {
        var model = file.Recipe.Model;
        if (!File.Exists(path))
        {
            throw file.Error("model.file", $"{path}: there is no such file");
        }

        var loaded = ModelFile.Load(path);
        if (loaded is Network network)
        {
            return ExtendWhereTold(file, network);
        }

        if (loaded is TfLiteModel && model.Head is null)
        {
            throw file.Error(
                "model.file",
                $"{path}: a TFLite file's weights are constants, which are not trained further: "
                + "'model.head' has to say what is trained behind them");
        }

        try
        {
            Layer features = loaded switch
            {
                OnnxModel onnx => new ImportedModel(onnx)
                {
                    Output = model.Cut, Frozen = model.Freeze.Count > 0,
                },
                TfLiteModel lite => new ImportedTfLiteModel(lite) { Output = model.Cut, Frozen = true },
                _ => throw file.Error(
                    "model.file", $"{path}: only ONNX and TFLite files and our own are built on"),
            };
            var symbol = Symbol.Input(new Input(input));
            var body = symbol.Then(features);
            body = model.Head is { } head ? Put(file, body, head, "model.head") : body;
            var result = new Network(file.Recipe.Name, symbol, body);
            result.Initialise(file.Recipe.Seed);
            return result;
        }
        catch (Exception e) when (e is ShapeException or ArgumentException)
        {
            throw file.Error("model.file", e.Message, e);
        }
    }

    private static Network Extend(RecipeFile file, Network trained)
    {
        var model = file.Recipe.Model;
        var head = (model.Head ?? []).Select((layer, i) => Read(file, layer, $"model.head[{i}]"));
        try
        {
            bool isWhole = model.Head is null || model.Options is { IncludeTop: false };
            string? last = model.Cut ?? (isWhole ? trained.Layers[^1].Name : null);
            return Transfer.Extend(
                trained, file.Recipe.Name, last, model.Freeze, file.Recipe.Seed, [.. head]);
        }
        catch (Exception e) when (e is ShapeException or ArgumentException)
        {
            throw file.Error("model", e.Message, e);
        }
    }

    private static Module Read(RecipeFile file, JsonObject layer, string key)
    {
        try
        {
            return LayerCatalog.Read(layer.Deserialize<JsonElement>());
        }
        catch (JsonException e)
        {
            throw file.Error(key, e.Message, e);
        }
    }

    private static Network FromLayers(
        RecipeFile file, IReadOnlyList<JsonObject> layers, TensorType input)
    {
        var symbol = Symbol.Input(new Input(input));
        return new Network(file.Recipe.Name, symbol, Put(file, symbol, layers, "model.layers"));
    }

    private static Network FromZoo(RecipeFile file, string name, Dataset data, TensorType input)
    {
        var options = file.Recipe.Model.Options ?? new ZooOptions();
        try
        {
            return Zoo.Create(name, options with
            {
                Input = options.Input ?? input.Shape,
                Classes = options.Classes ?? (data.ClassNames.Count > 0
                    ? data.ClassNames.Count
                    : checked((int)data.TargetType.Shape.Count)),
            });
        }
        catch (ArgumentException e)
        {
            throw file.Error("model.zoo", e.Message, e);
        }
        catch (ShapeException e)
        {
            throw file.Error("model.zoo", e.Message, e);
        }
    }

    private static Symbol Put(
        RecipeFile file, Symbol symbol, IReadOnlyList<JsonObject> layers, string key)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            try
            {
                symbol = symbol.Then(Read(file, layers[i], $"{key}[{i}]"));
            }
            catch (Exception e) when (e is ShapeException or ArgumentException)
            {
                throw file.Error($"{key}[{i}]", e.Message, e);
            }
        }

        return symbol;
    }
}
