using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>Makes the task of a recipe.</summary>
internal static class RecipeTask
{
    /// <summary>The task.</summary>
    /// <exception cref="RecipeException">It does not suit the data.</exception>
    public static LearningTask Create(RecipeFile file, Dataset data)
    {
        switch (file.Recipe.Task)
        {
            case ClassificationRecipe task:
                Require(file, data.HasLabels || data.HasStepLabels, "labels", data);
                return new Classification
                {
                    LabelSmoothing = task.LabelSmoothing,
                    ClassWeights = Weights(file, task.ClassWeights, data),
                    IgnoreIndex = data.IgnoreIndex,
                };
            case SegmentationRecipe task:
                Require(
                    file, data.ClassNames.Count > 0 && data.TargetType.Shape.Rank == 2, "masks", data);
                return new Segmentation
                {
                    LossKind = task.Loss,
                    ClassWeights = Weights(file, task.ClassWeights, data),
                    IgnoreIndex = data.IgnoreIndex,
                };
            case RegressionRecipe task:
                Require(
                    file, data.TargetType.Element == ElementType.Float32, "numbers to predict",
                    data);
                return new Regression { HuberDelta = task.HuberDelta };
            default:
                throw file.Error("task", "is not known here");
        }
    }

    /// <summary>Checks that a model gives what the task asks for.</summary>
    /// <exception cref="RecipeException">It gives something else.</exception>
    public static void RequireFit(RecipeFile file, Model model, Dataset data)
    {
        int classes = data.ClassNames.Count;
        var sizes = model.Outputs[0].Dimensions;
        bool fits = file.Recipe.Task switch
        {
            ClassificationRecipe => sizes.Count == (data.HasStepLabels ? 3 : 2)
                && Is(sizes[^1], classes),
            SegmentationRecipe => sizes.Count == 4
                && (Is(sizes[3], classes) || (classes == 2 && Is(sizes[3], 1))),
            _ => true,
        };
        if (!fits)
        {
            throw file.Error(
                "model",
                $"the network gives {model.Outputs[0]}; the data have {classes} classes, so the last "
                + $"size has to be {classes}: {string.Join(", ", data.ClassNames)}");
        }
    }

    private static bool Is(Dimension dimension, int size) =>
        dimension.IsFree || dimension.Size == size;

    private static void Require(RecipeFile file, bool fits, string what, Dataset data)
    {
        if (!fits)
        {
            throw file.Error(
                "task.type", $"needs {what}; the data's targets are {data.TargetType}");
        }
    }

    private static IReadOnlyList<float>? Weights(
        RecipeFile file, ClassWeightsRecipe? weights, Dataset data)
    {
        if (weights is null)
        {
            return null;
        }

        if (weights.Values is not { } given)
        {
            return ClassBalance.Weights(ClassBalance.Count(
                data.HasLabels ? data : RecipeData.ForStatistics(data),
                file.Unreadable != UnreadableSamples.Fail));
        }

        return given.Count == data.ClassNames.Count ? given
            : throw file.Error(
                "task.class_weights",
                $"has {given.Count} weights, there are {data.ClassNames.Count} classes");
    }
}
