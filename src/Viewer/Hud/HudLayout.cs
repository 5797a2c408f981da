namespace RealtimeVision.Viewer;

/// <summary>Lays out what stands over the picture: a list of panels, the lowest first.</summary>
internal sealed class HudLayout(HudBatch batch)
{
    private readonly HudCanvas _canvas = new(batch);

    private readonly HudPanel[] _panels =
    [
        new ObjectBoxes(), new SplitLine(), new StreamCaptions(), new SeekBar(),
        new NumbersPanel(), new LabelsPanel(), new MarksPanel(), new TeachingPanel(),
        new PlotsPanel(), new NetworkPanel(),
        new LegendPanel(), new CursorPanel(), new MessagePanel(), new MenuPanel(),
        new HelpPanel(),
    ];

    public void Draw(ViewerState state, RenderTarget target)
    {
        _canvas.Begin(state, target);
        foreach (HudPanel panel in _panels)
        {
            if ((state.ShowHud || !panel.IsPartOfHud)
                && !(state.HidesPassing && panel.IsPassing))
            {
                panel.Draw(_canvas);
            }
        }
    }
}
