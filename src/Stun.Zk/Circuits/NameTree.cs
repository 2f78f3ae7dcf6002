namespace Stun.Zk.Circuits;

/// <summary>
/// Names of wires and constraints as paths of the parts that made them. Only the node and the last word are kept for
/// each of them: circuits have hundreds of thousands.
/// </summary>
internal sealed class NameTree
{
    private readonly List<(int Parent, string Name)> nodes = [(-1, "")];
    private readonly Dictionary<(int Parent, string Name), int> seen = [];

    public int Current { get; private set; }

    public void Enter(string name)
    {
        var key = (Current, name);
        var times = seen.GetValueOrDefault(key);
        seen[key] = times + 1;
        // The first keeps the plain name, so that most names stay readable.
        nodes.Add((Current, times == 0 ? name : $"{name}#{times + 1}"));
        Current = nodes.Count - 1;
    }

    public void Leave() => Current = nodes[Current].Parent;

    public string PathOf(int node, string last)
    {
        var path = last;
        for (; node > 0; node = nodes[node].Parent) path = $"{nodes[node].Name}.{path}";
        return path;
    }
}
