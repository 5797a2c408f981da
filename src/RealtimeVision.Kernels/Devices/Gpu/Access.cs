namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// How a kernel reads neighbours in memory: a type argument, so that each way is compiled for
/// itself.
/// </summary>
internal interface IAccess
{
    /// <summary>True for 16 bytes at once, for rows whose length is a multiple of 4.</summary>
    static abstract bool IsVector { get; }
}

/// <summary>Four floats at once.</summary>
internal readonly struct VectorAccess : IAccess
{
    /// <inheritdoc/>
    public static bool IsVector => true;
}

/// <summary>One float at a time.</summary>
internal readonly struct ScalarAccess : IAccess
{
    /// <inheritdoc/>
    public static bool IsVector => false;
}
