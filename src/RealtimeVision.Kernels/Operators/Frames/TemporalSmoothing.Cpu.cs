using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record TemporalSmoothing : ICpuOperator
{
    /// <summary>A piece is some elements.</summary>
    private sealed unsafe class SmoothStep : VectorStep
    {
        public required CpuTensor Input { get; init; }

        public required CpuTensor Previous { get; init; }

        public required CpuTensor Weight { get; init; }

        public required CpuTensor IsFirst { get; init; }

        public required CpuTensor Y { get; init; }

        public required RowBlocks Blocks { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (from, to) = Blocks.Range(piece);
            if (*IsFirst.Floats > 0.5f)
            {
                long bytes = (long)(to - from) * sizeof(float);
                Buffer.MemoryCopy(Input.Floats + from, Y.Floats + from, bytes, bytes);
                return;
            }

            int whole = from + ((to - from) / TLanes.Count * TLanes.Count);
            Smooth<TLanes>(from, whole);
            Smooth<Lanes1>(whole, to);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Smooth<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            var (zero, one) = (TLanes.Broadcast(0), TLanes.Broadcast(1));
            var past = TLanes.Broadcast(4 * (1 - *Weight.Floats));
            float* x = Input.Floats;
            float* state = Previous.Floats;
            float* y = Y.Floats;
            for (int i = from; i < to; i += TLanes.Count)
            {
                var value = TLanes.Load(x + i);
                var share = past * TLanes.AtLeast(zero, value * (one - value));
                TLanes.MultiplyAdd(TLanes.Load(state + i) - value, share, value).Store(y + i);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var blocks = RowBlocks.Of(b.InputShape(X).Count, 1);
        b.Add(new SmoothStep
        {
            Label = Name,
            Width = b.Width,
            Pieces = blocks.Pieces,
            Input = b.Input(X),
            Previous = b.Input(State),
            Weight = b.Input(Strength),
            IsFirst = b.Input(Reset),
            Y = b.Output(),
            Blocks = blocks,
        });
    }
}
