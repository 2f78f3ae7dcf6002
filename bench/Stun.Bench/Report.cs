using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Json;

namespace Stun.Bench;

/// <summary>Where and on what something was measured, and the tables of what was measured.</summary>
internal sealed class Report(string scenario, string date)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly StringBuilder text = new();
    private readonly List<Table> tables = [];

    private sealed record Table(string Title, string[] Columns, List<string[]> Rows);

    public void Say(string line)
    {
        Console.WriteLine(line);
        text.AppendLine(line);
    }

    public void Begin(string title, params string[] columns)
    {
        tables.Add(new Table(title, columns, []));
        Say("");
        Say($"## {title}");
        Say("");
        Say($"| {string.Join(" | ", columns)} |");
        Say($"|{string.Concat(columns.Select((_, at) => at == 0 ? "---|" : "---:|"))}");
    }

    public void Row(params string[] cells)
    {
        tables[^1].Rows.Add(cells);
        Say($"| {string.Join(" | ", cells)} |");
    }

    /// <summary>Beside the sources, wherever the program was started from inside the repository.</summary>
    public void Write()
    {
        var folder = Path.Combine(Root(), "bench", "results");
        Directory.CreateDirectory(folder);
        var head = $"# {scenario}\n\nDate: {date}. Commit: {Commit()}. Machine: {Machine()}. "
            + $".NET {Environment.Version}, vectors of {VectorBits()} bits.\n\n";
        File.WriteAllText(Path.Combine(folder, $"{scenario}.md"), head + text);
        File.WriteAllText(Path.Combine(folder, $"{scenario}.json"), JsonSerializer.Serialize(
            new
            {
                scenario,
                date,
                commit = Commit(),
                machine = Machine(),
                dotnet = Environment.Version.ToString(),
                vectorBits = VectorBits(),
                tables,
            },
            Indented) + "\n");
    }

    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static string Machine()
    {
        var cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        var name = cpu is null ? RuntimeInformation.OSArchitecture.ToString() : cpu[(cpu.IndexOf(':') + 1)..].Trim();
        return $"{name}, {Environment.ProcessorCount} cores";
    }

    private static string Commit()
    {
        var changed = Git("status --porcelain --untracked-files=no -- src bench/Stun.Bench").Length > 0;
        return Git("rev-parse --short=12 HEAD") + (changed ? " with changes" : "");
    }

    public static string Root() => Git("rev-parse --show-toplevel");

    private static string Git(string arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true };
        start.WorkingDirectory = AppContext.BaseDirectory;
        using var git = Process.Start(start)!;
        var answer = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return answer;
    }
}
