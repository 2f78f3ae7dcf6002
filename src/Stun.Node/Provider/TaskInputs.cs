using Stun.Execution;
using Stun.Execution.Containers;
using Stun.Node.Storage;

namespace Stun.Node.Provider;

/// <summary>
/// The inputs of a task as files of this machine, kept while this is held. An input whose name ends with a slash is a
/// whole result: its blob is a manifest, and the files of that lie in this directory. At <c>/</c> lie those with
/// absolute names, where they were; so one task goes on with what another has left.
/// </summary>
/// <param name="resultBytesMax">Of all files that come by manifests: some bytes of an order can name very many.</param>
internal sealed class TaskInputs(Blobs blobs, ulong resultBytesMax) : IAsyncDisposable
{
    /// <summary>Each is an open file, and two hundred manifests of four thousand would be all that a process may have.
    /// </summary>
    public const int FilesMax = 4_096;

    private readonly Dictionary<Digest, FileStream> held = [];
    private readonly List<InputFile> files = [];
    private ulong resultBytes;

    public ValueList<InputFile> Files => [.. files];

    /// <summary>Files that are kept open: the same content is so once, however many names it has.</summary>
    public int HeldCount => held.Count;

    public async Task AddAsync(ValueList<BlobRef> inputs, CancellationToken stop)
    {
        foreach (var input in inputs.Span.ToArray())
            if (input.Name.EndsWith('/')) await AddResultAsync(input, stop).ConfigureAwait(false);
            else await AddAsync(input.Name, input.Digest, stop).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var file in held.Values) await file.DisposeAsync().ConfigureAwait(false);
    }

    /// <returns>How many bytes it has.</returns>
    public async Task<long> AddAsync(string name, Digest digest, CancellationToken stop)
    {
        if (files.Count >= FilesMax)
            throw new ExecutionException("run.inputs-too-many",
                $"The inputs, with the files of whole results, are more than {FilesMax}.",
                "Put many files into one archive.");
        if (!held.TryGetValue(digest, out var file))
            held[digest] = file = await blobs.OpenFileAsync(digest, stop).ConfigureAwait(false);
        files.Add(new InputFile(name, file.Name));
        return file.Length;
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
            if (isAbsolute != (input.Name == "/")) continue;
            // By its own word before it is fetched, and by its length once it is here.
            RequireRoom(file.Size);
            var name = isAbsolute ? file.Name : input.Name + file.Name;
            var size = (ulong)await AddAsync(name, file.Digest, stop).ConfigureAwait(false);
            RequireRoom(size);
            resultBytes += size;
        }
    }

    private void RequireRoom(ulong size)
    {
        if (size > resultBytesMax - resultBytes)
            throw new ExecutionException("run.inputs-too-large",
                $"The files of the whole results among the inputs are more than {resultBytesMax} bytes, the task's "
                + "disk.", "Ask for more disk.");
    }
}
