using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record NormGradient : IGpuOperator
{
    private const int ElementGroup = 256;

    // Threads that sum over a group together.
    private const int LineGroup = 128;

    // Rows that a thread sums.
    private const int Run = 64;

    private delegate void RowsLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> dy,
        ArrayView<float> x,
        ArrayView<float> factor,
        ArrayView<float> mean,
        ArrayView<float> gamma,
        ArrayView<float> dx,
        Geometry geometry);

    private delegate void MeasureLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> dy,
        ArrayView<float> x,
        ArrayView<float> factor,
        ArrayView<float> mean,
        ArrayView<float> sums,
        Geometry geometry);

    private delegate void MergeLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> sums,
        ArrayView<float> gamma,
        ArrayView<float> means,
        Geometry geometry);

    private delegate void ApplyLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> dy,
        ArrayView<float> x,
        ArrayView<float> factor,
        ArrayView<float> mean,
        ArrayView<float> gamma,
        ArrayView<float> means,
        ArrayView<float> dx,
        Geometry geometry);

    private delegate void ParametersLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> sums,
        ArrayView<float> dgamma,
        ArrayView<float> dbeta,
        int channels,
        int blocks);

    /// <summary>Sizes that a kernel needs.</summary>
    internal struct Geometry
    {
        public int N, P, G, K, C, HasGamma, HasMean, IsCentred;

        /// <summary>
        /// Rows of C elements that are cut into parts, each summed in slices.
        /// </summary>
        public int Parts, RowsOfPart, Slices;

        /// <summary>The group of a channel of a row.</summary>
        public readonly int GroupOf(int row, int channel) => (row / P * G) + (channel / K);

        /// <summary>dx of an element.</summary>
        /// <param name="dy">Times gamma.</param>
        /// <param name="normalised">The normalised x.</param>
        /// <param name="factor">The group's.</param>
        /// <param name="sum">Mean of dy.</param>
        /// <param name="product">Mean of dy times the normalised x.</param>
        public readonly float Dx(
            float dy, float normalised, float factor, float sum, float product) =>
            factor * (dy - (IsCentred != 0 ? sum : 0f) - (normalised * product));
    }

    /// <summary>dx of a group of neighbours each, by all threads.</summary>
    internal static void RowsKernel(
        ArrayView<float> dy,
        ArrayView<float> x,
        ArrayView<float> factor,
        ArrayView<float> mean,
        ArrayView<float> gamma,
        ArrayView<float> dx,
        Geometry g)
    {
        var shared = SharedMemory.Allocate<float>(LineGroup);
        int group = Grid.IdxX;
        int first = group * g.K;
        int place = group % g.G * g.K;
        float scale = factor[group];
        float centre = MeanOf(mean, group, g);
        float sum = 0f;
        float product = 0f;
        for (int k = Group.IdxX; k < g.K; k += LineGroup)
        {
            float d = Scaled(dy[first + k], gamma, place + k, g);
            sum += d;
            product += d * (x[first + k] - centre);
        }

        sum = NormOperator.SumOfGroup(shared, sum) / g.K;
        product = NormOperator.SumOfGroup(shared, product) / g.K * scale;
        for (int k = Group.IdxX; k < g.K; k += LineGroup)
        {
            float d = Scaled(dy[first + k], gamma, place + k, g);
            dx[first + k] = g.Dx(d, (x[first + k] - centre) * scale, scale, sum, product);
        }
    }

    /// <summary>
    /// One thread a channel of a slice of the rows: every so many, so that neighbouring threads read
    /// neighbouring elements. Results are [parts, slices, 2, C].
    /// </summary>
    internal static void MeasureKernel(
        ArrayView<float> dy,
        ArrayView<float> x,
        ArrayView<float> factor,
        ArrayView<float> mean,
        ArrayView<float> sums,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.Parts * g.Slices * g.C)
        {
            return;
        }

        int channel = index % g.C;
        int block = index / g.C;
        int first = block / g.Slices * g.RowsOfPart;
        float sum = 0f;
        float product = 0f;
        for (int i = block % g.Slices; i < g.RowsOfPart; i += g.Slices)
        {
            int row = first + i;
            int at = (row * g.C) + channel;
            int group = g.GroupOf(row, channel);
            float d = dy[at];
            sum += d;
            product += d * ((x[at] - MeanOf(mean, group, g)) * factor[group]);
        }

        int to = (block * 2 * g.C) + channel;
        sums[to] = sum;
        sums[to + g.C] = product;
    }

    /// <summary>
    /// The two means of a group, over its channels and slices: [N G] of each.
    /// </summary>
    internal static void MergeKernel(
        ArrayView<float> sums, ArrayView<float> gamma, ArrayView<float> means, Geometry g)
    {
        var shared = SharedMemory.Allocate<float>(LineGroup);
        int group = Grid.IdxX;
        int place = group % g.G * g.K;
        int first = (group / g.G * g.Slices * 2 * g.C) + place;
        float sum = 0f;
        float product = 0f;
        for (int i = Group.IdxX; i < g.Slices * g.K; i += LineGroup)
        {
            int k = i % g.K;
            int at = first + (i / g.K * 2 * g.C) + k;
            sum += Scaled(sums[at], gamma, place + k, g);
            product += Scaled(sums[at + g.C], gamma, place + k, g);
        }

        float length = (float)g.P * g.K;
        sum = NormOperator.SumOfGroup(shared, sum) / length;
        product = NormOperator.SumOfGroup(shared, product) / length;
        if (Group.IdxX == 0)
        {
            means[group] = sum;
            means[(g.N * g.G) + group] = product;
        }
    }

    /// <summary>dx, one thread an element.</summary>
    internal static void ApplyKernel(
        ArrayView<float> dy,
        ArrayView<float> x,
        ArrayView<float> factor,
        ArrayView<float> mean,
        ArrayView<float> gamma,
        ArrayView<float> means,
        ArrayView<float> dx,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < g.N * g.P * g.C)
        {
            int channel = index % g.C;
            int group = g.GroupOf(index / g.C, channel);
            float scale = factor[group];
            dx[index] = g.Dx(
                Scaled(dy[index], gamma, channel, g),
                (x[index] - MeanOf(mean, group, g)) * scale,
                scale, means[group], means[(g.N * g.G) + group]);
        }
    }

    /// <summary>
    /// The gradients of the parameters of some channels: the blocks' sums, added by the threads of a
    /// group in a fixed order.
    /// </summary>
    internal static void ParametersKernel(
        ArrayView<float> sums, ArrayView<float> dgamma, ArrayView<float> dbeta, int channels,
        int blocks)
    {
        var shared = SharedMemory.Allocate<float>(LineGroup);
        int channel = Grid.IdxX;
        float beta = 0f;
        float gamma = 0f;
        for (int block = Group.IdxX; block < blocks; block += LineGroup)
        {
            int at = (block * 2 * channels) + channel;
            beta += sums[at];
            gamma += sums[at + channels];
        }

        beta = NormOperator.SumOfGroup(shared, beta);
        gamma = NormOperator.SumOfGroup(shared, gamma);
        if (Group.IdxX == 0)
        {
            dbeta[channel] = beta;
            dgamma[channel] = gamma;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var groups = Forward.GroupsOf(b.InputShape(X));
        bool isSpread = groups.P > 1;

        // Groups of neighbours are summed by rows; only parameters then need sums over columns.
        int rowsOfPart = isSpread ? groups.P : groups.N;
        var geometry = new Geometry
        {
            N = groups.N, P = groups.P, G = groups.G, K = groups.K, C = groups.C,
            HasGamma = b.Has(Gamma) ? 1 : 0,
            HasMean = b.Has(Mean) ? 1 : 0,
            IsCentred = Forward.IsCentred ? 1 : 0,
            Parts = isSpread ? groups.N : 1,
            RowsOfPart = rowsOfPart,
            Slices = (rowsOfPart + Run - 1) / Run,
        };
        int blocks = geometry.Parts * geometry.Slices;
        var (dy, x, factor) = (b.Input(OutputGradient), b.Input(X), b.Input(Factor));
        var mean = b.InputOrNull(Mean) ?? factor;
        var gamma = b.InputOrNull(Gamma) ?? factor;
        var sums = b.Scratch(TensorType.Float(isSpread || OfParameters ? blocks : 1, 2, groups.C));
        if (isSpread || OfParameters)
        {
            var measure = b.Load<MeasureLauncher>(MeasureKernel, ElementGroup);
            var config = GpuBindings.Cover((long)blocks * groups.C, ElementGroup);
            b.Add($"{Name} Measure", stream => measure(
                stream, config, dy.Floats, x.Floats, factor.Floats, mean.Floats, sums.Floats,
                geometry));
        }

        if (OfInput)
        {
            AddInput(b, geometry, sums);
        }

        if (OfParameters)
        {
            var parameters = b.Load<ParametersLauncher>(ParametersKernel, LineGroup);
            var config = new KernelConfig(groups.C, LineGroup);
            var (dgamma, dbeta) = (b.Output(GammaOutput), b.Output(GammaOutput + 1));
            b.Add($"{Name} Parameters", stream => parameters(
                stream, config, sums.Floats, dgamma.Floats, dbeta.Floats, geometry.C, blocks));
        }
    }

    private void AddInput(GpuBindings b, Geometry geometry, GpuTensor sums)
    {
        var (dy, x, factor) = (b.Input(OutputGradient), b.Input(X), b.Input(Factor));
        var mean = b.InputOrNull(Mean) ?? factor;
        var gamma = b.InputOrNull(Gamma) ?? factor;
        var dx = b.Output();
        var groupConfig = new KernelConfig(geometry.N * geometry.G, LineGroup);
        if (geometry.P == 1)
        {
            var rows = b.Load<RowsLauncher>(RowsKernel, LineGroup);
            b.Add($"{Name} Rows", stream => rows(
                stream, groupConfig, dy.Floats, x.Floats, factor.Floats, mean.Floats, gamma.Floats,
                dx.Floats, geometry));
            return;
        }

        var means = b.Scratch(TensorType.Float(2, geometry.N * geometry.G));
        var merge = b.Load<MergeLauncher>(MergeKernel, LineGroup);
        b.Add($"{Name} Merge", stream => merge(
            stream, groupConfig, sums.Floats, gamma.Floats, means.Floats, geometry));

        var apply = b.Load<ApplyLauncher>(ApplyKernel, ElementGroup);
        var applyConfig = GpuBindings.Cover(dx.Type.Shape.Count, ElementGroup);
        b.Add($"{Name} Apply", stream => apply(
            stream, applyConfig, dy.Floats, x.Floats, factor.Floats, mean.Floats, gamma.Floats,
            means.Floats, dx.Floats, geometry));
    }

    private static float MeanOf(ArrayView<float> mean, int group, Geometry g)
    {
        float value = 0f;
        if (g.HasMean != 0)
        {
            value = mean[group];
        }

        return value;
    }

    private static float Scaled(float value, ArrayView<float> gamma, int place, Geometry g)
    {
        if (g.HasGamma != 0)
        {
            value *= gamma[place];
        }

        return value;
    }
}
