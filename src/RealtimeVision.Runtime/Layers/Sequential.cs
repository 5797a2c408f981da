using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>A network of one layer after another.</summary>
/// <param name="name">What a person calls it.</param>
/// <param name="input">Shape of one sample: [H, W, C] of a picture.</param>
/// <param name="modules">Layers and blocks, in their order.</param>
/// <exception cref="ShapeException">A module does not fit; the message names it and the
/// shapes.</exception>
public sealed class Sequential(string name, Symbol input, params ReadOnlySpan<Module> modules)
    : Network(name, input, input.Then(modules))
{
    /// <summary>A network of one layer after another.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="input">Shape of one sample: [H, W, C] of a picture.</param>
    /// <param name="modules">Layers and blocks, in their order.</param>
    /// <exception cref="ShapeException">A module does not fit; the message names it and the
    /// shapes.</exception>
    public Sequential(string name, Shape input, params ReadOnlySpan<Module> modules)
        : this(name, Symbol.Input(input.Sizes), modules)
    {
    }
}
