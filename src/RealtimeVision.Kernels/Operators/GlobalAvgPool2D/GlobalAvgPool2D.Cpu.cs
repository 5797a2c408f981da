using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GlobalAvgPool2D : ICpuOperator
{
    // Short enough for exact sums, long enough that adding the partial sums costs nothing.
    private const int MostPixelsPerBlock = 512;

    /// <summary>
    /// Adds rows of channels in blocks: [pictures, pixels, C] to [pictures, blocks, C].
    /// </summary>
    private sealed unsafe class SumStep : VectorStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor Destination { get; init; }

        public required int Pixels { get; init; }

        public required int Channels { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required float Scale { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int picture = piece / Blocks.Pieces;
            var (from, to) = Blocks.Range(piece % Blocks.Pieces);
            nint channels = Channels;
            float* first = Source.Floats + ((((nint)picture * Pixels) + from) * channels);
            float* result = Destination.Floats + (piece * channels);
            var scale = TLanes.Broadcast(Scale);
            for (nint at = 0; at < channels; at += TLanes.Count)
            {
                // Four sums hide the latency of an addition, and each is a quarter as long.
                nint c = Math.Min(at, channels - TLanes.Count);
                var sum0 = TLanes.Broadcast(0);
                var (sum1, sum2, sum3) = (sum0, sum0, sum0);
                float* pixel = first + c;
                int left = to - from;
                for (; left >= 4; left -= 4, pixel += 4 * channels)
                {
                    sum0 += TLanes.Load(pixel);
                    sum1 += TLanes.Load(pixel + channels);
                    sum2 += TLanes.Load(pixel + (2 * channels));
                    sum3 += TLanes.Load(pixel + (3 * channels));
                }

                for (; left > 0; left--, pixel += channels)
                {
                    sum0 += TLanes.Load(pixel);
                }

                ((sum0 + sum1 + (sum2 + sum3)) * scale).Store(result + c);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var x = b.InputShape(0);
        int pixels = checked(x.H * x.W);
        var blocks = RowBlocks.Of(pixels, x.C);
        blocks = blocks with { RowsPerPiece = Math.Min(blocks.RowsPerPiece, MostPixelsPerBlock) };
        if (blocks.Pieces == 1)
        {
            b.Add(Step(b.Input(0), b.Output(), blocks, 1f / pixels));
            return;
        }

        var partial = b.Scratch(TensorType.Float(x.N, blocks.Pieces, x.C));
        b.Add(Step(b.Input(0), partial, blocks, 1));
        b.Add(Step(partial, b.Output(), new RowBlocks(blocks.Pieces, blocks.Pieces), 1f / pixels));

        SumStep Step(CpuTensor source, CpuTensor destination, RowBlocks cut, float scale) => new()
        {
            Label = Name,
            Width = b.Width.Within(x.C),
            Pieces = x.N * cut.Pieces,
            Source = source,
            Destination = destination,
            Pixels = cut.Rows,
            Channels = x.C,
            Blocks = cut,
            Scale = scale,
        };
    }
}
