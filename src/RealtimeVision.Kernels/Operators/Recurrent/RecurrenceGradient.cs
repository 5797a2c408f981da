using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What the steps of a sequence share on the CPU on the way back.</summary>
internal sealed class RecurrenceGradient
{
    /// <summary>Most sequences at a time.</summary>
    public const int MostRows = 4;

    public required RecurrentOperator Op { get; init; }

    public required int Directions { get; init; }

    public required int Steps { get; init; }

    public required int N { get; init; }

    /// <summary>Hidden units, filled up to two vectors.</summary>
    public required int Padded { get; init; }

    public required CpuTensor InputShare { get; init; }

    public required CpuTensor HiddenShare { get; init; }

    /// <summary>Recurrent weights, [D, G H, padded].</summary>
    public required CpuTensor Weights { get; init; }

    public required CpuTensor? HiddenBefore { get; init; }

    public required CpuTensor? Bias { get; init; }

    public required CpuTensor? C0 { get; init; }

    public required CpuTensor? Peepholes { get; init; }

    public required CpuTensor? DAllHidden { get; init; }

    public required CpuTensor? DLastHidden { get; init; }

    public required CpuTensor? DLastCell { get; init; }

    public required CpuTensor? Lengths { get; init; }

    public required CpuTensor DSums { get; init; }

    public required CpuTensor DH0 { get; init; }

    public required CpuTensor? DC0 { get; init; }

    public required CpuTensor? Cells { get; init; }

    public required CpuTensor? DHiddenShare { get; init; }

    /// <summary>Place in the sequence of a step of a direction.</summary>
    public int Time(int direction, int step) =>
        Op.IsReversed(direction) ? Steps - 1 - step : step;

    /// <summary>True for a step that a direction does not do of a sequence.</summary>
    public unsafe bool IsBeyond(int direction, int step, int n) =>
        Lengths is not null && Time(direction, step) >= Lengths.Ints[n];

    /// <summary>Row of a [D, T, N, ...] tensor.</summary>
    public long RowOf(int direction, int step, int n) =>
        ((((long)direction * Steps) + Time(direction, step)) * N) + n;
}
