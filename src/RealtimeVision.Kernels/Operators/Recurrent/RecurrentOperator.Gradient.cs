using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record RecurrentOperator
{
    /// <summary>How gradients go through a step; null where there is none.</summary>
    internal virtual RecurrentAdjoint? Adjoint => null;

    /// <inheritdoc/>
    public override bool IsDifferentiable => Adjoint is not null;

    /// <inheritdoc/>
    /// <remarks>
    /// One node goes back through time; all before and after it are products over all steps at
    /// once: with dg the gradient of the gates' sums, dx = dg w', dw = x' dg and dr = h' dg, h being
    /// of the step before.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var adjoint = Adjoint!;
        var (x, w, r) = (g.Input(Sequence), g.Input(InputWeights), g.Input(RecurrentWeights));
        var (t, n, f) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        int d = Directions;
        int rows = t * n;
        var lines = g.Add(new Reshape(new Shape(1, rows, f)), x);
        var perStep = new Shape(d, t, n, Gates * Hidden);
        var lengths = g.Has(Lengths) ? g.Input(Lengths) : null;
        var y = g.Output(AllHidden);
        var before = Before(
            g,
            [.. Enumerable.Range(0, d).Select(i => Part(g, y, 2, i * Hidden, Hidden))],
            g.Has(InitialHidden) ? g.Input(InitialHidden) : null,
            lengths);
        bool hasCell = adjoint.HasCell;
        var c0 = hasCell && g.Has(InitialCellInput) ? g.Input(InitialCellInput) : null;
        bool hasPeepholes = PeepholeInput >= 0 && g.Has(PeepholeInput);
        var inputShare = g.Add(new MatMul(), lines, w);
        var (hiddenShare, scaled) = adjoint.HasReset
            ? ShareOfReset(g, inputShare, before, r)
            : (g.Add(new MatMul(), before, r), before);
        var node = g.AddNode(
            new RecurrentGradient(this),
            g.Add(new Reshape(perStep), inputShare),
            g.Add(new Reshape(perStep), hiddenShare),
            r,
            adjoint.IsSplit || adjoint.HasReset
                ? g.Add(new Reshape(new Shape(d, t, n, Hidden)), before)
                : null,
            g.Has(Bias) ? g.Input(Bias) : null,
            c0,
            hasPeepholes ? g.Input(PeepholeInput) : null,
            g.HasGradient(AllHidden) ? g.OutputGradient(AllHidden) : null,
            g.HasGradient(LastHidden) ? g.OutputGradient(LastHidden) : null,
            hasCell && g.HasGradient(LastCellOutput) ? g.OutputGradient(LastCellOutput) : null,
            lengths);
        var flat = new Shape(d, rows, Gates * Hidden);
        var sums = g.Add(new Reshape(flat), node.Outputs[RecurrentGradient.SumGradient]);
        var ofHidden = adjoint.IsSplit
            ? g.Add(new Reshape(flat), node.Outputs[RecurrentGradient.HiddenShareGradient])
            : sums;
        if (g.Wants(Sequence))
        {
            var dx = g.SumTo(g.Add(new MatMul(false, true), sums, w), lines.Shape);
            g.Give(Sequence, g.Add(new Reshape(x.Shape), dx));
        }

        if (g.Wants(InputWeights))
        {
            g.Give(InputWeights, g.Add(new MatMul(true), lines, sums));
        }

        if (g.Wants(RecurrentWeights))
        {
            int gated = (Gates - 1) * Hidden;
            g.Give(RecurrentWeights, adjoint.HasReset
                ? g.Add(
                    new Concat(2), g.Add(new MatMul(true), before, Part(g, sums, 2, 0, gated)),
                    g.Add(new MatMul(true), scaled, Part(g, sums, 2, gated, Hidden)))
                : g.Add(new MatMul(true), before, ofHidden));
        }

        if (g.Wants(Bias))
        {
            var bias = SumOfRows(g, sums);
            g.Give(Bias, adjoint.IsSplit
                ? g.Add(
                    new Concat(1), bias,
                    Part(g, SumOfRows(g, ofHidden), 1, (Gates - 1) * Hidden, Hidden))
                : bias);
        }

        if (g.Wants(InitialHidden))
        {
            g.Give(InitialHidden, node.Outputs[RecurrentGradient.InitialHiddenGradient]);
        }

        if (hasCell && g.Wants(InitialCellInput))
        {
            g.Give(InitialCellInput, node.Outputs[RecurrentGradient.InitialCellGradient]);
        }

        if (hasPeepholes && g.Wants(PeepholeInput))
        {
            g.Give(PeepholeInput, PeepholeGradient(
                g, sums, node.Outputs[RecurrentGradient.AllCells], c0));
        }
    }

    /// <summary>
    /// What h of the steps before [D, T N, H] adds to the gates' sums where the first gate scales it
    /// for the last, and the scaled h.
    /// </summary>
    private (Value Share, Value Scaled) ShareOfReset(
        GradientBuilder g, Value inputShare, Value before, Value r)
    {
        int gated = (Gates - 1) * Hidden;
        var share = g.Add(new MatMul(), before, Part(g, r, 2, 0, gated));
        var sum = g.Apply(
            Binary.Add, Part(g, inputShare, 2, 0, Hidden), Part(g, share, 2, 0, Hidden));
        if (g.Has(Bias))
        {
            var bias = Part(g, g.Input(Bias), 1, 0, Hidden);
            sum = g.Apply(
                Binary.Add, sum, g.Add(new Reshape(new Shape(Directions, 1, Hidden)), bias));
        }

        if (float.IsFinite(Clip))
        {
            sum = g.Apply(Unary.Clip, sum, -Clip, Clip);
        }

        var scaled = g.Apply(Binary.Multiply, g.Apply(Unary.Sigmoid, sum), before);
        var ofScaled = g.Add(new MatMul(), scaled, Part(g, r, 2, gated, Hidden));
        return (g.Add(new Concat(2), share, ofScaled), scaled);
    }

    /// <summary>
    /// The sums of i and f saw the c before, that of o the new one, each unit its own.
    /// </summary>
    private Value PeepholeGradient(GradientBuilder g, Value sums, Value cells, Value? c0)
    {
        var (d, t, n) = (cells.Shape[0], cells.Shape[1], cells.Shape[2]);
        var perDirection = new Shape(t, n, Hidden);
        var before = Before(
            g,
            [.. Enumerable.Range(0, d).Select(
                i => g.Add(new Reshape(perDirection), Part(g, cells, 0, i, 1)))],
            c0);
        var after = g.Add(new Reshape(before.Shape), cells);
        var products = new[] { (0, before), (1, before), (3, after) }.Select(
            p => SumOfRows(g, g.Apply(
                Binary.Multiply, Part(g, sums, 2, p.Item1 * Hidden, Hidden), p.Item2)));
        return g.Add(new Concat(1), [.. products]);
    }

    /// <summary>
    /// The states that steps began with [D, T N, H], of those that they ended with [T, N, H] and
    /// the one that the sequence began with.
    /// </summary>
    /// <param name="g">What adds nodes.</param>
    /// <param name="states">One for each direction.</param>
    /// <param name="initial">[D, N, H], or null for zeros.</param>
    /// <param name="lengths">Where states are zero from the sequence's length on, the lengths: the
    /// reverse direction then begins within.</param>
    private Value Before(
        GradientBuilder g, Value[] states, Value? initial, Value? lengths = null)
    {
        var (t, n) = (states[0].Shape[0], states[0].Shape[1]);
        var before = new Value[states.Length];
        for (int d = 0; d < states.Length; d++)
        {
            var first = initial is null
                ? g.Fill(0, new Shape(1, n, Hidden))
                : Part(g, initial, 0, d, 1);
            bool isReversed = IsReversed(d);
            var all = first;
            if (t > 1)
            {
                var rest = Part(g, states[d], 0, isReversed ? 1 : 0, t - 1);
                if (isReversed && lengths is not null && initial is not null)
                {
                    var values = g.Add(
                        new Concat(0), g.Fill(0, new Shape(1)), g.Fill(1, new Shape(1)));
                    var begins = Part(g, g.Add(new OneHot(t, 0), lengths, values), 0, 1, t - 1);
                    begins = g.Add(new Reshape(new Shape(t - 1, n, 1)), begins);
                    rest = g.Apply(Binary.Add, rest, g.Apply(Binary.Multiply, begins, first));
                }

                all = isReversed
                    ? g.Add(new Concat(0), rest, first)
                    : g.Add(new Concat(0), first, rest);
            }

            before[d] = g.Add(new Reshape(new Shape(1, t * n, Hidden)), all);
        }

        return before.Length == 1 ? before[0] : g.Add(new Concat(0), before);
    }

    /// <summary>Some neighbours along one dimension.</summary>
    private static Value Part(GradientBuilder g, Value x, int axis, int start, int size)
    {
        if (size == x.Shape[axis])
        {
            return x;
        }

        var starts = new int[x.Shape.Rank];
        starts[axis] = start;
        return g.Add(new Slice([.. starts], x.Shape.With(axis, size)), x);
    }

    private static Value SumOfRows(GradientBuilder g, Value x) =>
        g.Add(new Reduce(ReduceKind.Sum, [1], KeepDims: false), x);
}
