using RealtimeVision.Street.City;

namespace RealtimeVision.Street.Tests;

/// <summary>Motion and weather of <see cref="StreetScene"/>.</summary>
public class SceneTests
{
    private const double Step = 0.05;

    [Test]
    public void EveryMotionIsFrequentAndStandingStandsAndTurningTurns()
    {
        var count = new int[4];
        int moments = 0;
        for (ulong seed = 0; seed < 12; seed++)
        {
            var scene = new StreetScene(seed);
            for (double time = 0; time < 300; time += 0.37)
            {
                StreetMotion motion = scene.MotionAt(time);
                var now = scene.CameraAt(time);
                count[(int)motion]++;
                moments++;
                switch (motion)
                {
                    case StreetMotion.Standing:
                        Assert.That(now.Speed, Is.Zero);
                        if (scene.MotionAt(time + Step) == StreetMotion.Standing)
                        {
                            Assert.That(scene.CameraAt(time + Step), Is.EqualTo(now));
                        }

                        break;
                    case StreetMotion.TurningLeft:
                        Assert.That(now.YawRate, Is.LessThan(-0.1));
                        break;
                    case StreetMotion.TurningRight:
                        Assert.That(now.YawRate, Is.GreaterThan(0.1));
                        break;
                    default:
                        Assert.That(Math.Abs(now.YawRate), Is.LessThan(0.11));
                        Assert.That(now.Speed, Is.GreaterThan(0));
                        break;
                }
            }
        }

        Assert.That(count, Has.All.GreaterThan(moments / 25));
    }

    [Test]
    public void CameraMovesWithoutJumps()
    {
        var scene = new StreetScene(4);
        Route route = scene.NewRoute();
        Pose before = route.At(0);
        for (double time = Step; time < 400; time += Step)
        {
            Pose now = route.At(time);
            double x = now.X - before.X + ((now.NodeX - before.NodeX) * Plan.Pitch);
            double z = now.Z - before.Z + ((now.NodeZ - before.NodeZ) * Plan.Pitch);
            double way = Math.Sqrt((x * x) + (z * z));
            double turn = Math.IEEERemainder(now.Heading - before.Heading, 2 * Math.PI);
            Assert.That(
                way, Is.EqualTo((before.Speed + now.Speed) / 2 * Step).Within(0.03), $"{time}");
            Assert.That(
                turn, Is.EqualTo((before.YawRate + now.YawRate) / 2 * Step).Within(0.01),
                $"{time}");
            Assert.That(Math.Abs(now.Speed - before.Speed), Is.LessThan(5 * Step), $"{time}");
            before = now;
        }
    }

    [Test]
    public void TimesMayBeAskedForInAnyOrder()
    {
        var scene = new StreetScene(7);
        Route route = scene.NewRoute();
        Pose[] forwards = [.. Enumerable.Range(0, 200).Select(i => route.At(i * 1.3))];
        for (int i = 199; i >= 0; i--)
        {
            Assert.That(route.At(i * 1.3), Is.EqualTo(forwards[i]));
        }
    }

    [Test]
    public void ChangingWeatherGoesThroughAll()
    {
        var scene = new StreetScene(2);
        var seen = Enumerable.Range(0, 4)
            .Select(i => scene.WeatherAt((i + 0.5) * StreetScene.WeatherPeriod));
        Assert.That(seen, Is.Unique);
        Assert.That(
            scene.WeatherAt((4 * StreetScene.WeatherPeriod) + 1), Is.EqualTo(scene.WeatherAt(1)));
        Assert.That(
            new StreetScene(2, StreetWeather.Fog).WeatherAt(77), Is.EqualTo(StreetWeather.Fog));
    }
}
