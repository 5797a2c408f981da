namespace RealtimeVision.Viewer;

/// <summary>
/// One part of what stands over the picture. To add one, derive it in a file of its own and list
/// it in <see cref="HudLayout"/>.
/// </summary>
internal abstract class HudPanel
{
    /// <summary>Whether it hides with the numbers and labels.</summary>
    public virtual bool IsPartOfHud => true;

    /// <summary>Whether it is there for a moment only, and has no place in a picture that is
    /// kept.</summary>
    public virtual bool IsPassing => false;

    /// <summary>Draws it where there is something to draw.</summary>
    public abstract void Draw(HudCanvas canvas);
}
