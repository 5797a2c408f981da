using System.CommandLine;
using RealtimeVision.Cli;
using RealtimeVision.Cli.Verbs;

var root = new RootCommand("Real-time vision: see what can run here, run and train networks, look at live video.")
{
    DevicesVerb.Create(),
    LiveVerb.Create(),
    RunVerb.Create(),
    InspectVerb.Create(),
    ModelsVerb.Create(),
    TrainVerb.Create(),
    EvalVerb.Create(),
    PredictVerb.Create(),
    ExplainVerb.Create(),
    ForecastVerb.Create(),
    BenchVerb.Create(),
};
return await Verb.InvokeAsync(root, args);
