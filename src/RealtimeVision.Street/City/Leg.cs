using System.Runtime.CompilerServices;

namespace RealtimeVision.Street.City;

/// <summary>A stretch of time with constant acceleration.</summary>
internal readonly record struct Phase(float Duration, float From, float To)
{
    public float Distance => (From + To) / 2 * Duration;

    public float DistanceAt(float time) =>
        (From * time) + ((To - From) / Math.Max(Duration, 1e-6f) * time * time / 2);

    public float SpeedAt(float time) =>
        From + ((To - From) * Math.Min(time / Math.Max(Duration, 1e-6f), 1));
}

/// <summary>The phases of a leg, in order; those that it does not need last no time.</summary>
[InlineArray(Length)]
internal struct Phases
{
    public const int Cruise = 0;
    public const int Brake = 1;
    public const int Stand = 2;
    public const int Go = 3;
    public const int RollUp = 4;
    public const int Turn = 5;
    public const int SpeedUp = 6;
    public const int CruiseOn = 7;
    public const int Length = 8;

    private Phase _first;
}

/// <summary>
/// A part of the camera's way: from the middle of one block, over the next node, to the middle of
/// another block.
/// </summary>
internal struct Leg
{
    // Distance from the node at which turns begin and end.
    private const float TurnAt = 8.5f;

    private const float TurnSpeed = 4.6f;
    private const float GoTime = 2.2f;

    /// <summary>From the camera to the car ahead, where there is one.</summary>
    public const float LeadGap = 10.5f;

    public int Number { get; private init; }

    /// <summary>The node that the leg leads over.</summary>
    public int NodeX { get; private init; }

    /// <summary>The node that the leg leads over.</summary>
    public int NodeZ { get; private init; }

    /// <summary>0 to 3: along z, x, -z, -x.</summary>
    public int Heading { get; private init; }

    /// <summary>-1, 0 or 1: to the left, straight on, to the right.</summary>
    public int Turn { get; private init; }

    public bool Stops { get; private init; }

    /// <summary>There is a car ahead, up to the node and behind it.</summary>
    public bool HasLead { get; private init; }

    public bool HasLeadBehind { get; private init; }

    /// <summary>Time of its beginning, seconds.</summary>
    public double Start { get; private init; }

    public float Duration { get; private init; }

    public Phases Phases { get; private init; }

    public readonly double End => Start + Duration;

    /// <summary>Where the turn begins, metres from the leg's beginning.</summary>
    public readonly float TurnFrom => (Plan.Pitch / 2) - TurnAt;

    public readonly float TurnLength => Turn == 0
        ? 2 * TurnAt
        : (TurnAt - (Turn * Plan.LaneOffset)) / TurnCurve.Extent;

    public static Leg First(ulong seed, float speed) => Make(seed, speed, 0, 0, 0, 0, false, 0);

    /// <summary>The leg that follows.</summary>
    public readonly Leg Next(ulong seed, float speed)
    {
        int heading = (Heading + Turn) & 3;
        var (x, z) = Plan.Forward(heading);
        return Make(
            seed, speed, Number + 1, NodeX + x, NodeZ + z, heading, HasLeadBehind, End);
    }

    /// <summary>Seconds from the leg's beginning at which a phase begins.</summary>
    public readonly float StartOf(int phase)
    {
        float sum = 0;
        for (int i = 0; i < phase; i++)
        {
            sum += Phases[i].Duration;
        }

        return sum;
    }

    /// <summary>Distance, speed and phase at seconds from the leg's beginning.</summary>
    public readonly (float Distance, float Speed, int Phase) At(float time)
    {
        float distance = 0;
        for (int i = 0; i < Phases.Length; i++)
        {
            Phase phase = Phases[i];
            if (time < phase.Duration || i == Phases.Length - 1)
            {
                return (distance + phase.DistanceAt(time), phase.SpeedAt(time), i);
            }

            distance += phase.Distance;
            time -= phase.Duration;
        }

        return default;
    }

    private static Leg Make(
        ulong seed, float speed, int number, int x, int z, int heading, bool hasLead, double start)
    {
        var draws = new Draws(seed, Purpose.Leg, number);
        float which = draws.Next();
        int turn = which < 0.42f ? 1 : which < 0.84f ? -1 : 0;
        bool stops = draws.Chance(0.55f);
        float stand = draws.Next(5.5f, 8.5f);
        bool leadBehind = turn == 0
            ? hasLead
            : new Draws(seed, Purpose.Lead, number).Chance(0.4f);
        var leg = new Leg
        {
            Number = number,
            NodeX = x,
            NodeZ = z,
            Heading = heading,
            Turn = turn,
            Stops = stops,
            HasLead = hasLead,
            HasLeadBehind = leadBehind,
            Start = start,
        };
        Phases phases = leg.Schedule(speed, stand);
        float duration = 0;
        for (int i = 0; i < Phases.Length; i++)
        {
            duration += phases[i].Duration;
        }

        return leg with { Phases = phases, Duration = duration };
    }

    private readonly Phases Schedule(float speed, float stand)
    {
        var p = new Phases();
        float through = Turn == 0 ? speed : TurnSpeed;
        float left = TurnFrom;
        if (Stops)
        {
            // A turn begins when the car has its speed again; with a car ahead it stands behind
            // that one and has to roll up.
            p[Phases.Brake] = new(3, speed, 0);
            p[Phases.Stand] = new(stand, 0, 0);
            p[Phases.Go] = new(GoTime, 0, TurnSpeed);
            p[Phases.RollUp] = HasLead
                ? new(LeadGap / TurnSpeed, TurnSpeed, TurnSpeed)
                : default;
            through = TurnSpeed;
        }
        else if (Turn != 0)
        {
            p[Phases.Brake] = new(2, speed, TurnSpeed);
        }

        for (int i = Phases.Brake; i <= Phases.RollUp; i++)
        {
            left -= p[i].Distance;
        }

        p[Phases.Cruise] = new(left / speed, speed, speed);
        p[Phases.Turn] = new(TurnLength / through, through, through);
        if (through < speed)
        {
            p[Phases.SpeedUp] = new(2.4f, through, speed);
        }

        left = TurnFrom - p[Phases.SpeedUp].Distance;
        p[Phases.CruiseOn] = new(left / speed, speed, speed);
        return p;
    }
}
