using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Graphs within nodes, and sequences, against ONNX Runtime.</summary>
public sealed class ControlTests
{
    [TestCase(2)]
    [TestCase(5)]
    public void TheBranchOfAnIfIsTaken(int rows)
    {
        var b = new OnnxModelBuilder(opset: 13);
        var x = b.Input("x", rows, 3);
        string negated = b.Node("Neg", [x.Name]);
        string isTall = b.Node("Greater", [Rows(b, x.Name), b.Integers(3)]);
        string y = b.Node(
            "If", [b.Node("Squeeze", [isTall])],
            ("then_branch", b.Body(t => t.Output(new(t.Node("Exp", [negated]), rows, 3)))),
            ("else_branch", b.Body(e => e.Output(new(e.MatMul(
                new OnnxValue(negated, rows, 3), e.Weight(3, 1, 3, 4)).Name, rows, 4)))));

        OnnxComparison.Check(b.Output(new OnnxValue(y), declareShape: false).Build());
    }

    [Test]
    public void ALoopIsUnrolled()
    {
        var b = new OnnxModelBuilder(opset: 13);
        var x = b.Input("x", 4, 3);
        string half = b.Scalar(0.5f);
        var body = b.Body(l =>
        {
            l.Input("i", OnnxDataType.Int64);
            l.Input("goes", OnnxDataType.Bool);
            var state = l.Input("state", 4, 3);

            // Ends before the count of 4 is reached; nested: what is read lies two graphs out.
            string goesOn = l.Node("Less", ["i", l.Node("Squeeze", [l.Integers(2)])]);
            string scaled = l.Node(
                "If", ["goes"],
                ("then_branch", l.Body(
                    t => t.Output(new(t.Node("Mul", [state.Name, half]), 4, 3)))),
                ("else_branch", l.Body(e => e.Output(new(e.Node("Neg", [x.Name]), 4, 3)))));
            l.Output(new OnnxValue(goesOn), OnnxDataType.Bool);
            l.Output(new OnnxValue(scaled, 4, 3));
            l.Output(new OnnxValue(l.Node("Add", [scaled, x.Name]), 4, 3));
        });
        string[] y = b.Nodes(
            "Loop", [b.Node("Squeeze", [Rows(b, x.Name)]), "", x.Name], 2, ("body", body));

        OnnxComparison.Check(b
            .Output(new OnnxValue(y[0]), declareShape: false)
            .Output(new OnnxValue(y[1]), declareShape: false).Build());
    }

    [Test]
    public void AScanIsUnrolled()
    {
        var b = new OnnxModelBuilder(opset: 13);
        var (start, x, z) = (b.Input("start", 3), b.Input("x", 3, 5), b.Input("z", 5, 3));
        var body = b.Body(s =>
        {
            var (sum, p, q) = (s.Input("sum", 3), s.Input("p", 3), s.Input("q", 3));
            string next = s.Node("Add", [s.Node("Mul", [p.Name, q.Name]), sum.Name]);
            s.Output(new OnnxValue(next, 3));
            s.Output(new OnnxValue(s.Node("Exp", [next]), 3));
        });
        string[] y = b.Nodes(
            "Scan", [start.Name, x.Name, z.Name], 2, ("body", body), ("num_scan_inputs", 2),
            ("scan_input_axes", (long[])[1, 0]), ("scan_input_directions", (long[])[1, 0]),
            ("scan_output_axes", (long[])[-1]), ("scan_output_directions", (long[])[1]));

        OnnxComparison.Check(b
            .Output(new OnnxValue(y[0]), declareShape: false)
            .Output(new OnnxValue(y[1]), declareShape: false).Build());
    }

    [Test]
    public void SequencesLeaveTheirTensors()
    {
        var b = new OnnxModelBuilder(opset: 13);
        var x = b.Input("x", 2, 7, 3);
        string parts = b.Node("SplitToSequence", [x.Name, b.Integers(3, 1, 3)], ("axis", 1));
        string two = b.Node("SequenceErase", [parts, b.Node("Squeeze", [b.Integers(1)])]);
        string last = b.Node("SequenceAt", [two, b.Node("Squeeze", [b.Integers(-1)])]);
        string three = b.Node(
            "SequenceInsert", [two, b.Node("Neg", [last]), b.Node("Squeeze", [b.Integers(-2)])]);
        string joined = b.Node("ConcatFromSequence", [three], ("axis", -1), ("new_axis", 1));

        OnnxComparison.Check(b.Output(new OnnxValue(joined), declareShape: false).Build());
    }

    [Test]
    public void AConditionOnDataIsRefused()
    {
        var b = new OnnxModelBuilder(opset: 13);
        var x = b.Input("x", 2, 3);
        string sum = b.Node("ReduceSum", [x.Name], ("keepdims", 0));
        string y = b.Node(
            "If", [b.Node("Greater", [sum, b.Scalar(0)])],
            ("then_branch", b.Body(t => t.Output(new(t.Node("Exp", [x.Name]), 2, 3)))),
            ("else_branch", b.Body(e => e.Output(new(e.Node("Neg", [x.Name]), 2, 3)))));
        using var model = OnnxModel.Of(b.Output(new OnnxValue(y, 2, 3)).Build());

        Assert.That(
            model.Unsupported().Select(u => u.ToString()),
            Has.Some.Contains("its condition depend").Or.Some.Contains("Greater"));
    }

    [Test]
    public void NodesOfABodyThatCannotBeImportedAreNamed()
    {
        var b = new OnnxModelBuilder(opset: 13);
        var x = b.Input("x", 2, 3);
        string isTall = b.Node("Greater", [Rows(b, x.Name), b.Integers(1)]);
        string y = b.Node(
            "If", [b.Node("Squeeze", [isTall])],
            ("then_branch", b.Body(t => t.Output(new(t.Node("NoSuch", [x.Name]), 2, 3)))),
            ("else_branch", b.Body(e => e.Output(new(e.Node("Neg", [x.Name]), 2, 3)))));
        using var model = OnnxModel.Of(b.Output(new OnnxValue(y, 2, 3)).Build());

        Assert.That(
            model.Unsupported().Select(u => u.Operator), Is.EqualTo(["NoSuch", "If"]));
    }

    [Test]
    public void ABranchThatAnInputDecidesIsNotKept()
    {
        var b = new OnnxModelBuilder(opset: 13);
        b.Input("c", OnnxDataType.Bool);
        string chosen = b.Node(
            "If", ["c"],
            ("then_branch", b.Body(t => t.Output(new(t.Constant([1, 2], 2).Name, 2)))),
            ("else_branch", b.Body(e => e.Output(new(e.Constant([3, 4], 2).Name, 2)))));
        using var model = OnnxModel.Of(
            b.Output("y", new OnnxValue(b.Node("Neg", [chosen]), 2)).Build());
        using var session = new Session(model, OnnxComparison.Open("cpu"));

        Assert.That(Run(1), Is.EqualTo([-1f, -2f]));
        Assert.That(Run(0), Is.EqualTo([-3f, -4f]));

        float[] Run(byte c) => session.Run(
            new Dictionary<string, Tensor> { ["c"] = Tensor.Of(new Shape(), c) })["y"]
            .As<float>().ToArray();
    }

    private static string Rows(OnnxModelBuilder b, string x) =>
        b.Node("Slice", [b.Node("Shape", [x]), b.Integers(0), b.Integers(1)]);
}
