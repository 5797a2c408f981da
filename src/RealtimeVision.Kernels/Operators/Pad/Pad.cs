using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What padding holds. The names are NumPy's.</summary>
public enum PadMode
{
    /// <summary>One number.</summary>
    Constant,

    /// <summary>
    /// What lies as far inside, the outermost entry not repeated: c b | a b c | b a.
    /// </summary>
    Reflect,

    /// <summary>The outermost entry: a a | a b c | c c.</summary>
    Edge,

    /// <summary>The tensor over again: b c | a b c | a b.</summary>
    Wrap,
}

/// <summary>A tensor with something around it, or with something cut off.</summary>
/// <remarks>
/// Input: a tensor of any type. Output: of that type, each dimension longer by before + after.
/// Where one of these is negative, so many entries are cut off first. Reflections and repetitions
/// go on as far as is asked for.
/// </remarks>
/// <param name="Before">Entries added before, for each dimension.</param>
/// <param name="After">Entries added after, for each dimension.</param>
/// <param name="Value">
/// What the elements hold where <paramref name="Mode"/> is <see cref="PadMode.Constant"/>; in whole
/// numbers cut off towards zero.
/// </param>
/// <param name="Mode">What they hold.</param>
public sealed partial record Pad(
    IntList Before, IntList After, double Value = 0, PadMode Mode = PadMode.Constant) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        var x = inputs[0].Shape;
        Require(
            Before.Count == x.Rank && After.Count == x.Rank,
            $"padding {Before} before and {After} after has to be one number a dimension of {x}");
        var sizes = new int[x.Rank];
        for (int d = 0; d < sizes.Length; d++)
        {
            int kept = Kept(x, d);
            Require(kept >= 0, $"padding {Before} before and {After} after cuts more than {x} has");
            sizes[d] = checked(Math.Max(Before[d], 0) + kept + Math.Max(After[d], 0));
            Require(
                kept > 0 || sizes[d] == 0 || Mode == PadMode.Constant,
                $"there is nothing to repeat along dimension {d} of {x}");
        }

        return [inputs[0] with { Shape = new Shape(sizes) }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var (x, dx) = (g.Input(0).Shape, g.OutputGradient());
        if (dx.Shape.Count == 0)
        {
            g.Give(0, g.Fill(0, x));
            return;
        }

        if (Mode == PadMode.Constant)
        {
            // Negative padding cuts off.
            int[] before = [.. Before.Values.ToArray().Select(p => -p)];
            int[] after = [.. After.Values.ToArray().Select(p => -p)];
            g.Give(0, g.Add(new Pad([.. before], [.. after]), dx));
            return;
        }

        for (int d = 0; d < x.Rank; d++)
        {
            if (Before[d] != 0 || After[d] != 0)
            {
                var picking = SparseMatrix.Picking(x[d], EntriesOf(x, d, dx.Shape[d]));
                dx = g.Add(new AxisProduct(d, picking.Transposed), dx);
            }
        }

        g.Give(0, dx);
    }

    /// <summary>Entries of a dimension that are not cut off.</summary>
    private int Kept(Shape x, int d) => x[d] + Math.Min(Before[d], 0) + Math.Min(After[d], 0);

    /// <summary>The value as an element of four bytes, or of one.</summary>
    private int BitsOf(ElementType type) => type switch
    {
        ElementType.Float32 => BitConverter.SingleToInt32Bits((float)Value),
        ElementType.UInt8 => (byte)Value,
        _ => (int)Value,
    };

    /// <summary>What is kept of a tensor, to where it lies in the output.</summary>
    private StridedCopy CopyOf(Shape x, Shape y)
    {
        var (from, to) = (x.Strides(), y.Strides());
        var (source, target) = (0, 0);
        var sizes = new int[x.Rank];
        for (int d = 0; d < sizes.Length; d++)
        {
            sizes[d] = Kept(x, d);
            source += Math.Max(-Before[d], 0) * from[d];
            target += Math.Max(Before[d], 0) * to[d];
        }

        return StridedCopy.Of(sizes, from, to, source, target);
    }

    /// <summary>The whole output as entries of a tensor.</summary>
    private TableCopy RepetitionOf(Shape x, Shape y)
    {
        var entries = new int[x.Rank][];
        for (int d = 0; d < entries.Length; d++)
        {
            entries[d] = EntriesOf(x, d, y[d]);
        }

        return TableCopy.Of(x, entries);
    }

    /// <summary>For each element along a dimension of the output, the input's.</summary>
    private int[] EntriesOf(Shape x, int d, int count)
    {
        int kept = Kept(x, d);
        int cut = Math.Max(-Before[d], 0);
        int before = Math.Max(Before[d], 0);
        var entries = new int[count];
        for (int i = 0; i < count; i++)
        {
            entries[i] = cut + EntryAt(i - before, kept);
        }

        return entries;
    }

    private string RepetitionKey(Shape x) => $"pad {Mode} {Before} {After} {x}";

    // The entry, among so many, that stands at a place before, inside or after them.
    private int EntryAt(int place, int count)
    {
        switch (Mode)
        {
            case PadMode.Edge:
                return Math.Clamp(place, 0, count - 1);
            case PadMode.Wrap:
                return ((place % count) + count) % count;
            default:
                int period = Math.Max(2 * (count - 1), 1);
                int phase = ((place % period) + period) % period;
                return Math.Min(phase, period - phase) % count;
        }
    }
}
