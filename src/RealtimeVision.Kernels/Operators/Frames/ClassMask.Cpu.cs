using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ClassMask : ICpuOperator
{
    /// <summary>A piece is some pixels; vectors run over pixels.</summary>
    private sealed unsafe class ArgMaxStep : VectorStep
    {
        public required CpuTensor Scores { get; init; }

        public required CpuTensor Mask { get; init; }

        public required int Classes { get; init; }

        public required RowBlocks Blocks { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (from, to) = Blocks.Range(piece);
            int whole = from + ((to - from) / TLanes.Count * TLanes.Count);
            Classify<TLanes>(from, whole, worker.Scratch);
            Classify<Lanes1>(whole, to, worker.Scratch);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Classify<TLanes>(int from, int to, float* transposed)
            where TLanes : struct, ILanes<TLanes>
        {
            int classes = Classes;
            int lanes = TLanes.Count;
            for (int first = from; first < to; first += lanes)
            {
                float* score = Scores.Floats + ((nint)first * classes);
                for (int p = 0; p < lanes; p++)
                {
                    for (int c = 0; c < classes; c++)
                    {
                        transposed[(c * lanes) + p] = *score++;
                    }
                }

                var best = TLanes.Load(transposed);
                var index = TLanes.Broadcast(0);
                for (int c = 1; c < classes; c++)
                {
                    var value = TLanes.Load(transposed + (c * lanes));
                    index = TLanes.SelectGreater(value, best, TLanes.Broadcast(c), index);
                    best = TLanes.SelectGreater(value, best, value, best);
                }

                index.StoreBytes(Mask.Bytes + first);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var x = b.InputShape(0);
        var blocks = RowBlocks.Of(x.Product(0, 3), 2 * x.C);
        b.ReserveWorkerScratch(x.C * (int)b.Width);
        b.Add(new ArgMaxStep
        {
            Label = Name,
            Width = b.Width,
            Pieces = blocks.Pieces,
            Scores = b.Input(0),
            Mask = b.Output(),
            Classes = x.C,
            Blocks = blocks,
        });
    }
}
