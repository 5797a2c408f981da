using System.CommandLine;
using RealtimeVision.Cli.Live;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Verbs;

/// <summary>The options of <c>rtv live</c> about teaching.</summary>
internal static class TeachArguments
{
    private static readonly Option<string?> Backbone = new("--teach")
    {
        Description = "Teach classes while the stream runs, on the features of this model: a file of ours, an ONNX or "
            + "TFLite file, or a name of 'rtv models list'",
    };

    private static readonly Option<string?> Features = new("--teach-features")
    {
        Description = "The layer, or value of an imported file, whose output is taught on; where not given, what the "
            + "model's last layer with weights reads",
    };

    private static readonly Option<int> Hidden = new("--teach-hidden")
    {
        Description = "Units between features and classes; 0 for a linear head",
    };

    private static readonly Option<string?> Script = new("--teach-script")
    {
        Description = "Which frames teach what, instead of keys: 0-60:left,80-140:right",
    };

    private static readonly Option<string?> Names = new("--teach-names")
    {
        Description = "What the classes of the keys 1 to 9 are called: left,right",
    };

    private static readonly Option<FileInfo?> Save = new("--teach-save")
    {
        Description = "Save the taught classifier at the end, as a model of ours",
    };

    public static void AddTo(Command command)
    {
        Verb.Require(Hidden, units => units >= 0, "has to be at least 0");
        foreach (Option option in new Option[] { Backbone, Features, Hidden, Script, Names, Save })
        {
            command.Add(option);
        }
    }

    /// <summary>What is taught; null for nothing.</summary>
    /// <exception cref="UsageException">Options do not go together.</exception>
    public static TeachingPlan? PlanOf(ParseResult parsed)
    {
        if (parsed.GetValue(Backbone) is not { } backbone)
        {
            return parsed.GetValue(Script) is null && parsed.GetValue(Save) is null
                && parsed.GetValue(Features) is null && parsed.GetValue(Hidden) == 0
                && parsed.GetValue(Names) is null
                ? null
                : throw new UsageException("--teach is missing: the model to teach on");
        }

        string? script = parsed.GetValue(Script);
        var options = new TeacherOptions
        {
            Features = parsed.GetValue(Features), HiddenUnits = parsed.GetValue(Hidden),
        };
        return new TeachingPlan(
            backbone,
            options,
            script is null ? null : TeachingScript.Parse(script, options.MaxClasses),
            NamesOf(parsed.GetValue(Names)),
            parsed.GetValue(Save)?.FullName);
    }

    private static string[] NamesOf(string? text)
    {
        string[] names = text?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return names.Length <= LiveTeaching.Keys && names.Distinct().Count() == names.Length
            && !names.Contains("")
            ? names
            : throw new UsageException(
                $"--teach-names {text}: up to {LiveTeaching.Keys} names belong there, each another");
    }
}
