using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Tensors that sizes and numbers alone decide: windows, filters, identities.</summary>
internal static class Generators
{
    private const double MelsADecade = 2595;
    private const double MelCorner = 700;

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("EyeLike", EyeLike),
        Window("HannWindow", 0.5, 0.5, 0),
        Window("HammingWindow", 25.0 / 46, 21.0 / 46, 0),
        Window("BlackmanWindow", 0.42, 0.5, 0.08),
        OperatorMapper.Of("MelWeightMatrix", MelWeights),
    ];

    private static HostTensor EyeLike(NodeContext n)
    {
        var x = n.Input(0);
        if (x.Rank != 2)
        {
            throw new ShapeException($"{x.Shape} is no matrix");
        }

        int diagonal = n.Node.Int("k", 0);
        var elements = new long[x.Shape.Count];
        for (int row = 0; row < x.Shape[0]; row++)
        {
            int column = row + diagonal;
            if (column >= 0 && column < x.Shape[1])
            {
                elements[(row * x.Shape[1]) + column] = 1;
            }
        }

        var ones = new HostTensor(
            n.Node.Name, StorageType.Int64, x.Shape, elements,
            isFixed: x is HostTensor { IsFixed: true });
        return ones.Cast(n.DataType("dtype", TypeOf(x)));
    }

    private static StorageType TypeOf(ImportedTensor x) =>
        x is HostTensor host ? host.Type : x.Element switch
        {
            ElementType.Float32 => StorageType.Float32,
            ElementType.Int32 => StorageType.Int32,
            _ => StorageType.UInt8,
        };

    // a - b cos(2 pi i / N) + c cos(4 pi i / N).
    private static OperatorMapper Window(string name, double a, double b, double c) =>
        OperatorMapper.Of(name, n =>
        {
            int size = checked((int)One(n, 0, "its size"));
            double period = n.Node.Flag("periodic", true) ? size : size - 1;
            var elements = new float[Math.Max(size, 0)];
            for (int i = 0; i < elements.Length; i++)
            {
                double angle = Math.Tau * i / period;
                elements[i] = (float)(a - (b * Math.Cos(angle)) + (c * Math.Cos(2 * angle)));
            }

            return n.Host(new Shape(elements.Length), elements)
                .Cast(n.DataType("output_datatype", StorageType.Float32));
        });

    // [bins of a spectrum, mel bands]: triangles, equally far apart in mels.
    private static HostTensor MelWeights(NodeContext n)
    {
        int bands = checked((int)One(n, 0, "the number of its bands"));
        int length = checked((int)One(n, 1, "the length of its transform"));
        double rate = One(n, 2, "the sample rate");
        double low = Mels(One(n, 3, "the lower edge"));
        double high = Mels(One(n, 4, "the upper edge"));
        int[] edges = new int[bands + 2];
        for (int i = 0; i < edges.Length; i++)
        {
            double mels = low + (i * (high - low) / edges.Length);
            double hertz = MelCorner * (Math.Pow(10, mels / MelsADecade) - 1);
            edges[i] = (int)Math.Floor((length + 1) * hertz / rate);
        }

        var shape = new Shape((length / 2) + 1, bands);
        var weights = new float[shape.Count];
        for (int band = 0; band < bands; band++)
        {
            var (first, peak, end) = (edges[band], edges[band + 1], edges[band + 2]);
            for (int bin = first; bin <= peak; bin++)
            {
                weights[(bin * bands) + band] =
                    peak == first ? 1 : (float)(bin - first) / (peak - first);
            }

            for (int bin = peak; bin < end; bin++)
            {
                weights[(bin * bands) + band] = (float)(end - bin) / (end - peak);
            }
        }

        return n.Host(shape, weights)
            .Cast(n.DataType("output_datatype", StorageType.Float32));
    }

    private static double Mels(double hertz) => MelsADecade * Math.Log10(1 + (hertz / MelCorner));

    private static double One(NodeContext n, int input, string what) =>
        n.Constant(input, what) is { Count: 1 } value ? value.Floats[0]
            : throw n.Node.Bad($"{what} has to be one number", $"input[{input}]");
}
