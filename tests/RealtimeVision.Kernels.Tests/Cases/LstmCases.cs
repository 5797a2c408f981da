using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class LstmCases
{
    private static readonly HostTensor?[] Nothing = [];

    public static IEnumerable<OperatorCase> All() =>
        Plain().SelectMany(RecurrentCases.WithEveryGpuAlgorithm);

    private static IEnumerable<OperatorCase> Plain()
    {
        foreach (string name in GoldenFile.Names("lstm").Where(n => n != "lstm_two_layers"))
        {
            var golden = GoldenFile.Open(name);
            var op = new Lstm(
                golden.Int("hidden"),
                golden.Bool("bidirectional")
                    ? RecurrentDirection.Bidirectional
                    : RecurrentDirection.Forward);
            yield return new OperatorCase(
                $"Lstm golden {name}",
                op,
                [golden["in.x"], .. Weights(golden, 0), golden["in.h0"], golden["in.c0"]],
                [golden["out.y"], golden["out.h"], golden["out.c"]])
            { Constants = [1, 2, 3] };
        }

        int seed = 700;

        // Hidden units on both sides of a vector, a group and the limits of algorithms; batches of
        // each number of rows.
        foreach (var (steps, n, features, hidden) in new[]
        {
            (1, 1, 1, 1), (1, 1, 20, 40), (2, 3, 5, 7), (5, 1, 9, 16), (4, 2, 8, 17),
            (3, 5, 33, 33), (7, 4, 16, 64),
            (2, 9, 4, 20), (3, 1, 12, 130), (2, 2, 10, 260), (3, 1, 300, 300),
        })
        {
            foreach (var direction in Enum.GetValues<RecurrentDirection>())
            {
                yield return Case(
                    direction.ToString(), steps, n, features, hidden, direction, ++seed);
            }
        }

        yield return Case("without bias", 4, 2, 6, 10, default, ++seed, bias: false);
        yield return Case(
            "without initial state", 4, 2, 6, 10, default, ++seed, h0: false, c0: false);
        yield return Case("with initial h only", 4, 2, 6, 10, default, ++seed, c0: false);
        yield return Case("with initial c only", 4, 2, 6, 10, default, ++seed, h0: false);
        yield return Case(
            "one step without anything", 1, 2, 6, 10, default, ++seed, bias: false, h0: false,
            c0: false);
        yield return Case(
            "with limited sums", 5, 3, 6, 20, RecurrentDirection.Bidirectional, ++seed, clip: 0.4f);
        foreach (int hidden in new[] { 5, 33 })
        {
            yield return Case(
                "with peepholes", 4, 3, 6, hidden, RecurrentDirection.Bidirectional, ++seed,
                peepholes: true);
        }

        yield return Case(
            "one step with peepholes", 1, 1, 6, 40, default, ++seed, peepholes: true, clip: 0.5f);
        yield return RecurrentCases.WithLengths(
            Case("of lengths", 5, 5, 6, 20, RecurrentDirection.Bidirectional, ++seed),
            5, 3, 0, 1, 4);
        yield return Case(
            "weights that are computed", 6, 2, 6, 18, RecurrentDirection.Bidirectional, ++seed,
            constant: false);
    }

    /// <summary>PyTorch's weights of a layer as the operator has them: w, r and bias.</summary>
    public static HostTensor[] Weights(GoldenFile golden, int layer)
    {
        string[] suffixes = golden.Bool("bidirectional") ? ["", "_reverse"] : [""];
        return
        [
            Stack(suffixes.Select(s => golden[$"in.weight_ih_l{layer}{s}"].Permute(1, 0))),
            Stack(suffixes.Select(s => golden[$"in.weight_hh_l{layer}{s}"].Permute(1, 0))),
            Stack(suffixes.Select(s => Sum(
                golden[$"in.bias_ih_l{layer}{s}"], golden[$"in.bias_hh_l{layer}{s}"]))),
        ];
    }

    /// <summary>
    /// Weights about as they are initialised: gates are neither shut nor wide open, errors do not
    /// grow.
    /// </summary>
    public static HostTensor Scaled(HostTensor x, int terms)
    {
        float[] values = [.. x.Floats];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] *= 1.5f / MathF.Sqrt(terms);
        }

        return HostTensor.Of(x.Shape, values);
    }

    public static HostTensor Stack(IEnumerable<HostTensor> parts)
    {
        HostTensor[] all = [.. parts];
        return HostTensor.Of(
            new Shape([all.Length, .. all[0].Shape.Sizes]),
            all.SelectMany(p => p.Floats.ToArray()).ToArray());
    }

    private static HostTensor Sum(HostTensor a, HostTensor b) => HostTensor.Of(
        a.Shape, a.Floats.ToArray().Zip(b.Floats.ToArray(), (x, y) => x + y).ToArray());

    private static OperatorCase Case(
        string name, int steps, int n, int features, int hidden, RecurrentDirection direction,
        int seed,
        bool bias = true, bool h0 = true, bool c0 = true, bool constant = true,
        bool peepholes = false, float clip = float.PositiveInfinity)
    {
        int directions = direction == RecurrentDirection.Bidirectional ? 2 : 1;
        var op = new Lstm(hidden, direction) { Clip = clip };
        HostTensor?[] inputs =
        [
            HostTensor.Random(seed, steps, n, features),
            Scaled(HostTensor.Random(seed + 1000, directions, features, 4 * hidden), features),
            Scaled(HostTensor.Random(seed + 2000, directions, hidden, 4 * hidden), hidden),
            bias ? HostTensor.Random(seed + 3000, directions, 4 * hidden) : null,
            h0 ? HostTensor.Random(seed + 4000, directions, n, hidden) : null,
            c0 ? HostTensor.Random(seed + 5000, directions, n, hidden) : null,
            .. peepholes ? [HostTensor.Random(seed + 6000, directions, 3 * hidden)] : Nothing,
        ];
        return new OperatorCase(
            $"Lstm {name} T={steps} N={n} F={features} H={hidden}", op, inputs,
            Reference.Lstm(op, inputs))
        {
            Constants = constant ? [1, 2, 3] : [],
        };
    }
}
