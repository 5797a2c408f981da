using System.Numerics;
using RealtimeVision.Street.Drawing;
using RealtimeVision.Street.Models;

namespace RealtimeVision.Street.City;

/// <summary>
/// Cars and people that meet the camera: their ways are laid around the camera's own, so that
/// nobody runs into anybody.
/// </summary>
internal static class Traffic
{
    private const float Pace = 9;

    /// <summary>A leg's directions, seen from the camera's node.</summary>
    private readonly struct Frame
    {
        private readonly Vector3 _node;

        public Frame(in Leg leg, int heading, in Pose pose)
        {
            var (fx, fz) = Plan.Forward(heading);
            var (rx, rz) = Plan.Right(heading);
            _node = new Vector3(leg.NodeX - pose.NodeX, 0, leg.NodeZ - pose.NodeZ) * Plan.Pitch;
            Forward = new(fx, 0, fz);
            Right = new(rx, 0, rz);
        }

        public Vector3 Forward { get; }

        public Vector3 Right { get; }

        public Vector3 At(float right, float forward) =>
            _node + (Right * right) + (Forward * forward);
    }

    public static void Draw(
        Painter painter, ulong seed, float speed, in Pose pose, in Leg leg, double time)
    {
        Leg next = leg.Next(seed, speed);
        Oncoming(painter, seed, pose, leg, time, isBehindNode: false);
        Oncoming(painter, seed, pose, leg, time, isBehindNode: true);
        Oncoming(painter, seed, pose, next, time, isBehindNode: false);
        Lead(painter, seed, pose, leg, time);
        if (leg.Stops)
        {
            Crossing(painter, seed, pose, leg, time);
        }
    }

    /// <summary>Cars in the other lane, each of which meets the camera at a moment drawn.</summary>
    private static void Oncoming(
        Painter painter, ulong seed, in Pose pose, in Leg leg, double time, bool isBehindNode)
    {
        float from = isBehindNode ? leg.StartOf(Phases.SpeedUp) + 0.5f : 0;
        float to = isBehindNode || (leg.Turn == 0 && !leg.Stops)
            ? leg.Duration
            : leg.StartOf(leg.Stops ? Phases.Stand : Phases.Turn) - 0.4f;
        if (isBehindNode && leg.Turn == 0 && !leg.Stops)
        {
            return;
        }

        var frame = new Frame(
            leg, leg.Heading + (isBehindNode ? leg.Turn : 0), pose);
        float meeting = from;
        for (int i = 0; ; i++)
        {
            var draws = new Draws(seed, Purpose.Oncoming, leg.Number, i, isBehindNode ? 1 : 0);
            meeting += draws.Next(0.9f, 4f);
            if (meeting > to)
            {
                return;
            }

            float left = (float)(leg.Start + meeting - time);
            if (left is < -2.5f or > 7)
            {
                continue;
            }

            Pose met = Route.PoseOn(leg, meeting);
            Vector3 place = new Vector3(met.X, 0, met.Z)
                + (frame.At(0, 0) - new Frame(leg, leg.Heading, pose).At(0, 0));
            float forward = Space.Dot(place, frame.Forward) + (Pace * left);
            CarModel.Draw(
                painter, frame.At(-Plan.LaneOffset, forward), -frame.Forward, draws,
                isBraking: false, isDriving: true);
        }
    }

    /// <summary>
    /// The car ahead: from a turn of the camera to the next it keeps its distance; then it drives
    /// straight on.
    /// </summary>
    private static void Lead(Painter painter, ulong seed, in Pose pose, in Leg leg, double time)
    {
        float seconds = (float)(time - leg.Start);
        var (distance, _, phase) = leg.At(seconds);
        float half = Plan.Pitch / 2;
        bool isBraking = phase is Phases.Brake or Phases.Stand;
        if (leg.HasLead)
        {
            float end = leg.TurnFrom + leg.TurnLength;
            float forward = distance - half + Leg.LeadGap;
            bool isGone = leg.Turn != 0 && distance > end;
            if (!isGone)
            {
                var frame = new Frame(leg, leg.Heading, pose);
                CarModel.Draw(
                    painter, frame.At(Plan.LaneOffset, forward), frame.Forward,
                    LookOfLead(seed, leg, behind: false), isBraking, isDriving: true);
            }
        }

        if (leg.HasLeadBehind && leg.Turn != 0 && seconds > leg.StartOf(Phases.Turn) - 2)
        {
            // While the camera turns, it comes across the node at the camera's own pace.
            var frame = new Frame(leg, leg.Heading + leg.Turn, pose);
            float length = leg.TurnLength;
            float beyond = distance - leg.TurnFrom - length;
            float exit = half - leg.TurnFrom;
            CarModel.Draw(
                painter, frame.At(Plan.LaneOffset, exit + beyond + Leg.LeadGap), frame.Forward,
                LookOfLead(seed, leg, behind: true), isBraking: false, isDriving: true);
        }
    }

    private static Draws LookOfLead(ulong seed, in Leg leg, bool behind)
    {
        // The same car from turn to turn: it is known by the street's line, which it stays on.
        int heading = leg.Heading + (behind ? leg.Turn : 0);
        return new Draws(
            seed, Purpose.Car, heading & 3, (heading & 1) == 0 ? leg.NodeX : leg.NodeZ);
    }

    /// <summary>What crosses the street while the camera waits.</summary>
    private static void Crossing(
        Painter painter, ulong seed, in Pose pose, in Leg leg, double time)
    {
        var frame = new Frame(leg, leg.Heading, pose);
        double begin = leg.Start + leg.StartOf(Phases.Stand);
        double end = leg.Start + leg.StartOf(Phases.Go);
        float since = (float)(time - begin);
        float wait = (float)(end - begin);
        if (since < -10 || since > wait + 8)
        {
            return;
        }

        for (int direction = -1; direction <= 1; direction += 2)
        {
            float passing = -0.5f;
            for (int i = 0; ; i++)
            {
                var draws = new Draws(seed, Purpose.Crossing, leg.Number, i, direction);
                passing += draws.Next(1.2f, 3.5f);
                if (passing > wait - 1.2f)
                {
                    break;
                }

                float along = direction * Pace * (since - passing);
                CarModel.Draw(
                    painter, frame.At(along, -direction * Plan.LaneOffset),
                    frame.Right * direction, draws, isBraking: false, isDriving: true);
            }
        }

        // People cross before the camera, and have crossed when it drives on.
        const float Walk = 1.75f;
        for (int i = 0; i < 5; i++)
        {
            var draws = new Draws(seed, Purpose.Person, leg.Number, i);
            int direction = draws.Chance(0.5f) ? 1 : -1;
            float late = draws.Next(-2.5f, wait - 7.2f);
            float along = -Plan.RoadHalf - 0.4f + (Walk * (since - late));
            if (along is < -14 or > 26)
            {
                continue;
            }

            float at = -(Plan.ZebraFrom + 0.4f + (i * 0.5f));
            PersonModel.Draw(
                painter, frame.At(direction * along, at), frame.Right * direction,
                (float)(time * 7 % (2 * Math.PI)) + i, draws);
        }
    }
}
