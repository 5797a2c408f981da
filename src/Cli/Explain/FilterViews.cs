using RealtimeVision.Media;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>
/// What filters look for: the kernels of the first convolution, and for a layer that was named the
/// pictures that its channels answer to most.
/// </summary>
internal sealed class FilterViews(Explainer explainer, string folder)
{
    private const int MostChannels = 12;
    private const int KernelPixel = 8;
    private const int Gap = 2;

    /// <summary>Makes the views, and writes their pictures.</summary>
    public IReadOnlyList<ExplainedView> Make(string? layer, CancellationToken cancellation)
    {
        var views = new List<ExplainedView>();
        if (FirstKernels.Of(explainer) is { } kernels)
        {
            views.Add(Save("filters", "first layer", DrawKernels(kernels)));
        }
        else
        {
            Verb.Say($"{explainer.Model.Name} does not begin with a convolution of the picture");
        }

        if (layer is not null)
        {
            views.Add(Save(
                $"filters.{layer.Replace('/', '.').Trim('.')}", layer,
                Visualise(layer, cancellation)));
        }

        return views;
    }

    private ExplainedView Save(string name, string of, ReportPicture picture)
    {
        string path = Path.Combine(folder, $"{name}.png");
        Picture.SavePng(
            picture.Pixels, picture.Width, picture.Height, PixelFormat.Rgb24, path);
        return new ExplainedView(of, picture, path);
    }

    // Each kernel by its own largest weight: grey is 0.
    private static ReportPicture DrawKernels(Tensor kernels)
    {
        int rows = kernels.Shape[0], columns = kernels.Shape[1];
        int channels = kernels.Shape[2], count = kernels.Shape[3];
        float[] weights = kernels.As<float>().ToArray();
        return Tile(count, columns * KernelPixel, rows * KernelPixel, (tile, x, y, c) =>
        {
            float most = 0;
            for (int i = tile; i < weights.Length; i += count)
            {
                most = Math.Max(most, Math.Abs(weights[i]));
            }

            int pixel = (y / KernelPixel * columns) + (x / KernelPixel);
            float weight = weights[(((pixel * channels) + Math.Min(c, channels - 1)) * count) + tile];
            return most > 0 ? 0.5f + (weight / most / 2) : 0.5f;
        });
    }

    private ReportPicture Visualise(string layer, CancellationToken cancellation)
    {
        var visualisation = new FeatureVisualisation();
        int count = Math.Min(explainer.FindLayer(layer).Shape[-1], MostChannels);
        var pictures = new List<float[]>();
        for (int channel = 0; channel < count; channel++)
        {
            cancellation.ThrowIfCancellationRequested();
            pictures.Add(explainer.Levels(visualisation.Make(explainer, layer, channel)));
        }

        int width = explainer.Width;
        return Tile(count, width, explainer.Height, (tile, x, y, c) => pictures[tile][
            (((y * width) + x) * explainer.Channels) + Math.Min(c, explainer.Channels - 1)]);
    }

    private static ReportPicture Tile(
        int count, int width, int height, Func<int, int, int, int, float> level)
    {
        double square = Math.Sqrt(count * (double)height / width);
        int columns = Math.Clamp((int)Math.Round(square * 1.3), 1, count);
        int rows = (count + columns - 1) / columns;
        int fullWidth = (columns * (width + Gap)) - Gap, fullHeight = (rows * (height + Gap)) - Gap;
        var rgb = new byte[fullWidth * fullHeight * 3];
        for (int tile = 0; tile < count; tile++)
        {
            int left = tile % columns * (width + Gap), top = tile / columns * (height + Gap);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int to = (((top + y) * fullWidth) + left + x) * 3;
                    for (int c = 0; c < 3; c++)
                    {
                        rgb[to + c] = (byte)Math.Round(
                            255 * Math.Clamp(level(tile, x, y, c), 0, 1));
                    }
                }
            }
        }

        return new ReportPicture(rgb, fullWidth, fullHeight, PixelFormat.Rgb24);
    }
}
