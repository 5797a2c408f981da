namespace RealtimeVision.Street.City;

/// <summary>Where the camera is and how it moves.</summary>
/// <param name="NodeX">The node that places are relative to.</param>
/// <param name="NodeZ">The node that places are relative to.</param>
/// <param name="X">Metres from the node.</param>
/// <param name="Z">Metres from the node.</param>
/// <param name="Heading">Radians from the z axis towards the x axis.</param>
/// <param name="Speed">Metres a second.</param>
/// <param name="YawRate">Radians a second, to the right positive.</param>
internal readonly record struct Pose(
    int NodeX, int NodeZ, float X, float Z, float Heading, float Speed, float YawRate)
{
    /// <summary>Slower turns are driving straight on.</summary>
    private const float LeastYawRate = 6 * MathF.PI / 180;

    public StreetMotion Motion =>
        Speed == 0 ? StreetMotion.Standing
        : YawRate < -LeastYawRate ? StreetMotion.TurningLeft
        : YawRate > LeastYawRate ? StreetMotion.TurningRight
        : StreetMotion.Driving;
}

/// <summary>
/// The way of the camera's car through the city: a walk over the nodes without an end. It
/// remembers a leg, so that the next moment is found at once; what it finds does not depend on
/// that.
/// </summary>
internal struct Route(ulong seed, float speed)
{
    private Leg _leg = Leg.First(seed, speed);

    public readonly ulong Seed => seed;

    public readonly float Speed => speed;

    /// <summary>The leg of a moment.</summary>
    public Leg LegAt(double time)
    {
        if (time < _leg.Start)
        {
            _leg = Leg.First(seed, speed);
        }

        while (time >= _leg.End)
        {
            _leg = _leg.Next(seed, speed);
        }

        return _leg;
    }

    /// <summary>Where the camera is at a moment.</summary>
    public Pose At(double time)
    {
        Leg leg = LegAt(time);
        return PoseOn(leg, (float)(time - leg.Start));
    }

    /// <summary>Where the camera is, seconds after a leg's beginning.</summary>
    public static Pose PoseOn(in Leg leg, float seconds)
    {
        var (distance, pace, _) = leg.At(seconds);
        float half = Plan.Pitch / 2;
        float right = Plan.LaneOffset, forward = distance - half, heading = 0, yaw = 0;
        if (leg.Turn != 0)
        {
            float length = leg.TurnLength;
            float into = distance - leg.TurnFrom;
            if (into > 0)
            {
                float fraction = Math.Min(into / length, 1);
                var (angle, side, ahead) = TurnCurve.At(fraction);
                float beyond = Math.Max(into - length, 0);
                right += leg.Turn * ((side * length) + beyond);
                forward = leg.TurnFrom - half + (ahead * length);
                heading = leg.Turn * angle;
                yaw = fraction < 1
                    ? (float)TurnCurve.CurvatureAt(fraction) * leg.Turn * pace / length
                    : 0;
            }
        }

        var (x, z) = Plan.Turn(leg.Heading, right, forward);
        return new Pose(
            leg.NodeX, leg.NodeZ, x, z, heading + (leg.Heading * MathF.PI / 2), pace, yaw);
    }
}
