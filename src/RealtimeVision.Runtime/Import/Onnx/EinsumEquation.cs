using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// An equation of Einstein's summation: a label for each axis of each operand and of the result.
/// </summary>
/// <param name="Operands">Labels of each operand's axes.</param>
/// <param name="Result">Labels of the result's axes; what is in no other place is summed over.
/// </param>
internal sealed record EinsumEquation(int[][] Operands, int[] Result)
{
    private const string Ellipsis = "...";

    // Axes under an ellipsis are numbered from the last one, beyond all letters.
    private const int LastOfEllipsis = 1 << 20;

    /// <summary>Reads an equation such as <c>bij, bjk -> bik</c>.</summary>
    /// <exception cref="FormatException">It is none, or does not suit the operands.</exception>
    public static EinsumEquation Parse(string text, IReadOnlyList<Shape> shapes)
    {
        string[] sides = text.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != shapes.Count)
        {
            throw new FormatException($"'{text}' is no equation of {shapes.Count} operands");
        }

        int[][] operands = [.. terms.Select((term, i) => LabelsOf(term, shapes[i].Rank))];
        int hidden = operands.Max(labels => labels.Count(label => label > char.MaxValue));
        int[] result = sides.Length == 2
            ? LabelsOf(sides[1], sides[1].Replace(Ellipsis, "", StringComparison.Ordinal).Length
                + (sides[1].Contains(Ellipsis, StringComparison.Ordinal) ? hidden : 0))
            : Implied(operands);
        var known = operands.SelectMany(labels => labels).ToHashSet();
        return result.Distinct().Count() == result.Length && result.All(known.Contains)
            ? new EinsumEquation(operands, result)
            : throw new FormatException($"the result of '{text}' has axes twice, or of no operand");
    }

    // Without an arrow: what is under an ellipsis, then labels that are there once, in their order.
    private static int[] Implied(int[][] operands)
    {
        var all = operands.SelectMany(labels => labels).ToList();
        return
        [
            .. all.Where(label => label > char.MaxValue).Distinct().Order(),
            .. all.Where(label => label <= char.MaxValue && all.Count(l => l == label) == 1)
                .Order(),
        ];
    }

    private static int[] LabelsOf(string term, int rank)
    {
        int at = term.IndexOf(Ellipsis, StringComparison.Ordinal);
        string letters = at < 0 ? term : term.Remove(at, Ellipsis.Length);
        int hidden = rank - letters.Length;
        if (!letters.All(char.IsAsciiLetter) || hidden < 0 || (at < 0 && hidden > 0))
        {
            throw new FormatException($"'{term}' does not name {rank} axes");
        }

        var labels = letters.Select(letter => (int)letter).ToList();
        labels.InsertRange(
            Math.Max(at, 0), Enumerable.Range(LastOfEllipsis - hidden, at < 0 ? 0 : hidden));
        return [.. labels];
    }
}
