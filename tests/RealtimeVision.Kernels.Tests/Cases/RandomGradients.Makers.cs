using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>What takes more than a line.</summary>
public static partial class RandomGradients
{
    private static (Operator, HostTensor?[]) AxisProduct(Draw d)
    {
        int[] x = d.Sizes(3, 7);
        int axis = d.Of(0, 2);
        var matrix = SparseMatrix.Of(x[axis], [.. Enumerable.Range(0, d.Of(1, 6)).Select(
            _ => Enumerable.Range(0, d.Of(0, 3)).Select(
                _ => (d.Of(0, x[axis] - 1), d.Of(-9, 9) / 10f)).ToArray())]);
        return (new AxisProduct(axis, matrix), [d.Floats(x)]);
    }

    private static (Operator, HostTensor?[]) Concat(Draw d)
    {
        int[] x = d.Sizes(3);
        int axis = d.Of(0, 2);
        return (
            new Concat(axis),
            [.. Enumerable.Range(0, d.Of(1, 3)).Select(_ => d.Floats(With(x, axis, d.Of(1, 5))))]);
    }

    private static (Operator, HostTensor?[]) Conv2D(Draw d)
    {
        int groups = d.Pick(1, 1, 2, 3);
        int perGroup = d.Of(1, 9);
        int outputs = groups * d.Of(1, 9);
        var (kernelH, kernelW) = (d.Of(1, 3), d.Of(1, 3));
        var op = new Conv2D(
            new(d.Of(1, 2), d.Of(1, 2)), new(d.Of(0, 1), d.Of(0, 2), d.Of(0, 1), d.Of(0, 2)),
            new(d.Of(1, 2), d.Of(1, 2)), groups);
        return (
            op,
            [
                d.Floats(d.Of(1, 2), d.Of(5, 9), d.Of(5, 9), groups * perGroup),
                d.Weights(kernelH * kernelW * perGroup, kernelH, kernelW, perGroup, outputs),
                d.Maybe(d.Floats(outputs)),
            ]);
    }

    private static (Operator, HostTensor?[]) ConvTranspose2D(Draw d)
    {
        int groups = d.Pick(1, 1, 2);
        int perGroup = d.Of(1, 9);
        int inputs = groups * d.Of(1, 9);
        var stride = new Size2(d.Of(1, 2), d.Of(1, 2));
        var op = new ConvTranspose2D(
            stride, d.Of(0, 1), new(d.Of(0, stride.Height - 1), d.Of(0, stride.Width - 1)),
            Size2.One, groups);
        var (kernelH, kernelW) = (d.Of(2, 3), d.Of(2, 3));
        return (
            op,
            [
                d.Floats(d.Of(1, 2), d.Of(2, 6), d.Of(2, 6), inputs),
                d.Weights(kernelH * kernelW * inputs, kernelH, kernelW, perGroup, inputs),
                d.Maybe(d.Floats(perGroup * groups)),
            ]);
    }

    private static (Operator, HostTensor?[]) MatMul(Draw d)
    {
        var (m, n, k) = (d.Of(1, 20), d.Of(1, 20), d.Of(1, 20));
        var op = new MatMul(d.Bool(), d.Bool());
        int[] batch = d.Sizes(d.Of(0, 2), 3);
        int[] a = [.. Shrunk(d, batch), .. op.TransposeA ? new[] { k, m } : [m, k]];
        int[] b = [.. batch, .. op.TransposeB ? new[] { n, k } : [k, n]];
        return (op, [d.Floats(a), d.Weights(k, b), d.Maybe(d.Floats(n))]);
    }

    private static (Operator, HostTensor?[]) Pointwise(Draw d)
    {
        int[] y = d.Sizes(3, 7);
        var binary = d.Pick(
            Binary.Add, Binary.Subtract, Binary.SubtractFrom, Binary.Multiply, Binary.Divide,
            Binary.DivideInto, Binary.Minimum, Binary.Maximum, Binary.Power, Binary.Atan2,
            Binary.Modulo, Binary.Remainder);
        var unary = d.Pick(
            Unary.Tanh, Unary.Sigmoid, Unary.Sin, Unary.Softplus, Unary.Gelu, Unary.Square,
            Unary.Atan, Unary.Silu, Unary.Erf);
        var chain = d.Of(0, 2) switch
        {
            0 => new PointwiseChain(new ChainLink(binary)),
            1 => new PointwiseChain(new(binary), new(unary)),
            _ => new PointwiseChain(new(Unary.Affine, 0.5f, 1), new(binary), new(unary)),
        };
        return (
            new Pointwise(chain),
            [d.Between(0.2f, 1.8f, y), d.Between(0.3f, 1.5f, Shrunk(d, y))]);
    }

    private static (Operator, HostTensor?[]) Recurrent(
        Draw d, int gates, Func<int, RecurrentDirection, RecurrentOperator> layer)
    {
        var direction = d.Pick<RecurrentDirection>();
        int directions = direction == RecurrentDirection.Bidirectional ? 2 : 1;
        var (t, n, f, h) = (d.Of(1, 4), d.Of(1, 5), d.Of(1, 5), d.Of(1, 18));
        var op = layer(h, direction);
        int biases = op is Gru { ResetsAfter: true } ? 4 : gates;
        bool isLstm = op is Lstm;
        return (
            op,
            [
                d.Floats(t, n, f), d.Weights(f, directions, f, gates * h),
                d.Weights(h, directions, h, gates * h), d.Maybe(d.Floats(directions, biases * h)),
                d.Maybe(d.Floats(directions, n, h)),
                isLstm ? d.Maybe(d.Floats(directions, n, h)) : null,
                isLstm ? d.Maybe(d.Floats(directions, 3 * h)) : null, d.Maybe(d.Ints(0, t, n)),
            ]);
    }

    private static (Operator, HostTensor?[]) RoiAlign(Draw d)
    {
        int[] x = d.Picture(3, 9);
        int r = d.Of(1, 4);
        float[] corners =
        [
            .. d.Floats(r, 4).Floats.ToArray().Select(
                (v, i) => (v * 2) + (i % 4 < 2 ? 1 : x[2 - (i % 2)])),
        ];
        return (
            new RoiAlign(d.Of(1, 3), d.Of(1, 3), d.Pick(1f, 0.5f), d.Of(0, 2), d.Bool()),
            [d.Floats(x), HostTensor.Of(new Shape(r, 4), corners), d.Ints(0, x[0] - 1, r)]);
    }

    private static (Operator, HostTensor?[]) Slice(Draw d)
    {
        int[] x = d.Sizes(3, 7);
        int[] steps = [.. x.Select(_ => d.Pick(1, 1, 2, 3, -1, -2))];
        int[] starts = [.. x.Select(s => d.Of(0, s - 1))];
        int[] sizes =
        [
            .. x.Select((s, i) => d.Of(
                1, 1 + ((steps[i] > 0 ? s - 1 - starts[i] : starts[i]) / Math.Abs(steps[i])))),
        ];
        return (new Slice([.. starts], new Shape(sizes), [.. steps]), [d.Floats(x)]);
    }

    private static (Operator, HostTensor?[]) CrossEntropy(Draw d)
    {
        int[] rows = d.Sizes(d.Of(0, 3));
        int classes = d.Pick(1, 2, 5, 10, 64, 100);
        int? ignored = d.Bool() ? d.Of(0, classes - 1) : null;
        return (
            new SoftmaxCrossEntropy(ignored, d.Pick(0f, 0.1f)),
            [
                d.Floats([.. rows, classes]).Map(v => 3 * v), d.Ints(0, classes - 1, rows),
                d.Maybe(d.Between(0.5f, 2, classes)),
            ]);
    }

    private static Window2 WindowOf(Draw d)
    {
        var kernel = new Size2(d.Of(1, 3), d.Of(1, 3));
        return new(
            kernel, new(d.Of(1, 3), d.Of(1, 3)),
            new(
                d.Of(0, kernel.Height - 1), d.Of(0, kernel.Width - 1), d.Of(0, kernel.Height - 1),
                d.Of(0, kernel.Width - 1)),
            Size2.One);
    }

    // Some of which are 0.
    private static HostTensor Factors(Draw d, int[] sizes) =>
        d.Between(0.5f, 1.5f, sizes).Map(v => v < 0.6f ? 0 : v > 1.2f ? -v : v);

    private static int[] With(int[] sizes, int axis, int size)
    {
        int[] others = [.. sizes];
        others[axis] = size;
        return others;
    }

    // Sizes that broadcast to others.
    private static int[] Shrunk(Draw d, int[] sizes) =>
        [.. sizes.Select(s => d.Of(0, 3) == 0 ? 1 : s)];
}
