using Xunit;

namespace Stun.Tests.Tidy;

/// <summary>The floor plan in ARCHITECTURE.md is the real one.</summary>
public sealed class FloorPlanTests
{
    private const string Plan = "ARCHITECTURE.md";
    private const string Fence = "```floor-plan";
    private static readonly string[] Roofs = ["src", "tests", "bench", "api", "docs", "eng", "sdk"];

    [Fact]
    public void The_floor_plan_equals_the_folders() =>
        Law.Holds(Differences(Repository.Read(Plan), Repository.Paths));

    [Fact]
    public void A_room_that_is_gone_or_missing_in_the_plan_is_found() =>
        Law.Finds(2, Differences(
            "x\n```floor-plan\nsrc/Stun.A/   a room\nsrc/Stun.Gone/   no room\n```\n",
            ["src/Stun.A/A.cs", "src/Stun.B/Deep/B.cs", "README.md", "src/loose.txt"]));

    [Fact]
    public void A_plan_that_is_missing_is_found() => Law.Finds(1, Differences("# Nothing\n", []));

    private static IEnumerable<Finding> Differences(string plan, IReadOnlyList<string> paths)
    {
        var lines = plan.Split('\n');
        var start = Array.IndexOf(lines, Fence);
        if (start < 0)
        {
            yield return new Finding(Plan, 1, "No floor plan.",
                $"Open a fenced block with {Fence} and list the folders, one a line.");
            yield break;
        }
        SortedDictionary<string, int> listed = new(StringComparer.Ordinal);
        for (var index = start + 1; index < lines.Length && lines[index] != "```"; index++)
            if (lines[index].Split(' ')[0] is ['_' or (>= 'a' and <= 'z') or '.', ..] folder && folder.EndsWith('/'))
                listed[folder.TrimEnd('/')] = index + 1;
        foreach (var (folder, line) in listed)
            if (!paths.Any(path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
                yield return new Finding(Plan, line, $"{folder}/ does not exist.",
                    "Remove the line, or move it to 'Later'.");
        foreach (var folder in paths.Select(Room).OfType<string>().Distinct()
            .Where(folder => !listed.ContainsKey(folder)))
            yield return new Finding(Plan, start + 1, $"{folder}/ is not in the floor plan.",
                "Add a line that says what it holds.");
    }

    /// <summary>The second-level folder under one of the roofs; null for a file that lies elsewhere.</summary>
    private static string? Room(string path)
    {
        var parts = path.Split('/');
        return parts.Length > 2 && Roofs.Contains(parts[0]) ? $"{parts[0]}/{parts[1]}" : null;
    }
}
