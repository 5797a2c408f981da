using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ThresholdMask : ICpuOperator
{
    /// <summary>A piece is some pixels.</summary>
    private sealed unsafe class MaskStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor? Threshold { get; init; }

        public required CpuTensor Mask { get; init; }

        public required RowBlocks Blocks { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (from, to) = Blocks.Range(piece);
            int whole = from + ((to - from) / TLanes.Count * TLanes.Count);
            Mark<TLanes>(from, whole);
            Mark<Lanes1>(whole, to);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Mark<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            float* x = X.Floats;
            byte* mask = Mask.Bytes;
            if (Threshold is null)
            {
                var scale = TLanes.Broadcast(255);
                for (int i = from; i < to; i += TLanes.Count)
                {
                    (TLanes.Load(x + i) * scale).StoreBytes(mask + i);
                }

                return;
            }

            var threshold = TLanes.Broadcast(*Threshold.Floats);
            var (one, zero) = (TLanes.Broadcast(1), TLanes.Broadcast(0));
            for (int i = from; i < to; i += TLanes.Count)
            {
                TLanes.SelectGreater(TLanes.Load(x + i), threshold, one, zero).StoreBytes(mask + i);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var blocks = RowBlocks.Of(b.InputShape(Probabilities).Count, 1);
        b.Add(new MaskStep
        {
            Label = Name,
            Width = b.Width,
            Pieces = blocks.Pieces,
            X = b.Input(Probabilities),
            Threshold = b.InputOrNull(Threshold),
            Mask = b.Output(),
            Blocks = blocks,
        });
    }
}
