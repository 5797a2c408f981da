using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Cli.Training;

/// <summary>Makes the network of a recipe.</summary>
internal static class RecipeModel
{
    /// <summary>Makes the network, with the first values of the recipe's seed.</summary>
    /// <param name="file">The recipe.</param>
    /// <param name="data">Says how many classes there are.</param>
    /// <param name="input">Type of one sample, as batches have it.</param>
    /// <exception cref="RecipeException">There is no such network, or a layer does not fit.</exception>
    public static Network Create(RecipeFile file, Dataset data, TensorType input)
    {
        var model = file.Recipe.Model;
        int ways = (model.Zoo is null ? 0 : 1) + (model.Layers is null ? 0 : 1)
            + (model.File is null ? 0 : 1);
        if (ways != 1)
        {
            throw file.Error("model", "one of 'zoo', 'layers' and 'file' belongs there");
        }

        var network = model.Zoo is { } name ? FromZoo(file, name, data, input)
            : model.Layers is { } layers ? FromLayers(file, layers, input)
            : throw file.Error("model.file", "is not trained further by this version");
        network.Initialise(file.Recipe.Seed);
        return network;
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
                symbol = symbol.Then(LayerCatalog.Read(layers[i].Deserialize<JsonElement>()));
            }
            catch (Exception e) when (e is JsonException or ShapeException or ArgumentException)
            {
                throw file.Error($"{key}[{i}]", e.Message, e);
            }
        }

        return symbol;
    }
}
