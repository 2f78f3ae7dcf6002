using System.Security.Cryptography;
using Stun.Node.Gateway;
using Stun.Node.Secrets;
using Stun.Tee.Release;

namespace Stun.Calls;

/// <summary>The files of a result: shown, or saved and checked against their digests.</summary>
internal static class ResultFiles
{
    private const string StandardOutput = "stdout";

    /// <param name="task">Whose result was asked for.</param>
    public static async Task ShowAsync(NodeCalls calls, string task, ResultView result, CancellationToken cancel)
    {
        result = await CheckedAsync(calls, task, result, cancel).ConfigureAwait(false);
        if (result.Files is [{ Name: StandardOutput }])
        {
            using var response = await calls.OpenAsync(PathOf(result, StandardOutput), null, cancel)
                .ConfigureAwait(false);
            var content = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                using var outputs = SecretOutputs.Find(result.Task);
                var shown = outputs is null ? content
                    : await OpenedAsync(outputs, StandardOutput, content, cancel).ConfigureAwait(false);
                await using (shown.ConfigureAwait(false)) await Screen.CopyAsync(shown, cancel).ConfigureAwait(false);
            }
            return;
        }
        Screen.Table(["FILE", "BYTES", "DIGEST"],
            result.Files.Select(file => (string[])[file.Name, $"{file.Size}", file.Digest]));
    }

    /// <param name="task">Whose result was asked for.</param>
    public static async Task SaveAsync(
        NodeCalls calls, string task, ResultView result, string folder, CancellationToken cancel)
    {
        result = await CheckedAsync(calls, task, result, cancel).ConfigureAwait(false);
        var root = Path.GetFullPath(folder);
        Directory.CreateDirectory(root);
        foreach (var file in result.Files)
        {
            var path = Path.GetFullPath(file.Name, root);
            // A stranger's program has named it.
            if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new CommandException(
                    "result.name", $"The result has a file '{file.Name}', which is outside of {root}.",
                    "Get it alone, through the API, under a name of yours.");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await SaveAsync(calls, result, file, path, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// It is the result of the task that was asked for; and where its inputs were sealed here, its files are those that
    /// were sealed together, all of them.
    /// </summary>
    private static async Task<ResultView> CheckedAsync(
        NodeCalls calls, string task, ResultView result, CancellationToken cancel)
    {
        if (result.Task != task)
            throw new CommandException("result.other", $"The node answered with the result of {result.Task}.",
                "Try again; if it stays so, the node is broken or lies.");
        using var outputs = SecretOutputs.Find(task);
        if (outputs is null) return result;
        var list = result.Files.FirstOrDefault(file => file.Name == SealedOutputs.FileName);
        var files = result.Files.Where(file => file != list).ToList();
        if (list is null || !SealedOutputs.Are(
            await ListAsync(calls, outputs, list, cancel).ConfigureAwait(false),
            [.. files.Select(file => (file.Name, file.Digest))]))
            throw new CommandException("release.list", "The files of the result are not those that were sealed.",
                "Some were left out, or are of another run. Do not use them.");
        return result with { Files = files };
    }

    private static async Task<byte[]> ListAsync(
        NodeCalls calls, OutputOpener outputs, ResultFileView list, CancellationToken cancel)
    {
        using var response = await calls.OpenAsync($"/v1/blobs/{list.Digest}", null, cancel).ConfigureAwait(false);
        var content = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            using var opened = await OpenedAsync(outputs, list.Name, content, cancel).ConfigureAwait(false);
            return opened.ToArray();
        }
    }

    private static async Task SaveAsync(
        NodeCalls calls, ResultView result, ResultFileView file, string path, CancellationToken cancel)
    {
        var next = $"{path}.{Environment.ProcessId}.part";
        try
        {
            await Screen.WithProgressAsync(file.Name, (long)file.Size, async progress =>
            {
                using var response = await calls.OpenAsync(PathOf(result, file.Name), null, cancel)
                    .ConfigureAwait(false);
                var from = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
                var to = File.Create(next);
                await using (from.ConfigureAwait(false))
                await using (to.ConfigureAwait(false))
                    await CopyAsync(from, to, file, progress, cancel).ConfigureAwait(false);
            }).ConfigureAwait(false);
            using var outputs = SecretOutputs.Find(result.Task);
            if (outputs is not null) await OpenAsync(outputs, file.Name, next, cancel).ConfigureAwait(false);
            File.Move(next, path, overwrite: true);
        }
        finally
        {
            File.Delete(next);
        }
    }

    private static async Task CopyAsync(
        Stream from, FileStream to, ResultFileView file, Action<long> progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await from.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count), cancel).ConfigureAwait(false);
            progress(to.Position);
        }
        if ("sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Digest)
            throw new CommandException("result.digest", $"What came as '{file.Name}' is not {file.Digest}.",
                "Try again; if it stays so, the node or what stands before it is broken.");
    }

    /// <summary>In place: what is sealed is replaced by what was in it, once all of it has opened.</summary>
    private static async Task OpenAsync(OutputOpener outputs, string name, string path, CancellationToken cancel)
    {
        var opened = path + ".open";
        try
        {
            var source = File.OpenRead(path);
            var plain = File.Create(opened);
            await using (source.ConfigureAwait(false))
            await using (plain.ConfigureAwait(false))
                await OpenAsync(outputs, name, source, plain, cancel).ConfigureAwait(false);
            File.Move(opened, path, overwrite: true);
        }
        finally
        {
            File.Delete(opened);
        }
    }

    /// <summary>Nothing of it is shown before all of it has opened.</summary>
    private static async Task<MemoryStream> OpenedAsync(
        OutputOpener outputs, string name, Stream source, CancellationToken cancel)
    {
        var plain = new MemoryStream();
        await OpenAsync(outputs, name, source, plain, cancel).ConfigureAwait(false);
        plain.Position = 0;
        return plain;
    }

    private static async Task OpenAsync(
        OutputOpener outputs, string name, Stream source, Stream plain, CancellationToken cancel)
    {
        try
        {
            await outputs.OpenAsync(name, source, plain, cancel).ConfigureAwait(false);
        }
        catch (KeyReleaseException refused)
        {
            throw new CommandException(refused.Code, $"The output '{name}' does not open: {refused.Message}",
                "It is not what the provider sealed where your inputs opened. Do not use it.");
        }
    }

    private static string PathOf(ResultView result, string name) =>
        $"/v1/tasks/{result.Task}/result/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
}
