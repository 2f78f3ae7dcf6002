using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stun.Execution.Containers;

/// <summary>
/// What lies beside a container so that the next life of this host knows whose it was. Without a name it was waiting
/// for a task and is no loss.
/// </summary>
internal sealed record RunRecord(string? Name, long StartedAtMicros)
{
    private const string FileName = "run.json";

    public void Write(string directory)
    {
        // Replaced in one step: a host killed in the middle leaves the old one or the new one.
        var next = Path.Combine(directory, FileName + ".next");
        File.WriteAllText(next, JsonSerializer.Serialize(this, RunRecordJson.Default.RunRecord));
        File.Move(next, Path.Combine(directory, FileName), overwrite: true);
    }

    public static RunRecord? Read(string directory)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, FileName));
            return JsonSerializer.Deserialize(text, RunRecordJson.Default.RunRecord);
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunRecordJson : JsonSerializerContext;
