using Stun.Node.Settings;

namespace Stun.Tests.Configuration;

/// <summary>A reference document whose tables are made from the keys. STUN_UPDATE_DOCS=1 writes them.</summary>
internal sealed class ReferenceDocument(string path)
{
    private const string End = "<!-- end -->";

    public string Text => File.ReadAllText(Repository.PathOf(path));

    public void CheckTables(string name, KeyTable table, bool isForProgram)
    {
        var (start, text) = ($"<!-- keys: {name} -->\n", Text);
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, $"{path} has no mark '{start.Trim()}'.");
        var to = text.IndexOf(End, from, StringComparison.Ordinal);
        var fresh = $"\n{Reference.Tables(table, isForProgram)}\n";
        if (Environment.GetEnvironmentVariable("STUN_UPDATE_DOCS") == "1")
            File.WriteAllText(Repository.PathOf(path), text[..from] + fresh + text[to..]);
        else
            Assert.True(text[from..to] == fresh,
                $"The keys in {path} are not those of the code. Run the tests once with STUN_UPDATE_DOCS=1.");
    }

    /// <summary>The examples, in their order.</summary>
    public List<string> Examples() =>
        [.. Text.Split("```yaml\n").Skip(1).Select(part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
}
