using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;
namespace RealtimeVision.Kernels.Tests;
public class ProbeTests
{
    [Test]
    public void Conv([Values("opencl:0", "ilgpu-cpu")] string d)
    {
        var dev = TestDevices.Get(d);
        var x = HostTensor.Random(1, 1, 5, 6, 3);
        var w = HostTensor.Random(2, 3, 3, 3, 4);
        var b = HostTensor.Random(3, 4);
        var r = HostTensor.Random(4, 1, 5, 6, 4);
        var op = new Conv2D(1, 1, 1, 1, new PointwiseChain(new ChainLink(Binary.Add), new ChainLink(Unary.Silu), new ChainLink(Unary.LeakyRelu, 0.1f)));
        var y = OperatorRunner.Run(dev, op, [x, w, b, r])[0];
        for (int i = 0; i < 20; i++) TestContext.Out.Write(y.Floats[i] + " ");
        // reference
        double err = 0;
        for (int oy = 0; oy < 5; oy++) for (int ox = 0; ox < 6; ox++) for (int o = 0; o < 4; o++) {
            double s = b.Floats[o];
            for (int ky = 0; ky < 3; ky++) for (int kx = 0; kx < 3; kx++) for (int c = 0; c < 3; c++) {
                int iy = oy + ky - 1, ix = ox + kx - 1; if (iy < 0 || ix < 0 || iy >= 5 || ix >= 6) continue;
                s += x.Floats[(iy * 6 + ix) * 3 + c] * w.Floats[((ky * 3 + kx) * 3 + c) * 4 + o];
            }
            int id = (oy * 6 + ox) * 4 + o;
            s += r.Floats[id]; s = s / (1 + Math.Exp(-s)); if (s < 0) s *= 0.1;
            err = Math.Max(err, Math.Abs(s - y.Floats[id]));
        }
        Assert.That(err, Is.LessThan(1e-5));
    }
}
