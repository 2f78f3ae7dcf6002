using System.Security.Cryptography;
using Stun.Node.Gateway;

namespace Stun.Calls;

/// <summary>The files of a result: shown, or saved and checked against their digests.</summary>
internal static class ResultFiles
{
    private const string StandardOutput = "stdout";

    public static async Task ShowAsync(NodeCalls calls, ResultView result, CancellationToken cancel)
    {
        if (result.Files is [{ Name: StandardOutput }])
        {
            using var response = await calls.OpenAsync(PathOf(result, StandardOutput), null, cancel)
                .ConfigureAwait(false);
            var content = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await using (content.ConfigureAwait(false)) await Screen.CopyAsync(content, cancel).ConfigureAwait(false);
            return;
        }
        Screen.Table(["FILE", "BYTES", "DIGEST"],
            result.Files.Select(file => (string[])[file.Name, $"{file.Size}", file.Digest]));
    }

    public static async Task SaveAsync(NodeCalls calls, ResultView result, string folder, CancellationToken cancel)
    {
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

    private static string PathOf(ResultView result, string name) =>
        $"/v1/tasks/{result.Task}/result/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
}
