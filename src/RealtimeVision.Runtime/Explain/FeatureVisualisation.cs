using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// The picture that a channel of a layer answers to most, found by going up the gradient from
/// noise. D. Erhan et al. 2009; regularised by jitter, decay and blur as in J. Yosinski et al. 2015,
/// https://arxiv.org/abs/1506.06579.
/// </summary>
/// <remarks>Of a network of clips, the picture is a clip of one frame.</remarks>
public sealed record FeatureVisualisation
{
    /// <summary>Number of steps.</summary>
    public int Steps { get; init; } = 64;

    /// <summary>
    /// Side of the picture in pixels, where the model sees larger ones and its layers take any size;
    /// else the picture is as large as the model's. What a channel looks for is small.
    /// </summary>
    public int Side { get; init; } = 96;

    /// <summary>
    /// How far the mean pixel goes in a step, as a share of what lies between black and white.
    /// </summary>
    public float Rate { get; init; } = 0.03f;

    /// <summary>Most pixels by which the picture is moved before a step.</summary>
    public int Jitter { get; init; } = 4;

    /// <summary>Share of the way to grey that each step goes back.</summary>
    public float Decay { get; init; } = 0.01f;

    /// <summary>Steps from one blur to the next; 0 for none.</summary>
    public int BlurEvery { get; init; } = 6;

    /// <summary>
    /// Radius in pixels that the gradient is blurred by: without, grain that no eye would see is
    /// what grows fastest. 0 for none.
    /// </summary>
    public int GradientBlur { get; init; } = 1;

    /// <summary>Which noise and moves there are: the same seed gives the same picture.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The picture of a channel.</summary>
    /// <returns>As the model sees it, [1, rows, columns, channels].</returns>
    /// <inheritdoc cref="Make(Explainer, string, IReadOnlyList{int})"/>
    public Tensor Make(Explainer explainer, string layer, int channel) =>
        Make(explainer, layer, [channel])[0];

    /// <summary>The pictures of channels, several at a time where that is faster.</summary>
    /// <param name="explainer">The model on its device; tells of progress.</param>
    /// <param name="layer">Name of the layer.</param>
    /// <param name="channels">Indices along the last dimension of what the layer gives.</param>
    /// <returns>A picture a channel, as the model sees it, [1, rows, columns, channels].</returns>
    /// <exception cref="ExplainException">There is no such layer or channel.</exception>
    /// <exception cref="NotSupportedException">An operator has no gradient; it is
    /// named.</exception>
    public IReadOnlyList<Tensor> Make(
        Explainer explainer, string layer, IReadOnlyList<int> channels)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(channels);
        ModelLayer found = explainer.FindLayer(layer);
        int count = found.Shape.Rank == 0 ? 0 : found.Shape[-1];
        foreach (int channel in channels)
        {
            if (channel < 0 || channel >= count)
            {
                throw new ExplainException(
                    $"layer '{layer}' {found.Shape} has {count} channels, 0 to {count - 1}: there is "
                    + $"no {channel}");
            }
        }

        var pictures = new List<Tensor>(channels.Count);
        while (pictures.Count < channels.Count)
        {
            ExecutionPlan plan = PlanOf(explainer, layer, channels.Count - pictures.Count);
            int now = Math.Min(plan.Inputs[0].Type.Shape[0], channels.Count - pictures.Count);
            int[] these = [.. channels.Skip(pictures.Count).Take(now)];
            pictures.AddRange(Climb(explainer, plan, these, pictures.Count, channels.Count));
        }

        return pictures;
    }

    private List<Tensor> Climb(
        Explainer explainer, ExecutionPlan plan, int[] channels, int done, int of)
    {
        TensorType all = plan.Inputs[0].Type;
        var one = TensorType.Float(1, all.Shape.H, all.Shape.W, all.Shape.C);
        var moved = new Tensor(all);
        var weights = new Tensor(plan.Inputs[1].Type);
        var climbs = new Ascent[channels.Length];
        int size = (int)one.Shape.Count;
        for (int i = 0; i < climbs.Length; i++)
        {
            climbs[i] = new Ascent(this, explainer, one, channels[i]);
            SetChannel(weights, i, channels[i]);
        }

        for (int step = 0; step < Steps; step++)
        {
            for (int i = 0; i < climbs.Length; i++)
            {
                climbs[i].Move(moved.As<float>().Slice(i * size, size));
            }

            Explainer.Run(plan, moved, weights);
            Span<float> gradients = plan.ReadOutput(0).As<float>();
            bool isBlurred = BlurEvery > 0 && (step + 1) % BlurEvery == 0 && step + 1 < Steps;
            for (int i = 0; i < climbs.Length; i++)
            {
                climbs[i].Climb(
                    moved.As<float>().Slice(i * size, size), gradients.Slice(i * size, size),
                    isBlurred);
            }

            explainer.Report((done * Steps) + ((step + 1) * climbs.Length), of * Steps);
        }

        return [.. climbs.Select(c => c.Picture)];
    }

    // As many samples as fit; of the size that is wished where the layers take it.
    private ExecutionPlan PlanOf(Explainer explainer, string layer, int count)
    {
        bool isSmaller = Side < explainer.Width && Side < explainer.Height;
        if (isSmaller && !explainer.HasPlan($"feature {layer}"))
        {
            try
            {
                return PlanOf(explainer, layer, count, Side, Side);
            }
            catch (ShapeException)
            {
                // A layer sees the whole picture at once, or a file's nodes state its size.
            }
        }

        return PlanOf(explainer, layer, count, explainer.Height, explainer.Width);
    }

    private static ExecutionPlan PlanOf(
        Explainer explainer, string layer, int count, int height, int width)
    {
        string name = height == explainer.Height && width == explainer.Width
            ? $"feature {layer}" : $"feature {layer} {width}x{height}";
        ExecutionPlan one = explainer.Plan(name, () => Build(explainer, layer, 1, height, width));
        int samples = explainer.SamplesThatFit(one.ArenaBytes, count);
        return samples < 2 ? one
            : explainer.Plan(
                $"{name} {samples}", () => Build(explainer, layer, samples, height, width));
    }

    private static Graph Build(
        Explainer explainer, string layer, int samples, int height, int width)
    {
        PictureGraph graph = explainer.NewGraph(samples, height, width);
        Value value = graph.Layers.ValueOf(layer);
        Value weights = graph.Graph.Input("weights", value.Type);
        Value? gradient = Gradients.Append(graph.Graph, [(value, weights)], graph.Picture)[0];
        graph.Graph.Output(
            gradient ?? throw new ExplainException(
                $"layer '{layer}' has no gradient of the picture"),
            "gradient");
        return graph.Graph;
    }

    // The mean of a channel, of one sample.
    private static void SetChannel(Tensor weights, int sample, int channel)
    {
        Shape shape = weights.Shape;
        int size = (int)(shape.Count / shape[0]);
        Span<float> numbers = weights.As<float>().Slice(sample * size, size);
        for (int i = channel; i < size; i += shape[-1])
        {
            numbers[i] = (float)shape[-1] / size;
        }
    }
}
