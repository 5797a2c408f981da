using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>
/// Plans that share variables on one device, and what tests read and write of them.
/// </summary>
internal sealed class TrainingProgram(Device device) : IDisposable
{
    private readonly ConstantStore _constants = new(device);
    private readonly List<ExecutionPlan> _plans = [];

    public VariableStore Variables { get; } = new(device);

    public ExecutionPlan Compile(Graph graph)
    {
        var plan = ExecutionPlan.Compile(graph, device, _constants, Variables);
        _plans.Add(plan);
        return plan;
    }

    public static void Run(ExecutionPlan plan, params ReadOnlySpan<float[]> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            plan.SetInput(i, MemoryMarshal.AsBytes<float>(inputs[i]));
        }

        plan.Run();
    }

    public float[] Read(Variable variable)
    {
        var values = new float[variable.Type.Shape.Count];
        Variables.Read(variable, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public void Write(Variable variable, params float[] values) =>
        Variables.Write(variable, MemoryMarshal.AsBytes<float>(values));

    public static Variable Variable(string name, int seed, params int[] sizes)
    {
        var type = TensorType.Float(sizes);
        var numbers = MemoryMarshal.AsBytes<float>(Numbers(seed, (int)type.Shape.Count));
        return new Variable(name, type, numbers.ToArray(), isConstant: false);
    }

    public static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    public void Dispose()
    {
        _plans.ForEach(p => p.Dispose());
        Variables.Dispose();
        _constants.Dispose();
    }
}
