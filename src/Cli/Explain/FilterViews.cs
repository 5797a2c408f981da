using RealtimeVision.Media;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Cli.Explain;

/// <summary>
/// What filters look for: the kernels of the first convolution, and for layers that were named the
/// pictures that their channels answer to most.
/// </summary>
internal sealed class FilterViews(Explainer explainer, ViewFolder folder)
{
    private const int MostChannels = 16;

    // Few pixels of a picture are black or white, and the others would all be grey.
    private const double Cut = 0.01;

    /// <summary>Makes the views, and writes their pictures.</summary>
    public IReadOnlyList<ExplainedView> Make(
        IReadOnlyList<string> layers, ChannelSet? asked, WorkBar bar)
    {
        // Before anything long is done.
        (ModelLayer Layer, int[] Channels)[] wanted =
        [
            .. layers.Select(explainer.FindLayer)
                .Select(l => (l, ChannelSet.Of(asked, l, MostChannels))),
        ];
        var views = new List<ExplainedView>();
        if (FirstKernels.Of(explainer) is { } kernels)
        {
            ReportPicture picture = DrawKernels(kernels);
            folder.Save("filters", picture);
            views.Add(new ExplainedView("first layer", picture, $"all {kernels.Shape[3]} kernels")
            {
                Description = "The weights of the first convolution as pictures: grey is 0, each "
                    + "kernel by its largest weight.",
            });
        }
        else
        {
            Verb.Say($"{explainer.Model.Name} does not begin with a convolution of the picture");
        }

        foreach ((ModelLayer layer, int[] channels) in wanted)
        {
            bar.Begin($"filters of {layer.Name}");
            ReportPicture picture = Visualise(layer, channels);
            folder.Save($"filters.{ViewFolder.FileNameOf(layer.Name)}", picture);
            views.Add(new ExplainedView(
                layer.Name, picture, ChannelSet.Tell(channels, layer.Shape[-1]))
            {
                Description = "For each channel the picture that it answers to most, found by going "
                    + "up its gradient from noise; contrast is stretched.",
            });
        }

        return views;
    }

    private static ReportPicture DrawKernels(Tensor kernels)
    {
        int rows = kernels.Shape[0], columns = kernels.Shape[1];
        int channels = kernels.Shape[2], count = kernels.Shape[3];
        float[] weights = kernels.As<float>().ToArray();
        var tiles = new List<byte[]>();
        for (int kernel = 0; kernel < count; kernel++)
        {
            float most = 0;
            for (int i = kernel; i < weights.Length; i += count)
            {
                most = Math.Max(most, Math.Abs(weights[i]));
            }

            var rgb = new byte[rows * columns * 3];
            for (int i = 0; i < rgb.Length; i++)
            {
                int channel = Math.Min(i % 3, channels - 1);
                float weight = weights[(((i / 3 * channels) + channel) * count) + kernel];
                rgb[i] = Level(most > 0 ? 0.5f + (weight / most / 2) : 0.5f);
            }

            tiles.Add(rgb);
        }

        return TileSheet.Make(tiles, columns, rows);
    }

    private ReportPicture Visualise(ModelLayer layer, int[] channels)
    {
        IReadOnlyList<Tensor> pictures =
            new FeatureVisualisation().Make(explainer, layer.Name, channels);
        return TileSheet.Make(
            [.. pictures.Select(p => Stretched(explainer.Levels(p)))], pictures[0].Shape.W,
            pictures[0].Shape.H);
    }

    private byte[] Stretched(float[] levels)
    {
        float[] sorted = [.. levels.Order()];
        float least = sorted[(int)(Cut * (levels.Length - 1))];
        float most = sorted[(int)((1 - Cut) * (levels.Length - 1))];
        float scale = most > least ? 1 / (most - least) : 0;
        var rgb = new byte[levels.Length / explainer.Channels * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            int channel = Math.Min(i % 3, explainer.Channels - 1);
            rgb[i] = Level((levels[(i / 3 * explainer.Channels) + channel] - least) * scale);
        }

        return rgb;
    }

    private static byte Level(float level) => (byte)Math.Round(255 * Math.Clamp(level, 0, 1));
}
