using RealtimeVision.Cli.Models;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>A model that can be chosen.</summary>
/// <param name="Argument">What <c>--model</c> would take.</param>
/// <param name="Name">What people call it.</param>
internal sealed record ShelfModel(string Argument, string Name);

/// <summary>
/// The models of a run: those on the command line, and those of the catalogue that are on this
/// machine. Each is loaded once, when it is first used; streams and engines share it.
/// </summary>
internal sealed class ModelShelf : IDisposable
{
    private readonly Dictionary<string, Model> _loaded = [];
    private readonly Lock _gate = new();
    private readonly List<ShelfModel> _known = [];

    public ModelShelf(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            _known.Add(new ShelfModel(argument, NameOf(argument)));
        }
    }

    /// <summary>What can be chosen.</summary>
    public IReadOnlyList<ShelfModel> Known => _known;

    /// <summary>Adds the models of the catalogue that are here, and not yet known.</summary>
    public void AddInstalled()
    {
        try
        {
            foreach (CatalogueEntry entry in ModelCatalogue.Read().Where(ModelStore.Has))
            {
                if (!_known.Any(known => known.Name == entry.Name))
                {
                    _known.Add(new ShelfModel(entry.Name, entry.Name));
                }
            }
        }
        catch (CatalogueException e)
        {
            Verb.Say(e.Message);
        }
    }

    /// <summary>The model of an argument.</summary>
    public Model Load(string argument)
    {
        lock (_gate)
        {
            if (!_loaded.TryGetValue(argument, out Model? model))
            {
                model = ModelFile.Load(ModelStore.Resolve(argument));
                _loaded.Add(argument, model);
            }

            return model;
        }
    }

    /// <summary>Puts models into options, each where it belongs.</summary>
    /// <exception cref="UsageException">There are two segmenters.</exception>
    public VisionOptions With(VisionOptions options, IEnumerable<string> arguments)
    {
        options = options with { Segmenter = null, Classifiers = [] };
        foreach (string argument in arguments)
        {
            Model model = Load(argument);
            bool isClassifier = VisionModels.IsClassifier(model, Verb.Say);
            if (!isClassifier && options.Segmenter is not null)
            {
                throw new UsageException($"--model {argument}: there is a segmenter already");
            }

            options = isClassifier
                ? options with { Classifiers = [.. options.Classifiers, model] }
                : options with { Segmenter = model };
        }

        return options;
    }

    public void Dispose()
    {
        foreach (Model model in _loaded.Values)
        {
            model.Dispose();
        }
    }

    private static string NameOf(string argument) =>
        argument.AsSpan().ContainsAny("/\\.")
            ? Path.GetFileNameWithoutExtension(argument)
            : argument;
}
