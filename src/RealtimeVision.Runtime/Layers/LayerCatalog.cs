using System.Text.Json;
using RealtimeVision.Runtime.Layers.Json;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Every kind of layer and block, by the name that it has in model files and recipes, and the JSON
/// form that both share: <c>{"layer": "conv2d", "filters": 32, "kernel": 3, "activation":
/// "relu"}</c>.
/// </summary>
/// <remarks>
/// Fields are properties in snake_case, and so are members of enumerations; what has its default is
/// left out. Sizes are a number or <c>[height, width]</c>; paddings a number, <c>[vertical,
/// horizontal]</c> or <c>[top, left, bottom, right]</c>; shapes lists of numbers.
/// </remarks>
public static class LayerCatalog
{
    // Names are what files hold: a type may be renamed, its name here may not.
    private static readonly (string Name, Type Type)[] Entries =
    [
        ("activation_layer", typeof(ActivationLayer)),
        ("add", typeof(Add)),
        ("average_pooling2d", typeof(AveragePooling2D)),
        ("batch_norm", typeof(BatchNorm)),
        ("bidirectional", typeof(Bidirectional)),
        ("bottleneck_block", typeof(BottleneckBlock)),
        ("concatenate", typeof(Concatenate)),
        ("conv2d", typeof(Conv2D)),
        ("conv2d_transpose", typeof(Conv2DTranspose)),
        ("cropping2d", typeof(Cropping2D)),
        ("dense", typeof(Dense)),
        ("dense_block", typeof(DenseBlock)),
        ("depthwise_conv2d", typeof(DepthwiseConv2D)),
        ("double_conv", typeof(DoubleConv)),
        ("dropout", typeof(Dropout)),
        ("flatten", typeof(Flatten)),
        ("fold_time", typeof(FoldTime)),
        ("global_average_pooling2d", typeof(GlobalAveragePooling2D)),
        ("global_max_pooling2d", typeof(GlobalMaxPooling2D)),
        ("group_norm", typeof(GroupNorm)),
        ("gru", typeof(Gru)),
        ("imported_model", typeof(ImportedModel)),
        ("imported_tf_lite_model", typeof(ImportedTfLiteModel)),
        ("input", typeof(Input)),
        ("inverted_residual_block", typeof(InvertedResidualBlock)),
        ("layer_norm", typeof(LayerNorm)),
        ("lstm", typeof(Lstm)),
        ("match_size2d", typeof(MatchSize2D)),
        ("max_pooling2d", typeof(MaxPooling2D)),
        ("multiply", typeof(Multiply)),
        ("reshape", typeof(Reshape)),
        ("residual_block", typeof(ResidualBlock)),
        ("separable_conv2d", typeof(SeparableConv2D)),
        ("squeeze_excitation", typeof(SqueezeExcitation)),
        ("time_distributed", typeof(TimeDistributed)),
        ("transition_block", typeof(TransitionBlock)),
        ("unfold_time", typeof(UnfoldTime)),
        ("up_sampling2d", typeof(UpSampling2D)),
        ("zero_padding2d", typeof(ZeroPadding2D)),
    ];

    private static readonly Dictionary<Type, string> Names =
        Entries.ToDictionary(e => e.Type, e => e.Name);

    /// <summary>Types of layers and blocks by their names.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } =
        Entries.ToDictionary(e => e.Name, e => e.Type);

    /// <summary>The name of a kind of layer or block.</summary>
    /// <exception cref="NotSupportedException">The type is not in the catalogue.</exception>
    public static string NameOf(Type type) => Names.TryGetValue(type, out string? name) ? name
        : throw new NotSupportedException(
            $"layers of type {type.Name} are not in the catalogue, so they cannot be stored");

    /// <summary>Reads a layer or block.</summary>
    /// <param name="json">Its JSON form.</param>
    /// <exception cref="JsonException">It is no such form, its kind is unknown, or a field is
    /// unknown, missing or of a bad value; layer and field are named.</exception>
    public static Module Parse(string json)
    {
        using var document = JsonDocument.Parse(json, LayerJson.Parsing);
        return LayerJson.Plain.Read(document.RootElement);
    }

    /// <summary>Reads a layer or block.</summary>
    /// <param name="json">Its JSON form.</param>
    /// <exception cref="JsonException">As for <see cref="Parse"/>.</exception>
    public static Module Read(JsonElement json) => LayerJson.Plain.Read(json);

    /// <summary>The JSON form of a layer or block.</summary>
    /// <exception cref="NotSupportedException">The type is not in the catalogue.</exception>
    public static string ToJson(Module module) =>
        JsonSerializer.Serialize(module, LayerJson.Plain.Options);
}
