namespace RealtimeVision.Kernels.Devices.Cpu.Gemm;

/// <summary>A number as a type, so that the compiler knows it.</summary>
internal interface INumber
{
    static abstract int Value { get; }
}

/// <summary>A choice as a type, so that the compiler knows it.</summary>
internal interface IFlag
{
    static abstract bool IsSet { get; }
}

internal readonly struct Yes : IFlag
{
    public static bool IsSet => true;
}

internal readonly struct No : IFlag
{
    public static bool IsSet => false;
}

internal readonly struct Number1 : INumber
{
    public static int Value => 1;
}

internal readonly struct Number2 : INumber
{
    public static int Value => 2;
}

internal readonly struct Number3 : INumber
{
    public static int Value => 3;
}

internal readonly struct Number4 : INumber
{
    public static int Value => 4;
}

internal readonly struct Number5 : INumber
{
    public static int Value => 5;
}

internal readonly struct Number6 : INumber
{
    public static int Value => 6;
}

internal readonly struct Number7 : INumber
{
    public static int Value => 7;
}

internal readonly struct Number8 : INumber
{
    public static int Value => 8;
}

internal readonly struct Number9 : INumber
{
    public static int Value => 9;
}

internal readonly struct Number10 : INumber
{
    public static int Value => 10;
}

internal readonly struct Number11 : INumber
{
    public static int Value => 11;
}

internal readonly struct Number12 : INumber
{
    public static int Value => 12;
}
