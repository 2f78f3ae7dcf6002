using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>Where a law is broken, and what to do about it.</summary>
internal sealed record Finding(string Path, int Line, string What, string Cure)
{
    public override string ToString() => $"{Path}:{Line}: {What}\n    cure: {Cure}";
}

internal static class Law
{
    public static void Holds(IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        if (all.Count > 0) Assert.Fail($"{all.Count} finding(s)\n" + string.Join('\n', all));
    }

    /// <summary>A law that cannot fail is a defect: the sample must be found, with a cure, as often as said.</summary>
    public static void Finds(int count, IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == count, $"Expected {count} finding(s) in the sample:\n" + string.Join('\n', all));
        Assert.All(all, finding => Assert.NotEmpty(finding.Cure));
    }
}
