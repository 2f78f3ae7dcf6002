using Stun.Node.Serving;

namespace Stun.Node.Gateway;

/// <summary>
/// Makes a manifest of a form, and completes orders of models by their manifests: who made a model is what its manifest
/// says, whatever an order says, or its creator would be paid by the politeness of others.
/// </summary>
public sealed class ModelDesk(ModelRegistry registry, ServingSettings settings)
{
    private const int NameBytesMax = 128, WordsMax = 128;

    /// <summary>An order bounds it anyway; this keeps sums in their range.</summary>
    private const long RunSecondsMax = 30 * 86_400;

    /// <param name="sizeOf">Of a blob; null where it is not here.</param>
    public ModelManifest Read(ModelForm form, Address account, Func<Digest, long?> sizeOf)
    {
        var reader = new FormReader();
        if (string.IsNullOrWhiteSpace(form.Name)) reader.Refuse("name", "is missing");
        else if (System.Text.Encoding.UTF8.GetByteCount(form.Name) > NameBytesMax || form.Name.Any(char.IsControl))
            reader.Refuse("name", $"must have at most {NameBytesMax} bytes, none of them a control");
        var format = reader.Choice("format", form.Format, ModelFormat.Other);
        var file = reader.Digest("file.digest", form.File?.Digest);
        var called = form.File?.Name ?? "model." + format.ToString().ToLowerInvariant();
        if (called.Length is 0 or > 255 || called.Contains('/') || called.Any(char.IsControl))
            reader.Refuse("file.name", "must be 1 to 255 characters without slashes and controls");
        var creator = form.Creator is { } who ? reader.Address("creator", who) : account;
        var runner = form.Runner is { } own ? RunnerOf(reader, own) : null;
        var needs = OrderDesk.ResourcesOf(reader, form.Needs ?? new ResourcesForm(), "needs");
        reader.ThrowIfRefused();
        runner ??= settings.Runners.GetValueOrDefault(format) ?? throw new ApiException("model.no-runner",
            $"This node has no runner for {format.ToString().ToLowerInvariant()}, and the model names none.");
        var size = sizeOf(file)
            ?? throw new ApiException("blob.unknown", $"The model's file, sha256:{file}, is not here.");
        return new ModelManifest(
            form.Name!, format, new BlobRef(file, (ulong)size, called), creator, runner, needs);
    }

    /// <summary>What a form of a model left out is as its manifest says.</summary>
    public async Task<TaskOrder> CompleteAsync(TaskOrder order, TaskForm form, CancellationToken cancel)
    {
        if (order.Spec.Work is not (Work.Model or Work.ServedModel)) return order;
        var manifest = await ManifestAsync(order.Spec.Work, cancel).ConfigureAwait(false);
        if (form.ModelCreator is null) order = order with { ModelCreator = manifest.Creator };
        if (form.RunTimeMaxSeconds is null && manifest.Runner.RunTimeMax > Duration.Zero
            && order.Spec.Work is Work.Model) order = order with { RunTimeMax = manifest.Runner.RunTimeMax };
        if (form.Resources is null) order = order with { Spec = order.Spec with { Resources = manifest.Needs } };
        Require(order, manifest);
        return order;
    }

    /// <summary>For an order that its requester signed, and that nobody can mend any more.</summary>
    public async Task RequireAsync(TaskOrder order, CancellationToken cancel)
    {
        if (order.Spec.Work is Work.Model or Work.ServedModel)
            Require(order, await ManifestAsync(order.Spec.Work, cancel).ConfigureAwait(false));
    }

    public async Task<ModelManifest> ManifestAsync(Work work, CancellationToken cancel)
    {
        var digest = work switch
        {
            Work.Model model => model.Digest,
            Work.ServedModel model => model.Digest,
            _ => throw new InvariantException("only a model has a manifest"),
        };
        return await registry.ManifestAsync(digest, cancel).ConfigureAwait(false)
            ?? throw new ApiException("model.unknown", $"There is no manifest of a model sha256:{digest} here.");
    }

    private static void Require(TaskOrder order, ModelManifest manifest)
    {
        if (order.ModelCreator != manifest.Creator)
            throw new ApiException("model.other-creator",
                $"The order names {order.ModelCreator} as the creator, the model's manifest {manifest.Creator}.");
        if (order.Spec.Work is Work.Model && manifest.Runner.Run.Count == 0)
            throw new ApiException("model.not-run", "The model's manifest has no command to run it with.");
        if (order.Spec.Work is Work.ServedModel && manifest.Runner.Serve.Count == 0)
            throw new ApiException("model.not-served", "The model's manifest has no command to serve it with.");
    }

    private static ModelRunner RunnerOf(FormReader reader, RunnerForm form)
    {
        var image = OrderDesk.ImageOf(reader, "runner.image", form.Image);
        var run = OrderDesk.Texts(reader, "runner.run", form.Run, WordsMax, WireLimits.TextBytesMax);
        var serve = OrderDesk.Texts(reader, "runner.serve", form.Serve, WordsMax, WireLimits.TextBytesMax);
        if (form.Run is not { Count: > 0 } && form.Serve is not { Count: > 0 })
            reader.Refuse("runner.run", "give a command to run, to serve, or both");
        if (form.Serve is { Count: > 0 } && form.Port is null or 0)
            reader.Refuse("runner.port", "is missing: where it serves");
        if (form.RunTimeMaxSeconds is < 0 or > RunSecondsMax)
            reader.Refuse("runner.run_time_max_seconds", $"must be 0 to {RunSecondsMax}");
        var longest = Duration.Seconds(Math.Clamp(form.RunTimeMaxSeconds ?? 0, 0, RunSecondsMax));
        return new ModelRunner(image.Digest, image.Source, run, serve, form.Port ?? 0, longest);
    }
}
