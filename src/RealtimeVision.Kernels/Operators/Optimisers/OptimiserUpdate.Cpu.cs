using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record OptimiserUpdate : ICpuOperator
{
    private const int PieceElements = 16 * 1024;

    /// <summary>A piece is a range of the weights.</summary>
    private sealed unsafe class UpdateStep<TRule> : VectorStep
        where TRule : struct, IUpdateRule
    {
        /// <summary>Inputs, those that are absent as null.</summary>
        public required CpuTensor?[] Inputs { get; init; }

        public required CpuTensor[] Outputs { get; init; }

        public required UpdateNumbers Constants { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            long first = (long)piece * PieceElements;
            long end = Math.Min(first + PieceElements, Outputs[0].Type.Shape.Count);
            if (Inputs[Enabled] is { } enabled && enabled.Floats[0] == 0)
            {
                for (int i = 0; i < Outputs.Length; i++)
                {
                    var kept = Inputs[i == 0 ? Weights : FirstMemory + i - 1]!;
                    long bytes = (end - first) * sizeof(float);
                    Buffer.MemoryCopy(kept.Floats + first, Outputs[i].Floats + first, bytes, bytes);
                }

                return;
            }

            var numbers = Constants;
            numbers.LearningRate = Inputs[LearningRate]!.Floats[0];
            numbers.Scale = Inputs[GradientScale] is { } scale ? scale.Floats[0] : 1;
            numbers.Number1 = NumberAt(FirstMemory + TRule.Memories);
            numbers.Number2 = NumberAt(FirstMemory + TRule.Memories + 1);
            first = Update<TLanes>(first, end, numbers);
            Update<Lanes1>(first, end, numbers);
        }

        private float NumberAt(int input) => input < Inputs.Length ? Inputs[input]!.Floats[0] : 0;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private long Update<TLanes>(long first, long end, UpdateNumbers numbers)
            where TLanes : struct, ILanes<TLanes>
        {
            float* weights = Inputs[Weights]!.Floats;
            float* gradient = Inputs[Gradient]!.Floats;
            float* result = Outputs[0].Floats;
            float* memory1 = TRule.Memories > 0 ? Inputs[FirstMemory]!.Floats : weights;
            float* memory2 = TRule.Memories > 1 ? Inputs[FirstMemory + 1]!.Floats : weights;
            float* memory3 = TRule.Memories > 2 ? Inputs[FirstMemory + 2]!.Floats : weights;
            float* result1 = TRule.Memories > 0 ? Outputs[1].Floats : null;
            float* result2 = TRule.Memories > 1 ? Outputs[2].Floats : null;
            float* result3 = TRule.Memories > 2 ? Outputs[3].Floats : null;
            var scale = TLanes.Broadcast(numbers.Scale);
            for (; first <= end - TLanes.Count; first += TLanes.Count)
            {
                var updated = TRule.Step(
                    TLanes.Load(weights + first),
                    TLanes.Load(gradient + first) * scale,
                    new(
                        TLanes.Load(memory1 + first), TLanes.Load(memory2 + first),
                        TLanes.Load(memory3 + first)),
                    numbers);
                updated.Weight.Store(result + first);
                if (TRule.Memories > 0)
                {
                    updated.Memories.First.Store(result1 + first);
                }

                if (TRule.Memories > 1)
                {
                    updated.Memories.Second.Store(result2 + first);
                }

                if (TRule.Memories > 2)
                {
                    updated.Memories.Third.Store(result3 + first);
                }
            }

            return first;
        }
    }

    void ICpuOperator.Prepare(CpuBindings b) => Prepare(b);

    private protected abstract void Prepare(CpuBindings b);

    private protected void Prepare<TRule>(CpuBindings b)
        where TRule : struct, IUpdateRule
    {
        long count = b.OutputShape().Count;
        if (count == 0)
        {
            return;
        }

        b.Add(new UpdateStep<TRule>
        {
            Label = Name, Width = b.Width,
            Pieces = checked((int)((count + PieceElements - 1) / PieceElements)),
            Inputs = [.. Enumerable.Range(0, b.InputCount).Select(b.InputOrNull)],
            Outputs = [.. Enumerable.Range(0, b.OutputCount).Select(b.Output)],
            Constants = Constants,
        });
    }
}
