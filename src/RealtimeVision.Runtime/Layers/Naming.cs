using System.Text.Json;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// Names layers and blocks in the order in which a network comes to them: the given name, or the
/// kind's with a number from the second on.
/// </summary>
internal sealed class Naming
{
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<string, int> _counts = [];
    private readonly Dictionary<BlockScope, string> _scopes = [];
    private readonly Dictionary<Layer, string> _layers = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a kind of module is called: <c>max_pooling2d</c>.</summary>
    public static string KindOf(Module module) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(module.GetType().Name).Replace("2_d", "2d");

    /// <summary>
    /// The name of a symbol's place, and the name that its weights have: that of the place where the
    /// same layer object stood first.
    /// </summary>
    public (string Name, string WeightsName) NameOf(Symbol symbol)
    {
        string prefix = PrefixOf(symbol.Scope);
        if (_layers.TryGetValue(symbol.Layer, out string? first))
        {
            return (Unique(first), first);
        }

        string name = Next(prefix, symbol.Layer);
        _layers.Add(symbol.Layer, name);
        return (name, name);
    }

    private string PrefixOf(BlockScope? scope)
    {
        if (scope is null)
        {
            return "";
        }

        if (!_scopes.TryGetValue(scope, out string? name))
        {
            name = Next(PrefixOf(scope.Parent), scope.Block);
            _scopes.Add(scope, name);
        }

        return name + "/";
    }

    private string Next(string prefix, Module module)
    {
        if (module.Name is not { } given)
        {
            return Unique(prefix + KindOf(module));
        }

        if (given.Length == 0 || !_names.Add(prefix + given))
        {
            throw new ArgumentException($"the name '{prefix + given}' is empty or taken");
        }

        return prefix + given;
    }

    private string Unique(string name)
    {
        string unique = name;
        int count = _counts.GetValueOrDefault(name);
        while (!_names.Add(unique))
        {
            unique = $"{name}_{++count}";
        }

        _counts[name] = count;
        return unique;
    }
}
