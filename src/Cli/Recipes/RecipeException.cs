namespace RealtimeVision.Cli.Recipes;

/// <summary>
/// A recipe is not what it should be; the message names the file, the line, the key and what is
/// wrong, each problem on a line of its own.
/// </summary>
internal sealed class RecipeException(string message, Exception? inner = null)
    : Exception(message, inner);
