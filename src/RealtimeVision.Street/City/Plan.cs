namespace RealtimeVision.Street.City;

/// <summary>
/// Measures of the city, in metres. Streets run along x and z at every multiple of the pitch; they
/// meet at nodes. Traffic keeps to the right.
/// </summary>
internal static class Plan
{
    /// <summary>From one street's middle to the next one's.</summary>
    public const float Pitch = 88;

    /// <summary>From the middle of a street to its kerb.</summary>
    public const float RoadHalf = 5.6f;

    /// <summary>From the middle of a street to the front of its houses.</summary>
    public const float FrontHalf = 9.4f;

    /// <summary>From the middle of a street to the middle of a lane.</summary>
    public const float LaneOffset = 1.75f;

    /// <summary>From the middle of a street to the line that parking cars keep behind.</summary>
    public const float ParkingLine = 3.45f;

    /// <summary>From the middle of a street to the middle of a parked car.</summary>
    public const float ParkingOffset = 4.6f;

    /// <summary>From the middle of a street to lamps, trees and signs.</summary>
    public const float FurnitureOffset = 6.35f;

    /// <summary>Where a zebra crossing begins and ends, from the node.</summary>
    public const float ZebraFrom = 6.1f;

    public const float ZebraTo = 9.1f;

    /// <summary>Where the stop line begins and ends, from the node.</summary>
    public const float StopFrom = 10f;

    public const float StopTo = 10.6f;

    /// <summary>Depth of a house.</summary>
    public const float HouseDepth = 14;

    public const float CameraHeight = 1.6f;

    // Farther things of these kinds are neither drawn nor part of the truth: a picture of half the
    // size could not show them.
    public const float SeePeople = 30;
    public const float SeeSigns = 36;
    public const float SeeCars = 62;
    public const float SeeTrees = 95;
    public const float SeeMarks = 40;
    public const float SeeHouses = 175;

    /// <summary>Forward along heading 0 (z), 1 (x), 2 (-z), 3 (-x).</summary>
    public static (int X, int Z) Forward(int heading) => (heading & 3) switch
    {
        0 => (0, 1),
        1 => (1, 0),
        2 => (0, -1),
        _ => (-1, 0),
    };

    /// <summary>To the right of a heading.</summary>
    public static (int X, int Z) Right(int heading) => Forward(heading + 1);

    /// <summary>From right and forward of a heading to x and z.</summary>
    public static (float X, float Z) Turn(int heading, float right, float forward)
    {
        var (fx, fz) = Forward(heading);
        var (rx, rz) = Right(heading);
        return ((right * rx) + (forward * fx), (right * rz) + (forward * fz));
    }
}
