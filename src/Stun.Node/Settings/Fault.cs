using System.Text;

namespace Stun.Node.Settings;

/// <summary>Where a value came from, so that whoever is told about it knows what to change.</summary>
public abstract record Origin
{
    private Origin() { }

    /// <param name="Line">From 1, as editors count; 0 where the whole file is meant.</param>
    public sealed record File(string Path, int Line, int Column) : Origin
    {
        public override string ToString() => Line == 0 ? Path : $"{Path}:{Line}:{Column}";
    }

    public sealed record Variable(string Name) : Origin
    {
        public override string ToString() => Name;
    }

    public sealed record Flag(string Key) : Origin
    {
        public override string ToString() => $"--set {Key}";
    }

    /// <summary>Nobody said anything, or something that should have been said is missing.</summary>
    public sealed record Default : Origin
    {
        public override string ToString() => "default";
    }
}

/// <param name="Key">Which setting; empty where none in particular is meant.</param>
public sealed record Fault(Origin Origin, string Key, string Message)
{
    public override string ToString() =>
        (Origin is Origin.Default ? "" : $"{Origin}: ") + (Key.Length == 0 ? "" : $"{Key}: ") + Message;
}

/// <summary>Collects what is wrong, so that one look at a file is enough to mend it.</summary>
internal sealed class FaultList
{
    /// <summary>Nobody reads more, and a file of rubbish must not make a message of megabytes.</summary>
    private const int CountMax = 50;

    private readonly List<Fault> faults = [];
    private int left;

    public bool IsEmpty => faults.Count == 0;

    public void Add(Origin origin, string key, string message)
    {
        var fault = new Fault(origin, key, message);
        if (faults.Contains(fault)) return;
        if (faults.Count < CountMax) faults.Add(fault);
        else left++;
    }

    /// <param name="subject">What was read: "The provider's policy policy.yaml".</param>
    public void ThrowIfAny(string code, string subject)
    {
        if (IsEmpty) return;
        // As one reads a file, whatever the order in which things were looked at.
        var sorted = faults.OrderBy(fault => fault.Origin is Origin.File ? 0 : 1)
            .ThenBy(fault => (fault.Origin as Origin.File)?.Line ?? 0)
            .ThenBy(fault => (fault.Origin as Origin.File)?.Column ?? 0)
            .ToList();
        var text = new StringBuilder($"{subject} cannot be used:");
        foreach (var fault in sorted) text.Append("\n  ").Append(fault);
        if (left > 0) text.Append($"\n  and {left} more");
        throw new NodeException(code, text.Append('\n').ToString(), "Correct these and try again.") { Faults = sorted };
    }
}
