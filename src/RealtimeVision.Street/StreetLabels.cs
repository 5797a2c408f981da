namespace RealtimeVision.Street;

/// <summary>What the weather is; the numbers are the class indices of the weather label.</summary>
public enum StreetWeather
{
    /// <summary>Sunshine, with shadows.</summary>
    Clear,

    /// <summary>Overcast, with falling drops and a wet, reflecting road.</summary>
    Rain,

    /// <summary>Air that hides what is far.</summary>
    Fog,

    /// <summary>Dark, with street lamps, lit windows and head lights.</summary>
    Night,
}

/// <summary>
/// What the camera's car does; the numbers are the class indices of the motion label.
/// </summary>
public enum StreetMotion
{
    /// <summary>The car stands: the camera's pose does not change at all.</summary>
    Standing,

    /// <summary>It drives, its heading as good as constant.</summary>
    Driving,

    /// <summary>It turns left, by more than 6 degrees a second.</summary>
    TurningLeft,

    /// <summary>It turns right, by more than 6 degrees a second.</summary>
    TurningRight,
}

/// <summary>The classes of a pixel: names, colours, indices.</summary>
public static class StreetClasses
{
    /// <summary>Sky and what is lost in fog.</summary>
    public const byte Sky = 0;

    /// <summary>Carriageway.</summary>
    public const byte Road = 1;

    /// <summary>White or yellow paint on the road, near enough to be seen.</summary>
    public const byte LaneMark = 2;

    /// <summary>Pavement with its kerb.</summary>
    public const byte Pavement = 3;

    /// <summary>Buildings with their windows.</summary>
    public const byte Building = 4;

    /// <summary>Trees and grass.</summary>
    public const byte Vegetation = 5;

    /// <summary>Cars and vans.</summary>
    public const byte Car = 6;

    /// <summary>People on foot.</summary>
    public const byte Pedestrian = 7;

    /// <summary>Traffic signs and lights, street lamps, and their posts.</summary>
    public const byte Sign = 8;

    /// <summary>Number of classes.</summary>
    public const int Count = 9;

    /// <summary>Names, by class index.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "sky", "road", "lane mark", "pavement", "building", "vegetation", "car", "pedestrian",
        "sign",
    ];

    /// <summary>Colours to draw masks with, by class index.</summary>
    public static IReadOnlyList<(byte Red, byte Green, byte Blue)> Palette { get; } =
    [
        (96, 170, 230), (112, 84, 140), (255, 240, 120), (230, 120, 210), (150, 100, 70),
        (70, 180, 70), (60, 90, 235), (235, 50, 60), (255, 160, 20),
    ];

    /// <summary>Names of the weather labels, by index.</summary>
    public static IReadOnlyList<string> WeatherNames { get; } = ["clear", "rain", "fog", "night"];

    /// <summary>Names of the motion labels, by index.</summary>
    public static IReadOnlyList<string> MotionNames { get; } =
        ["standing", "driving", "left", "right"];
}
