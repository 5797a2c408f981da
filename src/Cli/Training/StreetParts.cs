using RealtimeVision.Cli.Recipes;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Training;

/// <summary>Parts of the synthetic street.</summary>
internal static class StreetParts
{
    /// <summary>Makes the parts; nothing is drawn yet.</summary>
    /// <exception cref="RecipeException">The size cannot be drawn.</exception>
    public static RecipeData Open(RecipeFile file, StreetData recipe)
    {
        try
        {
            return new RecipeData(
                Part(StreetPart.Training, recipe.Train),
                recipe.Validation == 0 ? null : Part(StreetPart.Validation, recipe.Validation),
                recipe.Test == 0 ? null : Part(StreetPart.Test, recipe.Test));
        }
        catch (ArgumentException e)
        {
            throw file.Error("data.size", e.Message, e);
        }

        Dataset Part(StreetPart part, int count)
        {
            var options = new StreetDatasetOptions
            {
                Height = recipe.Size.Height,
                Width = recipe.Size.Width,
                Count = count,
                Part = part,
                Seed = file.Recipe.Seed,
                Detail = recipe.Detail,
            };
            return recipe switch
            {
                StreetWeatherData => new StreetWeatherDataset(options),
                StreetMotionData motion =>
                    new StreetMotionDataset(options, motion.Frames, motion.FrameRate),
                _ => new StreetSegmentationDataset(options),
            };
        }
    }

    /// <summary>Colours of the classes, as 0xRRGGBBAA.</summary>
    public static IReadOnlyList<uint> Palette { get; } =
    [
        .. StreetClasses.Palette.Select(
            c => ((uint)c.Red << 24) | ((uint)c.Green << 16) | ((uint)c.Blue << 8) | 0xFF),
    ];
}
