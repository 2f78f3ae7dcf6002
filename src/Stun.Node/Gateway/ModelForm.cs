using Stun.Node.Serving;

namespace Stun.Node.Gateway;

/// <summary>A model as the API takes it. Its file was uploaded before, as a blob.</summary>
public sealed record ModelForm
{
    public string? Name { get; init; }

    /// <summary>pth, torchscript, onnx, gguf or other.</summary>
    public string? Format { get; init; }
    public ModelFileForm? File { get; init; }

    /// <summary>Who gets the creator's share; the account that registers it if left out.</summary>
    public string? Creator { get; init; }

    /// <summary>The node's own for the format if left out.</summary>
    public RunnerForm? Runner { get; init; }
    public ResourcesForm? Needs { get; init; }
}

/// <param name="Name">What people call the file; a container always finds it at /in/model.</param>
public sealed record ModelFileForm(string? Digest, string? Name);

/// <param name="Image">Where the image is and its digest, as a task names it.</param>
/// <param name="Run">The command of a task follows it.</param>
/// <param name="Serve">Answers HTTP on the port, which it is told as STUN_PORT.</param>
public sealed record RunnerForm(
    string? Image, IReadOnlyList<string>? Run, IReadOnlyList<string>? Serve, ushort? Port)
{
    /// <summary>The longest that a run takes, where an order does not say it.</summary>
    public long? RunTimeMaxSeconds { get; init; }
}

public sealed record ModelView(
    string Digest, string Name, string Format, ModelFileView File, string Creator, string Owner,
    DateTimeOffset RegisteredAt, RunnerView Runner, ResourcesForm Needs)
{
    public static ModelView Of(RegisteredModel model)
    {
        var (manifest, runner) = (model.Manifest, model.Manifest.Runner);
        var source = runner.Source.Length == 0 ? "" : runner.Source + "@";
        return new ModelView(
            $"sha256:{model.Digest}", manifest.Name, manifest.Format.ToString().ToLowerInvariant(),
            new ModelFileView($"sha256:{manifest.File.Digest}", manifest.File.Name, manifest.File.Size),
            manifest.Creator.ToString(), model.Owner.ToString(), WallTime.Time(model.RegisteredAt),
            new RunnerView($"{source}sha256:{runner.Image}", [.. runner.Run], [.. runner.Serve], runner.Port,
                runner.RunTimeMax == Duration.Zero ? null : (long)runner.RunTimeMax.SecondsStarted),
            NeedsOf(manifest.Needs));
    }

    internal static ResourcesForm NeedsOf(Resources needs) => new()
    {
        GpuCount = needs.GpuCount,
        GpuModel = needs.GpuModel.ToString(),
        GpuMemoryMib = needs.GpuMemoryMiB,
        ComputeCapability = $"{needs.ComputeCapability / 10}.{needs.ComputeCapability % 10}",
        CpuMillis = needs.CpuMillis,
        MemoryMib = needs.MemoryMiB,
        DiskMib = needs.DiskMiB,
        Regions = [.. needs.Regions.Span.ToArray().Select(region => region.ToString())],
        Nodes = needs.Nodes,
    };
}

public sealed record ModelFileView(string Digest, string Name, ulong Size);

public sealed record RunnerView(
    string Image, IReadOnlyList<string> Run, IReadOnlyList<string> Serve, ushort Port, long? RunTimeMaxSeconds);

/// <param name="Cursor">Asks for the next page; missing at the end.</param>
public sealed record ModelPage(IReadOnlyList<ModelView> Models, string? Cursor);
