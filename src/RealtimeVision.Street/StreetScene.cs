using RealtimeVision.Street.City;

namespace RealtimeVision.Street;

/// <summary>
/// A city and a car that drives through it with a camera: everything in it is a pure function of
/// the seed and the time. May be used by several threads at a time.
/// </summary>
public sealed class StreetScene
{
    /// <summary>Seconds for which the weather stays, where it changes.</summary>
    public const double WeatherPeriod = 30;

    private readonly StreetWeather? _weather;

    /// <summary>Founds a city.</summary>
    /// <param name="seed">Decides layout, colours, the way, traffic and people.</param>
    /// <param name="weather">The weather; null for one that changes every <see
    /// cref="WeatherPeriod"/> seconds.</param>
    public StreetScene(ulong seed, StreetWeather? weather = null)
    {
        if (weather is { } given && !Enum.IsDefined(given))
        {
            throw new ArgumentOutOfRangeException(
                nameof(weather), weather, "There is no such weather.");
        }

        Seed = seed;
        _weather = weather;
        Style = new CityStyle(seed);
    }

    /// <summary>What the city was made from.</summary>
    public ulong Seed { get; }

    internal CityStyle Style { get; }

    /// <summary>The weather at a time in seconds.</summary>
    public StreetWeather WeatherAt(double time)
    {
        if (_weather is { } weather)
        {
            return weather;
        }

        // Each weather once in four periods, in an order of the seed's.
        int period = (int)(Checked(time) / WeatherPeriod);
        Span<StreetWeather> order =
            [StreetWeather.Clear, StreetWeather.Rain, StreetWeather.Fog, StreetWeather.Night];
        var draws = new Draws(Seed, Purpose.Weather);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = draws.Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order[period % order.Length];
    }

    /// <summary>What the car does at a time in seconds.</summary>
    public StreetMotion MotionAt(double time) => PoseAt(time).Motion;

    /// <summary>Where the camera is.</summary>
    /// <param name="time">Seconds from the beginning.</param>
    /// <returns>Metres to the east and north of the beginning's first crossing, radians from north
    /// to east, metres a second, and radians a second to the right.</returns>
    public (double East, double North, double Heading, double Speed, double YawRate) CameraAt(
        double time)
    {
        Pose pose = PoseAt(time);
        return (
            (pose.NodeX * (double)Plan.Pitch) + pose.X, (pose.NodeZ * (double)Plan.Pitch) + pose.Z,
            pose.Heading, pose.Speed, pose.YawRate);
    }

    internal static double Checked(double time)
    {
        if (!(time >= 0 && double.IsFinite(time)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(time), time, "A time is 0 or more seconds.");
        }

        return time;
    }

    internal Route NewRoute() => new(Seed, Style.Speed);

    private Pose PoseAt(double time)
    {
        Route route = NewRoute();
        return route.At(Checked(time));
    }
}
