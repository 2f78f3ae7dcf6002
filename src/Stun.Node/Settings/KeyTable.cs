namespace Stun.Node.Settings;

/// <summary>All keys that one kind of file knows.</summary>
internal sealed class KeyTable
{
    private readonly SortedDictionary<string, SettingKey> keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedSet<string>> children = new(StringComparer.Ordinal);

    public KeyTable(IEnumerable<SettingKey> all)
    {
        foreach (var key in all)
        {
            All.Add(key);
            keys.Add(key.Path, key);
            for (var path = key.Path; path.Length > 0;)
            {
                var dot = path.LastIndexOf('.');
                var parent = dot < 0 ? "" : path[..dot];
                if (!children.TryGetValue(parent, out var names))
                    children.Add(parent, names = new SortedSet<string>(StringComparer.Ordinal));
                names.Add(path[(dot + 1)..]);
                path = parent;
            }
        }
    }

    /// <summary>In the order in which they are explained.</summary>
    public List<SettingKey> All { get; } = [];

    /// <param name="path">With numbers or <c>#</c> for entries of lists.</param>
    public SettingKey? Find(string path) => keys.GetValueOrDefault(General(path));

    public bool IsSection(string path) => children.ContainsKey(General(path));

    /// <summary>A list whose entries are sections themselves.</summary>
    public bool IsListOfSections(string path) =>
        children.TryGetValue(General(path), out var names) && names.Contains("#");

    public IEnumerable<string> NamesIn(string section) =>
        children.TryGetValue(General(section), out var names) ? names : [];

    /// <summary>For a key that is not known: the nearest beside it, or the same word elsewhere.</summary>
    public string Suggest(string section, string name)
    {
        if (Spelling.Nearest(name, NamesIn(section)) is { } near) return $"Did you mean '{near}'?";
        var elsewhere = All.FirstOrDefault(key => key.Path.EndsWith("." + name, StringComparison.Ordinal));
        if (elsewhere is not null) return $"Did you mean '{elsewhere.Path}'?";
        return $"Known here: {string.Join(", ", NamesIn(section).Take(24))}.";
    }

    /// <summary><c>offers.3.cpu</c> is the key <c>offers.#.cpu</c>.</summary>
    public static string General(string path) =>
        string.Join('.', path.Split('.').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? "#" : part));

    public static string Join(string section, string name) => section.Length == 0 ? name : $"{section}.{name}";
}
