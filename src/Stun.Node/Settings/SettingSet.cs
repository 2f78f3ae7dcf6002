namespace Stun.Node.Settings;

/// <summary>
/// The settings of one file, or of a file with what variables and flags lay over it. What is given later wins. Types
/// are checked when a value comes in, so that the getters cannot fail.
/// </summary>
internal sealed class SettingSet(KeyTable table, FaultList faults)
{
    /// <summary>Entries in one list: what is longer belongs into another place than settings.</summary>
    private const int ItemsMax = 1024;

    private readonly SortedDictionary<string, Setting> given = new(StringComparer.Ordinal);
    private readonly HashSet<string> wrong = new(StringComparer.Ordinal);

    public KeyTable Table => table;

    public FaultList Faults => faults;

    public void AddFile(YamlValue.Mapping root) => AddMapping("", root);

    /// <summary>From a variable or a flag: a list has commas between its items, or the brackets of an empty one.
    /// </summary>
    public void AddText(SettingKey key, string path, string text, Origin origin)
    {
        if (!key.IsList)
        {
            AddOne(key, path, text, origin);
            return;
        }
        var inner = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        var items = inner.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        AddList(key, path, [.. items.Select(item => (item, origin))], origin);
    }

    public bool Has(string path) => given.ContainsKey(path);

    /// <summary>Whether something was said that cannot be read: then its absence is no second fault.</summary>
    public bool IsWrong(string path) => wrong.Contains(path);

    public Setting? Find(string path)
    {
        if (given.TryGetValue(path, out var setting)) return setting;
        return table.Find(path) is { Default.Length: > 0 } key ? DefaultOf(key, path) : null;
    }

    public T Get<T>(string path) => Find(path)?.Value is T value ? value : default!;

    public T? Maybe<T>(string path)
        where T : struct => Find(path)?.Value is T value ? value : null;

    public ValueList<T> List<T>(string path) =>
        Find(path)?.Value is List<object> items ? [.. items.Cast<T>()] : [];

    public Origin OriginOf(string path) => Find(path)?.Origin ?? new Origin.Default();

    public void Fault(string path, string message) => faults.Add(OriginOf(path), path, message);

    /// <summary>How many entries a list of sections has; gaps in their numbers are faults.</summary>
    public int CountOf(string list)
    {
        var numbers = new SortedSet<int>();
        foreach (var path in given.Keys.Concat(wrong))
            if (path.StartsWith(list + ".", StringComparison.Ordinal)
                && int.TryParse(path[(list.Length + 1)..].Split('.')[0], out var number))
                numbers.Add(number);
        if (numbers.Count > 0 && numbers.Max != numbers.Count - 1)
            faults.Add(new Origin.Default(), list,
                $"There is an entry {numbers.Max} and not one for each number below it. Count from 0 without gaps.");
        return numbers.Count;
    }

    /// <summary>Every key that has a value, as <c>config show</c> lists them.</summary>
    public IEnumerable<Setting> All()
    {
        foreach (var key in table.All)
        {
            if (!key.Path.Contains('#'))
            {
                if (Find(key.Path) is { } setting) yield return setting;
                continue;
            }
            var list = key.Path[..key.Path.IndexOf(".#", StringComparison.Ordinal)];
            for (var index = 0; index < CountOf(list); index++)
                if (Find(key.Path.Replace("#", $"{index}")) is { } setting) yield return setting;
        }
    }

    public void RequireAll()
    {
        foreach (var key in table.All.Where(key => key.IsRequired))
        {
            if (!key.Path.Contains('#'))
            {
                Require(key, key.Path);
                continue;
            }
            var list = key.Path[..key.Path.IndexOf(".#", StringComparison.Ordinal)];
            for (var index = 0; index < CountOf(list); index++) Require(key, key.Path.Replace("#", $"{index}"));
        }
    }

    /// <summary>Says what is missing, unless something wrong was said instead.</summary>
    public void Require(SettingKey key, string path)
    {
        if (Find(path) is null && !IsWrong(path))
            faults.Add(new Origin.Default(), path, $"It is missing. Give {key.Form.Explanation}.");
    }

    private static Setting? DefaultOf(SettingKey key, string path)
    {
        var items = key.Default == "[]" ? [] : key.Default.Split(", ");
        object? value = key.IsList ? items.Select(key.Form.Read).OfType<object>().ToList() : key.Form.Read(key.Default);
        return value is null ? null : new Setting(path, key, value, new Origin.Default());
    }

    private void AddMapping(string section, YamlValue.Mapping mapping)
    {
        foreach (var entry in mapping.Entries)
        {
            var path = KeyTable.Join(section, entry.Key);
            var isName = entry.Key != "#" && !entry.Key.Contains('.') && table.NamesIn(section).Contains(entry.Key);
            if (!isName)
                faults.Add(entry.Place, KeyTable.Join(section, YamlTree.Shown(entry.Key)),
                    $"There is no such key. {table.Suggest(section, entry.Key)}");
            else if (table.Find(path) is { } key) AddValue(key, path, entry.Value);
            else if (table.IsListOfSections(path)) AddSections(path, entry.Value);
            else if (entry.Value is YamlValue.Mapping inner) AddMapping(path, inner);
            else AddNothing(path, entry.Value, $"Keys are expected below it: {Names(path)}.");
        }
    }

    private string Names(string section) => string.Join(", ", table.NamesIn(section).Take(24));

    private void AddSections(string path, YamlValue value)
    {
        if (value is not YamlValue.Sequence sequence)
        {
            AddNothing(path, value, "A list is expected, each entry beginning with '- '.");
            return;
        }
        if (sequence.Items.Count > ItemsMax) faults.Add(value.Place, path, $"It has more than {ItemsMax} entries.");
        foreach (var (index, item) in sequence.Items.Take(ItemsMax).Index())
        {
            if (item is YamlValue.Mapping mapping) AddMapping($"{path}.{index}", mapping);
            else AddNothing($"{path}.{index}", item, $"Keys are expected: {Names($"{path}.{index}")}.");
        }
    }

    private void AddNothing(string path, YamlValue value, string message)
    {
        wrong.Add(path);
        faults.Add(value.Place, path, message);
    }

    private void AddValue(SettingKey key, string path, YamlValue value)
    {
        switch (value)
        {
            case YamlValue.Text { IsGiven: false }:
                AddNothing(path, value, "It has no value. Give one, or leave the key out.");
                break;
            case YamlValue.Text text when !key.IsList:
                AddOne(key, path, text.Value, text.Place);
                break;
            case YamlValue.Text text:
                AddList(key, path, [(text.Value, text.Place)], text.Place);
                break;
            case YamlValue.Sequence sequence when key.IsList:
                List<(string, Origin)> items = [];
                foreach (var item in sequence.Items)
                {
                    if (item is YamlValue.Text { IsGiven: true } each) items.Add((each.Value, each.Place));
                    else AddNothing(path, item, $"An entry is expected: {key.Form.Explanation}.");
                }
                AddList(key, path, items, sequence.Place);
                break;
            default:
                AddNothing(path, value, key.IsList
                    ? $"A list is expected, of {key.Form.Explanation}."
                    : $"One value is expected: {key.Form.Explanation}.");
                break;
        }
    }

    private void AddOne(SettingKey key, string path, string text, Origin origin)
    {
        if (Read(key, path, text, origin) is { } value) Put(new Setting(path, key, value, origin));
    }

    private void AddList(SettingKey key, string path, List<(string Text, Origin Origin)> items, Origin origin)
    {
        if (items.Count > ItemsMax) faults.Add(origin, path, $"It has more than {ItemsMax} entries.");
        else if (items.Count == 0 && key.IsNeverEmpty && !IsWrong(path))
            faults.Add(origin, path, "An empty list would allow nothing. Leave the key out to allow everything.");
        List<object> values = [];
        foreach (var (text, each) in items.Take(ItemsMax))
            if (Read(key, path, text, each) is { } value) values.Add(value);
        Put(new Setting(path, key, values, origin));
    }

    private object? Read(SettingKey key, string path, string text, Origin origin)
    {
        if (key.Form.Read(text) is { } value) return value;
        wrong.Add(path);
        var shown = key.IsSecret ? "The value" : $"'{YamlTree.Shown(text)}'";
        faults.Add(origin, path, $"{shown} is no {key.Form.Name}. Give {key.Form.Explanation}.");
        return null;
    }

    private void Put(Setting setting) => given[setting.Path] = setting;
}
