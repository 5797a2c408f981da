using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class BatchNormCases
{
    public static IEnumerable<OperatorCase> All()
    {
        var golden = GoldenFile.Open("batchnorm_inference");
        yield return new OperatorCase(
            "BatchNorm golden",
            new BatchNorm(1e-5f),
            [
                golden.Picture("in.x"), golden["in.gamma"], golden["in.beta"],
                golden["in.running_mean"], golden["in.running_var"],
            ],
            [golden.Picture("out.y")]);
        int seed = 900;
        foreach (int c in new[] { 1, 3, 16, 40, 255, 256, 301 })
        {
            var op = new BatchNorm(1e-3f);
            HostTensor[] inputs =
            [
                HostTensor.Random(++seed, 2, 3, 37, c), HostTensor.Random(++seed, c), HostTensor.Random(++seed, c),
                HostTensor.Random(++seed, c), HostTensor.Random(++seed, c).Map(v => v + 1.1f),
            ];
            yield return new OperatorCase($"BatchNorm {c} channels", op, inputs, [Reference.BatchNorm(op, inputs)])
            {
                Constants = c == 40 ? [1, 2, 3, 4] : [],
            };
        }

        HostTensor[] rows =
        [
            HostTensor.Random(1, 700, 64), HostTensor.Random(2, 64), HostTensor.Random(3, 64),
            HostTensor.Random(4, 64), HostTensor.Random(5, 64).Map(v => v + 1.1f),
        ];
        yield return new OperatorCase(
            "BatchNorm of rows, more than one piece",
            new BatchNorm(0), rows, [Reference.BatchNorm(new BatchNorm(0), rows)]);
    }
}
