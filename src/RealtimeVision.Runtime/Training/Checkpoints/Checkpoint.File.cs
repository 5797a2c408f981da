using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Training;

public sealed partial record Checkpoint
{
    private const string FormatName = "checkpoint";
    private const string Version = "1";
    private const string VersionKey = "checkpoint_version";
    private const string StateKey = "state";
    private const string TensorHashesKey = "tensors_sha256";
    private const string HashKey = "sha256";

    /// <summary>
    /// Writes a file and flushes it to the disk; an existing one is replaced only once the new one
    /// is safe.
    /// </summary>
    /// <param name="path">The file to create or replace; its directory must exist.</param>
    /// <exception cref="NotFiniteNumberException">
    /// A tensor holds NaN or an infinity; the message names it. Nothing is written.
    /// </exception>
    /// <exception cref="ArgumentException">A name is used twice.</exception>
    /// <exception cref="IOException">The directory is missing, or the disk full.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public void Save(string path)
    {
        // Hashed ahead of writing, because the header comes first in the file: it costs a pass
        // over memory, and no copy.
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tensor in Tensors)
        {
            long index = FiniteNumbers.IndexOfOther(tensor.Type, tensor.Bytes.Span);
            if (index >= 0)
            {
                throw new NotFiniteNumberException(
                    $"Tensor '{tensor.Name}' is not finite at element {index}: {path} was not "
                    + "written.");
            }

            if (!hashes.TryAdd(tensor.Name, HashOf(tensor.Bytes.Span)))
            {
                throw new ArgumentException($"Two tensors have the name '{tensor.Name}'.");
            }
        }

        string state = JsonSerializer.Serialize(State, TrainingJson.Options);
        Safetensors.Save(
            path, Tensors,
            new Dictionary<string, string>
            {
                [VersionKey] = Version,
                [StateKey] = state,
                [TensorHashesKey] = JsonSerializer.Serialize(hashes),
                [HashKey] = HashOf(
                    state, hashes, Tensors.ToDictionary(t => t.Name, t => (t.Type, t.Shape))),
            });
    }

    /// <summary>Reads a file and checks all of it.</summary>
    /// <exception cref="ModelFormatException">
    /// The file is missing, truncated, damaged or no checkpoint, or holds NaN or an infinity; the
    /// message names the file and, where it is known, the tensor.
    /// </exception>
    public static Checkpoint Load(string path)
    {
        using var file = Safetensors.Open(path);
        string state = Metadata(file, path, StateKey);
        var hashes = Parsed<SortedDictionary<string, string>>(
            path, TensorHashesKey, Metadata(file, path, TensorHashesKey), null);
        var tensors = new List<SafetensorsTensor>(file.Tensors.Count);
        foreach (var entry in file.Tensors.Values)
        {
            byte[] bytes = file.ToBytes(entry.Name);
            string field = $"tensor '{entry.Name}'";
            if (!hashes.TryGetValue(entry.Name, out string? hash) || hash != HashOf(bytes))
            {
                throw Bad(path, "it is damaged: its SHA-256 is not the one it was written with",
                    field);
            }

            long index = FiniteNumbers.IndexOfOther(entry.Type, bytes);
            if (index >= 0)
            {
                throw Bad(path, $"element {index} is not finite", field);
            }

            tensors.Add(new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, bytes));
        }

        var entries = tensors.ToDictionary(t => t.Name, t => (t.Type, t.Shape));
        if (hashes.Keys.FirstOrDefault(name => !entries.ContainsKey(name)) is { } missing)
        {
            throw Bad(path, "it is missing", $"tensor '{missing}'");
        }

        return Metadata(file, path, HashKey) == HashOf(state, hashes, entries)
            ? new Checkpoint(tensors, StateOf(path, state))
            : throw Bad(path, "it is damaged: its SHA-256 is not the one it was written with",
                "the state or the shapes");
    }

    /// <summary>
    /// Reads where the training was, and neither reads nor checks the tensors: for lists of
    /// checkpoints.
    /// </summary>
    /// <exception cref="ModelFormatException">
    /// The file is missing, truncated or no checkpoint.
    /// </exception>
    public static CheckpointState LoadState(string path)
    {
        using var file = Safetensors.Open(path);
        return StateOf(path, Metadata(file, path, StateKey));
    }

    private static string Metadata(Safetensors file, string path, string key)
    {
        string? version = file.Metadata.GetValueOrDefault(VersionKey);
        return version != Version
            ? throw Bad(
                path, version is null
                    ? "it holds tensors, but no state of a training"
                    : $"it is of version {version}; version {Version} is read", VersionKey)
            : file.Metadata.GetValueOrDefault(key) ?? throw Bad(path, "it is missing", key);
    }

    private static CheckpointState StateOf(string path, string json) =>
        Parsed<CheckpointState>(path, StateKey, json, TrainingJson.Options);

    private static T Parsed<T>(
        string path, string field, string json, JsonSerializerOptions? options)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, options)
                ?? throw Bad(path, "it is null", field);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw Bad(path, e.Message, field, e);
        }
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string HashOf(
        string state, SortedDictionary<string, string> hashes,
        Dictionary<string, (StorageType Type, IReadOnlyList<long> Shape)> entries)
    {
        var text = new StringBuilder(state);
        foreach (var (name, hash) in hashes)
        {
            var (type, shape) = entries[name];
            text.Append('\n').Append(name).Append('\0').Append(type).Append('\0')
                .AppendJoin(',', shape).Append('\0').Append(hash);
        }

        return HashOf(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static ModelFormatException Bad(
        string path, string problem, string field, Exception? inner = null) =>
        new(FormatName, problem, path, field, innerException: inner);
}
