using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// What is found on this machine, whatever that is, and what is said where a device cannot be had.
/// </summary>
public class DeviceListTests
{
    [TestCase("")]
    [TestCase("gpu")]
    [TestCase("CUDA")]
    [TestCase("vulkan:0")]
    [TestCase(":0")]
    public void UnknownDeviceIsNamedWithWhatThereIs(string id) => Assert.That(
        () => DeviceList.Open(id),
        Throws.TypeOf<DeviceException>().With.Message.Contains($"'{id}'")
            .And.Message.Contains("auto, cpu, cuda[:N], opencl[:N] or ilgpu-cpu"));

    [TestCase("cuda:")]
    [TestCase("cuda:first")]
    [TestCase("opencl:0:1")]
    [TestCase("opencl:99999999999")]
    public void PartAfterColonHasToBeANumber(string id) => Assert.That(
        () => DeviceList.Open(id),
        Throws.TypeOf<DeviceException>().With.Message.Contains($"'{id}'").And.Message.Contains("number from 0"));

    [TestCase("cpu:0")]
    [TestCase("auto:1")]
    [TestCase("ilgpu-cpu:0")]
    public void OnlyGpusAreNumbered(string id) => Assert.That(
        () => DeviceList.Open(id),
        Throws.TypeOf<DeviceException>().With.Message.Contains($"'{id}'").And.Message.Contains("no number"));

    [TestCase("cuda:1000")]
    [TestCase("opencl:1000")]
    [TestCase("cuda:-1")]
    [TestCase("opencl:-1")]
    public void DeviceBeyondThoseFoundIsNamedWithTheCause(string id)
    {
        string kind = id.Split(':')[0];
        var found = DeviceList.Find().Where(d => d.Kind == kind).ToArray();
        Assert.That(found, Is.Not.Empty, "a driver without devices is listed too");
        string cause = found[0].Id == kind ? found[0].Problem! : $"{found.Length} found";
        Assert.That(
            () => DeviceList.Open(id),
            Throws.TypeOf<DeviceException>().With.Message.Contains($"'{id}'").And.Message.Contains(cause));
    }

    [Test]
    public void EveryDeviceFoundOpensOrSaysWhyNot()
    {
        foreach (var info in DeviceList.Find())
        {
            if (info.Problem is null)
            {
                using var device = DeviceList.Open(info.Id);
                Assert.That(device.Id, Is.EqualTo(info.Id));
                Assert.That(device.Description, Is.EqualTo(info.Name).Or.EqualTo("CPUAccelerator"));
            }
            else
            {
                Assert.That(
                    () => DeviceList.Open(info.Id),
                    Throws.TypeOf<DeviceException>().With.Message.Contains(info.Problem));
            }
        }
    }

    [Test]
    public void AutoTakesADeviceThatCanBeUsedAndSaysWhatItPassedOver()
    {
        var said = new List<string>();
        using var device = DeviceList.Open("auto", said: said.Add);
        Assert.That(DeviceList.Find().Single(d => d.Id == device.Id).Problem, Is.Null);
        if (device.Id == "cpu")
        {
            Assert.That(said, Has.Count.GreaterThanOrEqualTo(3));
            Assert.That(said[0], Does.StartWith("cuda"));
            Assert.That(said[^1], Does.Contain("running on the CPU"));
        }
    }

    [Test]
    public void OpenClIsLeftAloneWithoutTheMachinesTopology()
    {
        string missing = Path.Combine(TestContext.CurrentContext.TestDirectory, "sys", "devices");
        Assert.That(DriverProbe.OpenClHazard(missing), Does.Contain(missing).And.Contain("mount /sys"));
        Assert.That(DriverProbe.OpenClHazard(TestContext.CurrentContext.TestDirectory), Is.Null);
    }
}
