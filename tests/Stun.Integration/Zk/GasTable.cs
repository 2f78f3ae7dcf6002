namespace Stun.Integration.Zk;

/// <summary>The table of gas on the page about proofs. STUN_UPDATE_DOCS=1 writes it.</summary>
internal static class GasTable
{
    private const string Page = "docs/protocol/proofs.md";
    private const string Start = "<!-- gas -->\n";
    private const string End = "<!-- end gas -->";

    public static void Check(string table)
    {
        var path = Path.Combine(WorkingCopy.Root, Page);
        var text = File.ReadAllText(path);
        var from = text.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        Assert.True(from >= Start.Length && to > from, $"{Page} has no marks '{Start.Trim()}' and '{End}'.");
        var fresh = $"\n{table}\n";
        if (Environment.GetEnvironmentVariable("STUN_UPDATE_DOCS") == "1")
            File.WriteAllText(path, text[..from] + fresh + text[to..]);
        else
            Assert.True(text[from..to] == fresh, $"The gas in {Page} is not what was measured:\n{table}"
                + "Run this test once with STUN_UPDATE_DOCS=1.");
    }
}
