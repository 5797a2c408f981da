using RealtimeVision.Runtime.Tests.Training;

return args is [var name, var folder]
    ? CheckpointProgram.Run(name, folder)
    : throw new ArgumentException("Tests are run by 'dotnet test'.");
