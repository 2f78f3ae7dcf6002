using System.Text;
using Stun.Execution.Containers;

namespace Stun.Integration.Containers;

/// <summary>What must reach a program unchanged, what must not reach a terminal, and warm containers.</summary>
public sealed class HostileWorldTests
{
    private static readonly string[] Odd =
    [
        "", " ", "a b", "'", "\"", "'\\''", "$(touch /out/x)", "`touch /out/x`", "$HOME", "${IFS}", "a\nb", "\n", "\\",
        "\\n", "; exit 9", "| cat", "&", "*", "~", "!", "#x", "-n", "--", "äöü", "日本語", "\u202e", "\u001b[31m",
        "\t", "%s", "a=b", "\u007f",
    ];

    public static TheoryData<string> Drivers => [.. TestDrivers.Names];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Arguments_and_environment_reach_the_program_as_they_are(string driver)
    {
        await using var scene = await HostileScene.OpenAsync(driver);
        string[] variables =
        [
            .. Odd.Select((text, index) => $"V{index}={text}"), "a.b=dots", "a-b=dash", "PS1=$(touch /out/x)",
            "ENV=/bin/attempts", "IFS=x", "OPTIND=zero", "PATH=/bin", "HOME=/x", "PWD=/nowhere", "SHLVL=7", "ä=umlaut",
            "LD_PRELOAD=/in/x",
        ];
        var config = scene.Image.Config with { Environment = [.. variables] };
        var outcome = await scene.AttemptAsync(
            request => request with { Image = scene.Image with { Config = config } }, ["verbatim", .. Odd]);
        Assert.Equal(new RunEnd.Exited(0), outcome.End);
        Assert.Equal(Odd, Told(outcome, "argument"));
        Assert.Equal(variables.Order(StringComparer.Ordinal), Told(outcome, "variable").Order(StringComparer.Ordinal));
        Assert.Empty(outcome.Report.Outputs);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Names_by_the_million_cost_the_host_nothing(string driver)
    {
        await using var scene = await HostileScene.OpenAsync(driver);
        var outcome = await scene.AttemptAsync(request => request with
        {
            Limits = request.Limits with { DiskBytes = 100 << 20, OutputFilesMax = 50 },
        }, "hard-links");
        Assert.Equal(new RunEnd.Exited(0), outcome.End);
        Assert.Empty(outcome.Report.Outputs);
        Assert.Contains("more than 200 entries", Assert.Single(outcome.Report.RefusedOutputs).Reason);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task What_a_program_writes_cannot_command_a_terminal(string driver)
    {
        await using var scene = await HostileScene.OpenAsync(driver);
        var outcome = await scene.Scene.ShellAsync(
            @"printf '\033[2J\033]0;title\007\033]52;c;ZXZpbA==\007\r\010\0\233\377'; printf '\342\200\256x' >&2");
        foreach (var text in new[] { outcome.Output, outcome.Errors })
            Assert.DoesNotContain(TerminalText.Of(text), letter => char.IsControl(letter) || letter is '\u202e');
        Assert.Contains(@"\u{1b}[2J", TerminalText.Of(outcome.Output));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task A_warm_container_gives_a_hostile_program_no_more_than_a_cold_one(string driver)
    {
        await using var scene = await HostileScene.OpenAsync(driver);
        var cold = await HostileMeasures.CallsAsync(scene);
        try
        {
            await scene.Scene.Host.KeepWarmAsync(scene.Image, 1);
        }
        catch (Execution.ExecutionException failure) when (failure.Code == "warm.no")
        {
            Assert.Skip(failure.Message);
        }
        Assert.Equal(1, scene.Scene.Host.WarmCount(scene.Image.Digest));
        var warm = await HostileMeasures.CallsAsync(scene);
        await scene.Scene.Host.KeepWarmAsync(scene.Image, 0);
        Assert.Equal(Lines(cold), Lines(warm));
        await scene.MustBeUnharmedAsync();
    }

    private static string Lines(Measured measured) =>
        string.Join('\n', measured.Select(attempt => $"{attempt.Key} = {attempt.Value}"));

    private static IEnumerable<string> Told(Outcome outcome, string kind) =>
        outcome.Output.Split('\n').Where(line => line.StartsWith(kind + " ", StringComparison.Ordinal))
            .Select(line => Encoding.UTF8.GetString(Convert.FromHexString(line[(kind.Length + 1)..])));
}
