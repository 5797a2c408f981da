using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Operators that have gradients, with random parameters and inputs of random shapes: a line an
/// operator.
/// </summary>
public static partial class RandomGradients
{
    private static readonly Dictionary<Type, Func<Draw, (Operator, HostTensor?[])>> Makers = new()
    {
        [typeof(AvgPool2D)] = d => (
            new AvgPool2D(WindowOf(d), d.Bool(), d.Bool()), [d.Floats(d.Picture(4))]),
        [typeof(AxisProduct)] = AxisProduct,
        [typeof(BatchNorm)] = d =>
        {
            int[] x = d.Sizes(d.Of(1, 4), 7);
            int c = x[^1];
            return (
                new BatchNorm(1e-3f),
                [d.Floats(x), d.Floats(c), d.Floats(c), d.Floats(c), d.Between(0.5f, 2, c)]);
        },
        [typeof(BatchNormTraining)] = d =>
        {
            int[] x = [d.Of(4, 6), .. d.Sizes(d.Of(1, 3), 7)];
            return (new BatchNormTraining(1e-2f), [d.Floats(x), d.Floats(x[^1]), d.Floats(x[^1])]);
        },
        [typeof(Cast)] = d => (new Cast(ElementType.Float32), [d.Floats(d.Sizes(3))]),
        [typeof(Concat)] = Concat,
        [typeof(Conv2D)] = Conv2D,
        [typeof(ConvTranspose2D)] = ConvTranspose2D,
        [typeof(CumSum)] = d => (
            new CumSum(d.Of(-3, 2), d.Bool(), d.Bool()), [d.Floats(d.Sizes(3, 20))]),
        [typeof(Dropout)] = d => (
            new Dropout(d.Pick(0f, 0.3f, 0.8f), d.Of(0, 9), (ulong)d.Of(0, 9)),
            [d.Floats(d.Sizes(3, 9)), d.Ints(0, 9, d.Of(1, 2))]),
        [typeof(Expand)] = d =>
        {
            int[] y = d.Sizes(4);
            return (
                new Expand(new Shape(y)), [d.Floats([.. y[1..].Select(s => d.Bool() ? s : 1)])]);
        },
        [typeof(Gather)] = d =>
        {
            int[] x = d.Sizes(3);
            int axis = d.Of(0, 2);
            return (
                new Gather(axis), [d.Floats(x), d.Ints(-x[axis], x[axis] - 1, d.Sizes(d.Of(0, 2)))]);
        },
        [typeof(GatherElements)] = d =>
        {
            int[] x = d.Sizes(3);
            int axis = d.Of(0, 2);
            return (
                new GatherElements(axis),
                [d.Floats(x), d.Ints(-x[axis], x[axis] - 1, With(x, axis, d.Of(1, 6)))]);
        },
        [typeof(GatherNd)] = d =>
        {
            int[] x = d.Sizes(4);
            int batch = d.Of(0, 1);
            int depth = d.Of(1, 2);
            int most = x[batch..(batch + depth)].Min() - 1;
            return (
                new GatherNd(batch),
                [d.Floats(x), d.Ints(-most - 1, most, [.. x[..batch], d.Of(1, 6), depth])]);
        },
        [typeof(GlobalAvgPool2D)] = d => (new GlobalAvgPool2D(), [d.Floats(d.Picture())]),
        [typeof(GridSample)] = d =>
        {
            int[] x = d.Picture(2, 9);
            return (
                new GridSample(d.Pick<UpsampleMode>(), d.Pick<SamplePadding>(), d.Bool()),
                [d.Floats(x), d.Floats(x[0], d.Of(1, 5), d.Of(1, 5), 2).Map(v => 1.6f * v)]);
        },
        [typeof(GroupNorm)] = d =>
        {
            int groups = d.Of(1, 4);
            int c = groups * d.Of(1, 5);
            return (
                new GroupNorm(groups, 1e-2f),
                [d.Floats(d.Of(1, 2), d.Of(2, 5), d.Of(2, 5), c), d.Floats(c), d.Floats(c)]);
        },
        [typeof(Gru)] = d => Recurrent(
            d, 3, d.Bool()
                ? (h, direction) => new Gru(h, direction)
                : (h, direction) => new Gru(h, direction, ResetsAfter: false)),
        [typeof(LayerNorm)] = d =>
        {
            int[] x = [.. d.Sizes(2), d.Of(3, 20)];
            int axis = d.Of(1, 2);
            return (
                new LayerNorm(axis, 1e-2f), [d.Floats(x), d.Floats(x[axis..]), d.Floats(x[axis..])]);
        },
        [typeof(LocalResponseNorm)] = d => (
            new LocalResponseNorm(d.Pick(1, 3, 5), 0.1f, 0.75f, 1), [d.Floats(d.Picture())]),
        [typeof(LpNormalise)] = d => (
            new LpNormalise(d.Of(0, 2), d.Of(1, 2)), [d.Floats(d.Sizes(3, 8))]),
        [typeof(Lstm)] = d => Recurrent(d, 4, (h, direction) => new Lstm(h, direction)),
        [typeof(MatMul)] = MatMul,
        [typeof(MaxPool2D)] = d => (
            new MaxPool2D(WindowOf(d), d.Bool()), [d.Apart(d.Picture(4, 5))]),
        [typeof(MaxPoolWithIndices2D)] = d => (
            new MaxPoolWithIndices2D(WindowOf(d), d.Bool(), d.Bool()), [d.Apart(d.Picture(4, 5))]),
        [typeof(MaxUnpool2D)] = d =>
        {
            int[] x = d.Picture(1, 5);
            var op = new MaxUnpool2D(d.Of(1, 9), d.Of(1, 9));
            return (op, [d.Floats(x), d.Ints(-1, x[0] * x[3] * op.OutH * op.OutW, x)]);
        },
        [typeof(MeanVarianceNorm)] = d => (
            new MeanVarianceNorm(d.Pick<IntList>([1, 2], [0, 1, 2], [3]), 1e-2f),
            [d.Floats(2, d.Of(2, 5), d.Of(2, 5), d.Of(3, 9))]),
        [typeof(Pad)] = d =>
        {
            int[] x = [.. d.Sizes(3).Select(s => s + 2)];
            return (
                new Pad(
                    [.. x.Select(_ => d.Of(-1, 4))], [.. x.Select(_ => d.Of(-1, 4))], 0.5,
                    d.Pick<PadMode>()),
                [d.Floats(x)]);
        },
        [typeof(Pointwise)] = Pointwise,
        [typeof(Reduce)] = d =>
        {
            var kind = d.Pick<ReduceKind>();
            int[] x = d.Sizes(3, 6);
            IntList axes = d.Pick<IntList>([], [0], [-1], [0, 2], [1]);
            bool isOrder = kind is ReduceKind.Max or ReduceKind.Min;
            return (
                new Reduce(kind, axes, d.Bool()),
                [isOrder ? d.Apart(x) : kind == ReduceKind.Product ? Factors(d, x) : d.Floats(x)]);
        },
        [typeof(Reshape)] = d =>
        {
            int[] x = d.Sizes(3);
            return (new Reshape(new Shape([x[0] * x[1], 1, x[2]])), [d.Floats(x)]);
        },
        [typeof(ReverseSequence)] = d =>
        {
            int[] x = d.Sizes(3);
            int time = d.Of(0, 1);
            return (new ReverseSequence(time), [d.Floats(x), d.Ints(0, x[time], x[1 - time])]);
        },
        [typeof(RmsNorm)] = d =>
        {
            int[] x = [.. d.Sizes(2), d.Of(3, 20)];
            return (new RmsNorm(-1, 1e-2f), [d.Floats(x), d.Floats(x[2])]);
        },
        [typeof(Rnn)] = d => Recurrent(d, 1, (h, direction) => new Rnn(h, direction)),
        [typeof(RoiAlign)] = RoiAlign,
        [typeof(ScatterElements)] = d =>
        {
            int[] x = d.Sizes(3);
            int axis = d.Of(0, 2);
            int[] updates = With(x, axis, d.Of(1, 6));
            return (
                new ScatterElements(axis, d.Pick(ScatterReduction.None, ScatterReduction.Add)),
                [d.Floats(x), d.Ints(-x[axis], x[axis], updates), d.Floats(updates)]);
        },
        [typeof(ScatterNd)] = d =>
        {
            int[] x = d.Sizes(3);
            int depth = d.Of(1, 2);
            int most = x[..depth].Max();
            int count = d.Of(1, 6);
            return (
                new ScatterNd(d.Pick(ScatterReduction.None, ScatterReduction.Add)),
                [d.Floats(x), d.Ints(-most, most, count, depth), d.Floats([count, .. x[depth..]])]);
        },
        [typeof(Select)] = d =>
        {
            int[] y = d.Sizes(3);
            int[] condition = Shrunk(d, y);
            byte[] bits = [.. d.Ints(0, 1, condition).Ints.ToArray().Select(v => (byte)v)];
            return (
                new Select(),
                [
                    HostTensor.OfBytes(new Shape(condition), bits), d.Floats(Shrunk(d, y)),
                    d.Floats(y),
                ]);
        },
        [typeof(Slice)] = Slice,
        [typeof(Softmax)] = d => (new Softmax(d.Of(-3, 2), d.Bool()), [d.Floats(d.Sizes(3, 20))]),
        [typeof(SoftmaxCrossEntropy)] = CrossEntropy,
        [typeof(SumPool2D)] = d => (
            new SumPool2D(WindowOf(d), d.Bool()), [d.Floats(d.Picture(4))]),
        [typeof(TopK)] = d =>
        {
            int[] x = d.Sizes(3);
            int axis = d.Of(0, 2);
            return (new TopK(axis, d.Of(1, x[axis]), d.Bool()), [d.Apart(x)]);
        },
        [typeof(Transpose)] = d => (
            new Transpose(d.Pick<IntList>([2, 0, 1], [1, 0, 2], [0, 2, 1], [2, 1, 0])),
            [d.Floats(d.Sizes(3, 20))]),
        [typeof(Trilu)] = d => (new Trilu(d.Bool(), d.Of(-3, 3)), [d.Floats(d.Sizes(3, 6))]),
        [typeof(Upsample2D)] = d => (
            new Upsample2D(
                d.Of(1, 9), d.Of(1, 9), d.Pick<UpsampleMode>(),
                d.Pick(
                    CoordinateTransform.HalfPixel, CoordinateTransform.AlignCorners,
                    CoordinateTransform.Asymmetric)),
            [d.Floats(d.Picture(2))]),
    };

    /// <summary>The operators.</summary>
    public static IEnumerable<Type> Types => Makers.Keys;

    /// <summary>An operator of a type, and inputs of it.</summary>
    public static (Operator Operator, HostTensor?[] Inputs) Make(Type type, int seed) =>
        Makers[type](new Draw(seed));
}
