using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed unsafe partial record StridedCopy
{
    private const int PieceElements = 32 * 1024;
    private const int MaxLoops = 16;

    // Shorter runs are done before a call to fill them has begun.
    private const int ShortRun = 8;

    /// <summary>A range of the copy's elements, row by row.</summary>
    private sealed class RowStep<T> : CpuStep
        where T : unmanaged
    {
        public required StridedCopy Copy { get; init; }

        public required CpuTensor Source { get; init; }

        public required CpuTensor Target { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (sizes, sourceStrides, targetStrides) = (Copy.Sizes, Copy.SourceStrides, Copy.TargetStrides);
            int last = sizes.Length - 1;
            long first = (long)piece * PieceElements;
            long count = Math.Min(PieceElements, Copy.Count - first);
            T* source = (T*)Source.Bytes + Copy.SourceOffset;
            T* target = (T*)Target.Bytes + Copy.TargetOffset;
            if (source == target && sourceStrides.AsSpan().SequenceEqual(targetStrides))
            {
                // In place: all is there already.
                return;
            }

            // Where the range begins, as an index a loop.
            int* index = stackalloc int[MaxLoops];
            for (int d = last; d >= 0; d--)
            {
                long above = first / sizes[d];
                index[d] = (int)(first - (above * sizes[d]));
                source += (long)index[d] * sourceStrides[d];
                target += (long)index[d] * targetStrides[d];
                first = above;
            }

            while (true)
            {
                long run = Math.Min(sizes[last] - index[last], count);
                CopyRow(source, sourceStrides[last], target, targetStrides[last], run);
                count -= run;
                if (count == 0)
                {
                    return;
                }

                // To the beginning of the row, then on to the next.
                source -= (long)index[last] * sourceStrides[last];
                target -= (long)index[last] * targetStrides[last];
                index[last] = 0;
                for (int d = last - 1; d >= 0; d--)
                {
                    source += sourceStrides[d];
                    target += targetStrides[d];
                    if (++index[d] < sizes[d])
                    {
                        break;
                    }

                    source -= (long)index[d] * sourceStrides[d];
                    target -= (long)index[d] * targetStrides[d];
                    index[d] = 0;
                }
            }
        }

        private static void CopyRow(T* source, int sourceStride, T* target, int targetStride, long count)
        {
            if (sourceStride == 1 && targetStride == 1)
            {
                Buffer.MemoryCopy(source, target, count * sizeof(T), count * sizeof(T));
                return;
            }

            if (sourceStride == 0 && targetStride == 1 && count >= ShortRun)
            {
                new Span<T>(target, (int)count).Fill(*source);
                return;
            }

            for (long i = 0; i < count; i++)
            {
                *target = *source;
                source += sourceStride;
                target += targetStride;
            }
        }
    }

    /// <summary>A band of one of the matrices that are transposed.</summary>
    private sealed class TransposeStep<T> : CpuStep
        where T : unmanaged
    {
        public required StridedCopy Copy { get; init; }

        public required CpuTensor Source { get; init; }

        public required CpuTensor Target { get; init; }

        public required VectorWidth Width { get; init; }

        public required int Bands { get; init; }

        public required int BandLength { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (sizes, sourceStrides, targetStrides) = (Copy.Sizes, Copy.SourceStrides, Copy.TargetStrides);
            T* source = (T*)Source.Bytes + Copy.SourceOffset;
            T* target = (T*)Target.Bytes + Copy.TargetOffset;
            int matrix = piece / Bands;
            int band = piece - (matrix * Bands);
            for (int d = sizes.Length - 3; d >= 0; d--)
            {
                int above = matrix / sizes[d];
                source += (long)(matrix - (above * sizes[d])) * sourceStrides[d];
                target += (long)(matrix - (above * sizes[d])) * targetStrides[d];
                matrix = above;
            }

            // The last band takes what is left, so that none is shorter than a tile where the
            // matrix is not.
            var (rows, columns) = (sizes[^1], sizes[^2]);
            int first = band * BandLength;
            int end = band == Bands - 1 ? Math.Max(rows, columns) : first + BandLength;
            var (sourceRow, targetRow) = (sourceStrides[^1], targetStrides[^2]);
            if (rows >= columns)
            {
                source += (long)first * sourceRow;
                target += first;
                rows = end - first;
            }
            else
            {
                source += first;
                target += (long)first * targetRow;
                columns = end - first;
            }

            MatrixTranspose.Run(Width, source, sourceRow, target, targetRow, rows, columns);
        }
    }

    /// <summary>Adds the step that copies.</summary>
    /// <exception cref="NotSupportedException">More than 16 dimensions are left after
    /// merging.</exception>
    public void AddTo(CpuBindings b, string label, CpuTensor source, CpuTensor target)
    {
        if (source.Type.Element.Size() == 4)
        {
            AddTo<float>(b, label, source, target);
        }
        else
        {
            AddTo<byte>(b, label, source, target);
        }
    }

    private void AddTo<T>(CpuBindings b, string label, CpuTensor source, CpuTensor target)
        where T : unmanaged
    {
        if (Count == 0)
        {
            return;
        }

        if (Sizes.Length > MaxLoops)
        {
            throw new NotSupportedException($"{b.NodeName}: a copy over {Sizes.Length} dimensions is too much");
        }

        if (IsTransposition)
        {
            int length = Math.Max(Sizes[^1], Sizes[^2]);
            int bandLength = Math.Max(MatrixTranspose.Block, PieceElements / Math.Min(Sizes[^1], Sizes[^2])
                / MatrixTranspose.Block * MatrixTranspose.Block);
            int bands = Math.Max(1, length / bandLength);
            b.Add(new TransposeStep<T>
            {
                Label = $"{label} Tiles", Pieces = checked((int)(Product(0, Sizes.Length - 2) * bands)), Copy = this,
                Source = source, Target = target, Width = b.Width, Bands = bands, BandLength = bandLength,
            });
        }
        else
        {
            b.Add(new RowStep<T>
            {
                Label = label, Pieces = checked((int)((Count + PieceElements - 1) / PieceElements)), Copy = this,
                Source = source, Target = target,
            });
        }
    }
}
