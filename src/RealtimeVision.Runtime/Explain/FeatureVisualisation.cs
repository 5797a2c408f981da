using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// The picture that a channel of a layer answers to most, found by going up the gradient from
/// noise. D. Erhan et al. 2009; regularised by jitter, decay and blur as in J. Yosinski et al. 2015,
/// https://arxiv.org/abs/1506.06579.
/// </summary>
public sealed record FeatureVisualisation
{
    private const int Stream = 8;
    private const float NoiseLevel = 0.05f;

    /// <summary>Number of steps.</summary>
    public int Steps { get; init; } = 96;

    /// <summary>
    /// How far the mean pixel goes in a step, as a share of what lies between black and white.
    /// </summary>
    public float Rate { get; init; } = 0.02f;

    /// <summary>Most pixels by which the picture is moved before a step.</summary>
    public int Jitter { get; init; } = 4;

    /// <summary>Share of the way to grey that each step goes back.</summary>
    public float Decay { get; init; } = 0.01f;

    /// <summary>Steps from one blur to the next; 0 for none.</summary>
    public int BlurEvery { get; init; } = 8;

    /// <summary>Which noise and moves there are: the same seed gives the same picture.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The picture of a channel.</summary>
    /// <param name="explainer">The model on its device.</param>
    /// <param name="layer">Name of the layer.</param>
    /// <param name="channel">Index along the last dimension of what the layer gives.</param>
    /// <returns>As the model sees it, [1, rows, columns, channels].</returns>
    /// <exception cref="ExplainException">There is no such layer or channel.</exception>
    /// <exception cref="NotSupportedException">An operator has no gradient; it is
    /// named.</exception>
    public Tensor Make(Explainer explainer, string layer, int channel)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ModelLayer found = explainer.FindLayer(layer);
        int channels = found.Shape.Rank == 0 ? 0 : found.Shape[-1];
        if (channel < 0 || channel >= channels)
        {
            throw new ExplainException(
                $"layer '{layer}' {found.Shape} has {channels} channels, there is no {channel}");
        }

        ExecutionPlan plan = PlanOf(explainer, layer);
        Tensor weights = OneChannel(found.Shape, channel);
        var random = new Philox(Seed, Stream, channel);
        Tensor picture = Noise(explainer, ref random);
        var moved = new Tensor(picture.Type);
        for (int step = 0; step < Steps; step++)
        {
            int right = random.NextInt32((2 * Jitter) + 1) - Jitter;
            int down = random.NextInt32((2 * Jitter) + 1) - Jitter;
            Roll(explainer, picture, moved, right, down);
            Explainer.Run(plan, moved, weights);
            Climb(explainer, moved.As<float>(), plan.ReadOutput(0).As<float>());
            Roll(explainer, moved, picture, -right, -down);
            if (BlurEvery > 0 && (step + 1) % BlurEvery == 0 && step + 1 < Steps)
            {
                PictureFilters.BoxBlur(
                    picture.As<float>(), explainer.Width, explainer.Height, explainer.Channels, 1);
            }
        }

        return picture;
    }

    private static ExecutionPlan PlanOf(Explainer explainer, string layer) =>
        explainer.Plan($"feature {layer}", () =>
        {
            PictureGraph graph = explainer.NewGraph();
            Value value = graph.Layers.ValueOf(layer);
            Value weights = graph.Graph.Input("weights", value.Type);
            Value? gradient = Gradients.Append(
                graph.Graph, [(value, weights)], graph.Picture)[0];
            graph.Graph.Output(
                gradient ?? throw new ExplainException(
                    $"layer '{layer}' has no gradient of the picture"),
                "gradient");
            return graph.Graph;
        });

    // The mean of the channel.
    private static Tensor OneChannel(Shape shape, int channel)
    {
        var weights = new Tensor(new TensorType(ElementType.Float32, shape));
        Span<float> numbers = weights.As<float>();
        float share = (float)shape[-1] / numbers.Length;
        for (int i = channel; i < numbers.Length; i += shape[-1])
        {
            numbers[i] = share;
        }

        return weights;
    }

    private static Tensor Noise(Explainer explainer, ref Philox random)
    {
        Tensor picture = explainer.Grey(0.5f);
        Span<float> pixels = picture.As<float>();
        for (int i = 0; i < pixels.Length; i++)
        {
            float level = 0.5f + random.NextSingle(-NoiseLevel, NoiseLevel);
            pixels[i] = explainer.ToSeen(level, i % explainer.Channels);
        }

        return picture;
    }

    private static void Roll(Explainer explainer, Tensor from, Tensor to, int right, int down) =>
        PictureFilters.Roll(
            from.As<float>(), to.As<float>(), explainer.Width, explainer.Height,
            explainer.Channels, right, down);

    // Steps are as long whatever the gradient's size, which differs by orders of magnitude from
    // layer to layer.
    private void Climb(Explainer explainer, Span<float> pixels, ReadOnlySpan<float> gradient)
    {
        double sum = 0;
        foreach (float g in gradient)
        {
            sum += Math.Abs(g);
        }

        float scale = sum > 0 ? (float)(Rate * gradient.Length / sum) : 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            int c = i % explainer.Channels;
            float level = explainer.FromSeen(pixels[i], c) + (scale * gradient[i]);
            level = 0.5f + ((level - 0.5f) * (1 - Decay));
            pixels[i] = explainer.ToSeen(Math.Clamp(level, 0, 1), c);
        }
    }
}
