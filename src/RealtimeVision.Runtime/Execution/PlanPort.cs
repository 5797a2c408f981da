using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Execution;

/// <summary>An input or output of a plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Element type and shape.</param>
public sealed record PlanPort(string Name, TensorType Type)
{
    /// <summary>Throws where elements are floats and one of them is not finite.</summary>
    internal void RequireFinite(ReadOnlySpan<byte> data)
    {
        if (Type.Element != ElementType.Float32)
        {
            return;
        }

        var floats = MemoryMarshal.Cast<byte, float>(data);
        for (int i = 0; i < floats.Length; i++)
        {
            if (!float.IsFinite(floats[i]))
            {
                throw new InputException($"input '{Name}' holds {floats[i]} at index {i}");
            }
        }
    }
}

/// <summary>A step of a plan.</summary>
/// <param name="Node">Name of the node that it belongs to; empty where it belongs to none.</param>
/// <param name="Operator">Name of the node's operator.</param>
/// <param name="Algorithm">What the kernel calls itself.</param>
/// <param name="Cost">Moving average of its time; zero on a GPU unless runs were sliced.</param>
public sealed record StepInfo(string Node, string Operator, string Algorithm, TimeSpan Cost);

/// <summary>A step and the node that it came of.</summary>
internal readonly record struct PlanStep(Step Step, Node? Node);
