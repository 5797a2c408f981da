using System.Reflection;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Corrects what ILGPU takes devices for: it offers no public way, so its properties are set
/// through their non-public setters.
/// </summary>
internal static class DeviceCapabilities
{
    /// <summary>
    /// ILGPU refuses OpenCL devices without a generic address space. Compiled with
    /// <see cref="AddressSpaceHook"/>, no kernel of ours has a generic pointer, so the refusal is
    /// for nothing.
    /// </summary>
    public static void AssumeGenericAddressSpace(CLDevice device) =>
        Set(device.Capabilities, nameof(CLCapabilityContext.GenericAddressSpace), true);

    /// <summary>
    /// ILGPU compiles for sm_80 at most. Compiles for the device's own architecture where the
    /// installed driver takes PTX for it; elsewhere nothing changes.
    /// </summary>
    public static void TargetOwnArchitecture(CudaDevice device)
    {
        if (device.Architecture is { } architecture
            && device.Capabilities is CudaCapabilityContext capabilities
            && architecture > capabilities.TargetArchitecture
            && CudaAccelerator.TryGetInstructionSet(
                architecture, device.DriverVersion, out _, out var instructionSet))
        {
            SetTarget(capabilities, architecture);
            Set(device, nameof(CudaDevice.InstructionSet), (CudaInstructionSet?)instructionSet);
        }
    }

    /// <summary>The architecture that PTX is written for.</summary>
    public static void SetTarget(CudaCapabilityContext capabilities, CudaArchitecture architecture) =>
        Set(capabilities, nameof(CudaCapabilityContext.TargetArchitecture), architecture);

    /// <summary>
    /// An OpenCL device with the generic address space that ILGPU insists on, and nothing else.
    /// </summary>
    public static CLCapabilityContext PlainOpenCl()
    {
        var constructor = typeof(CLCapabilityContext).GetConstructors().Single();
        var arguments = constructor.GetParameters().Select(_ => (object)false).ToArray();
        var capabilities = (CLCapabilityContext)constructor.Invoke(arguments);
        Set(capabilities, nameof(CLCapabilityContext.GenericAddressSpace), true);
        return capabilities;
    }

    private static void Set<T>(object target, string property, T value) => target.GetType()
        .GetProperty(property, BindingFlags.Public | BindingFlags.Instance)!
        .GetSetMethod(nonPublic: true)!
        .Invoke(target, [value]);
}
