using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Pixels put back to where a maximum pooling took them, with 0 between (Zeiler and Fergus 2014).
/// </summary>
/// <remarks>
/// Inputs: picture [N, H, W, C]; Int32 [N, H, W, C], for each pixel the index
/// ((n C + c) OutH + y) OutW + x of where it goes, as <see cref="MaxPoolWithIndices2D"/> gives it.
/// Output: [N, OutH, OutW, C]. Of pixels that go to one place the last one stays. One whose index is
/// not in its own channel of its own picture goes nowhere.
/// </remarks>
/// <param name="OutH">Rows of the output.</param>
/// <param name="OutW">Columns of the output.</param>
public sealed partial record MaxUnpool2D(int OutH, int OutW) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes a picture and indices, has {inputs.Length} inputs");
        RequireFloat(inputs[0], "the picture", 4);
        var x = inputs[0].Shape;
        Require(
            inputs[1] == new TensorType(ElementType.Int32, x),
            $"the indices have to be Int32{x}, are {inputs[1]}");
        Require(OutH > 0 && OutW > 0, $"the output has to be at least 1x1, is {OutH}x{OutW}");
        return [TensorType.Float(x.N, OutH, OutW, x.C)];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A pixel has the gradient of the place that it went to, if it is the one that stayed there:
    /// the number of each pixel is put where it goes, and looked for there.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var x = g.Input(0).Shape;
        var (indices, dy) = (g.Input(1), g.OutputGradient());
        int places = OutH * OutW;
        int[] planes = [.. Enumerable.Range(0, checked(x.N * x.C))];
        var plane = g.Integers(new Shape(x.N, 1, 1, x.C), planes);
        var its = g.Add(
            new IntegerPointwise(Integer.Multiply), plane, g.Integers(default, [places]));
        var place = g.Add(new IntegerPointwise(Integer.Subtract), indices, its);
        var inside = g.Add(new IntegerPointwise(Integer.BitwiseAnd),
            g.Add(new Compare(Comparison.GreaterOrEqual), place, g.Integers(default, [0])),
            g.Add(new Compare(Comparison.Less), place, g.Integers(default, [places])));

        // Floats hold numbers up to 2^24; no picture has more pixels.
        var numbers = new float[x.H * x.W];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i + 1;
        }

        var own = g.Add(new Expand(x), g.Floats(new Shape(1, x.H, x.W, 1), numbers));
        var stays = g.Add(
            new Compare(Comparison.Equal), At(g.Add(this, own, indices)), own);
        g.Give(0, g.Add(
            new Select(), g.Add(new IntegerPointwise(Integer.BitwiseAnd), inside, stays), At(dy),
            g.Fill(0, default)));

        // What is at the places that indices name, which count rows of pixels of one channel.
        Value At(Value y)
        {
            var line = new Shape(checked(planes.Length * places));
            var flat = g.Add(new Reshape(line), g.Add(new Transpose([0, 3, 1, 2]), y));
            return g.Add(new Gather(0), flat, indices);
        }
    }
}
