namespace RealtimeVision.Runtime.Data;

/// <summary>The three parts of a dataset; none has a sample of another.</summary>
/// <param name="Train">What weights are fitted to.</param>
/// <param name="Validation">What choices are made by: when to stop, which weights to
/// keep.</param>
/// <param name="Test">What is looked at once, at the end.</param>
public sealed record DatasetSplit(Dataset Train, Dataset Validation, Dataset Test)
{
    internal static DatasetSplit AtRandom(
        Dataset dataset, double validation, double test, ulong seed)
    {
        CheckFractions(validation, test);
        List<int> train = [], validate = [], hold = [];
        List<int[]> strata = dataset.HasLabels
            ? ByClass(dataset)
            : [[.. Enumerable.Range(0, dataset.Count)]];

        // Fractions of a sample are carried from class to class, so that the parts have the sizes
        // asked for however small the classes are.
        double dueValidation = 0, dueTest = 0;
        for (int i = 0; i < strata.Count; i++)
        {
            int[] stratum = strata[i];
            new Philox(seed, RandomStream.Split, i).Shuffle(stratum);
            dueTest += stratum.Length * test;
            int tests = Math.Clamp((int)Math.Round(dueTest), 0, stratum.Length);
            dueTest -= tests;
            dueValidation += stratum.Length * validation;
            int validations =
                Math.Clamp((int)Math.Round(dueValidation), 0, stratum.Length - tests);
            dueValidation -= validations;
            hold.AddRange(stratum.AsSpan(0, tests));
            validate.AddRange(stratum.AsSpan(tests, validations));
            train.AddRange(stratum.AsSpan(tests + validations));
        }

        train.Sort();
        validate.Sort();
        hold.Sort();
        var split = new DatasetSplit(
            dataset.Subset(train), dataset.Subset(validate), dataset.Subset(hold));
        if (dataset.HasLabels)
        {
            split.Train.RequireEveryClass();
        }

        return split;
    }

    /// <summary>Indices of the samples of each class; those of no class come last.</summary>
    internal static List<int[]> ByClass(Dataset dataset)
    {
        var lists = new List<int>[dataset.ClassNames.Count + 1];
        for (int i = 0; i < lists.Length; i++)
        {
            lists[i] = [];
        }

        for (int i = 0; i < dataset.Count; i++)
        {
            int label = dataset.LabelOf(i);
            lists[label == dataset.IgnoreIndex ? dataset.ClassNames.Count : label].Add(i);
        }

        return [.. lists.Select(list => list.ToArray())];
    }

    internal static void CheckFractions(double validation, double test)
    {
        if (!(validation >= 0) || !(test >= 0) || validation + test >= 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(validation),
                $"Fractions {validation} for validation and {test} for the test leave nothing to "
                + "train with, or are negative.");
        }
    }
}
