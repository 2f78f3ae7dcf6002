using System.Text.Json;
using System.Text.RegularExpressions;
using Stun.Node.Gateway;

namespace Stun.Calls;

/// <summary>Stays with a task until there is a result or an end.</summary>
internal static partial class TaskFollower
{
    /// <summary>A verdict that there is no result is not told before the money moves; so it is looked for.</summary>
    private const int WaitSeconds = 2;

    /// <summary>Returns when there is a result, or when it is sure that there will be none.</summary>
    public static async Task<TaskView> WaitAsync(NodeCalls calls, string task, CancellationToken cancel)
    {
        while (true)
        {
            var told = await calls.GetAsync<TaskView>($"/v1/tasks/{task}?wait={WaitSeconds}", cancel)
                .ConfigureAwait(false);
            if (told.State is "verified" or "complete" or "failed" or "cancelled" or "refused") return told;
            var stored = await calls.GetAsync<TaskView>($"/v1/tasks/{task}", cancel).ConfigureAwait(false);
            if (stored is { State: "pending" or "posting", Result: null }) return stored;
        }
    }

    /// <summary>Until the money has moved as well.</summary>
    public static async Task<WhyView> WaitForEndAsync(
        NodeCalls calls, string task, Action<WhyView> look, CancellationToken cancel)
    {
        while (true)
        {
            var why = await calls.GetAsync<WhyView>($"/v1/tasks/{task}/why", cancel).ConfigureAwait(false);
            look(why);
            if (why.State is "complete" or "failed" or "cancelled" or "refused") return why;
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancel).ConfigureAwait(false);
        }
    }

    public static async Task ReadLogsAsync(
        NodeCalls calls, string task, string query, Action<LogLineView> line, CancellationToken cancel)
    {
        using var response = await calls.OpenAsync($"/v1/tasks/{task}/logs{query}", "application/x-ndjson", cancel)
            .ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } text)
            line(JsonSerializer.Deserialize<LogLineView>(text, Screen.Json)!);
    }

    /// <summary>How the program ended, where the attempts say so; null where it never did.</summary>
    public static int? ExitCodeOf(WhyView why)
    {
        foreach (var attempt in why.Attempts)
            if (ExitCode().Match(attempt.Detail ?? "") is { Success: true } match
                && int.TryParse(match.Groups[1].Value, out var code)) return code;
        return null;
    }

    [GeneratedRegex(@"exit code (\d{1,3})")]
    private static partial Regex ExitCode();
}
