using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Weights of 3x3 convolutions as Winograd's F(4x4, 3x3) multiplies by them: 36 matrices [inputs,
/// outputs] in panels, see <see cref="WeightPanels"/>.
/// </summary>
internal static unsafe class WinogradWeights
{
    private const int Points = 36;
    private const int Taps = 9;

    /// <summary>
    /// The transformed weights of an input: made once where it is constant, else by a step.
    /// </summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="input">Which input.</param>
    /// <param name="inputs">Channels of the picture.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="isTurned">
    /// False for weights [3, 3, inputs, outputs]; true for [3, 3, outputs, inputs], whose taps are
    /// turned by half a turn.
    /// </param>
    public static CpuTensor Of(CpuBindings b, int input, int inputs, int outputs, bool isTurned)
    {
        var layout = new Layout(inputs, outputs, isTurned, b.Width);
        if (b.ConstantOf(input) is not null)
        {
            return b.Packed(
                input, $"winograd4/{(isTurned ? "turned/" : "")}{b.Width}", Points * layout.PerPoint,
                (source, destination) => Transform(source, destination, layout));
        }

        var blocks = RowBlocks.Of(layout.Panels * inputs, Points * layout.Columns);
        var destination = b.Scratch(TensorType.Float(checked((int)(Points * layout.PerPoint))));
        b.Add(new TransformStep
        {
            Label = "Winograd Weights", Width = b.Width, Pieces = blocks.Pieces, Rows = blocks,
            Layout = layout, Source = b.Input(input), Destination = destination,
        });
        return destination;
    }

    private static void Transform(float* source, float* destination, Layout layout)
    {
        int rows = layout.Panels * layout.Inputs;
        switch (layout.Width)
        {
            case VectorWidth.Vector512:
                Transform<Lanes16>(source, destination, layout, 0, rows);
                break;
            case VectorWidth.Vector256:
                Transform<Lanes8>(source, destination, layout, 0, rows);
                break;
            case VectorWidth.Vector128:
                Transform<Lanes4>(source, destination, layout, 0, rows);
                break;
            default:
                Transform<Lanes1>(source, destination, layout, 0, rows);
                break;
        }
    }

    /// <summary>Rows of panels, numbered over panels and inputs.</summary>
    [SkipLocalsInit]
    private static void Transform<TLanes>(
        float* source, float* destination, Layout layout, int from, int to)
        where TLanes : struct, ILanes<TLanes>
    {
        float* taps = stackalloc float[Taps * TLanes.Count];
        nint size = (nint)layout.Inputs * layout.Outputs;
        nint inputStride = layout.IsTurned ? 1 : layout.Outputs;
        nint outputStride = layout.IsTurned ? layout.Inputs : 1;
        for (int row = from; row < to; row++)
        {
            var (panel, input) = Math.DivRem(row, layout.Inputs);
            for (int v = 0; v < layout.Columns; v += TLanes.Count)
            {
                int output = (panel * layout.Columns) + v;
                int count = Math.Clamp(layout.Outputs - output, 0, TLanes.Count);
                float* first = source + (input * inputStride) + (output * outputStride);
                for (int tap = 0; tap < Taps; tap++)
                {
                    Gather<TLanes>(
                        first + (size * (layout.IsTurned ? Taps - 1 - tap : tap)), outputStride,
                        count, taps + (tap * TLanes.Count));
                }

                WinogradTransforms.Weights<TLanes>(
                    taps, destination + ((nint)row * layout.Columns) + v, (nint)layout.PerPoint);
            }
        }
    }

    /// <summary>Numbers at a stride as one vector, zeros after the last.</summary>
    private static void Gather<TLanes>(float* source, nint stride, int count, float* destination)
        where TLanes : struct, ILanes<TLanes>
    {
        if (stride == 1 && count == TLanes.Count)
        {
            TLanes.Load(source).Store(destination);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            destination[i] = source[i * stride];
        }

        new Span<float>(destination + count, TLanes.Count - count).Clear();
    }

    private sealed record Layout(int Inputs, int Outputs, bool IsTurned, VectorWidth Width)
    {
        public int Columns { get; } = WeightPanels.Columns(Width);

        public int Panels { get; } = WeightPanels.Count(Outputs, Width);

        /// <summary>Floats of one matrix.</summary>
        public long PerPoint { get; } = WeightPanels.Floats(Inputs, Outputs, Width);
    }

    private sealed class TransformStep : VectorStep
    {
        public required RowBlocks Rows { get; init; }

        public required Layout Layout { get; init; }

        public required CpuTensor Source { get; init; }

        public required CpuTensor Destination { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (from, to) = Rows.Range(piece);
            Transform<TLanes>(Source.Floats, Destination.Floats, Layout, from, to);
        }
    }
}
