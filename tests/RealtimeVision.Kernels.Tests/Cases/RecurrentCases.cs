using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Gru and Rnn, and what recurrent layers share.</summary>
public static class RecurrentCases
{
    // Every choice of what a gradient is given.
    private const int Everything = 7;

    public static IEnumerable<OperatorCase> All() =>
        [.. Plain().SelectMany(WithEveryGpuAlgorithm), .. Gradients()];

    /// <summary>A case, and the same with each other algorithm of GPUs.</summary>
    public static IEnumerable<OperatorCase> WithEveryGpuAlgorithm(OperatorCase test)
    {
        yield return test;
        var op = (RecurrentOperator)test.Operator;
        foreach (var algorithm in Enum.GetValues<GpuRecurrentAlgorithm>())
        {
            if (algorithm != op.Choose(test.Inputs[0]!.Shape[0]) && op.CanRun(algorithm))
            {
                yield return test with
                {
                    Name = $"{test.Name}, {algorithm}",
                    Operator = op with { ForcedGpuAlgorithm = algorithm },
                    IsForGpus = true,
                };
            }
        }
    }

    private static IEnumerable<OperatorCase> Plain()
    {
        var golden = GoldenFile.Open("gru");
        yield return new OperatorCase(
            "Gru golden",
            new Gru(golden.Int("hidden")),
            [
                golden["in.x"],
                LstmCases.Stack([golden["in.weight_ih_l0"].Permute(1, 0)]),
                LstmCases.Stack([golden["in.weight_hh_l0"].Permute(1, 0)]),
                GruBias(golden["in.bias_ih_l0"], golden["in.bias_hh_l0"]),
                golden["in.h0"],
            ],
            [golden["out.y"], golden["out.h"]])
        {
            Constants = [1, 2, 3],
        };

        int seed = 7000;
        Func<int, RecurrentDirection, RecurrentOperator>[] layers =
        [
            (hidden, direction) => new Gru(hidden, direction),
            (hidden, direction) => new Gru(hidden, direction, ResetsAfter: false),
            (hidden, direction) => new Rnn(hidden, direction),
        ];
        foreach (var layer in layers)
        {
            // Hidden units on both sides of a vector, a group and the limits of algorithms; an odd
            // number of vectors; batches of each number of rows.
            foreach (var (steps, n, features, hidden) in new[]
            {
                (1, 1, 1, 1), (1, 1, 20, 40), (2, 3, 5, 7), (5, 1, 9, 16), (4, 2, 8, 17),
                (3, 5, 33, 33), (7, 4, 16, 64), (2, 9, 4, 20), (3, 1, 12, 130), (2, 2, 10, 260),
                (3, 1, 300, 300),
            })
            {
                foreach (var direction in Enum.GetValues<RecurrentDirection>())
                {
                    yield return Case(
                        $"{direction}", layer(hidden, direction), steps, n, features, ++seed);
                }
            }

            var both = layer(18, RecurrentDirection.Bidirectional);
            yield return Case("without bias", both, 4, 2, 6, ++seed, bias: false);
            yield return Case("without initial state", both, 4, 2, 6, ++seed, h0: false);
            yield return Case("with limited sums", both with { Clip = 0.4f }, 4, 3, 6, ++seed);
            yield return Case("weights that are computed", both, 6, 2, 6, ++seed, constant: false);
            yield return WithLengths(Case("of lengths", both, 5, 5, 6, ++seed), 5, 3, 0, 1, 4);
            yield return WithLengths(
                Case("of lengths, no state", both, 3, 3, 6, ++seed, h0: false), 0, 2, 3);
        }

        yield return Case("Relu", new Rnn(20, Function: RnnFunction.Relu), 4, 2, 6, ++seed);
        yield return Case("Sigmoid", new Rnn(20, Function: RnnFunction.Sigmoid), 4, 2, 6, ++seed);
    }

    /// <summary>The same with sequences of these lengths.</summary>
    public static OperatorCase WithLengths(OperatorCase test, params int[] lengths)
    {
        HostTensor?[] inputs =
        [
            .. test.Inputs,
            .. new HostTensor?[RecurrentOperator.Lengths - test.Inputs.Length],
            HostTensor.OfInts(new Shape(lengths.Length), lengths),
        ];
        var expected = test.Operator is Lstm lstm
            ? Reference.Lstm(lstm, inputs)
            : Reference.Recurrent((RecurrentOperator)test.Operator, inputs);
        return test with { Inputs = inputs, Expected = expected };
    }

    /// <summary>What goes back through time: of few and many inputs and sequences.</summary>
    private static IEnumerable<OperatorCase> Gradients()
    {
        int seed = 7700;
        Func<int, RecurrentDirection, RecurrentOperator>[] layers =
        [
            (hidden, direction) => new Lstm(hidden, direction),
            (hidden, direction) => new Gru(hidden, direction),
            (hidden, direction) => new Gru(hidden, direction, ResetsAfter: false),
            (hidden, direction) => new Rnn(hidden, direction),
        ];
        foreach (var layer in layers)
        {
            foreach (var (steps, n, hidden, direction) in new[]
            {
                (1, 1, 1, RecurrentDirection.Forward), (3, 5, 7, RecurrentDirection.Reverse),
                (4, 2, 17, RecurrentDirection.Bidirectional),
                (5, 4, 33, RecurrentDirection.Forward),
                (3, 9, 64, RecurrentDirection.Bidirectional),
                (2, 1, 130, RecurrentDirection.Reverse),
            })
            {
                yield return Gradient("", layer(hidden, direction), steps, n, ++seed);
            }

            var both = layer(18, RecurrentDirection.Bidirectional);
            yield return Gradient(
                "of lengths", both, 5, 5, ++seed, Everything, 5, 3, 0, 1, 4);
            for (int inputs = 0; inputs < Everything; inputs++)
            {
                yield return Gradient($"of inputs {inputs}", both, 3, 2, ++seed, inputs);
            }

            yield return Gradient("limited", both with { Clip = 0.4f }, 4, 3, ++seed);
        }

        yield return Gradient("Relu", new Rnn(20, Function: RnnFunction.Relu), 4, 2, ++seed);
        yield return Gradient(
            "Sigmoid", new Rnn(20, Function: RnnFunction.Sigmoid), 4, 2, ++seed);
    }

    // Bits of the choice: bias, peepholes and the initial c; gradients of all h; of the last state.
    private static OperatorCase Gradient(
        string name, RecurrentOperator op, int steps, int n, int seed,
        int choice = Everything, params int[] lengths)
    {
        int d = op.Direction == RecurrentDirection.Bidirectional ? 2 : 1;
        int h = op.Hidden;
        int gates = op is Lstm ? 4 : op is Gru ? 3 : 1;
        var (parameters, allHidden, last) = (
            (choice & 1) != 0, (choice & 2) != 0, (choice & 4) != 0);
        HostTensor?[] inputs =
        [
            HostTensor.Random(seed, d, steps, n, gates * h),
            HostTensor.Random(seed + 1000, d, steps, n, gates * h),
            LstmCases.Scaled(HostTensor.Random(seed + 2000, d, h, gates * h), h),
            op is Gru ? HostTensor.Random(seed + 3000, d, steps, n, h) : null,
            parameters ? HostTensor.Random(seed + 4000, d, (op is Gru { ResetsAfter: true } ? 4 : gates) * h) : null,
            parameters && op is Lstm ? HostTensor.Random(seed + 5000, d, n, h) : null,
            parameters && op is Lstm ? HostTensor.Random(seed + 6000, d, 3 * h) : null,
            allHidden ? HostTensor.Random(seed + 7000, steps, n, d * h) : null,
            last ? HostTensor.Random(seed + 8000, d, n, h) : null,
            last && op is Lstm ? HostTensor.Random(seed + 9000, d, n, h) : null,
            lengths.Length == 0 ? null : HostTensor.OfInts(new Shape(n), lengths),
        ];
        var gradient = new RecurrentGradient(op);
        return new OperatorCase(
            $"RecurrentGradient {op.Name}{FormOf(op)} {name} {op.Direction} T={steps} N={n} H={h}", gradient,
            inputs, Reference.RecurrentGradient(gradient, inputs));
    }

    private static string FormOf(RecurrentOperator op) =>
        op is Gru { ResetsAfter: false } ? " that resets before" : "";

    /// <summary>
    /// PyTorch's two biases as the operator has them: r and z summed, n of each for itself.
    /// </summary>
    public static HostTensor GruBias(HostTensor input, HostTensor hidden)
    {
        int summed = (int)input.Shape.Count / 3 * 2;
        float[] sums =
        [
            .. input.Floats[..summed].ToArray().Zip(
                hidden.Floats[..summed].ToArray(), (a, b) => a + b),
        ];
        return HostTensor.Of(
            new Shape(1, summed * 2), [.. sums, .. input.Floats[summed..], .. hidden.Floats[summed..]]);
    }

    private static OperatorCase Case(
        string name, RecurrentOperator op, int steps, int n, int features, int seed,
        bool bias = true, bool h0 = true, bool constant = true)
    {
        int directions = op.Direction == RecurrentDirection.Bidirectional ? 2 : 1;
        var (gates, biases) = op switch
        {
            Gru { ResetsAfter: true } => (3, 4),
            Gru => (3, 3),
            _ => (1, 1),
        };
        int hidden = op.Hidden;
        HostTensor?[] inputs =
        [
            HostTensor.Random(seed, steps, n, features),
            LstmCases.Scaled(
                HostTensor.Random(seed + 1000, directions, features, gates * hidden), features),
            LstmCases.Scaled(
                HostTensor.Random(seed + 2000, directions, hidden, gates * hidden), hidden),
            bias ? HostTensor.Random(seed + 3000, directions, biases * hidden) : null,
            h0 ? HostTensor.Random(seed + 4000, directions, n, hidden) : null,
        ];
        return new OperatorCase(
            $"{op.Name}{FormOf(op)} {name} T={steps} N={n} F={features} H={hidden}", op, inputs,
            Reference.Recurrent(op, inputs))
        {
            Constants = constant ? [1, 2, 3] : [],
        };
    }
}
