using System.Globalization;
using System.Text;

namespace RealtimeVision.Runtime.Training;

/// <summary>The scores of one class, or an average of them.</summary>
/// <param name="Name">The name of the class or of the average.</param>
/// <param name="Precision">The share of predictions of the class that are true.</param>
/// <param name="Recall">The share of the class that was found.</param>
/// <param name="F1">The harmonic mean of the two.</param>
/// <param name="Support">How often the truth was the class.</param>
public sealed record ClassScores(
    string Name, double Precision, double Recall, double F1, long Support);

/// <summary>
/// Precision, recall and F1 of every class, and their averages, as scikit-learn's
/// <c>classification_report</c> gives them. A class that is neither in the truth nor in a
/// prediction has no line and no part in the averages; a ratio without a denominator is 0 and
/// counts as that.
/// </summary>
public sealed class ClassificationReport
{
    private const int NumberWidth = 9;

    private ClassificationReport(IReadOnlyList<ClassScores> classes, ConfusionMatrix matrix)
    {
        Classes = classes;
        Accuracy = matrix.Accuracy;
        Total = matrix.Total;
        AbsentClassCount = matrix.ClassCount - classes.Count;
        MacroAverage = Average("macro avg", classes.Count, static _ => 1);
        WeightedAverage = Average("weighted avg", matrix.Total, static c => c.Support);
    }

    /// <summary>The classes that are in the truth or in a prediction, in their order.</summary>
    public IReadOnlyList<ClassScores> Classes { get; }

    /// <summary>The share of labels that were predicted.</summary>
    public double Accuracy { get; }

    /// <summary>How many labels there were.</summary>
    public long Total { get; }

    /// <summary>How many classes are neither in the truth nor in a prediction.</summary>
    public int AbsentClassCount { get; }

    /// <summary>
    /// How many classes were never predicted, so that their precision is set to 0.
    /// </summary>
    public int UndefinedPrecisionCount { get; private init; }

    /// <summary>How many classes the truth never had, so that their recall is set to 0.</summary>
    public int UndefinedRecallCount { get; private init; }

    /// <summary>The average in which every class counts alike.</summary>
    public ClassScores MacroAverage { get; }

    /// <summary>The average in which a class counts by its support.</summary>
    public ClassScores WeightedAverage { get; }

    /// <summary>Makes the report of a matrix.</summary>
    /// <param name="matrix">The counts.</param>
    /// <param name="names">Names of the classes; null for their indices.</param>
    /// <exception cref="ArgumentException">There are more or fewer names than classes.</exception>
    public static ClassificationReport Of(
        ConfusionMatrix matrix, IReadOnlyList<string>? names = null)
    {
        if (names is not null && names.Count != matrix.ClassCount)
        {
            throw new ArgumentException(
                $"{names.Count} names for {matrix.ClassCount} classes", nameof(names));
        }

        int[] present = [.. Enumerable.Range(0, matrix.ClassCount).Where(matrix.IsPresent)];
        ClassScores[] classes =
        [
            .. present.Select(c => new ClassScores(
                names?[c] ?? c.ToString(CultureInfo.InvariantCulture),
                matrix.Precision(c), matrix.Recall(c), matrix.Dice(c), matrix.Support(c))),
        ];
        return new ClassificationReport(classes, matrix)
        {
            UndefinedPrecisionCount = present.Count(c => matrix.Predicted(c) == 0),
            UndefinedRecallCount = present.Count(c => matrix.Support(c) == 0),
        };
    }

    /// <summary>
    /// The table as text, as scikit-learn lays it out; lines end with a line feed.
    /// </summary>
    public override string ToString() => ToString(digits: 2);

    /// <summary>The table as text.</summary>
    /// <param name="digits">Digits after the point, from 1 to 6.</param>
    public string ToString(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 6);
        string format = "F" + digits.ToString(CultureInfo.InvariantCulture);
        int width = Classes.Select(c => c.Name.Length).Append(WeightedAverage.Name.Length).Max();
        var text = new StringBuilder();

        void Line(string name, string precision, string recall, string f1, string support) => text
            .Append(name.PadLeft(width)).Append(' ')
            .Append(' ').Append(precision.PadLeft(NumberWidth))
            .Append(' ').Append(recall.PadLeft(NumberWidth))
            .Append(' ').Append(f1.PadLeft(NumberWidth))
            .Append(' ').Append(support.PadLeft(NumberWidth)).Append('\n');

        void Scores(ClassScores s) => Line(
            s.Name, Number(s.Precision), Number(s.Recall), Number(s.F1), Whole(s.Support));

        string Number(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

        Line("", "precision", "recall", "f1-score", "support");
        text.Append('\n');
        foreach (ClassScores scores in Classes)
        {
            Scores(scores);
        }

        text.Append('\n');
        Line("accuracy", "", "", Number(Accuracy), Whole(Total));
        Scores(MacroAverage);
        Scores(WeightedAverage);
        return text.ToString();
    }

    private ClassScores Average(string name, double total, Func<ClassScores, double> weight)
    {
        double precision = 0, recall = 0, f1 = 0;
        foreach (ClassScores c in Classes)
        {
            precision += weight(c) * c.Precision;
            recall += weight(c) * c.Recall;
            f1 += weight(c) * c.F1;
        }

        double scale = total == 0 ? 0 : 1 / total;
        return new ClassScores(name, precision * scale, recall * scale, f1 * scale, Total);
    }
}
