using RealtimeVision.Cli.Recipes;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Cli.Training;

/// <summary>The samples of a recipe, in parts.</summary>
/// <param name="Train">What weights are fitted to.</param>
/// <param name="Validation">What is scored after each epoch; null for none.</param>
/// <param name="Test">What is scored at the end; null for none.</param>
/// <param name="Series">The series, where the samples are windows of one.</param>
internal sealed record RecipeData(
    Dataset Train, Dataset? Validation, Dataset? Test, SeriesParts? Series = null)
{
    // Statistics of pictures that are decoded or drawn one by one need no more than these.
    private const int MostForStatistics = 512;

    private static readonly Normalization Imagenet =
        new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>Opens the samples of a recipe.</summary>
    /// <param name="file">The recipe.</param>
    /// <param name="place">Where they are instead; null where the recipe says.</param>
    /// <param name="trained">What a model was trained with; null before it is trained.</param>
    /// <exception cref="RecipeException">The recipe does not suit its data.</exception>
    /// <exception cref="DatasetException">The data are missing, or bad.</exception>
    public static RecipeData Open(RecipeFile file, string? place, ModelCard? trained = null)
    {
        var recipe = file.Recipe.Data;
        string Find(string path) => place ?? file.Resolve(path);
        string FindFile(string path) => Directory.Exists(place)
            ? Path.Combine(place, Path.GetFileName(path))
            : Find(path);
        var data = recipe switch
        {
            MnistData mnist => OfTwo(file, mnist, LoadMnist(Find(mnist.Folder), mnist.ClassNames)),
            FashionMnistData fashion =>
                OfTwo(file, fashion, LoadMnist(Find(fashion.Folder), Mnist.FashionClasses)),
            CifarData cifar => OfTwo(file, cifar, LoadCifar(Find(cifar.Folder))),
            ClassFolderData folder => Load(file, folder, Find(folder.Folder)),
            MaskFolderData folder => Load(file, folder, Find(folder.Folder)),
            ClipFolderData clips => Divide(file, clips, Load(file, clips, Find(clips.Folder))),
            SeriesData series => Load(file, series, FindFile(series.File), trained),
            StreetData street => StreetParts.Open(file, street),
            _ => throw file.Error("data", $"{recipe.GetType().Name} is not opened here"),
        };
        return !recipe.Cache ? data : data with
        {
            // What is tested is read once.
            Train = new CachedDataset(data.Train),
            Validation = data.Validation is { } validation ? new CachedDataset(validation) : null,
        };
    }

    /// <summary>Files that did not fit and were left out as the data were opened.</summary>
    public int LeftOut { get; init; }

    /// <summary>
    /// Samples that are enough for statistics: all where they are in memory, else some evenly.
    /// </summary>
    public static Dataset ForStatistics(Dataset data)
    {
        int step = data is MemoryDataset or ConcatDataset ? 1
            : Math.Max(data.Count / MostForStatistics, 1);
        return step == 1 ? data
            : data.Subset([.. Enumerable.Range(0, data.Count / step).Select(i => i * step)]);
    }

    /// <summary>What inputs are normalised by; null for nothing.</summary>
    /// <param name="kind">What the recipe says.</param>
    /// <param name="skipsUnreadable">Whether samples that cannot be read are passed over.</param>
    public Normalization? NormalizationOf(NormalisationKind kind, bool skipsUnreadable)
    {
        if (kind == NormalisationKind.None || Series is not null)
        {
            return null;
        }

        return kind == NormalisationKind.Imagenet
            ? Imagenet
            : Normalization.Of(ForStatistics(Train), skipsUnreadable);
    }

    private static RecipeData OfTwo(
        RecipeFile file, LabelledData recipe, (Dataset Train, Dataset Test) all)
    {
        var test = WithClasses(file, recipe, all.Test);
        var split = WithClasses(file, recipe, all.Train)
            .Split(recipe.Validation, 0, file.Recipe.Seed);
        return new RecipeData(
            Few(file, recipe, split.Train), NotEmpty(split.Validation), NotEmpty(test));
    }

    private static RecipeData Divide<T>(RecipeFile file, T recipe, Dataset all)
        where T : FileData, ITestShare
    {
        RequireShares(file, recipe.Validation, recipe.Test);
        if (recipe is LabelledData labelled)
        {
            all = WithClasses(file, labelled, all);
        }

        var split = all.Split(recipe.Validation, recipe.Test, file.Recipe.Seed);
        return new RecipeData(
            recipe is LabelledData few ? Few(file, few, split.Train) : split.Train,
            NotEmpty(split.Validation), NotEmpty(split.Test));
    }

    private static (Dataset, Dataset) LoadMnist(string folder, IReadOnlyList<string>? names)
    {
        Require(
            folder, "the files of MNIST, KMNIST or Fashion-MNIST (IDX) belong there; Fashion-MNIST "
            + "is installed by 'apt-get install dataset-fashion-mnist' to "
            + "/usr/share/datasets/fashion-mnist");
        return (Mnist.LoadFolder(folder, training: true, names),
            Mnist.LoadFolder(folder, training: false, names));
    }

    private static (Dataset, Dataset) LoadCifar(string folder)
    {
        Require(
            folder, "the binary version of CIFAR-10 belongs there (cifar-10-binary.tar.gz of "
            + "https://www.cs.toronto.edu/~kriz/cifar.html, unpacked); --data names another folder");
        return (Cifar10.LoadFolder(folder, training: true),
            Cifar10.LoadFolder(folder, training: false));
    }

    private static RecipeData Load(RecipeFile file, ClassFolderData recipe, string folder)
    {
        Require(folder, "a folder for each class, of pictures, belongs there; --data names another");
        var all = ClassFolderDataset.Load(folder, recipe.Size, recipe.Channels);
        if (recipe.TestFolder is not { } test)
        {
            return Divide(file, recipe, all);
        }

        return OfTwo(file, recipe, (all, ClassFolderDataset.Load(
            file.Resolve(test), recipe.Size, recipe.Channels, all.ClassNames)));
    }

    private static RecipeData Load(RecipeFile file, MaskFolderData recipe, string folder)
    {
        Require(
            folder, $"folders '{recipe.Pictures}' and '{recipe.Masks}' belong there; --data names "
            + "another place");
        var all = Masks(recipe.Pictures, recipe.Masks);
        if (recipe is not { TestPictures: { } pictures, TestMasks: { } masks })
        {
            return recipe.TestPictures is null && recipe.TestMasks is null
                ? Divide(file, recipe, all) with { LeftOut = all.Skipped.Count }
                : throw file.Error("data", "'test_pictures' and 'test_masks' belong together");
        }

        var split = all.Split(recipe.Validation, 0, file.Recipe.Seed);
        var tested = Masks(pictures, masks);
        return new RecipeData(split.Train, NotEmpty(split.Validation), NotEmpty(tested))
        {
            LeftOut = all.Skipped.Count + tested.Skipped.Count,
        };

        MaskFolderDataset Masks(string inputs, string targets)
        {
            var dataset = MaskFolderDataset.Load(
                Path.Combine(folder, inputs), Path.Combine(folder, targets), recipe.ClassNames,
                recipe.Size, recipe.Channels, recipe.IgnoreIndex, recipe.SkipMismatched);
            if (dataset.Skipped.Count > 0)
            {
                Verb.Say($"{dataset.Skipped.Count} pictures or masks do not fit and are left out, "
                    + $"the first is {dataset.Skipped[0]}");
            }

            return dataset;
        }
    }

    private static ClipFolderDataset Load(RecipeFile file, ClipFolderData recipe, string folder)
    {
        Require(folder, "clips, a folder of frames each, belong there; --data names another");
        return recipe.Labels is { } labels
            ? ClipFolderDataset.LoadCsv(
                folder, file.Resolve(labels), recipe.Frames, recipe.Size, recipe.Stride,
                recipe.Channels)
            : ClipFolderDataset.Load(
                folder, recipe.Frames, recipe.Size, recipe.Stride, recipe.Channels);
    }

    private static RecipeData Load(
        RecipeFile file, SeriesData recipe, string path, ModelCard? trained)
    {
        RequireShares(file, recipe.Validation, recipe.Test);
        var series = TimeSeries.LoadCsv(path, recipe.Columns);
        if (trained?.Normalization() is { } known && known.Mean.Count != series.Columns.Count)
        {
            throw new DatasetException(
                path, $"has {series.Columns.Count} columns, the model knows {known.Mean.Count}");
        }

        var split = series.Split(
            recipe.Window, recipe.Horizon, recipe.Validation, recipe.Test,
            trained?.Normalization());
        return new RecipeData(
            split.Train, NotEmpty(split.Validation), NotEmpty(split.Test),
            new SeriesParts(series, split, recipe));
    }

    private static Dataset WithClasses(RecipeFile file, LabelledData recipe, Dataset all)
    {
        if (recipe.Classes is not { } names)
        {
            return all;
        }

        var indices = new int[names.Count];
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = all.ClassNames.ToList().IndexOf(names[i]);
            if (indices[i] < 0)
            {
                throw file.Error(
                    $"data.classes[{i}]",
                    $"there is no class '{names[i]}'; there are {string.Join(", ", all.ClassNames)}");
            }
        }

        return all.WithClasses(indices);
    }

    private static Dataset Few(RecipeFile file, LabelledData recipe, Dataset train)
    {
        train.RequireEveryClass();
        return recipe.PerClass is { } count ? train.TakePerClass(count, file.Recipe.Seed) : train;
    }

    private static void RequireShares(RecipeFile file, double validation, double test)
    {
        if (validation + test >= 1)
        {
            throw file.Error(
                "data", $"validation {validation} and test {test} leave nothing to train with");
        }
    }

    private static void Require(string folder, string what)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException(folder, $"there is no such folder: {what}");
        }
    }

    private static Dataset? NotEmpty(Dataset dataset) => dataset.Count > 0 ? dataset : null;
}
