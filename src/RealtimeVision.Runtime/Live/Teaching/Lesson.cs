namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What a teacher knows at one moment: the frames of each class and the head that came of them.
/// Never changes, so that undoing is going back to an older one.
/// </summary>
/// <param name="Classes">The classes, in the order in which they were begun.</param>
/// <param name="Live">The head that labels frames; null without one.</param>
/// <param name="IsLearnt">Whether the head is what training makes of these frames.</param>
internal sealed record Lesson(
    IReadOnlyList<ClassTakes> Classes, LiveWeights? Live, bool IsLearnt)
{
    /// <summary>Nothing yet.</summary>
    public static Lesson Empty { get; } = new([], null, IsLearnt: true);

    /// <summary>Index of a class by its name; -1 where there is none.</summary>
    public int IndexOf(string name)
    {
        for (int i = 0; i < Classes.Count; i++)
        {
            if (Classes[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The lesson with one more take of a class, which is new or not.</summary>
    public Lesson With(string name, Take take, int mostFrames)
    {
        List<ClassTakes> classes = [.. Classes];
        int index = IndexOf(name);
        if (index < 0)
        {
            index = classes.Count;
            classes.Add(new ClassTakes(name, []));
        }

        classes[index] = classes[index].With(take, mostFrames);
        return this with { Classes = classes, IsLearnt = false };
    }

    /// <summary>The classes that have frames enough.</summary>
    public IReadOnlyList<ClassTakes> Ready(int leastFrames) =>
        [.. Classes.Where(c => c.Count >= leastFrames)];
}
