using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Live;

/// <summary>A head as plans of frames take it. Never changes.</summary>
/// <param name="Head">The head.</param>
/// <param name="Weights">What each variable of the plans gets.</param>
internal sealed record LiveWeights(TaughtHead Head, IReadOnlyList<byte[]> Weights);

/// <summary>
/// The head in the plans of frames: its weights are variables with room for the most classes, which
/// are written between two frames, so that neither a new head nor a new class compiles anything.
/// </summary>
internal sealed class LiveHead
{
    // Of a class that does not exist: its probability is 0 beside any other.
    private const float NoScore = -1e9f;

    private readonly Network _network;
    private readonly Dictionary<Parameter, Variable> _variables = [];

    public LiveHead(int features, TeacherOptions options)
    {
        _network = new Sequential(
            "head", new Shape(features),
            TaughtHead.Layers(options.HiddenUnits, options.MaxClasses));
        foreach (var parameter in _network.Parameters)
        {
            _variables.Add(parameter, new Variable(
                parameter.Name, parameter.Type, new byte[parameter.Type.Bytes], isConstant: false));
        }
    }

    /// <summary>Adds the head's nodes: features [1, F] to scores [1, most classes].</summary>
    public Value Build(Graph graph, Value features) =>
        _network.Build(new TrainingContext(graph, _network, _variables), [features])[0];

    /// <summary>Makes ready what <see cref="Write"/> copies.</summary>
    public LiveWeights Prepare(TaughtHead head)
    {
        var weights = new byte[_network.Parameters.Count][];
        for (int i = 0; i < weights.Length; i++)
        {
            var shape = _network.Parameters[i].Type.Shape;
            float[] values = head.Weights[i];
            if (i >= weights.Length - 2)
            {
                float missing = i == weights.Length - 1 ? NoScore : 0;
                values = Widen(values, head.Labels.Length, shape[-1], missing);
            }

            weights[i] = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        }

        return new LiveWeights(head, weights);
    }

    /// <summary>Gives the plans that share a store a head. Not while one of them runs.</summary>
    public void Write(VariableStore store, LiveWeights head)
    {
        for (int i = 0; i < head.Weights.Count; i++)
        {
            store.Write(_variables[_network.Parameters[i]], head.Weights[i]);
        }
    }

    private static float[] Widen(float[] rows, int from, int to, float missing)
    {
        var wide = new float[rows.Length / from * to];
        Array.Fill(wide, missing);
        for (int row = 0; row < rows.Length / from; row++)
        {
            rows.AsSpan(row * from, from).CopyTo(wide.AsSpan(row * to));
        }

        return wide;
    }
}
