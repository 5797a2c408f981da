using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// What a window remembers for the next one: <c>realtimevision/viewer.json</c> among the user's
/// settings (<c>XDG_CONFIG_HOME</c>, else <c>~/.config</c>; <c>%APPDATA%</c> on Windows).
/// </summary>
internal sealed record ViewerSettings
{
    /// <summary>The form of the file; one of another form is left alone.</summary>
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    [JsonRequired]
    public int Version { get; init; } = CurrentVersion;

    public string View { get; init; } = Views.MaskAndContours.Id;

    public float Opacity { get; init; } = 0.5f;

    public float? Smoothing { get; init; }

    public bool Objects { get; init; }

    public bool Legend { get; init; }

    public bool Graphs { get; init; }

    public bool Hud { get; init; } = true;

    public bool Loop { get; init; }

    public int Width { get; init; } = 1280;

    public int Height { get; init; } = 720;

    /// <summary>Where they are kept.</summary>
    public static string Path => System.IO.Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config
        : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData) is { Length: > 0 } known ? known
        : System.IO.Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"),
        "realtimevision", "viewer.json");

    /// <summary>What is in use.</summary>
    public static ViewerSettings Of(ViewerState state, LiveStream stream, int width, int height) => new()
    {
        View = state.View.Id,
        Opacity = state.Opacity,
        Smoothing = stream.View.Smoothing,
        Objects = state.ShowObjects,
        Legend = state.ShowLegend,
        Graphs = state.ShowGraphs,
        Hud = state.ShowHud,
        Loop = stream.IsLooping,
        Width = width,
        Height = height,
    };

    /// <summary>Reads them; where they are broken, says so and gives the standard.</summary>
    public static ViewerSettings Load(Action<string> say) => Load(Path, say);

    /// <inheritdoc cref="Load(Action{string})"/>
    public static ViewerSettings Load(string path, Action<string> say)
    {
        try
        {
            if (!File.Exists(path))
            {
                return new ViewerSettings();
            }

            byte[] bytes = File.ReadAllBytes(path);
            int version = JsonSerializer.Deserialize<Form>(bytes)?.Version ?? 0;
            if (version != CurrentVersion)
            {
                say($"{path}: settings of version {version} are not understood, and left out");
                return new ViewerSettings();
            }

            var read = JsonSerializer.Deserialize<ViewerSettings>(bytes, Json)!;
            return read.IsSensible ? read : throw new JsonException("a value is out of its range");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            say($"{path}: settings cannot be read, and are left out: {e.Message}");
            return new ViewerSettings();
        }
    }

    /// <summary>Writes them; where they cannot be written, says so.</summary>
    public void Save(Action<string> say) => Save(Path, say);

    /// <inheritdoc cref="Save(Action{string})"/>
    public void Save(string path, Action<string> say)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, this, Json));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            say($"{path}: settings cannot be written: {e.Message}");
        }
    }

    /// <summary>Brings a state to them.</summary>
    public void Apply(ViewerState state)
    {
        state.View = Views.Find(View) ?? state.View;
        state.Opacity = Opacity;
        state.ShowObjects = Objects;
        state.ShowLegend = Legend;
        state.ShowGraphs = Graphs;
        state.ShowHud = Hud;
    }

    private bool IsSensible =>
        Views.Find(View) is not null && Opacity is >= 0 and <= 1
        && Smoothing is null or (>= 0 and < 1) && Width is >= 64 and <= 32768
        && Height is >= 64 and <= 32768;

    private sealed record Form([property: JsonPropertyName("version")] int Version);
}
