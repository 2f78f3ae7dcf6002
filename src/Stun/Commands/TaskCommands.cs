using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Stun.Calls;
using Stun.Node.Gateway;

namespace Stun.Commands;

/// <summary><c>stun task</c>: everything about tasks that are there.</summary>
internal static class TaskCommands
{
    private static readonly Argument<string> Id = new("ID") { Description = "The task." };

    public static Command Make() => Shared.Group("task", "Tasks: hand in, look at, cancel, ask why.",
        Submit(), List(), Show(), Logs(), Result(), Cancel(), Why());

    private static Command Submit()
    {
        var file =
            new Argument<string>("FILE") { Description = "A task as JSON, as the API takes it; - reads the input." };
        var once = new Option<string?>("--once")
        {
            Description = "A word of yours: the same word with the same task is handed in once only.",
            HelpName = "WORD",
        };
        return Shared.Asking("submit", "Hands a task in.", [file, once], async (parsed, calls, cancel) =>
        {
            var form = ReadForm(parsed.GetValue(file)!);
            var task = await calls.PostAsync<TaskView>("/v1/tasks", form, cancel, parsed.GetValue(once))
                .ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(task);
            else Screen.Line(task.Id);
            return Exits.Ok;
        }, "stun task submit task.json", "stun task submit --once job-17 - < task.json");
    }

    private static Command List()
    {
        var state = new Option<string?>("--state") { Description = "Only tasks in this state." };
        state.CompletionSources.Add([.. TaskView.States]);
        var limit = new Option<int>("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 20 };
        return Shared.Asking("list", "Tasks, newest first.", [state, limit], async (parsed, calls, cancel) =>
        {
            var query = $"/v1/tasks?limit={parsed.GetValue(limit)}"
                + (parsed.GetValue(state) is { } only ? $"&state={Uri.EscapeDataString(only)}" : "");
            var page = await calls.GetAsync<TaskPage>(query, cancel).ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(page);
            else
                Screen.Table(["TASK", "STATE", "LIMIT", "SUBMITTED", "REASON"], page.Tasks.Select(task => (string[])
                [
                    task.Id, task.State, task.PriceLimit, TimeOf(task.SubmittedAt), task.Reason is null or "None" ? ""
                        : task.Reason,
                ]));
            return Exits.Ok;
        }, "stun task list", "stun task list --state failed --limit 100 --json");
    }

    private static Command Show() => Shared.Asking("show", "One task.", [Id], async (parsed, calls, cancel) =>
    {
        var task = await calls.GetAsync<TaskView>($"/v1/tasks/{IdOf(parsed)}", cancel).ConfigureAwait(false);
        if (Shared.IsJson(parsed))
        {
            Screen.Write(task);
            return Exits.Ok;
        }
        Screen.Line($"task       {task.Id}");
        Screen.Line($"state      {task.State}" + (task.Reason is { } reason and not "None" ? $" ({reason})" : ""));
        Screen.Line($"requester  {task.Requester}");
        Screen.Line($"limit      {task.PriceLimit}");
        Screen.Line($"submitted  {TimeOf(task.SubmittedAt)}");
        if (task.EndedAt is { } end) Screen.Line($"ended      {TimeOf(end)}");
        if (task.Result is { } result) Screen.Line($"result     {result}");
        if (task.CheatPassPpb is { } chance) Screen.Line($"a cheat passes with {chance / 1e7:0.#######} %");
        return Exits.Ok;
    }, "stun task show 0123456789abcdef0123456789abcdef");

    private static Command Logs()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on while the task runs." };
        var attempt = new Option<string?>("--attempt") { Description = "Only this attempt, like a12." };
        return Shared.Asking("logs", "What the programs of a task wrote.", [Id, follow, attempt],
            async (parsed, calls, cancel) =>
            {
                var asJson = Shared.IsJson(parsed);
                var query = $"?follow={(parsed.GetValue(follow) ? 1 : 0)}"
                    + (parsed.GetValue(attempt) is { } one ? $"&attempt={Uri.EscapeDataString(one)}" : "");
                await TaskFollower.ReadLogsAsync(calls, IdOf(parsed), query, line =>
                {
                    if (asJson) Screen.Line(JsonSerializer.Serialize(line, ApiJson.Default.LogLineView));
                    else
                        foreach (var text in line.Text.TrimEnd('\n').Split('\n'))
                            Screen.Line($"{line.Attempt} {(line.Stream == "errors" ? "!" : "|")} {text}");
                }, cancel).ConfigureAwait(false);
                return Exits.Ok;
            }, "stun task logs 0123456789abcdef0123456789abcdef --follow");
    }

    private static Command Result()
    {
        var outside =
            new Option<string?>("--out") { Description = "Write the files into this folder.", HelpName = "DIR" };
        return Shared.Asking("result", "What came out of a task: its output, or the names of its files.", [Id, outside],
            async (parsed, calls, cancel) =>
            {
                var task = IdOf(parsed);
                var result = await calls.GetAsync<ResultView>($"/v1/tasks/{task}/result", cancel).ConfigureAwait(false);
                if (parsed.GetValue(outside) is { } folder)
                    await ResultFiles.SaveAsync(calls, task, result, folder, cancel).ConfigureAwait(false);
                if (Shared.IsJson(parsed)) Screen.Write(result);
                else await ResultFiles.ShowAsync(calls, task, result, cancel).ConfigureAwait(false);
                return Exits.Ok;
            }, "stun task result 0123456789abcdef0123456789abcdef --out results");
    }

    private static Command Cancel() => Shared.Asking("cancel", "Asks for a task to be cancelled.", [Id],
        async (parsed, calls, cancel) =>
        {
            var task = await calls.PostAsync<TaskView>(
                $"/v1/tasks/{IdOf(parsed)}/cancel?wait=10", new CancelForm(null), cancel).ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(task);
            else
                Screen.Line(task.State switch
                {
                    "cancelled" => $"Task {task.Id} is cancelled.",
                    "complete" or "failed" => $"Task {task.Id} was {task.State} before.",
                    _ => $"Task {task.Id} is {task.State}; that it be cancelled is asked for.",
                });
            return Exits.Ok;
        }, "stun task cancel 0123456789abcdef0123456789abcdef");

    private static Command Why() => Shared.Asking("why", "Why a task is where it is: one story.", [Id],
        async (parsed, calls, cancel) =>
        {
            var why = await calls.GetAsync<WhyView>($"/v1/tasks/{IdOf(parsed)}/why", cancel).ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(why);
            else
                foreach (var line in WhyStory.Lines(why, who => who)) Screen.Line(line);
            return Exits.Ok;
        }, "stun task why 0123456789abcdef0123456789abcdef");

    internal static TaskForm ReadForm(string file)
    {
        try
        {
            var text = file == "-" ? Screen.ReadInput() : File.ReadAllText(file);
            return JsonSerializer.Deserialize(text, ApiJson.Default.TaskForm) ?? throw new JsonException("It is null.");
        }
        catch (JsonException bad)
        {
            var place = bad.LineNumber is { } line ? $"{file}:{line + 1}:{bad.BytePositionInLine + 1}" : file;
            throw new CommandException("task.form", $"{place}: this is no task: {bad.Message.Split(" Path:")[0]}",
                "Look at the schema TaskForm in the node's /v1/openapi.json.", Exits.Usage);
        }
        catch (IOException missing)
        {
            throw new CommandException("task.form", missing.Message, "Look at the name of the file.", Exits.Usage);
        }
    }

    private static string IdOf(ParseResult parsed) => Uri.EscapeDataString(parsed.GetValue(Id)!);

    private static string TimeOf(DateTimeOffset? at) =>
        at?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
