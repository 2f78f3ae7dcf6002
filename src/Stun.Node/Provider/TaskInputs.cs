using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>
/// The inputs of a task as files of this machine, kept while this is held. An input whose name ends with a slash is a
/// whole result: its blob is a manifest, and the files of that lie in this directory. At <c>/</c> lie those with
/// absolute names, where they were; so one task goes on with what another has left.
/// </summary>
internal sealed class TaskInputs(Blobs blobs) : IAsyncDisposable
{
    private readonly List<FileStream> held = [];
    private readonly List<InputFile> files = [];

    public ValueList<InputFile> Files => [.. files];

    public async Task AddAsync(ValueList<BlobRef> inputs, CancellationToken stop)
    {
        foreach (var input in inputs.Span.ToArray())
            if (input.Name.EndsWith('/')) await AddResultAsync(input, stop).ConfigureAwait(false);
            else await AddAsync(input.Name, input.Digest, stop).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in held) await file.DisposeAsync().ConfigureAwait(false);
    }

    /// <returns>How many bytes it has.</returns>
    public async Task<long> AddAsync(string name, Digest digest, CancellationToken stop)
    {
        held.Add(await blobs.OpenFileAsync(digest, stop).ConfigureAwait(false));
        files.Add(new InputFile(name, held[^1].Name));
        return held[^1].Length;
    }

    private async Task AddResultAsync(BlobRef input, CancellationToken stop)
    {
        var manifest = await new StoredResults(blobs).ManifestAsync(input.Digest, stop).ConfigureAwait(false)
            ?? throw new ExecutionException("run.input-result",
                $"The input '{TerminalText.OfName(input.Name)}' is no manifest of a result, or is not here.",
                "End the name with a slash only for the digest of a result.");
        foreach (var file in manifest.Files.Span.ToArray())
        {
            var isAbsolute = file.Name.StartsWith('/');
            if (input.Name == "/" && isAbsolute) await AddAsync(file.Name, file.Digest, stop).ConfigureAwait(false);
            else if (input.Name != "/" && !isAbsolute)
                await AddAsync(input.Name + file.Name, file.Digest, stop).ConfigureAwait(false);
        }
    }
}
