using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Stun.Integration.Containers;

/// <summary>
/// What a hostile program, image or output tries, and how it ends, for every driver. After each group of attempts the
/// machine must be as it was, and the next task must run.
/// </summary>
public sealed class HostileTests
{
    private const string Begin = "<!-- attempts: written by the tests -->", End = "<!-- end of attempts -->";

    private static readonly ConcurrentDictionary<(string Driver, string Group), Lazy<Task<Measured>>> Cache = new();

    private static readonly Regex Thrown = new(
        @"\(\s*""((?:host|run|runtime|podman|scratch|warm|cgroup|kernel)\.[a-z-]+)"",");

    private static readonly Regex Listed = new("`((?:host|run|runtime|podman|scratch|warm|cgroup|kernel)\\.[a-z-]+)`");

    private static string Page => Path.Combine(WorkingCopy.Root, "docs/operating/containers.md");

    public static TheoryData<string> Drivers => [.. TestDrivers.Names];

    public static TheoryData<string, string> Attempts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var driver in TestDrivers.Names)
                foreach (var group in HostileAttempts.Groups) data.Add(driver, group.Name);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task Each_attempt_ends_as_expected_and_harms_nothing(string driver, string group)
    {
        var attempts = HostileAttempts.Groups.Single(one => one.Name == group);
        var measured = await MeasuredAsync(driver, attempts);
        Assert.Equal(
            string.Join('\n', attempts.Attempts.Select(attempt => $"{attempt.Name} = {attempt.Expected(driver)}")),
            string.Join('\n', measured.Select(attempt => $"{attempt.Key} = {attempt.Value}")));
    }

    /// <summary>STUN_UPDATE_DOCS=1 writes it. The columns of drivers that are not installed stay as they are.</summary>
    [Fact]
    public async Task The_table_of_attempts_in_the_manual_is_what_was_measured()
    {
        var text = await File.ReadAllTextAsync(Page);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= 0 && to > from, $"{Page} has lost its marks '{Begin}' and '{End}'.");
        from += Begin.Length;
        var table = await TableAsync(text[from..to]);
        if (Environment.GetEnvironmentVariable("STUN_UPDATE_DOCS") == "1")
            await File.WriteAllTextAsync(Page, text[..from] + table + text[to..]);
        else
            Assert.Equal(text[from..to], table);
    }

    [Fact]
    public void The_manual_lists_each_error_code_of_containers()
    {
        var page = File.ReadAllText(Page);
        var sources = new[] { "Containers", "Cgroups", "Linux" }.SelectMany(room => Directory.EnumerateFiles(
            Path.Combine(WorkingCopy.Root, "src/Stun.Execution", room), "*.cs"))
            .Append(Path.Combine(WorkingCopy.Root, "src/Stun.Node/Provider/TaskInputs.cs")).Select(File.ReadAllText);
        var thrown = sources.SelectMany(text => Thrown.Matches(text))
            .Select(match => match.Groups[1].Value).ToHashSet();
        var listed = Listed.Matches(page[..page.IndexOf(Begin, StringComparison.Ordinal)])
            .Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(thrown);
        Assert.Empty(thrown.Except(listed));
        Assert.Empty(listed.Except(thrown));
    }

    private static async Task<string> TableAsync(string old)
    {
        var columns = TestDrivers.Names.ToDictionary(driver => driver, driver => OldColumn(old, driver));
        var lines = new List<string>();
        foreach (var group in HostileAttempts.Groups)
        {
            foreach (var driver in TestDrivers.Names.Where(TestDrivers.IsInstalled))
                foreach (var (name, result) in await MeasuredAsync(driver, group)) columns[driver][name] = result;
            lines.AddRange(["", $"### {group.Title}", "", $"| Attempt | {string.Join(" | ", TestDrivers.Names)} |",
                "|---" + string.Concat(TestDrivers.Names.Select(_ => "|---")) + "|"]);
            lines.AddRange(group.Attempts.Select(attempt => $"| {Cell(attempt.Name)} | "
                + string.Join(" | ", TestDrivers.Names.Select(driver =>
                    Cell(columns[driver].GetValueOrDefault(attempt.Name, "not measured")))) + " |"));
        }
        return string.Join('\n', lines) + "\n\n";
    }

    private static Dictionary<string, string> OldColumn(string table, string driver)
    {
        var column = new Dictionary<string, string>();
        var index = -1;
        foreach (var line in table.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            var cells = line.Trim('|').Split(" | ").Select(cell => cell.Trim()).ToArray();
            if (cells[0] == "Attempt") index = Array.IndexOf(cells, driver);
            else if (index > 0 && index < cells.Length) column[cells[0].Trim('`')] = cells[index];
        }
        return column;
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static Task<Measured> MeasuredAsync(string driver, AttemptGroup group) =>
        Cache.GetOrAdd((driver, group.Name), _ => new Lazy<Task<Measured>>(async () =>
        {
            await using var scene = await HostileScene.OpenAsync(driver);
            var measured = await group.MeasureAsync(scene);
            await scene.MustBeUnharmedAsync();
            return measured;
        })).Value;
}
