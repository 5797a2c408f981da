using System.Numerics;
using RealtimeVision.Street.Models;

namespace RealtimeVision.Street.City;

/// <summary>Draws what stands and walks along the streets around the camera.</summary>
internal static class Scenery
{
    // Streets this far away, in nodes, may be seen.
    private const int Reach = 2;

    /// <summary>The right side of a street, from a node along a heading to the next node.</summary>
    /// <param name="X">Of the node.</param>
    /// <param name="Z">Of the node.</param>
    /// <param name="Heading">0 to 3: along z, x, -z, -x.</param>
    /// <param name="Node">The node's place, from the camera's node.</param>
    /// <param name="Forward">Along the street.</param>
    /// <param name="Right">From the street's middle to this side.</param>
    private readonly record struct Side(
        int X, int Z, int Heading, Vector3 Node, Vector3 Forward, Vector3 Right)
    {
        public Vector3 At(float along, float right) => Node + (Forward * along) + (Right * right);

        public Draws Draws(ulong seed, Purpose purpose, int item) =>
            new(seed, purpose, X, Z, (Heading << 16) + item);
    }

    public static void Draw(
        Painter painter, CityStyle style, in Pose pose, in Leg leg, double time)
    {
        for (int dz = -Reach; dz <= Reach; dz++)
        {
            for (int dx = -Reach; dx <= Reach; dx++)
            {
                for (int heading = 0; heading < 4; heading++)
                {
                    var (fx, fz) = Plan.Forward(heading);
                    var (rx, rz) = Plan.Right(heading);
                    var side = new Side(
                        pose.NodeX + dx, pose.NodeZ + dz, heading,
                        new Vector3(dx, 0, dz) * Plan.Pitch, new(fx, 0, fz), new(rx, 0, rz));
                    Houses(painter, style, side);
                    Vector3 middle = side.At(Plan.Pitch / 2, 6);
                    if (painter.Distance(middle) < Plan.SeeTrees + 40
                        && painter.Camera.MaySee(middle, 50))
                    {
                        Kerb(painter, style, side, leg, time);
                        Walkers(painter, style, side, time);
                    }
                }
            }
        }
    }

    private static void Houses(Painter painter, CityStyle style, in Side side)
    {
        // Houses of the streets along z fill the corners.
        float inset = Plan.FrontHalf + ((side.Heading & 1) * Plan.HouseDepth);
        float from = inset, to = Plan.Pitch - inset;
        Draws widths = side.Draws(style.Seed, Purpose.Lot, -1);
        for (int lot = 0; from < to - 1; lot++)
        {
            float width = widths.Next(10f, 17f);
            width = to - from - width < 9 ? to - from : width;
            Draws look = side.Draws(style.Seed, Purpose.Lot, lot);
            if (!look.Chance(0.07f))
            {
                // Seen from the street, its front runs to the left along the heading.
                bool isCorner = (side.Heading & 1) == 0;
                bool isFirst = isCorner && from < Plan.FrontHalf + 1;
                bool isLast = isCorner && from + width > to - 1;
                HouseModel.Draw(
                    painter, side.At(from + width, Plan.FrontHalf), -side.Forward * width,
                    side.Right * Plan.HouseDepth, style, look, (isLast, isFirst));
            }
            else
            {
                Garden(painter, style, side, from, width, look);
            }

            from += width;
        }
    }

    private static void Garden(
        Painter painter, CityStyle style, in Side side, float from, float width, Draws look)
    {
        for (int i = 0; i < 3; i++)
        {
            Vector3 foot = side.At(
                from + (width * look.Next(0.2f, 0.8f)), Plan.FrontHalf + look.Next(2.5f, 11f));
            TreeModel.Draw(
                painter, foot, style.Leaves, side.Draws(style.Seed, Purpose.Tree, 100 + i));
        }
    }

    private static void Kerb(
        Painter painter, CityStyle style, in Side side, in Leg leg, double time)
    {
        for (int i = 0; i < 12; i++)
        {
            Draws look = side.Draws(style.Seed, Purpose.Kerb, i);
            Vector3 foot = side.At(13.5f + (i * 5.5f), Plan.FurnitureOffset);
            if (i % 4 == 1)
            {
                SignModel.DrawLamp(painter, foot, -side.Right);
            }
            else if (look.Chance(style.Trees))
            {
                TreeModel.Draw(painter, foot, style.Leaves, look);
            }
            else if (look.Chance(style.Signs))
            {
                SignModel.DrawSign(painter, foot, side.Forward, look);
            }
        }

        for (int i = 0; i < 9; i++)
        {
            Draws look = side.Draws(style.Seed, Purpose.Parked, i);
            if (look.Chance(style.ParkedCars))
            {
                CarModel.Draw(
                    painter, side.At(17.5f + (i * 6.6f), Plan.ParkingOffset), side.Forward, look,
                    isBraking: false, isDriving: false);
            }
        }

        // The light stands behind the next node; the camera's own is red until it drives on.
        bool isAlong = ((side.Heading - leg.Heading) & 1) == 0;
        double red = leg.Start + leg.StartOf(Phases.Brake);
        double green = leg.Start + leg.StartOf(Phases.Go) - 0.6;
        bool mustWait = leg.Stops && time >= red && time < green;
        SignModel.DrawLight(
            painter, side.At(Plan.Pitch + 8, Plan.FurnitureOffset), side.Forward,
            isAlong == mustWait);
    }

    private static void Walkers(Painter painter, CityStyle style, in Side side, double time)
    {
        const float From = 8, Way = Plan.Pitch - (2 * From);
        for (int i = 0; i < style.Walkers; i++)
        {
            // There and back again, for ever.
            Draws look = side.Draws(style.Seed, Purpose.Walker, i);
            float speed = look.Next(0.9f, 1.6f);
            float right = look.Next(6.9f, 8.7f);
            double phase = (look.Next() + (time * speed / (2 * Way))) % 1;
            bool isBack = phase > 0.5;
            float along = From + ((float)(isBack ? 1 - phase : phase) * 2 * Way);
            PersonModel.Draw(
                painter, side.At(along, right), side.Forward * (isBack ? -1 : 1),
                (float)(time * speed * 4.2 % (2 * Math.PI)) + (i * 1.7f), look);
        }
    }
}
