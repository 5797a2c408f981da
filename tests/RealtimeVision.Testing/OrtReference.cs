using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Testing;

/// <summary>
/// A model in ONNX Runtime's CPU provider, sequential, with a fixed number of threads: the numbers
/// and the times that ours are held against.
/// </summary>
public sealed class OrtReference : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly string[] _outputNames;
    private string[] _inputNames = [];
    private OrtValue[] _inputs = [];

    /// <summary>Loads a model file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads within an operator.</param>
    /// <param name="optimize">
    /// Whether ONNX Runtime may rewrite the graph; timing wants it to.
    /// </param>
    public OrtReference(string path, int threads = 1, bool optimize = true)
    {
        using SessionOptions options = Options(threads, optimize);
        _session = new InferenceSession(path, options);
        _outputNames = [.. _session.OutputMetadata.Keys];
    }

    private OrtReference(byte[] model, int threads, bool optimize)
    {
        using SessionOptions options = Options(threads, optimize);
        _session = new InferenceSession(model, options);
        _outputNames = [.. _session.OutputMetadata.Keys];
    }

    /// <summary>Declared shapes of the inputs; -1 where a side is free.</summary>
    public IReadOnlyDictionary<string, long[]> InputShapes => _session.InputMetadata.ToDictionary(
        entry => entry.Key,
        entry => entry.Value.Dimensions.Select(side => (long)side).ToArray());

    /// <summary>Names of the outputs in the order of the model.</summary>
    public IReadOnlyList<string> OutputNames => _outputNames;

    /// <summary>Runs a model file once.</summary>
    public static Dictionary<string, ReferenceTensor> Run(
        string path,
        IReadOnlyDictionary<string, ReferenceTensor> inputs,
        int threads = 1,
        bool optimize = true)
    {
        using var session = new OrtReference(path, threads, optimize);
        return session.Run(inputs);
    }

    /// <summary>Runs a model in memory once.</summary>
    public static Dictionary<string, ReferenceTensor> Run(
        ModelProto model,
        IReadOnlyDictionary<string, ReferenceTensor> inputs,
        int threads = 1,
        bool optimize = true)
    {
        using var stream = new MemoryStream();
        ProtoBuf.Serializer.Serialize(stream, model);
        using var session = new OrtReference(stream.ToArray(), threads, optimize);
        return session.Run(inputs);
    }

    /// <summary>Runs on <paramref name="inputs"/> and copies the outputs out.</summary>
    public Dictionary<string, ReferenceTensor> Run(
        IReadOnlyDictionary<string, ReferenceTensor> inputs)
    {
        Bind(inputs);
        using IDisposableReadOnlyCollection<OrtValue> outputs =
            _session.Run(_runOptions, _inputNames, _inputs, _outputNames);
        return _outputNames.Zip(outputs).ToDictionary(
            pair => pair.First, pair => Copy(pair.Second));
    }

    /// <summary>Keeps inputs for <see cref="Execute"/>.</summary>
    public void Bind(IReadOnlyDictionary<string, ReferenceTensor> inputs)
    {
        Unbind();
        _inputNames = [.. inputs.Keys];
        _inputs = [.. inputs.Values.Select(input => input.IsFloat
            ? OrtValue.CreateTensorValueFromMemory(input.Floats, input.Shape)
            : OrtValue.CreateTensorValueFromMemory(input.Integers, input.Shape))];
    }

    /// <summary>Runs on the bound inputs and drops the outputs: what a benchmark times.</summary>
    public void Execute() =>
        _session.Run(_runOptions, _inputNames, _inputs, _outputNames).Dispose();

    public void Dispose()
    {
        Unbind();
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static SessionOptions Options(int threads, bool optimize)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = optimize
                ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };

        // Within a run its threads spin as they like; after it they would spin on for a while, on
        // the cores that whoever is measured next needs.
        options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        return options;
    }

    private static ReferenceTensor Copy(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        return info.ElementDataType switch
        {
            TensorElementType.Float =>
                new ReferenceTensor(info.Shape, value.GetTensorDataAsSpan<float>().ToArray()),
            TensorElementType.Int64 =>
                new ReferenceTensor(info.Shape, value.GetTensorDataAsSpan<long>().ToArray()),
            TensorElementType.Int32 => new ReferenceTensor(
                info.Shape, [.. value.GetTensorDataAsSpan<int>().ToArray().Select(i => (long)i)]),
            TensorElementType.Bool => new ReferenceTensor(
                info.Shape,
                [.. value.GetTensorDataAsSpan<bool>().ToArray().Select(b => b ? 1L : 0)]),
            TensorElementType type => throw new NotSupportedException($"An output of {type}."),
        };
    }

    private void Unbind()
    {
        foreach (OrtValue input in _inputs)
        {
            input.Dispose();
        }

        _inputs = [];
    }
}
