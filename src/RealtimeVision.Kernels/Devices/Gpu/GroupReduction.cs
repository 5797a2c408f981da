using ILGPU;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// One number of all threads of a group: for kernels whose groups have a power of two of threads, all
/// of which call. Results are the same bits each time.
/// </summary>
internal static class GroupReduction
{
    /// <summary>The sum of one number of each thread; all threads get it.</summary>
    /// <param name="shared">Shared memory with room for a number a thread.</param>
    /// <param name="threads">Threads of the group.</param>
    /// <param name="value">This thread's number.</param>
    public static float Sum(ArrayView<float> shared, int threads, float value)
    {
        int thread = Group.IdxX;
        shared[thread] = value;
        Group.Barrier();
        for (int half = threads / 2; half > 0; half /= 2)
        {
            if (thread < half)
            {
                shared[thread] += shared[thread + half];
            }

            Group.Barrier();
        }

        float sum = shared[0];
        Group.Barrier();
        return sum;
    }

    /// <summary>The largest of one number of each thread, NaN where one is; all get it.</summary>
    /// <inheritdoc cref="Sum" path="/param"/>
    public static float Largest(ArrayView<float> shared, int threads, float value)
    {
        int thread = Group.IdxX;
        shared[thread] = value;
        Group.Barrier();
        for (int half = threads / 2; half > 0; half /= 2)
        {
            if (thread < half)
            {
                shared[thread] = Lanes1.Max(
                    new Lanes1(shared[thread]), new Lanes1(shared[thread + half])).Value;
            }

            Group.Barrier();
        }

        float largest = shared[0];
        Group.Barrier();
        return largest;
    }
}
