namespace RealtimeVision.Runtime.Layers;

/// <summary>Networks that remember.</summary>
internal static class Sequences
{
    public static IEnumerable<ZooNetwork> All =>
    [
        new(
            "lstm", "Forecasts a series: LSTM of 50 units, and a dense layer", new(100, 1), 1,
            Forecaster, nameof(ZooOptions.Units), nameof(ZooOptions.Dropout)),
        new(
            "clip", "Classifies clips: a small ConvNet on each frame, and an LSTM of 64 units",
            new(16, 64, 64, 3), 4, ClipClassifier, nameof(ZooOptions.Width),
            nameof(ZooOptions.Units), nameof(ZooOptions.Dropout)),
    ];

    private static Symbol Forecaster(Symbol x, ZooOptions options) =>
        Remembered(x, options, 50).Then(new Dense(options.Classes!.Value) { Name = "forecast" });

    private static Symbol ClipClassifier(Symbol x, ZooOptions options)
    {
        var frames = new TimeDistributed(
            [
                .. Halved(options.Scaled(16)), .. Halved(options.Scaled(32)),
                .. Halved(options.Scaled(64)), new GlobalAveragePooling2D(),
            ])
        {
            Name = "frames",
        };
        return Remembered(x.Then(frames), options, 64)
            .Then(new Dense(options.Classes!.Value) { Name = "classifier" });
    }

    private static Symbol Remembered(Symbol x, ZooOptions options, int units)
    {
        x = x.Then(new Lstm(options.Units ?? units));
        return options.Dropout > 0 ? x.Then(new Dropout(options.Dropout.Value)) : x;
    }

    private static Module[] Halved(int filters) =>
    [
        new Conv2D(filters, 3) { Stride = 2, UseBias = false },
        new BatchNorm { Activation = Activation.Relu },
    ];
}
