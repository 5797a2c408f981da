using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record NormOperator : IGpuOperator
{
    private const int ElementGroup = 256;

    // Threads that measure a group together.
    private const int LineGroup = 128;

    // Rows that a thread measures.
    private const int Run = 64;

    private delegate void RowsLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> gamma,
        ArrayView<float> beta,
        ArrayView<float> y,
        ArrayView<float> mean,
        ArrayView<float> factor,
        ArrayView<float> variance,
        Geometry geometry);

    private delegate void MeasureLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> means,
        ArrayView<float> terms,
        Geometry geometry,
        int slices);

    private delegate void MergeLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> means,
        ArrayView<float> terms,
        ArrayView<float> mean,
        ArrayView<float> factor,
        ArrayView<float> variance,
        Geometry geometry,
        int slices);

    private delegate void ApplyLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> gamma,
        ArrayView<float> beta,
        ArrayView<float> y,
        ArrayView<float> mean,
        ArrayView<float> factor,
        Geometry geometry);

    /// <summary>Sizes that a kernel needs.</summary>
    internal struct Geometry
    {
        public int N, P, G, K, C, HasGamma, HasBeta, HasVariance, Statistic;

        public float Epsilon;

        /// <summary>What elements of a group are multiplied by, given the sum of its terms.</summary>
        public readonly float FactorOf(float terms)
        {
            if (Statistic == (int)NormStatistic.Norm1)
            {
                return 1f / MathF.Max(terms, Epsilon);
            }

            return Statistic == (int)NormStatistic.Norm2
                ? 1f / MathF.Max(MathF.Sqrt(terms), Epsilon)
                : 1f / MathF.Sqrt((terms / ((float)P * K)) + Epsilon);
        }
    }

    /// <summary>
    /// A group of neighbours each: measured by all threads, then normalised by them.
    /// </summary>
    internal static void RowsKernel<TTerm>(
        ArrayView<float> x,
        ArrayView<float> gamma,
        ArrayView<float> beta,
        ArrayView<float> y,
        ArrayView<float> mean,
        ArrayView<float> factor,
        ArrayView<float> variance,
        Geometry g)
        where TTerm : struct, INormTerm
    {
        var shared = SharedMemory.Allocate<float>(LineGroup);
        int thread = Group.IdxX;
        int first = Grid.IdxX * g.K;
        float centre = 0f;
        if (TTerm.IsCentred)
        {
            float sum = 0f;
            for (int k = thread; k < g.K; k += LineGroup)
            {
                sum += x[first + k];
            }

            centre = SumOfGroup(shared, sum) / g.K;
        }

        float terms = 0f;
        for (int k = thread; k < g.K; k += LineGroup)
        {
            terms += TTerm.Of(new Lanes1(x[first + k] - centre)).Value;
        }

        terms = SumOfGroup(shared, terms);
        float scale = g.FactorOf(terms);
        if (thread == 0)
        {
            mean[Grid.IdxX] = centre;
            factor[Grid.IdxX] = scale;
            if (g.HasVariance != 0)
            {
                variance[Grid.IdxX] = terms / g.K;
            }
        }

        int place = Grid.IdxX % g.G * g.K;
        for (int k = thread; k < g.K; k += LineGroup)
        {
            y[first + k] = Finish(x[first + k], centre, scale, gamma, beta, place + k, g);
        }
    }

    /// <summary>
    /// One thread a channel of a slice of the places: every so many, so that neighbouring threads
    /// read neighbouring elements. Results are [N, slices, C].
    /// </summary>
    internal static void MeasureKernel<TTerm>(
        ArrayView<float> x, ArrayView<float> means, ArrayView<float> terms, Geometry g, int slices)
        where TTerm : struct, INormTerm
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * slices * g.C)
        {
            return;
        }

        int slice = index / g.C % slices;
        int channel = index % g.C;
        int first = (index / (g.C * slices) * g.P * g.C) + channel;
        float mean = 0f;
        if (TTerm.IsCentred)
        {
            int count = 0;
            for (int p = slice; p < g.P; p += slices)
            {
                mean += x[first + (p * g.C)];
                count++;
            }

            mean /= count;
        }

        float sum = 0f;
        for (int p = slice; p < g.P; p += slices)
        {
            sum += TTerm.Of(new Lanes1(x[first + (p * g.C)] - mean)).Value;
        }

        means[index] = mean;
        terms[index] = sum;
    }

    /// <summary>The measures of a group's channels and slices put together.</summary>
    internal static void MergeKernel(
        ArrayView<float> means,
        ArrayView<float> terms,
        ArrayView<float> mean,
        ArrayView<float> factor,
        ArrayView<float> variance,
        Geometry g,
        int slices)
    {
        var shared = SharedMemory.Allocate<float>(LineGroup);
        int n = Grid.IdxX / g.G;
        int first = (n * slices * g.C) + (Grid.IdxX % g.G * g.K);
        int items = slices * g.K;

        // The slices before this one have a place more than the others.
        int longer = g.P % slices;
        float places = g.P / slices;
        float sum = 0f;
        for (int i = Group.IdxX; i < items; i += LineGroup)
        {
            int slice = i / g.K;
            float count = places + (slice < longer ? 1f : 0f);
            sum += count * means[first + (slice * g.C) + (i % g.K)];
        }

        float length = (float)g.P * g.K;
        float centre = SumOfGroup(shared, sum) / length;
        sum = 0f;
        for (int i = Group.IdxX; i < items; i += LineGroup)
        {
            int slice = i / g.K;
            int at = first + (slice * g.C) + (i % g.K);
            float count = places + (slice < longer ? 1f : 0f);
            float difference = means[at] - centre;
            sum += terms[at] + (count * difference * difference);
        }

        sum = SumOfGroup(shared, sum);
        if (Group.IdxX == 0)
        {
            mean[Grid.IdxX] = centre;
            factor[Grid.IdxX] = g.FactorOf(sum);
            if (g.HasVariance != 0)
            {
                variance[Grid.IdxX] = sum / length;
            }
        }
    }

    /// <summary>One thread an element.</summary>
    internal static void ApplyKernel(
        ArrayView<float> x,
        ArrayView<float> gamma,
        ArrayView<float> beta,
        ArrayView<float> y,
        ArrayView<float> mean,
        ArrayView<float> factor,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < g.N * g.P * g.C)
        {
            int channel = index % g.C;
            int group = (index / (g.P * g.C) * g.G) + (channel / g.K);
            y[index] = Finish(x[index], mean[group], factor[group], gamma, beta, channel, g);
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var groups = GroupsOf(b.InputShape(X));
        switch (Statistic)
        {
            case NormStatistic.Deviation:
                Prepare<SquaredDeviation>(b, groups);
                break;
            case NormStatistic.Norm1:
                Prepare<Magnitude>(b, groups);
                break;
            default:
                Prepare<SquaredElement>(b, groups);
                break;
        }
    }

    private void Prepare<TTerm>(GpuBindings b, NormGroups groups)
        where TTerm : struct, INormTerm
    {
        var geometry = new Geometry
        {
            N = groups.N, P = groups.P, G = groups.G, K = groups.K, C = groups.C,
            HasGamma = b.Has(Gamma) ? 1 : 0,
            HasBeta = b.Has(Beta) ? 1 : 0,
            HasVariance = VarianceOutput < 0 ? 0 : 1,
            Statistic = (int)Statistic,
            Epsilon = Epsilon,
        };
        var (x, y) = (b.Input(X), b.Output());
        var gamma = b.InputOrNull(Gamma) ?? x;
        var beta = b.InputOrNull(Beta) ?? x;
        var perGroup = TensorType.Float(groups.Count);
        var mean = MeanOutput < 0 ? b.Scratch(perGroup) : b.Output(MeanOutput);
        var factor = FactorOutput < 0 ? b.Scratch(perGroup) : b.Output(FactorOutput);
        var variance = VarianceOutput < 0 ? mean : b.Output(VarianceOutput);
        var groupConfig = new KernelConfig(groups.Count, LineGroup);
        if (groups.P == 1)
        {
            var launch = b.Load<RowsLauncher>(RowsKernel<TTerm>, LineGroup);
            b.Add($"{Name} Rows", stream => launch(
                stream, groupConfig, x.Floats, gamma.Floats, beta.Floats, y.Floats, mean.Floats,
                factor.Floats, variance.Floats, geometry));
            return;
        }

        int slices = (groups.P + Run - 1) / Run;
        var columns = TensorType.Float(groups.N, slices, groups.C);
        var (means, terms) = (b.Scratch(columns), b.Scratch(columns));
        var measure = b.Load<MeasureLauncher>(MeasureKernel<TTerm>, ElementGroup);
        var measureConfig = GpuBindings.Cover(columns.Shape.Count, ElementGroup);
        b.Add($"{Name} Measure", stream => measure(
            stream, measureConfig, x.Floats, means.Floats, terms.Floats, geometry, slices));

        var merge = b.Load<MergeLauncher>(MergeKernel, LineGroup);
        b.Add($"{Name} Merge", stream => merge(
            stream, groupConfig, means.Floats, terms.Floats, mean.Floats, factor.Floats,
            variance.Floats, geometry, slices));

        var apply = b.Load<ApplyLauncher>(ApplyKernel, ElementGroup);
        var applyConfig = GpuBindings.Cover(y.Type.Shape.Count, ElementGroup);
        b.Add($"{Name} Apply", stream => apply(
            stream, applyConfig, x.Floats, gamma.Floats, beta.Floats, y.Floats, mean.Floats,
            factor.Floats, geometry));
    }

    /// <summary>Sum of one number of each thread, in a fixed order; all threads get it.</summary>
    internal static float SumOfGroup(ArrayView<float> shared, float value) =>
        GroupReduction.Sum(shared, LineGroup, value);

    private static float Finish(
        float x, float mean, float factor, ArrayView<float> gamma, ArrayView<float> beta, int place,
        Geometry g)
    {
        float value = (x - mean) * factor;
        if (g.HasGamma != 0)
        {
            value *= gamma[place];
        }

        if (g.HasBeta != 0)
        {
            value += beta[place];
        }

        return value;
    }
}
