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

        var stages = AxisLines.Stages(x.Type.Shape, IsReduced(x.Type.Shape));
        for (int i = 0; i < stages.Count; i++)
        {
            bool isLast = i == stages.Count - 1;
            var target = isLast ? y : b.Scratch(TensorType.Float(stages[i].Count));
            AddStage(b, x, target, stages[i], isLast ? ScaleOf(b.InputShape(0), y.Type.Shape) : 1);
            x = target;
        }
    }

    private void AddStage(CpuBindings b, CpuTensor x, CpuTensor y, AxisLines lines, float scale)
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
            OuterAtOnce = outerAtOnce, Scale = chunks == 1 ? scale : 1, Fold = FoldOf(b.Width),
            Pieces = checked((outer + outerAtOnce - 1) / outerAtOnce * stripes * chunks),
        });
        if (chunks > 1)
        {
            AddStage(b, target, y, lines with { Length = chunks }, scale);
        }
    }

    private delegate*<float*, long, int, long, float*, float, void> FoldOf(VectorWidth width) => Kind switch
    {
        ReduceKind.Max => FoldOf<Maximum>(width),
        ReduceKind.Min => FoldOf<Minimum>(width),
        _ => FoldOf<Add>(width),
    };

    private static delegate*<float*, long, int, long, float*, float, void> FoldOf<TFunction>(VectorWidth width)
        where TFunction : struct, IBinaryFunction => width switch
        {
            VectorWidth.Vector512 => &ReduceLoops.Fold<TFunction, Lanes16>,
            VectorWidth.Vector256 => &ReduceLoops.Fold<TFunction, Lanes8>,
            VectorWidth.Vector128 => &ReduceLoops.Fold<TFunction, Lanes4>,
            _ => &ReduceLoops.Fold<TFunction, Lanes1>,
        };
}
