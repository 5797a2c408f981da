namespace RealtimeVision.Viewer;

/// <summary>
/// A way to look at a stream: what is drawn over, or in place of, its video. To add one, derive it
/// in a file of its own, with its shader, and list it in <see cref="Views.All"/>.
/// </summary>
public abstract class View
{
    private protected View(string id, string name, string description)
    {
        Id = id;
        Name = name;
        Description = description;
    }

    /// <summary>What options and settings call it: one word.</summary>
    public string Id { get; }

    /// <summary>What the heads-up display calls it.</summary>
    public string Name { get; }

    /// <summary>What it shows, in a sentence without its end.</summary>
    public string Description { get; }

    /// <summary>Whether the opacity changes it.</summary>
    public virtual bool HasOpacity => true;

    /// <summary>Whether a stream has what it shows; another view takes its place else.</summary>
    public abstract bool CanShow(StreamView stream);

    /// <summary>Whether it needs a plane of the stream that is not always made.</summary>
    public virtual bool Needs(ViewPlane plane) => false;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Why it cannot be shown where <see cref="CanShow"/> says so.</summary>
    public abstract string Lack { get; }

    /// <summary>Whether it shows what is inside a network, which is only made while it is
    /// looked at.</summary>
    public virtual bool IsOfNetwork => false;

    /// <summary>What both ends of its colour scale mean, violet and yellow; null for classes'
    /// colours.</summary>
    internal virtual (string Least, string Most)? Scale => null;

    /// <summary>Compiles its shaders, when it is drawn first.</summary>
    internal abstract ViewPass CreatePass(GlDevice device);
}
