namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// All operators: one line each. Tests see to it that each has kernels and cases.
/// </summary>
public static class OperatorCatalog
{
    /// <summary>Types of the operators.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        typeof(ArgMax),
        typeof(AvgPool2D),
        typeof(BackgroundBlur),
        typeof(BackgroundComposite),
        typeof(BatchNorm),
        typeof(BatchNormTraining),
        typeof(Cast),
        typeof(ClassMask),
        typeof(ColourOverlay),
        typeof(Compare),
        typeof(Concat),
        typeof(Conv2D),
        typeof(ConvTranspose2D),
        typeof(CumSum),
        typeof(Expand),
        typeof(FrameToTensor),
        typeof(Gather),
        typeof(GatherElements),
        typeof(GatherNd),
        typeof(GlobalAvgPool2D),
        typeof(GroupNorm),
        typeof(Gru),
        typeof(GuidedFilter),
        typeof(GuidedUpsample),
        typeof(Hardmax),
        typeof(IntegerPointwise),
        typeof(LayerNorm),
        typeof(LocalResponseNorm),
        typeof(LpNormalise),
        typeof(Lstm),
        typeof(MatMul),
        typeof(MaxPool2D),
        typeof(MeanVarianceNorm),
        typeof(OneHot),
        typeof(Pad),
        typeof(Pointwise),
        typeof(Reduce),
        typeof(Reshape),
        typeof(ReverseSequence),
        typeof(RmsNorm),
        typeof(Rnn),
        typeof(ScatterElements),
        typeof(ScatterNd),
        typeof(Select),
        typeof(Slice),
        typeof(Softmax),
        typeof(TemporalSmoothing),
        typeof(ThresholdMask),
        typeof(TopK),
        typeof(Transpose),
        typeof(Trilu),
        typeof(Upsample2D),
    ];
}
