using ProtoBuf;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Testing.Conformance;

/// <summary>
/// Runs ONNX's cases as its own runner does: integers and shapes have to be the same, floats near.
/// Inputs and outputs are converted to what runs here, 64-bit integers to 32-bit ones and so on.
/// </summary>
public static class ConformanceRunner
{
    /// <summary>Runs all data of a case on a device; every failure is a result.</summary>
    public static ConformanceResult Run(ConformanceCase test, Device device)
    {
        try
        {
            using var model = OnnxModel.Load(test.ModelPath);
            using var session = new Session(model, device);
            string? problem = test.DataSets
                .Select(data => Compare(test, model, session, data))
                .FirstOrDefault(p => p is not null);
            return problem is null
                ? new ConformanceResult(test, ConformanceStatus.Passed)
                : new ConformanceResult(test, ConformanceStatus.Wrong, problem);
        }
        catch (UnsupportedOperatorsException e)
        {
            string[] reasons = [.. e.Operators.Select(o => $"{o.Operator}: {o.Reason}").Distinct()];
            return new ConformanceResult(
                test, ConformanceStatus.Unsupported, string.Join("; ", reasons));
        }
        catch (Exception e) when (e is ModelFormatException or NotSupportedException
            or InputException)
        {
            string reason = OneLine(e.Message).Replace($"{test.ModelPath}: ", "");
            return new ConformanceResult(test, ConformanceStatus.Unsupported, reason);
        }
        catch (Exception e)
        {
            // Anything else that a case brings out is that case's error; the others still run.
            return new ConformanceResult(
                test, ConformanceStatus.Error, $"{e.GetType().Name}: {OneLine(e.Message)}");
        }
    }

    private static string? Compare(
        ConformanceCase test, OnnxModel model, Session session, string data)
    {
        var inputs = new Dictionary<string, Tensor>();
        for (int i = 0; i < model.Inputs.Count; i++)
        {
            string path = Path.Combine(data, $"input_{i}.pb");
            inputs.Add(model.Inputs[i].Name, ToTensor(Read(path, model.Inputs[i])));
        }

        var outputs = session.Run(inputs);
        for (int i = 0; i < model.Outputs.Count; i++)
        {
            string name = model.Outputs[i].Name;
            var expected = Read(Path.Combine(data, $"output_{i}.pb"), model.Outputs[i]);
            var tolerance = ConformanceTolerance.Of(test.Id);
            if (Difference(outputs[name], expected, tolerance) is { } problem)
            {
                return $"output '{name}' {problem}";
            }
        }

        return null;
    }

    private static TensorProto Read(string path, TensorDeclaration declaration)
    {
        using var stream = File.OpenRead(path);
        var proto = Serializer.Deserialize<TensorProto>(stream);

        // The data have bfloat16 as its bits.
        bool isBits = declaration.Storage == StorageType.BFloat16
            && proto.DataType == OnnxDataType.UInt16;
        proto.DataType = isBits ? OnnxDataType.BFloat16 : proto.DataType;
        return proto;
    }

    private static Tensor ToTensor(TensorProto proto)
    {
        var shape = ShapeOf(proto);
        return ElementOf(proto) switch
        {
            ElementType.Float32 => Tensor.Of<float>(shape, OnnxTensor.ToSingles(proto)),
            ElementType.Int32 => Tensor.Of<int>(
                shape, Array.ConvertAll(OnnxTensor.ToInt64s(proto), ToInt32)),
            _ => Tensor.Of<byte>(shape, Array.ConvertAll(OnnxTensor.ToInt64s(proto), i => (byte)i)),
        };
    }

    // The largest 64-bit integers stand for "to the end".
    private static int ToInt32(long value) =>
        (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static Shape ShapeOf(TensorProto proto) =>
        new([.. proto.Dims.Select(d => checked((int)d))]);

    private static ElementType ElementOf(TensorProto proto) =>
        OnnxTensor.StorageOf(proto.DataType) is { } storage
            ? new TensorDeclaration(proto.Name, storage, []).Element
            : throw new NotSupportedException(
                $"elements of type {proto.DataType} are not supported");

    private static string? Difference(
        Tensor actual, TensorProto expected, ConformanceTolerance tolerance)
    {
        var type = new TensorType(ElementOf(expected), ShapeOf(expected));
        if (actual.Type != type)
        {
            return $"is {actual.Type}, {type} is expected";
        }

        int count = (int)type.Shape.Count;
        if (type.Element == ElementType.Float32)
        {
            float[] reference = OnnxTensor.ToSingles(expected);
            var floats = actual.As<float>();
            for (int i = 0; i < count; i++)
            {
                if (!tolerance.Accepts(floats[i], reference[i]))
                {
                    return $"has {floats[i]:G9} at {i}, {reference[i]:G9} is expected";
                }
            }

            return null;
        }

        long[] integers = OnnxTensor.ToInt64s(expected);
        for (int i = 0; i < count; i++)
        {
            long value = type.Element == ElementType.Int32
                ? actual.As<int>()[i]
                : actual.As<byte>()[i];
            if (value != integers[i])
            {
                return $"has {value} at {i}, {integers[i]} is expected";
            }
        }

        return null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
