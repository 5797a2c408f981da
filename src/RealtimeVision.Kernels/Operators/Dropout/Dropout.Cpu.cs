using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Dropout : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    /// <summary>A piece is a range of elements, whole groups but for the last.</summary>
    private sealed unsafe class MaskStep : CpuStep
    {
        public required VectorWidth Width { get; init; }

        public required Numbers Numbers { get; init; }

        public required CpuTensor Source { get; init; }

        public required CpuTensor StepTensor { get; init; }

        public required CpuTensor Result { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int first = piece * PieceElements;
            int end = Math.Min(first + PieceElements, Numbers.Count);
            int whole = first + ((end - first) / GroupElements * GroupElements);
            switch (Width)
            {
                case VectorWidth.Vector512:
                    Mask<Words16>(first, whole);
                    break;
                case VectorWidth.Vector256:
                    Mask<Words8>(first, whole);
                    break;
                case VectorWidth.Vector128:
                    Mask<Words4>(first, whole);
                    break;
                default:
                    Mask<Words1>(first, whole);
                    break;
            }

            if (whole < end)
            {
                MaskLast(whole, end - whole);
            }
        }

        private void Mask<TWords>(int first, int end)
            where TWords : struct, IWords<TWords> => Mask<TWords>(
                Numbers, StepTensor.Ints, first, end, Source.Floats + first, Result.Floats + first);

        // A group that is not whole: masked in scratch memory, since nothing is written past the end.
        private void MaskLast(int first, int count)
        {
            float* group = stackalloc float[GroupElements];
            new Span<float>(Source.Floats + first, count).CopyTo(new Span<float>(group, count));
            Mask<Words1>(Numbers, StepTensor.Ints, first, first + GroupElements, group, group);
            new Span<float>(group, count).CopyTo(new Span<float>(Result.Floats + first, count));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Mask<TWords>(
            Numbers n, int* step, int first, int end, float* source, float* result)
            where TWords : struct, IWords<TWords>
        {
            var stream = TWords.Broadcast(n.Stream);
            var lower = TWords.Broadcast((uint)step[0]);
            var upper = TWords.Broadcast(n.HasUpperStep != 0 ? (uint)step[1] : 0);
            for (; first < end; first += GroupElements)
            {
                uint counter = (uint)(first / GroupElements * RunElements);
                for (int i = 0; i < RunElements; i += TWords.Count)
                {
                    var words = Philox4x32.Block(
                        new PhiloxBlock<TWords>
                        {
                            X0 = TWords.CountingFrom(counter + (uint)i), X1 = stream, X2 = lower,
                            X3 = upper,
                        },
                        n.Key0, n.Key1);
                    Keep(words.X0, i);
                    Keep(words.X1, i + RunElements);
                    Keep(words.X2, i + (2 * RunElements));
                    Keep(words.X3, i + (3 * RunElements));
                }

                source += GroupElements;
                result += GroupElements;
            }

            void Keep(TWords words, int at) =>
                words.ScaleWhereAtLeast(n.Threshold, n.Scale, source + at, result + at);
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var numbers = NumbersOf(b.OutputShape(), b.InputShape(Step));
        if (numbers.Count == 0)
        {
            return;
        }

        b.Add(new MaskStep
        {
            Label = "Dropout", Width = b.Width,
            Pieces = ((numbers.Count - 1) / PieceElements) + 1, Numbers = numbers,
            Source = b.Input(X), StepTensor = b.Input(Step), Result = b.Output(),
        });
    }
}
