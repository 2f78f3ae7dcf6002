using System.Security.Cryptography;
using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Node.Provider;
using Stun.Node.Storage;
using Stun.Tee.Release;

namespace Stun.Node.Secrets;

/// <summary>
/// One run of what is sealed: opened into memory, run there, sealed before it leaves. The disk sees what is sealed and
/// nothing else; what the program prints is seen by nobody but as a sealed result.
/// </summary>
/// <remarks>
///   sealed blobs ─► folder in memory ─► container whose space is in memory ─► folder in memory ─► sealed blobs
/// </remarks>
internal sealed class SealedRun(Workshop workshop, Blobs blobs, SecretPlace place)
{
    public async Task<RunOutcome> RunAsync(ExecutionRequest request, CancellationToken stop)
    {
        var spec = request.Order.Order.Spec;
        RequireMemory(spec.Resources);
        var json = await blobs.ReadAsync(spec.Seal, SealedTask.BytesMax, stop).ConfigureAwait(false)
            ?? throw new ExecutionException("secret.seal-invalid", "The input 'seal' is too long.",
                "Let 'stun run --secret' make it.");
        var seal = SealedTask.Parse(json);
        using var folder = MemoryFolder.Make(
            Path.Combine(workshop.SecretGround, request.Name),
            ((long)spec.Resources.DiskMiB << 20) * (SealedMemory.Spaces - 1));
        using var files = BlobStore.Open(Path.Combine(folder.Path, "blobs"), BlobLimits.Default);
        var inMemory = new Blobs(new SmallBlobs(null), files, new OpenBlobs(blobs), _ => null);
        var opened = await OpenInputsAsync(spec, seal, folder, files, stop).ConfigureAwait(false);
        var outputs = new OutputSealer([.. opened.Select(each => each.Opened)]);
        var plain = request with
        {
            Order = request.Order with
            {
                Order = request.Order.Order with
                {
                    Spec = spec with { Inputs = [.. opened.Select(each => each.Input)] },
                },
            },
        };
        // What a program writes to its logs would be read by whoever keeps them.
        var outcome = await workshop.Executor(inMemory, folder).RunAsync(plain, (_, _) => { }, stop)
            .ConfigureAwait(false);
        if (outcome is RunOutcome.Failed failed) return Silenced(failed);
        if (outcome is not RunOutcome.Done done) return outcome;
        return done with { Result = await SealAsync(outputs, inMemory, done.Result, stop).ConfigureAwait(false) };
    }

    /// <summary>
    /// Messages of what runs may hold names and digests of what is open. The exit code is the program's own to choose.
    /// </summary>
    private static RunOutcome.Failed Silenced(RunOutcome.Failed failed) => failed.Reason == RunFailure.ExitCode
        ? failed : new RunOutcome.Failed(failed.Reason, $"A sealed run ended: {failed.Reason}.");

    /// <summary>Everything of it lies in the memory that was asked for.</summary>
    private static void RequireMemory(Resources asked)
    {
        if (SealedMemory.IsEnough(asked)) return;
        throw new ExecutionException("secret.memory",
            $"A task with sealed inputs keeps its {asked.DiskMiB} MiB of disk in memory, {SealedMemory.Spaces} times: "
            + $"{asked.MemoryMiB} MiB of memory do not do.",
            $"Ask for at least {SealedMemory.MiBMin(asked)} MiB of memory, and for 1 MiB of disk or more.");
    }

    /// <summary>Folders and containers are kept from swapping; this process, which opens and seals, is not.</summary>
    private static void RequireNoSwap(Protection protection)
    {
        if (protection == Protection.Hardware && MemoryFolder.HasSwap())
            throw new ExecutionException("secret.swap", "This machine swaps, so what is secret could come to its disk.",
                "Turn swapping off: swapoff -a.");
    }

    private async Task<List<(BlobRef Input, OpenedInput Opened)>> OpenInputsAsync(
        TaskSpec spec, SealedTask seal, MemoryFolder folder, BlobStore files, CancellationToken stop)
    {
        var binding = seal.Binding(spec);
        OpenedInput? last = null;
        List<(BlobRef Input, OpenedInput Opened)> inputs = [];
        foreach (var input in spec.Inputs.Span.ToArray())
        {
            if (input.Name == TaskSpec.SealName) continue;
            var path = Path.Combine(folder.Path, $"opening-{inputs.Count}");
            var source = await blobs.OpenFileAsync(input.Digest, stop).ConfigureAwait(false);
            var plain = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
            await using (source.ConfigureAwait(false))
            await using (plain.ConfigureAwait(false))
            {
                last = await place.OpenInputAsync(
                    source, plain, new SealContext(binding, input.Name, seal.ReplyKey), last, stop)
                    .ConfigureAwait(false);
                RequireNoSwap(last.Protection);
                plain.Position = 0;
                var digest = Digest.Read(await SHA256.HashDataAsync(plain, stop).ConfigureAwait(false));
                plain.Position = 0;
                await files.PutAsync(plain, digest, stop).ConfigureAwait(false);
                inputs.Add((new BlobRef(digest, (ulong)plain.Length, input.Name), last));
            }
            File.Delete(path);
        }
        return inputs;
    }

    private async Task<Digest> SealAsync(
        OutputSealer outputs, Blobs inMemory, Digest result, CancellationToken stop)
    {
        var manifest = await new StoredResults(inMemory).ManifestAsync(result, stop).ConfigureAwait(false)
            ?? throw new ExecutionException("secret.result", "The run left no result.", "Run it again.");
        List<ResultFile> files = [];
        foreach (var file in manifest.Files.Span.ToArray())
            files.Add(await SealAsync(file, outputs, inMemory, stop).ConfigureAwait(false));
        var list = new SealedOutputs([.. files]).Encode();
        var listed = new ResultFile(
            SealedOutputs.FileName, await inMemory.KeepAsync(list, stop).ConfigureAwait(false), (ulong)list.Length);
        files.Add(await SealAsync(listed, outputs, inMemory, stop).ConfigureAwait(false));
        return await blobs.KeepAsync(ProtocolWire.Encode(new ResultManifest(ValueList.From(files))), stop)
            .ConfigureAwait(false);
    }

    private async Task<ResultFile> SealAsync(
        ResultFile file, OutputSealer outputs, Blobs inMemory, CancellationToken stop)
    {
        var path = Path.Combine(workshop.SecretGround, $"{Guid.NewGuid():n}.sealed");
        try
        {
            return await SealAsync(file, outputs, inMemory, path, stop).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<ResultFile> SealAsync(
        ResultFile file, OutputSealer outputs, Blobs inMemory, string path, CancellationToken stop)
    {
        var plain = await inMemory.OpenFileAsync(file.Digest, stop).ConfigureAwait(false);
        await using (plain.ConfigureAwait(false))
        {
            var destination = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
            await using (destination.ConfigureAwait(false))
            {
                await outputs.SealAsync(file.Name, plain, destination, stop).ConfigureAwait(false);
                destination.Position = 0;
                var digest = Digest.Read(await SHA256.HashDataAsync(destination, stop).ConfigureAwait(false));
                var size = (ulong)destination.Length;
                await destination.FlushAsync(stop).ConfigureAwait(false);
                await blobs.KeepFileAsync(path, digest, stop).ConfigureAwait(false);
                return new ResultFile(file.Name, digest, size);
            }
        }
    }

    /// <summary>What is not sealed, such as an image, comes from where it always does; nothing goes back.</summary>
    private sealed class OpenBlobs(Blobs open) : IBlobPeer
    {
        public async Task<Stream> FetchAsync(Digest digest, CancellationToken cancel) =>
            await open.OpenFileAsync(digest, cancel).ConfigureAwait(false);

        public Task GiveAsync(Digest digest, Func<Stream> open, CancellationToken cancel) => Task.CompletedTask;
    }
}
