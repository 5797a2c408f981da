using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers.Json;

/// <summary>What the fields of a layer's JSON form are.</summary>
internal static class LayerFields
{
    /// <summary>
    /// Puts the name first and leaves out what has its default: that of the property's initialiser
    /// or of the constructor's parameter.
    /// </summary>
    public static void Arrange(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object || !info.Type.IsAssignableTo(typeof(Module)))
        {
            return;
        }

        object standard = Standard(info.Type);
        foreach (var field in info.Properties)
        {
            if (field.Name == "name")
            {
                field.Order = -1;
            }

            if (!IsRequired(field) && field.Get is { } get)
            {
                object? initial = get(standard);
                field.ShouldSerialize = (_, value) => !Equals(value, initial);
            }
        }
    }

    /// <summary>True where the constructor asks for it.</summary>
    public static bool IsRequired(JsonPropertyInfo field) =>
        field.AssociatedParameter is { HasDefaultValue: false, IsMemberInitializer: false };

    /// <summary>What belongs into a field.</summary>
    public static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            return "one of " + string.Join(
                ", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))
                + " belongs there";
        }

        return type == typeof(int) || type == typeof(long) ? "a whole number belongs there"
            : type == typeof(float) || type == typeof(double) ? "a number belongs there"
            : type == typeof(bool) ? "true or false belongs there"
            : type == typeof(string) ? "text belongs there"
            : type == typeof(Size2) ? Size2Converter.Form
            : type == typeof(Padding2) ? Padding2Converter.Form
            : $"a value of type {type.Name} belongs there";
    }

    // A layer with nothing given: what the constructor asks for does not matter.
    private static object Standard(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        return constructor.Invoke(
            System.Reflection.BindingFlags.DoNotWrapExceptions,
            null,
            [
                .. constructor.GetParameters().Select(p => p.HasDefaultValue ? p.DefaultValue
                    : p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType)
                    : null),
            ],
            CultureInfo.InvariantCulture);
    }
}
