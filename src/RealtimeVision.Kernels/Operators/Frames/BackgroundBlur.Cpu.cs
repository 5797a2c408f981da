using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record BackgroundBlur : ICpuOperator
{
    /// <summary>What the steps share. A piece is some rows of the small picture.</summary>
    private abstract unsafe class BlurStep : VectorStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor GeometryInput { get; init; }

        public required CpuTensor SigmaInput { get; init; }

        /// <summary>Products, in the order of a frame's bytes.</summary>
        public required CpuTensor Products { get; init; }

        /// <summary>Weights, one a pixel.</summary>
        public required CpuTensor Weights { get; init; }

        protected sealed override void Run<TLanes>(int piece, CpuWorker worker)
        {
            float sigma = Math.Min(*SigmaInput.Floats, MaxSigma);
            var frame = FrameOperators.Read(GeometryInput.Ints);
            if (sigma > 0 && frame.IsValid((int)Source.Type.Bytes))
            {
                var (from, to) = FrameOperators.Rows(Small(frame.Height), piece, Pieces);
                Rows<TLanes>(from, to, frame, sigma, worker.Scratch);
            }
        }

        protected abstract void Rows<TLanes>(
            int from, int to, FrameGeometry frame, float sigma, float* scratch)
            where TLanes : struct, ILanes<TLanes>;

        /// <summary>The middle of a Gaussian window and its right half; adds up to 1.</summary>
        protected static void Gaussian(float* window, int radius, float sigma)
        {
            float sum = 0;
            for (int i = 0; i <= radius; i++)
            {
                window[i] = MathF.Exp(-(i * i) / (2 * sigma * sigma));
                sum += i == 0 ? 1 : 2 * window[i];
            }

            for (int i = 0; i <= radius; i++)
            {
                window[i] /= sum;
            }
        }
    }

    /// <summary>Sums over squares of pixels.</summary>
    private sealed unsafe class ReduceStep : BlurStep
    {
        public required CpuTensor MaskInput { get; init; }

        protected override void Rows<TLanes>(
            int from, int to, FrameGeometry frame, float sigma, float* scratch)
        {
            int bytes = frame.Width * frame.BytesPerPixel;
            float* products = scratch;
            float* weights = products + bytes + FrameRows.Slack;
            byte* repeated = (byte*)(weights + frame.Width + FrameRows.Slack);
            int width = Small(frame.Width);
            for (int y = from; y < to; y++)
            {
                new Span<float>(scratch, bytes + frame.Width + (2 * FrameRows.Slack)).Clear();
                int end = Math.Min((y + 1) * Factor, frame.Height);
                for (int row = y * Factor; row < end; row++)
                {
                    byte* mask = MaskInput.Bytes + ((nint)row * frame.Width);
                    FrameRows.Repeat(mask, frame.BytesPerPixel, repeated, frame.Width);
                    byte* pixels = Source.Bytes + ((nint)row * frame.RowBytes);
                    Add<TLanes>(pixels, repeated, products, bytes);
                    Add<TLanes>(null, mask, weights, frame.Width);
                }

                SumAlong(
                    products, frame.BytesPerPixel, frame.Width,
                    Products.Floats + ((nint)y * width * frame.BytesPerPixel));
                SumAlong(weights, 1, frame.Width, Weights.Floats + ((nint)y * width));
            }
        }

        /// <summary>Adds 256 - mask, times the pixels where there are some.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Add<TLanes>(byte* pixels, byte* mask, float* sums, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            var most = TLanes.Broadcast(256);
            for (int i = 0; i < count; i += TLanes.Count)
            {
                var weight = most - TLanes.LoadBytes(mask + i);
                var sum = TLanes.Load(sums + i);
                sum = pixels == null
                    ? sum + weight
                    : TLanes.MultiplyAdd(TLanes.LoadBytes(pixels + i), weight, sum);
                sum.Store(sums + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void SumAlong(float* row, int channels, int width, float* sums)
        {
            int whole = width / Factor;
            for (int x = 0; x < whole; x++, row += Factor * channels, sums += channels)
            {
                for (int c = 0; c < channels; c++)
                {
                    sums[c] = row[c] + row[c + channels] + row[c + (2 * channels)]
                        + row[c + (3 * channels)];
                }
            }

            int rest = width % Factor;
            for (int c = 0; rest > 0 && c < channels; c++)
            {
                sums[c] = 0;
                for (int i = 0; i < rest; i++)
                {
                    sums[c] += row[c + (i * channels)];
                }
            }
        }
    }

    /// <summary>Blurs along rows, products and weights.</summary>
    private sealed unsafe class RowBlurStep : BlurStep
    {
        public required CpuTensor BlurredProducts { get; init; }

        public required CpuTensor BlurredWeights { get; init; }

        protected override void Rows<TLanes>(
            int from, int to, FrameGeometry frame, float sigma, float* scratch)
        {
            int radius = Radius(sigma);
            float* window = scratch;
            Gaussian(window, radius, sigma);
            float* padded = window + MaxRadius + 1;
            int width = Small(frame.Width);
            for (int y = from; y < to; y++)
            {
                int channels = frame.BytesPerPixel;
                nint at = (nint)y * width * channels;
                Blur<TLanes>(
                    Products.Floats + at, BlurredProducts.Floats + at, padded, window, radius,
                    width * channels, channels);
                at = (nint)y * width;
                Blur<TLanes>(
                    Weights.Floats + at, BlurredWeights.Floats + at, padded, window, radius, width,
                    1);
            }
        }

        private static void Blur<TLanes>(
            float* row, float* blurred, float* padded, float* window, int radius, int count,
            int channels)
            where TLanes : struct, ILanes<TLanes>
        {
            int pad = radius * channels;
            new Span<float>(padded, pad).Clear();
            new Span<float>(row, count).CopyTo(new Span<float>(padded + pad, count));
            new Span<float>(padded + pad + count, pad + FrameRows.Slack).Clear();
            int whole = count / TLanes.Count * TLanes.Count;
            Window<TLanes>(padded + pad, blurred, window, radius, channels, 0, whole);
            Window<Lanes1>(padded + pad, blurred, window, radius, channels, whole, count);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Window<TLanes>(
            float* x, float* y, float* window, int radius, int step, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int i = from; i < to; i += TLanes.Count)
            {
                var sum = TLanes.Load(x + i) * TLanes.Broadcast(window[0]);
                nint off = step;
                for (int j = 1; j <= radius; j++, off += step)
                {
                    var pair = TLanes.Load(x + i - off) + TLanes.Load(x + i + off);
                    sum = TLanes.MultiplyAdd(pair, TLanes.Broadcast(window[j]), sum);
                }

                sum.Store(y + i);
            }
        }
    }

    /// <summary>Blurs down columns and divides.</summary>
    private sealed unsafe class ColumnBlurStep : BlurStep
    {
        public required CpuTensor Y { get; init; }

        protected override void Rows<TLanes>(
            int from, int to, FrameGeometry frame, float sigma, float* scratch)
        {
            int radius = Radius(sigma);
            float* window = scratch;
            Gaussian(window, radius, sigma);
            int channels = frame.BytesPerPixel;
            int width = Small(frame.Width);
            int height = Small(frame.Height);
            float* weights = window + MaxRadius + 1;
            float* products = weights + width + FrameRows.Slack;
            for (int y = from; y < to; y++)
            {
                Sum<TLanes>(Weights.Floats, width, weights, window, radius, y, height);
                Sum<TLanes>(
                    Products.Floats, width * channels, products, window, radius, y, height);
                float* blurred = Y.Floats + ((nint)y * width * channels);
                for (int x = 0; x < width; x++)
                {
                    float share = 1 / weights[x];
                    for (int c = 0; c < channels; c++)
                    {
                        blurred[(x * channels) + c] = products[(x * channels) + c] * share;
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Sum<TLanes>(
            float* rows, int count, float* sums, float* window, int radius, int y, int height)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = Math.Max(y - radius, 0);
            int last = Math.Min(y + radius, height - 1);
            for (int x = 0; x < count; x += TLanes.Count)
            {
                float* at = rows + ((nint)first * count) + x;
                var sum = TLanes.Broadcast(0);
                for (int row = first; row <= last; row++, at += count)
                {
                    var weight = TLanes.Broadcast(window[Math.Abs(row - y)]);
                    sum = TLanes.MultiplyAdd(TLanes.Load(at), weight, sum);
                }

                sum.Store(sums + x);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        int capacity = b.InputShape(Pixels)[0];
        long row = FrameOperators.MostRowBytes(capacity) + FrameRows.Slack;
        b.ReserveWorkerScratch((3 * row) + (2L * MaxRadius * 4) + MaxRadius + 1 + FrameRows.Slack);
        var small = TensorType.Float(Count(capacity));
        var (products, weights) = (b.Scratch(small), b.Scratch(small));
        var (blurredProducts, blurredWeights) = (b.Scratch(small), b.Scratch(small));
        var (source, geometry, sigma) =
            (b.Input(Pixels), b.Input(FrameGeometryInput), b.Input(Sigma));
        int pieces = FrameOperators.Pieces(capacity);
        b.Add(new ReduceStep
        {
            Label = "BackgroundBlur reduce", Width = b.Width, Pieces = pieces, Source = source,
            GeometryInput = geometry, SigmaInput = sigma, Products = products, Weights = weights,
            MaskInput = b.Input(Mask),
        });
        b.Add(new RowBlurStep
        {
            Label = "BackgroundBlur rows", Width = b.Width, Pieces = pieces, Source = source,
            GeometryInput = geometry, SigmaInput = sigma, Products = products, Weights = weights,
            BlurredProducts = blurredProducts, BlurredWeights = blurredWeights,
        });
        b.Add(new ColumnBlurStep
        {
            Label = "BackgroundBlur columns", Width = b.Width, Pieces = pieces, Source = source,
            GeometryInput = geometry, SigmaInput = sigma, Products = blurredProducts,
            Weights = blurredWeights, Y = b.Output(),
        });
    }
}
