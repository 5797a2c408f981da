using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// All that a training needs to go on as if it had never stopped: weights, running statistics, the
/// optimiser's memories, counters and averages by name, and where it was.
/// </summary>
/// <remarks>
/// A file is safetensors, which any reader of the format opens; its metadata holds the state as
/// JSON, a SHA-256 of each tensor, and one over all of it.
/// </remarks>
/// <param name="Tensors">The tensors, each name once.</param>
/// <param name="State">Where the training was.</param>
public sealed partial record Checkpoint(
    IReadOnlyList<SafetensorsTensor> Tensors, CheckpointState State)
{
    /// <summary>Copies what variables hold. Not while a plan runs.</summary>
    /// <param name="store">Holds the variables.</param>
    /// <param name="variables">The variables, no two of one name.</param>
    /// <param name="state">Where the training is.</param>
    public static Checkpoint Capture(
        VariableStore store, IEnumerable<Variable> variables, CheckpointState state) =>
        new([.. variables.Select(variable => Copy(store, variable))], state);

    /// <summary>
    /// Gives variables what the checkpoint holds of them. Either all are written or, where one does
    /// not fit, none. Not while a plan runs.
    /// </summary>
    /// <param name="store">Takes the values.</param>
    /// <param name="variables">
    /// The variables, those that an optimiser makes with its first plan included.
    /// </param>
    /// <param name="isPartial">
    /// Whether the checkpoint may hold more: to score a network, its weights are enough. To go on
    /// with a training, everything has to be taken.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// A variable is not in the checkpoint, or has another type or shape there; or the checkpoint
    /// holds tensors that no variable takes.
    /// </exception>
    public void Restore(
        VariableStore store, IEnumerable<Variable> variables, bool isPartial = false)
    {
        var tensors = Tensors.ToDictionary(t => t.Name);
        (Variable Variable, SafetensorsTensor Tensor)[] pairs =
            [.. variables.Select(variable => (variable, Find(tensors, variable)))];
        var others = tensors.Keys.Except(pairs.Select(pair => pair.Variable.Name)).ToList();
        if (others.Count > 0 && !isPartial)
        {
            throw new InvalidDataException(
                $"The checkpoint holds {others.Count} tensors that nothing takes, '{others[0]}' "
                + "the first: it is of another network or optimiser, or they are not made yet.");
        }

        foreach (var (variable, tensor) in pairs)
        {
            store.Write(variable, tensor.Bytes.Span);
        }
    }

    private static SafetensorsTensor Copy(VariableStore store, Variable variable)
    {
        byte[] data = GC.AllocateUninitializedArray<byte>(checked((int)variable.Type.Bytes));
        store.Read(variable, data);
        return new SafetensorsTensor(variable.Name, StorageOf(variable), ShapeOf(variable), data);
    }

    private static SafetensorsTensor Find(
        Dictionary<string, SafetensorsTensor> tensors, Variable variable)
    {
        if (!tensors.TryGetValue(variable.Name, out var tensor))
        {
            throw new InvalidDataException(
                $"The checkpoint has no tensor '{variable.Name}': it is of another network or "
                + "optimiser.");
        }

        return tensor.Type == StorageOf(variable) && tensor.Shape.SequenceEqual(ShapeOf(variable))
            ? tensor
            : throw new InvalidDataException(
                $"Tensor '{variable.Name}' is {tensor.Type} [{string.Join(", ", tensor.Shape)}] in "
                + $"the checkpoint, {variable.Type} is wanted.");
    }

    private static long[] ShapeOf(Variable variable) =>
        [.. variable.Type.Shape.Sizes.ToArray().Select(size => (long)size)];

    private static StorageType StorageOf(Variable variable) => variable.Type.Element switch
    {
        ElementType.Float32 => StorageType.Float32,
        ElementType.Int32 => StorageType.Int32,
        _ => StorageType.UInt8,
    };
}
