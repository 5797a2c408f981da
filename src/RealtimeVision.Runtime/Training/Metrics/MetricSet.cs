using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeVision.Runtime.Training;

/// <summary>Which of two values of a metric is the better one.</summary>
public enum MetricDirection
{
    /// <summary>The higher one, as of an accuracy.</summary>
    HigherIsBetter,

    /// <summary>The lower one, as of an error or a loss.</summary>
    LowerIsBetter,
}

/// <summary>One metric of a model.</summary>
/// <param name="Name">As in logs and JSON: lower case, words divided by <c>_</c>.</param>
/// <param name="Value">Its value.</param>
/// <param name="Direction">Which of two values is the better one.</param>
public readonly record struct Metric(string Name, double Value, MetricDirection Direction);

/// <summary>
/// Metrics by name, in the order in which they were added: what logs, JSON, best checkpoints and
/// early stopping know of a model. In JSON it is one object, name to value.
/// </summary>
/// <remarks>
/// Ratios without a denominator (the recall of a class that never occurs) are 0; those who make
/// them say how many there were. A value that is not finite for another reason (the error of a
/// prediction that is not finite) is kept, is <c>null</c> in JSON, and is never the better one.
/// </remarks>
[JsonConverter(typeof(JsonForm))]
public sealed class MetricSet : IReadOnlyList<Metric>
{
    private readonly List<Metric> _metrics = [];

    /// <inheritdoc/>
    public int Count => _metrics.Count;

    /// <inheritdoc/>
    public Metric this[int index] => _metrics[index];

    /// <summary>The value of a metric.</summary>
    /// <param name="name">Its name, exactly.</param>
    /// <exception cref="KeyNotFoundException">
    /// There is none of this name; names those there are.
    /// </exception>
    public double this[string name] => Find(name).Value;

    /// <summary>Metrics of several sources, in their order.</summary>
    public static MetricSet Of(params ReadOnlySpan<IMetricSource> sources)
    {
        var set = new MetricSet();
        foreach (IMetricSource source in sources)
        {
            source.AppendTo(set);
        }

        return set;
    }

    /// <summary>
    /// The direction of a metric by its name, for names of recipes and files: errors and losses
    /// (<c>loss</c>, <c>mse</c>, <c>rmse</c>, <c>mae</c>, alone or as the last word of a name) are
    /// better when lower, all others when higher.
    /// </summary>
    public static MetricDirection DirectionOf(string name) =>
        name[(name.LastIndexOf('_') + 1)..] is "loss" or "error" or "mse" or "rmse" or "mae"
            ? MetricDirection.LowerIsBetter
            : MetricDirection.HigherIsBetter;

    /// <summary>Appends a value.</summary>
    /// <param name="name">Its name, another than those before.</param>
    /// <param name="value">The value.</param>
    /// <param name="direction">
    /// Which is better; null for <see cref="DirectionOf"/> the name.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    public void Add(string name, double value, MetricDirection? direction = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (IndexOf(name) >= 0)
        {
            throw new ArgumentException($"there is a metric '{name}' already", nameof(name));
        }

        _metrics.Add(new Metric(name, value, direction ?? DirectionOf(name)));
    }

    /// <summary>Appends another set, every name behind a prefix (<c>validation_</c>).</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void AddRange(IEnumerable<Metric> others, string prefix = "")
    {
        foreach (Metric other in others)
        {
            Add(prefix + other.Name, other.Value, other.Direction);
        }
    }

    /// <summary>Looks for a metric by its name.</summary>
    public bool TryGet(string name, out Metric metric)
    {
        int i = IndexOf(name);
        metric = i < 0 ? default : _metrics[i];
        return i >= 0;
    }

    /// <summary>
    /// Whether a metric of this set is better than the best value so far. A value that is not
    /// finite never is; any that is finite is better than none.
    /// </summary>
    /// <param name="name">The metric to compare.</param>
    /// <param name="best">The best value so far; null (or not finite) where there is none.</param>
    /// <param name="minDelta">By how much it has to be better, at least 0.</param>
    /// <exception cref="KeyNotFoundException">
    /// There is none of this name; names those there are.
    /// </exception>
    public bool IsBetter(string name, double? best, double minDelta = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minDelta);
        Metric metric = Find(name);
        if (!double.IsFinite(metric.Value))
        {
            return false;
        }

        if (best is not { } old || !double.IsFinite(old))
        {
            return true;
        }

        double gain = metric.Direction == MetricDirection.HigherIsBetter
            ? metric.Value - old
            : old - metric.Value;
        return gain > minDelta;
    }

    /// <inheritdoc/>
    public IEnumerator<Metric> GetEnumerator() => _metrics.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>All on one line, for a log: <c>loss 0.2514, accuracy 0.9102</c>.</summary>
    public override string ToString() => string.Join(", ", _metrics.Select(
        m => string.Create(CultureInfo.InvariantCulture, $"{m.Name} {m.Value:0.####}")));

    private Metric Find(string name) => TryGet(name, out Metric metric)
        ? metric
        : throw new KeyNotFoundException(
            $"there is no metric '{name}'; "
            + $"there are {string.Join(", ", _metrics.Select(m => m.Name))}");

    private int IndexOf(string name) =>
        _metrics.FindIndex(m => string.Equals(m.Name, name, StringComparison.Ordinal));

    private sealed class JsonForm : JsonConverter<MetricSet>
    {
        public override MetricSet Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("metrics are an object, name to value");
            }

            var set = new MetricSet();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType is not (JsonTokenType.Null or JsonTokenType.Number)
                    || set.IndexOf(name) >= 0)
                {
                    throw new JsonException($"metric '{name}' is no number, or there twice");
                }

                set.Add(
                    name, reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble());
            }

            return set;
        }

        public override void Write(
            Utf8JsonWriter writer, MetricSet value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (Metric metric in value._metrics)
            {
                if (double.IsFinite(metric.Value))
                {
                    writer.WriteNumber(metric.Name, metric.Value);
                }
                else
                {
                    writer.WriteNull(metric.Name);
                }
            }

            writer.WriteEndObject();
        }
    }
}
