using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// Inputs of <c>rtv run</c> from .npy files or random numbers, and outputs to .npy files.
/// </summary>
internal static class RunInputs
{
    /// <summary>One tensor an input of the model, in order.</summary>
    public static IReadOnlyList<Tensor> Read(Model model, string[] files, string[] shapes, int seed)
    {
        var given = Pairs(model, files, "--input");
        var sizes = Pairs(model, shapes, "--shape");
        var random = new Random(seed);
        return [.. model.Inputs.Select(declaration =>
            given.TryGetValue(declaration.Name, out string? file)
                ? Load(declaration, file)
                : Random(declaration, sizes.GetValueOrDefault(declaration.Name), random))];
    }

    /// <summary>Writes a tensor with the element type that the model's file declares.</summary>
    public static void Save(string path, TensorDeclaration declaration, Tensor value)
    {
        long[] shape = [.. value.Shape.Sizes.ToArray().Select(s => (long)s)];
        switch (value.ElementType)
        {
            case ElementType.Float32:
                Npy.Save<float>(path, shape, value.As<float>());
                break;
            case ElementType.UInt8:
                Npy.Save<byte>(path, shape, value.Bytes);
                break;
            case ElementType.Int32 when declaration.Storage == StorageType.Int64:
                Npy.Save<long>(path, shape, Array.ConvertAll(value.As<int>().ToArray(), x => (long)x));
                break;
            default:
                Npy.Save<int>(path, shape, value.As<int>());
                break;
        }
    }

    private static Dictionary<string, string> Pairs(Model model, string[] arguments, string option)
    {
        var pairs = new Dictionary<string, string>();
        foreach (string argument in arguments)
        {
            // A tensor's name may hold '=' itself; a file's seldom does.
            int at = argument.LastIndexOf('=');
            if (at <= 0)
            {
                throw new UsageException($"{option} takes NAME=VALUE, not '{argument}'");
            }

            string name = argument[..at];
            var input = model.Inputs.FirstOrDefault(i => i.Name == name || RunVerb.FileName(i.Name) == name)
                ?? throw new InputException(
                    $"{model.Name} has no input '{name}'; it has "
                    + string.Join(", ", model.Inputs.Select(i => $"'{i.Name}'")));
            pairs[input.Name] = argument[(at + 1)..];
        }

        return pairs;
    }

    private static Tensor Load(TensorDeclaration declaration, string file)
    {
        var array = Npy.Load(file);
        var shape = new Shape([.. array.Shape.ToArray().Select(s => checked((int)s))]);
        var tensor = new Tensor(new TensorType(declaration.Element, shape));
        if (array.Type.IsFloat() != (declaration.Element == ElementType.Float32))
        {
            throw new InputException(
                $"input '{declaration.Name}' has to be {declaration.Element}, {file} holds {array.Type}");
        }

        switch (declaration.Element)
        {
            case ElementType.Float32:
                float[] singles = array.ToSingles();
                if (singles.Any(float.IsNaN))
                {
                    Verb.Say(
                        $"input '{declaration.Name}': {file} holds {singles.Count(float.IsNaN)} numbers that are NaN");
                }

                singles.CopyTo(tensor.As<float>());
                break;
            case ElementType.UInt8:
                Array.ConvertAll(array.ToInt64s(), x => checked((byte)x)).CopyTo(tensor.Bytes);
                break;
            default:
                Array.ConvertAll(array.ToInt64s(), x => checked((int)x)).CopyTo(tensor.As<int>());
                break;
        }

        return declaration.Problem(tensor.Type) is { } problem
            ? throw new InputException($"{problem} ({file})")
            : tensor;
    }

    private static Tensor Random(TensorDeclaration declaration, string? sizes, Random random)
    {
        if (declaration.DecidesShapes)
        {
            throw new InputException(
                $"the elements of input {declaration} decide shapes, random ones would make no sense: "
                + $"give them with --input {declaration.Name}=FILE.npy");
        }

        var shape = sizes is not null ? Parse(declaration, sizes)
            : declaration.Dimensions.Skip(1).All(d => !d.IsFree) ? declaration.ShapeWith(1)
            : throw new InputException(
                $"input {declaration} leaves sizes free: give them with --shape {declaration.Name}=1x3x640x640, "
                + $"or the input with --input {declaration.Name}=FILE.npy");
        var tensor = new Tensor(new TensorType(declaration.Element, shape));
        if (declaration.Problem(tensor.Type) is { } problem)
        {
            throw new InputException(problem);
        }

        if (declaration.Element == ElementType.Float32)
        {
            foreach (ref float x in tensor.As<float>())
            {
                x = (random.NextSingle() * 2) - 1;
            }
        }

        return tensor;
    }

    private static Shape Parse(TensorDeclaration declaration, string sizes)
    {
        var parsed = new List<int>();
        foreach (string part in sizes.Split('x', ','))
        {
            if (!int.TryParse(part, out int size) || size < 1)
            {
                throw new UsageException($"--shape {declaration.Name}={sizes}: '{part}' is no size");
            }

            parsed.Add(size);
        }

        return new Shape([.. parsed]);
    }
}
