namespace Stun.Engine;

/// <summary>
/// The questions a machine waits for, by what they are about. Soft: after a restart the machine asks anew, and an
/// answer to a question of an earlier life finds nobody. Asking the same thing again replaces the older question.
/// </summary>
public sealed class AskTable<TAbout>(Prng prng)
    where TAbout : struct, IComparable<TAbout>
{
    // The upper half of an id is drawn anew in each life, so that no life answers for another.
    private readonly ulong life = prng.Next() << 32;
    private readonly SortedDictionary<TAbout, ulong> idOf = [];
    private readonly Dictionary<ulong, TAbout> aboutOf = [];
    private uint count;

    public int Count => aboutOf.Count;

    public bool Waits(TAbout about) => idOf.ContainsKey(about);

    public void Ask(TAbout about, Ask ask, Outbox outbox)
    {
        if (idOf.TryGetValue(about, out var older)) aboutOf.Remove(older);
        var id = life | unchecked(++count);
        idOf[about] = id;
        aboutOf[id] = about;
        outbox.Ask(id, ask);
    }

    public bool TryClose(ulong id, out TAbout about)
    {
        if (!aboutOf.Remove(id, out about)) return false;
        idOf.Remove(about);
        return true;
    }

    public void Drop(TAbout about)
    {
        if (idOf.Remove(about, out var id)) aboutOf.Remove(id);
    }
}
