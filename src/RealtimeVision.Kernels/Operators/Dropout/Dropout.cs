using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Dropout (Srivastava et al. 2014), as it is done in training: elements become 0 at random, the
/// others are divided by 1 - rate, so that the mean stays.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: x, Float32 of any shape; the step, Int32, one number or two (the lower word first),
/// which whoever trains counts up. Output: of x's shape.
/// </para>
/// <para>
/// Which elements are kept is a pure function of seed, stream, step and the element's place
/// (<see cref="Philox4x32"/>): the same on every device, at any width and number of threads. So the
/// gradient is the same operator on the gradient: no mask is kept. An element of place p has word
/// p / 16 % 4 of the block whose counter is (p / 64 * 16 + p % 16, 2^31 + stream, step, upper word
/// of the step), and is kept where the word is at least rate * 2^32.
/// </para>
/// <para>
/// A mask that neighbours share (whole channels: Tompson et al. 2015) is dropout of ones of the
/// mask's shape, multiplied by x.
/// </para>
/// </remarks>
/// <param name="Rate">The share of elements that become 0, from 0 up to, not with, 1.</param>
/// <param name="Stream">
/// Keeps the masks of a network's layers apart: a number of its own for each, not negative.
/// </param>
/// <param name="Seed">The user's seed.</param>
public sealed partial record Dropout(float Rate, int Stream, ulong Seed = 0) : Operator
{
    /// <summary>Index of x among the inputs.</summary>
    public const int X = 0;

    /// <summary>Index of the step among the inputs.</summary>
    public const int Step = 1;

    // Elements that share the blocks of 16 counters: in each run of 16 neighbours, one word of each.
    private const int RunElements = 16;
    private const int GroupElements = 4 * RunElements;

    /// <inheritdoc/>
    public override bool IsView => Rate == 0;

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes a tensor and a step, has {inputs.Length} inputs");
        RequireFloat(inputs[X], "x");
        Require(
            inputs[Step].Element == ElementType.Int32 && inputs[Step].Shape.Count is 1 or 2,
            $"the step has to be one or two Int32 numbers, is {inputs[Step]}");
        Require(Rate is >= 0 and < 1, $"the rate has to be from 0 to less than 1, is {Rate}");
        Require(Stream >= 0, $"the stream must not be negative, is {Stream}");
        return [inputs[X]];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(X, g.Add(this, g.OutputGradient(), g.Input(Step)));

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == X;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => inputs[X].Shape.Count;

    /// <summary>The numbers of a mask: plain, so that a GPU kernel can be given them.</summary>
    internal struct Numbers
    {
        public uint Key0, Key1, Stream, Threshold;
        public float Scale;
        public int HasUpperStep, Count;
    }

    private Numbers NumbersOf(Shape x, Shape step) => new()
    {
        Key0 = (uint)Seed, Key1 = (uint)(Seed >> 32), Stream = 0x8000_0000 | (uint)Stream,
        Threshold = (uint)(Rate * 4294967296.0), Scale = (float)(1 / (1 - (double)Rate)),
        HasUpperStep = step.Count == 2 ? 1 : 0, Count = checked((int)x.Count),
    };
}
