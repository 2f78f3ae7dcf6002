using System.Text;
using System.Text.RegularExpressions;
using Stun.Execution.Tools;

namespace Stun.Integration.Commands;

/// <summary>What README.md shows of commands is what they do: blocks marked console are run and compared.</summary>
public sealed class TranscriptTests(CommandScene scene) : IClassFixture<CommandScene>
{
    internal static readonly Regex Block =
        new("^```console\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);
    private static readonly Regex DigestLike = new("[0-9a-f]{32,64}|0x[0-9a-f]{40}");

    [Fact]
    public async Task The_transcripts_of_the_readme_are_true()
    {
        if (!CommandScene.IsRoot) Assert.Skip("Containers need root.");
        var text = await File.ReadAllTextAsync(Path.Combine(WorkingCopy.Root, "README.md"));
        var steps = Block.Matches(text).SelectMany(match => StepsOf(match.Groups["text"].Value)).ToList();
        Assert.NotEmpty(steps);
        foreach (var (command, expected) in steps)
        {
            var binary = Path.Combine(WorkingCopy.Root, "artifacts", "bin", "Stun", "release", "Stun.dll");
            var run = await Tool.RunAsync("bash",
                ["-c", $"export STUN_HOME={scene.Home}; {command.Replace("./stun", $"dotnet {binary}")}"],
                    TimeSpan.FromSeconds(60));
            Assert.Matches(PatternOf(expected), run.Output);
        }
    }

    [Theory]
    [InlineData("a ... b\n", "a what b\n", true)]
    [InlineData("a\n...\nb\n", "a\n1\n2\nb\n", true)]
    [InlineData("a\n", "b\n", false)]
    [InlineData("task 0123456789abcdef0123456789abcdef\n", "task ffffffffffffffffffffffffffffffff\n", true)]
    [InlineData("task 0123456789abcdef0123456789abcdef\n", "task none\n", false)]
    public void A_transcript_that_differs_is_found(string expected, string real, bool isSame) =>
        Assert.Equal(isSame, Regex.IsMatch(real, PatternOf(expected)));

    internal static IEnumerable<(string Command, string Expected)> StepsOf(string block)
    {
        string? command = null;
        var expected = new StringBuilder();
        foreach (var line in block.Split('\n')[..^1])
        {
            if (!line.StartsWith("$ ", StringComparison.Ordinal))
            {
                expected.Append(line).Append('\n');
                continue;
            }
            if (command is not null) yield return (command, expected.ToString());
            (command, expected) = (line[2..], new StringBuilder());
        }
        if (command is not null) yield return (command, expected.ToString());
    }

    /// <summary>A line of three dots stands for any lines, three dots in a line for anything in it.</summary>
    internal static string PatternOf(string expected)
    {
        var text = DigestLike.Replace(expected, match => new string('#', match.Length));
        var pattern = Regex.Escape(text).Replace(@"\n\.\.\.\n", @"\n(?s:.*)").Replace(@"\.\.\.", ".*");
        return $@"\A{Regex.Replace(pattern, @"0?x?(\\\#){32,64}", "(0x)?[0-9a-f]{32,64}")}\z";
    }
}
