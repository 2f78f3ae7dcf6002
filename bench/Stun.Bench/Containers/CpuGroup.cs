using System.Globalization;

namespace Stun.Bench.Containers;

/// <summary>
/// A group of the kernel's processor accounting which this process enters: what it starts is counted with it, down to
/// the container, whose own group is made below.
/// </summary>
internal sealed class CpuGroup
{
    public const string Name = "stun-bench";

    private readonly string counter, group;

    public CpuGroup()
    {
        const string First = "/sys/fs/cgroup/cpuacct", Second = "/sys/fs/cgroup";
        var tree = Directory.Exists(First) ? First : Second;
        group = Directory.CreateDirectory(Path.Combine(tree, Name)).FullName;
        // In the second version a group with groups below it may hold no process: we stand beside them.
        var own = tree == First ? group : Directory.CreateDirectory(Path.Combine(group, "bench")).FullName;
        File.WriteAllText(Path.Combine(own, "cgroup.procs"),
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        counter = Path.Combine(group, tree == First ? "cpuacct.usage" : "cpu.stat");
    }

    public int GroupsBelow => Directory.EnumerateDirectories(group, "*", SearchOption.AllDirectories).Count();

    public int Processes =>
        Directory.EnumerateFiles(group, "cgroup.procs", SearchOption.AllDirectories)
            .Sum(file => File.ReadLines(file).Count());

    public double Milliseconds
    {
        get
        {
            var text = File.ReadAllText(counter).Split('\n')[0];
            return text.StartsWith("usage_usec ", StringComparison.Ordinal)
                ? double.Parse(text["usage_usec ".Length..], CultureInfo.InvariantCulture) / 1e3
                : double.Parse(text, CultureInfo.InvariantCulture) / 1e6;
        }
    }
}
