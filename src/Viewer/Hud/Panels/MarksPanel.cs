namespace RealtimeVision.Viewer;

/// <summary>Pills at the top right: what is recorded, paused, made ready, or lost.</summary>
internal sealed class MarksPanel : HudPanel
{
    private enum Sign
    {
        Point,
        Bars,
        Warning,
        Lesson,
        Preparing,
    }

    public override bool IsPartOfHud => false;

    public override void Draw(HudCanvas canvas)
    {
        ViewerState state = canvas.State;
        float height = canvas.Pixels(28);
        StreamView stream = state.Stream;
        string? warning = stream.Trouble
            ?? (state.View.IsOfNetwork ? stream.NetworkProblem : null);
        bool isRecording = state.Recording && !state.HidesPassing;
        bool isNamed = isRecording || state.Paused || state.IsTeaching || stream.HasEnded;
        if ((!isNamed && warning is null && stream.Preparing is null)
            || canvas.Dock(Corner.TopRight, 0, height) is not var (right, top))
        {
            return;
        }

        if (isRecording)
        {
            right = Mark(canvas, "REC", right, top, Sign.Point) - canvas.Pixels(8);
        }

        if (state.Paused)
        {
            right = Mark(canvas, "PAUSED", right, top, Sign.Bars) - canvas.Pixels(8);
        }

        if (state.IsTeaching)
        {
            right = Mark(canvas, "TEACHING", right, top, Sign.Lesson) - canvas.Pixels(8);
        }

        if (stream.HasEnded)
        {
            right = Mark(canvas, "END", right, top, Sign.Bars) - canvas.Pixels(8);
        }

        if (stream.Preparing is { } preparing)
        {
            right = Mark(canvas, preparing, right, top, Sign.Preparing) - canvas.Pixels(8);
        }

        if (warning is not null)
        {
            Mark(canvas, warning, right, top, Sign.Warning);
        }
    }

    /// <summary>A pill with a sign and a word.</summary>
    /// <returns>Its left edge.</returns>
    private static float Mark(HudCanvas canvas, string word, float right, float top, Sign kind)
    {
        HudBatch batch = canvas.Batch;
        float height = canvas.Pixels(28);
        float sign = canvas.Pixels(10);
        float most = MathF.Max(right - canvas.Margin - sign - canvas.Pixels(32), 0);
        float words = MathF.Min(MathF.Ceiling(batch.Measure(word, canvas.Strong)), most);
        float width = words + sign + canvas.Pixels(32);
        float left = right - width;
        canvas.Sheet(left, top, width, height, 14);
        float signLeft = left + canvas.Pixels(12);
        float signTop = top + MathF.Round((height - sign) / 2);
        if (kind == Sign.Bars)
        {
            float bar = canvas.Pixels(4);
            batch.Panel(signLeft, signTop, bar, sign, 1, HudCanvas.ValueColor);
            batch.Panel(signLeft + sign - bar, signTop, bar, sign, 1, HudCanvas.ValueColor);
        }
        else if (kind == Sign.Preparing)
        {
            // A ring, open for what is not there yet.
            batch.Panel(
                signLeft, signTop, sign, sign, sign / 2, HudCanvas.AccentColor,
                2 * canvas.Hairline);
        }
        else
        {
            batch.Panel(
                signLeft, signTop, sign, sign, sign / 2,
                kind switch
                {
                    Sign.Point => HudCanvas.RecordColor,
                    Sign.Lesson => HudCanvas.AccentColor,
                    _ => HudCanvas.WarningColor,
                });
        }

        batch.Text(
            word, signLeft + sign + canvas.Pixels(8), top + (height / 2) + canvas.Pixels(5),
            canvas.Strong, HudCanvas.ValueColor, words + 1);
        return left;
    }
}
