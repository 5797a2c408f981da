using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Reduce : ICpuOperator
{
    private const int PieceElements = 32 * 1024;
    private const int StripeColumns = 1024;
    private const int LeastChunkRows = 64;

    /// <summary>
    /// Lines cut into chunks, each folded to one number, and into stripes of neighbouring lines.
    /// </summary>
    private sealed class FoldStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        /// <summary>[Outer, Chunks, Inner].</summary>
        public required CpuTensor Y { get; init; }

        public required AxisLines Lines { get; init; }

        public required int Chunks { get; init; }

        public required int Stripes { get; init; }

        public required int OuterAtOnce { get; init; }

        public required float Scale { get; init; }

        public required delegate*<float*, long, int, long, float*, float, void> Fold { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (outer, length, inner) = Lines;
            int chunk = piece % Chunks;
            int stripe = piece / Chunks % Stripes;
            int first = piece / (Chunks * Stripes) * OuterAtOnce;
            int row = (int)((long)length * chunk / Chunks);
            int rows = (int)((long)length * (chunk + 1) / Chunks) - row;
            int column = stripe * StripeColumns;
            int columns = Stripes == 1 ? inner : Math.Min(StripeColumns, inner - column);
            for (int o = first; o < Math.Min(outer, first + OuterAtOnce); o++)
            {
                Fold(
                    X.Floats + ((((long)o * length) + row) * inner) + column,
                    rows,
                    columns,
                    inner,
                    Y.Floats + ((((long)o * Chunks) + chunk) * inner) + column,
                    Scale);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var element = x.Type.Element;
        var stages = AxisLines.Stages(x.Type.Shape, IsReduced(x.Type.Shape));
        for (int i = 0; i < stages.Count; i++)
        {
            bool isLast = i == stages.Count - 1;
            var target = isLast ? y : b.Scratch(TensorType.Float(stages[i].Count));
            AddStage(
                b, x, target, stages[i], isLast ? ScaleOf(b.InputShape(0), y.Type.Shape) : 1,
                FoldOf(b.Width, element, isFirst: i == 0),
                FoldOf(b.Width, element, isFirst: false));
            x = target;
        }
    }

    private void AddStage(
        CpuBindings b, CpuTensor x, CpuTensor y, AxisLines lines, float scale,
        delegate*<float*, long, int, long, float*, float, void> fold,
        delegate*<float*, long, int, long, float*, float, void> foldAgain)
    {
        var (outer, length, inner) = lines;
        int stripes = (inner + StripeColumns - 1) / StripeColumns;
        int chunkRows = Math.Max(LeastChunkRows, PieceElements / Math.Min(inner, StripeColumns));
        int chunks = Math.Max(1, length / chunkRows);
        var target = chunks == 1 ? y : b.Scratch(TensorType.Float(outer, chunks, inner));
        int outerAtOnce = chunks * stripes > 1 ? 1 : (int)Math.Max(1, PieceElements / ((long)length * inner));
        b.Add(new FoldStep
        {
            Label = $"Reduce {Kind}", X = x, Y = target, Lines = lines, Chunks = chunks, Stripes = stripes,
            OuterAtOnce = outerAtOnce, Scale = chunks == 1 ? scale : 1, Fold = fold,
            Pieces = checked((outer + outerAtOnce - 1) / outerAtOnce * stripes * chunks),
        });
        if (chunks > 1)
        {
            AddStage(b, target, y, lines with { Length = chunks }, scale, foldAgain, foldAgain);
        }
    }

    /// <summary>
    /// The loop of a stage; magnitudes and squares are taken in the first alone.
    /// </summary>
    private delegate*<float*, long, int, long, float*, float, void> FoldOf(
        VectorWidth width, ElementType element, bool isFirst) => (element, Kind) switch
        {
            (ElementType.Int32, ReduceKind.Max) => &IntegerReduceLoops.Fold<Maximum>,
            (ElementType.Int32, ReduceKind.Min) => &IntegerReduceLoops.Fold<Minimum>,
            (ElementType.Int32, ReduceKind.Product) => &IntegerReduceLoops.Fold<Multiply>,
            (ElementType.Int32, _) => &IntegerReduceLoops.Fold<Add>,
            (_, ReduceKind.Max) => FoldOf<Unchanged, Maximum>(width),
            (_, ReduceKind.Min) => FoldOf<Unchanged, Minimum>(width),
            (_, ReduceKind.Product) => FoldOf<Unchanged, Multiply>(width),
            (_, ReduceKind.SumOfMagnitudes) when isFirst => FoldOf<Abs, Add>(width),
            (_, ReduceKind.SumOfSquares) when isFirst => FoldOf<Square, Add>(width),
            _ => FoldOf<Unchanged, Add>(width),
        };

    private static delegate*<float*, long, int, long, float*, float, void> FoldOf
        <TBefore, TFunction>(VectorWidth width)
        where TBefore : struct, IUnaryFunction
        where TFunction : struct, IBinaryFunction => width switch
        {
            VectorWidth.Vector512 => &ReduceLoops.Fold<TBefore, TFunction, Lanes16>,
            VectorWidth.Vector256 => &ReduceLoops.Fold<TBefore, TFunction, Lanes8>,
            VectorWidth.Vector128 => &ReduceLoops.Fold<TBefore, TFunction, Lanes4>,
            _ => &ReduceLoops.Fold<TBefore, TFunction, Lanes1>,
        };
}
