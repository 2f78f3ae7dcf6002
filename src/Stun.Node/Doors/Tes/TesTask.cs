using System.Text.Json.Serialization;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>A task as GA4GH TES 1.1 has it, in both directions. The names are the standard's.</summary>
public sealed record TesTask
{
    public string? Id { get; init; }
    public string? State { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }
    public IReadOnlyList<TesInput>? Inputs { get; init; }
    public IReadOnlyList<TesOutput>? Outputs { get; init; }
    public TesResources? Resources { get; init; }
    public IReadOnlyList<TesExecutor>? Executors { get; init; }
    public IReadOnlyList<string>? Volumes { get; init; }
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }
    public IReadOnlyList<TesTaskLog>? Logs { get; init; }
    public string? CreationTime { get; init; }
}

public sealed record TesInput
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string? Url { get; init; }
    public string? Path { get; init; }

    /// <summary>Some clients send null.</summary>
    public string? Type { get; init; }
    public string? Content { get; init; }
    public bool? Streamable { get; init; }
}

public sealed record TesOutput
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public string? Url { get; init; }
    public string? Path { get; init; }
    public string? PathPrefix { get; init; }
    public string? Type { get; init; }
}

public sealed record TesResources
{
    public int? CpuCores { get; init; }
    public bool? Preemptible { get; init; }
    public decimal? RamGb { get; init; }
    public decimal? DiskGb { get; init; }
    public IReadOnlyList<string>? Zones { get; init; }
    public IReadOnlyDictionary<string, string?>? BackendParameters { get; init; }
    public bool? BackendParametersStrict { get; init; }
}

public sealed record TesExecutor
{
    public string? Image { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
    public string? Workdir { get; init; }
    public string? Stdin { get; init; }
    public string? Stdout { get; init; }
    public string? Stderr { get; init; }
    public IReadOnlyDictionary<string, string?>? Env { get; init; }
    public bool? IgnoreError { get; init; }
}

public sealed record TesTaskLog
{
    public IReadOnlyList<TesExecutorLog>? Logs { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public string? StartTime { get; init; }
    public string? EndTime { get; init; }
    public IReadOnlyList<TesOutputFileLog>? Outputs { get; init; }
    public IReadOnlyList<string>? SystemLogs { get; init; }
}

public sealed record TesExecutorLog
{
    public string? StartTime { get; init; }
    public string? EndTime { get; init; }
    public string? Stdout { get; init; }
    public string? Stderr { get; init; }
    public int? ExitCode { get; init; }
}

/// <param name="SizeBytes">A number, as text: the standard has it so.</param>
public sealed record TesOutputFileLog(string Url, string Path, string SizeBytes);

public sealed record TesCreated(string Id);

public sealed record TesCancelled;

public sealed record TesPage(IReadOnlyList<TesTask> Tasks, string? NextPageToken);

public sealed record TesServiceInfo(
    string Id, string Name, TesServiceType Type, string Description, TesOrganization Organization, string Version,
    IReadOnlyList<string> Storage)
{
    [JsonPropertyName("tesResources_backend_parameters")]
    public required IReadOnlyList<string> BackendParameters { get; init; }
}

public sealed record TesServiceType(string Group, string Artifact, string Version);

public sealed record TesOrganization(string Name, string Url);

/// <summary>What a refused request is answered with.</summary>
/// <param name="Code">Stable, of api/errors.yaml.</param>
public sealed record TesProblem(
    int StatusCode, string Msg, string Code, string Cure, IReadOnlyList<FormFault>? Errors);

/// <summary>A file that came out, as the book keeps it.</summary>
public sealed record TesKept(string Path, string Digest, ulong Size);

/// <summary>What the standard does not name is passed over: clients send more than it has.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = JsonBody.DepthMax)]
[JsonSerializable(typeof(TesTask))]
[JsonSerializable(typeof(TesCreated))]
[JsonSerializable(typeof(TesCancelled))]
[JsonSerializable(typeof(TesPage))]
[JsonSerializable(typeof(TesServiceInfo))]
[JsonSerializable(typeof(TesProblem))]
[JsonSerializable(typeof(IReadOnlyList<TesKept>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
public sealed partial class TesJson : JsonSerializerContext;

/// <summary>The states of the standard that a task here can be in.</summary>
internal static class TesState
{
    public const string Queued = "QUEUED", Initializing = "INITIALIZING", Running = "RUNNING",
        Complete = "COMPLETE", ExecutorError = "EXECUTOR_ERROR", SystemError = "SYSTEM_ERROR",
        Canceling = "CANCELING", Canceled = "CANCELED";

    /// <summary>All that may be asked for.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "UNKNOWN", Queued, Initializing, Running, "PAUSED", Complete, ExecutorError, SystemError, Canceled,
        "PREEMPTED", Canceling,
    ];

    public static bool IsEnd(string state) => state is Complete or ExecutorError or SystemError or Canceled;
}
