using System.Text.Json;

namespace Stun.Node.Telemetry;

public enum LogLevel : byte
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>
/// The log of a node: one JSON object a line, with a code that programs can look for and a sentence for people. It is
/// given ids and sentences only: never a key, never what a task is told or says.
/// </summary>
public sealed class NodeLog(Stream output, LogLevel least, TimeProvider clock)
{
    private readonly Lock gate = new();

    public static NodeLog Silent { get; } = new(Stream.Null, LogLevel.Error, TimeProvider.System);

    /// <param name="name">As <c>telemetry.log-level</c> has it.</param>
    public static LogLevel LevelOf(string name) => name switch
    {
        "debug" => LogLevel.Debug,
        "information" => LogLevel.Info,
        "warning" => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    public bool Keeps(LogLevel level) => level >= least;

    public void Write(LogLevel level, string code, string text, TaskId task = default, Address about = default)
    {
        if (!Keeps(level)) return;
        using var line = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("at", clock.GetUtcNow());
            json.WriteString("level", LevelName(level));
            json.WriteString("code", code);
            json.WriteString("text", text);
            if (task != default) json.WriteString("task", task.ToString());
            // The id of a task is the id of its trace.
            if (task != default) json.WriteString("trace", task.ToString());
            if (!about.IsZero) json.WriteString("about", about.ToString());
            json.WriteEndObject();
        }
        line.WriteByte((byte)'\n');
        // Whole lines, also when threads write at once.
        lock (gate) output.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Debug => "debug",
        LogLevel.Info => "info",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}
