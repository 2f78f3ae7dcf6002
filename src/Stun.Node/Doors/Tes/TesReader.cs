using System.Text;
using Stun.Node.Gateway;

namespace Stun.Node.Doors.Tes;

/// <summary>Looks a document over and gathers every fault. What is only foreign to this node is no fault of it.
/// </summary>
internal static class TesReader
{
    /// <summary>Each is a task of its own.</summary>
    public const int ExecutorsMax = 32;

    public const int FilesMax = 4_000, TagsMax = 256, TagBytesMax = 1_024, TextCharsMax = 64 << 10;

    private const int VolumesMax = 64;

    /// <summary>As it is to be kept: without what is the server's to say, and what the server does not understand.
    /// </summary>
    public static TesTask Clean(TesTask task)
    {
        var reader = new FormReader();
        RequireTexts(reader, task);
        RequireExecutors(reader, task);
        RequireFiles(reader, task);
        RequireResources(reader, task.Resources);
        if (reader.Faults.Count > 0) Refuse(reader);
        return task with
        {
            Id = null,
            State = null,
            Logs = null,
            CreationTime = null,
            Inputs = task.Inputs?.Select(input => input with { Type = input.Type ?? "FILE" }).ToList(),
            Outputs = task.Outputs?.Select(output => output with { Type = output.Type ?? "FILE" }).ToList(),
            Tags = task.Tags?.ToDictionary(
                pair => pair.Key, pair => (string?)(pair.Value ?? ""), StringComparer.Ordinal),
            Resources = task.Resources is { BackendParameters: { } given } resources
                ? resources with
                {
                    BackendParameters = BackendParameters.Known(given)
                        .ToDictionary(pair => pair.Key, pair => (string?)pair.Value, StringComparer.Ordinal),
                }
                : task.Resources,
        };
    }

    /// <summary>What the requester should know that is no reason to refuse.</summary>
    public static IReadOnlyList<string> WarningsOf(TesTask task)
    {
        List<string> warnings = [];
        foreach (var key in BackendParameters.Unknown(task.Resources?.BackendParameters).Take(16))
            warnings.Add($"warning: the backend parameter '{Sentence.Short(key)}' is not known here and was left out.");
        foreach (var zone in (task.Resources?.Zones ?? []).Where(zone => !TesOrders.IsRegion(zone)).Take(16))
            warnings.Add($"warning: no region here has a name like '{Sentence.Short(zone)}'; it was left out.");
        return warnings;
    }

    public static void Refuse(FormReader reader)
    {
        var more = reader.Faults.Count == 1 ? "" : $" ({reader.Faults.Count} faults in all)";
        throw new ApiException("tes.invalid", $"{reader.Faults[0].Path}: {reader.Faults[0].Message}{more}")
        {
            Faults = reader.Faults,
        };
    }

    private static void RequireTexts(FormReader reader, TesTask task)
    {
        foreach (var (path, text) in ((string, string?)[])[("name", task.Name), ("description", task.Description)])
            if (text?.Length > TextCharsMax) reader.Refuse(path, $"has more than {TextCharsMax} characters");
        if (task.Name?.Contains('\0') == true) reader.Refuse("name", "has a zero character");
        if (task.Tags?.Count > TagsMax) reader.Refuse("tags", $"are more than {TagsMax}");
        foreach (var (tag, value) in (task.Tags ?? new Dictionary<string, string?>()).Take(TagsMax))
            foreach (var text in (string[])[tag, value ?? ""])
                if (text.Contains('\0')) reader.Refuse($"tags.{Sentence.Short(tag)}", "has a zero character");
                else if (Encoding.UTF8.GetByteCount(text) > TagBytesMax)
                    reader.Refuse($"tags.{Sentence.Short(tag)}", $"has more than {TagBytesMax} bytes");
        if (task.Volumes?.Count > VolumesMax) reader.Refuse("volumes", $"are more than {VolumesMax}");
        foreach (var (index, volume) in (task.Volumes ?? []).Take(VolumesMax).Index())
            RequirePath(reader, $"volumes[{index}]", volume);
    }

    private static void RequireExecutors(FormReader reader, TesTask task)
    {
        if (task.Executors is not { Count: > 0 } executors)
        {
            reader.Refuse("executors", "at least one is needed");
            return;
        }
        if (executors.Count > ExecutorsMax) reader.Refuse("executors", $"are more than {ExecutorsMax}");
        foreach (var (index, executor) in executors.Take(ExecutorsMax).Index())
        {
            var path = $"executors[{index}]";
            if (executor is null)
            {
                reader.Refuse(path, "is null");
                continue;
            }
            if (string.IsNullOrEmpty(executor.Image)) reader.Refuse($"{path}.image", "is missing");
            RequireCommand(reader, path, executor);
            foreach (var (name, file) in ((string, string?)[])
                [("stdin", executor.Stdin), ("stdout", executor.Stdout), ("stderr", executor.Stderr)])
                if (file is { Length: > 0 }) RequireFile(reader, $"{path}.{name}", file);
            if (executor.Workdir is { Length: > 0 } and not "/")
                RequirePath(reader, $"{path}.workdir", executor.Workdir);
        }
    }

    private static void RequireCommand(FormReader reader, string path, TesExecutor executor)
    {
        if (executor.Command is not { Count: > 0 } command)
        {
            reader.Refuse($"{path}.command", "is missing");
            return;
        }
        var words = Launcher.CommandOf(executor);
        if (words.Count > 256)
            reader.Refuse($"{path}.command", $"has, with the environment, {words.Count - 256} words too many");
        foreach (var (index, word) in command.Take(256).Index())
            if (word is null) reader.Refuse($"{path}.command[{index}]", "is null");
            else RequireWord(reader, $"{path}.command[{index}]", word);
        // It would be read as a setting, or as an option, by what starts it.
        if (command[0] is { } program && (program.Length == 0 || program[0] == '-' || program.Contains('=')))
            reader.Refuse($"{path}.command[0]", "is the program: it must not be empty, begin with '-' or have a '='");
        foreach (var (name, value) in executor.Env ?? new Dictionary<string, string?>())
        {
            if (name.Length == 0 || name[0] == '-' || name.Contains('='))
                reader.Refuse($"{path}.env", $"'{Sentence.Short(name)}' is no name of a variable");
            RequireWord(reader, $"{path}.env.{Sentence.Short(name)}", $"{name}={value}");
        }
    }

    private static void RequireWord(FormReader reader, string path, string word)
    {
        if (word.Contains('\0')) reader.Refuse(path, "has a zero character");
        else if (Encoding.UTF8.GetByteCount(word) > WireLimits.TextBytesMax)
            reader.Refuse(path, $"has more than {WireLimits.TextBytesMax} bytes; pass it as an input's content");
    }

    private static void RequireFiles(FormReader reader, TesTask task)
    {
        if (task.Inputs?.Count > FilesMax) reader.Refuse("inputs", $"are more than {FilesMax}");
        if (task.Outputs?.Count > FilesMax) reader.Refuse("outputs", $"are more than {FilesMax}");
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var (index, input) in (task.Inputs ?? []).Take(FilesMax).Index())
        {
            var path = $"inputs[{index}]";
            if (input is null)
            {
                reader.Refuse(path, "is null");
                continue;
            }
            RequireType(reader, path, input.Type);
            RequirePath(reader, $"{path}.path", input.Path);
            if (input.Path is { } at && !seen.Add(TesPaths.Trim(at)))
                reader.Refuse($"{path}.path", "is another's, too");
            if (string.IsNullOrEmpty(input.Content) && string.IsNullOrEmpty(input.Url) && input.Content is null)
                reader.Refuse(path, "has neither url nor content");
            if (input is { Type: "DIRECTORY", Content.Length: > 0 })
                reader.Refuse($"{path}.content", "is a file's; a directory has a url");
        }
        foreach (var (index, output) in (task.Outputs ?? []).Take(FilesMax).Index())
            if (output is null) reader.Refuse($"outputs[{index}]", "is null");
            else RequireOutput(reader, $"outputs[{index}]", output);
    }

    private static void RequireOutput(FormReader reader, string path, TesOutput output)
    {
        RequireType(reader, path, output.Type);
        if (output.Url is null) reader.Refuse($"{path}.url", "is missing");
        if (TesPaths.Fault(output.Path) is { } fault)
        {
            reader.Refuse($"{path}.path", fault);
            return;
        }
        var pattern = PosixPattern.Parse(TesPaths.Trim(output.Path!));
        if (!PosixPattern.IsWild(output.Path!))
        {
            if (output.Type != "DIRECTORY") RequireFile(reader, $"{path}.path", output.Path!);
            return;
        }
        if (pattern.Place.Length == 0) reader.Refuse($"{path}.path", "must begin with a directory without wildcards");
        if (string.IsNullOrEmpty(output.PathPrefix))
            reader.Refuse($"{path}.path_prefix", "is missing, and the path has wildcards");
        else if (!(pattern.Place + "/").StartsWith(TesPaths.Trim(output.PathPrefix), StringComparison.Ordinal))
            reader.Refuse($"{path}.path_prefix", "is no beginning of the path, up to its first wildcard");
    }

    private static void RequireType(FormReader reader, string path, string? type)
    {
        if (type is not (null or "FILE" or "DIRECTORY")) reader.Refuse($"{path}.type", "must be FILE or DIRECTORY");
    }

    private static void RequirePath(FormReader reader, string path, string? text)
    {
        if (TesPaths.Fault(text) is { } fault) reader.Refuse(path, fault);
    }

    /// <summary>One that a program writes, or reads: its directory is made for it.</summary>
    private static void RequireFile(FormReader reader, string path, string text)
    {
        if (TesPaths.Fault(text) is { } fault) reader.Refuse(path, fault);
        else if (text[^1] == '/') reader.Refuse(path, "is a directory");
        else if (TesPaths.ParentOf(text).Length == 0) reader.Refuse(path, "must lie in a directory, not right below /");
    }

    private static void RequireResources(FormReader reader, TesResources? resources)
    {
        if (resources is null) return;
        if (resources.CpuCores is <= 0 or > 100_000) reader.Refuse("resources.cpu_cores", "must be from 1 to 100000");
        if (resources.RamGb is <= 0 or > 1_000_000) reader.Refuse("resources.ram_gb", "must be above 0");
        if (resources.DiskGb is <= 0 or > 1_000_000) reader.Refuse("resources.disk_gb", "must be above 0");
        if (resources.Zones is { } zones && (zones.Count > 32 || zones.Any(zone => zone is null)))
            reader.Refuse("resources.zones", "must be at most 32 names");
        var unknown = BackendParameters.Unknown(resources.BackendParameters);
        if (resources.BackendParametersStrict == true && unknown.Count > 0)
            throw new ApiException("tes.backend-parameter",
                $"resources.backend_parameters: '{Sentence.Short(unknown[0])}' is not known here, and "
                + "backend_parameters_strict is true.");
        BackendParameters.Read(resources.BackendParameters, reader);
    }
}
