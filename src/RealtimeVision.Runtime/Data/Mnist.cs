using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Data;

/// <summary>
/// Datasets in the files of MNIST, grey pictures and labels in the IDX format: MNIST itself,
/// Fashion-MNIST, KMNIST and others.
/// </summary>
public static class Mnist
{
    /// <summary>The classes of MNIST: the digits.</summary>
    public static IReadOnlyList<string> Digits { get; } =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>
    /// The classes of Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, https://arxiv.org/abs/1708.07747).
    /// </summary>
    public static IReadOnlyList<string> FashionClasses { get; } =
    [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
    ];

    /// <summary>
    /// Reads a folder with the published file names: <c>train-images-idx3-ubyte</c> and
    /// <c>train-labels-idx1-ubyte</c>, or <c>t10k-...</c> of the test part; with <c>.gz</c> or
    /// without.
    /// </summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="training">The training part, or else the test part.</param>
    /// <param name="classNames">Names of the classes; digits where null.</param>
    /// <exception cref="DatasetException">A file is missing or malformed.</exception>
    public static MemoryDataset LoadFolder(
        string folder, bool training, IReadOnlyList<string>? classNames = null)
    {
        string part = training ? "train" : "t10k";
        return Load(
            DataFile.Find(folder, $"{part}-images-idx3-ubyte"),
            DataFile.Find(folder, $"{part}-labels-idx1-ubyte"),
            classNames);
    }

    /// <summary>
    /// Reads a file of pictures and one of labels. Inputs are UInt8 [H, W, 1], targets Int32 [].
    /// </summary>
    /// <param name="picturePath">IDX file of bytes [N, H, W].</param>
    /// <param name="labelPath">IDX file of bytes [N].</param>
    /// <param name="classNames">Names of the classes; digits where null.</param>
    /// <exception cref="DatasetException">
    /// A file is missing or malformed, they hold different numbers of samples, or a label names no
    /// class.
    /// </exception>
    public static MemoryDataset Load(
        string picturePath, string labelPath, IReadOnlyList<string>? classNames = null)
    {
        IdxArray pictures = IdxArray.Load(picturePath, 3);
        IdxArray labels = IdxArray.Load(labelPath, 1);
        if (pictures.Shape[0] != labels.Shape[0])
        {
            throw new DatasetException(
                labelPath,
                $"number of labels is {labels.Shape[0]}, {picturePath} has {pictures.Shape[0]} "
                + "pictures");
        }

        int[] targets = Array.ConvertAll(labels.Bytes, label => (int)label);
        return new MemoryDataset(
            new TensorType(
                ElementType.UInt8, new Shape(pictures.Shape[1], pictures.Shape[2], 1)),
            pictures.Bytes,
            new TensorType(ElementType.Int32, new Shape()),
            MemoryMarshal.AsBytes<int>(targets).ToArray(),
            classNames ?? Digits,
            name: labelPath);
    }
}
