using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>What is to be done for an order, whatever kind of work it names: one image, one command.</summary>
/// <param name="Model">The file that goes in beside the inputs; null where no model is run.</param>
/// <param name="Port">Where the program answers calls; zero where it answers none.</param>
public sealed record WorkPlan(
    Digest Image, string Source, ValueList<string> Command, BlobRef? Model, ushort Port)
{
    /// <summary>What a program is told of its port, so that an image need not agree on one.</summary>
    public const string PortVariable = "STUN_PORT";

    public ValueList<string> Environment => Port == 0 ? [] : [$"{PortVariable}={Port}"];

    /// <exception cref="StorageException">A model's manifest is not to be had, or is none.</exception>
    public static async Task<WorkPlan> OfAsync(TaskSpec spec, Blobs blobs, CancellationToken cancel)
    {
        switch (spec.Work)
        {
            case Work.Image image: return new WorkPlan(image.Digest, image.Source, spec.Command, null, 0);
            case Work.ServedImage service:
                return new WorkPlan(service.Digest, service.Source, spec.Command, null, service.Port);
            case Work.Model model:
                var run = await ManifestAsync(model.Digest, blobs, cancel).ConfigureAwait(false);
                return Of(run, run.Runner.Run, spec.Command, "run", 0);
            case Work.ServedModel model:
                var served = await ManifestAsync(model.Digest, blobs, cancel).ConfigureAwait(false);
                return Of(served, served.Runner.Serve, spec.Command, "serve", served.Runner.Port);
            default: throw new InvariantException("every kind of work is known to the executor");
        }
    }

    private static WorkPlan Of(
        ModelManifest manifest, ValueList<string> command, ValueList<string> more, string act, ushort port)
    {
        var runner = manifest.Runner;
        if (command.Count == 0)
            throw new StorageException("model.manifest", $"The manifest of the model has no command to {act} it.",
                "Register it anew with one.");
        return new WorkPlan(runner.Image, runner.Source, [.. command, .. more], manifest.File, port);
    }

    private static async Task<ModelManifest> ManifestAsync(Digest digest, Blobs blobs, CancellationToken cancel) =>
        await ManifestFile.ReadAsync(blobs, digest, cancel).ConfigureAwait(false)
            ?? throw new StorageException("model.manifest", $"The blob sha256:{digest} is no manifest of a model.",
                "Name a model by the digest that its registration answered.");
}
