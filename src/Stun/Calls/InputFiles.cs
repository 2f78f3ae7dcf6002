using System.Security.Cryptography;
using Stun.Node.Gateway;

namespace Stun.Calls;

/// <summary>Inputs of a task, brought to the node under their digests.</summary>
internal static class InputFiles
{
    /// <summary>NAME=FILE.</summary>
    public static (string Name, string Path) Parse(string input)
    {
        var sign = input.IndexOf('=');
        if (sign < 1) throw CommandException.Usage($"--input {input} has no name.", "Write --input NAME=FILE.");
        return (input[..sign], input[(sign + 1)..]);
    }

    /// <param name="content">From its beginning.</param>
    public static async Task<InputForm> UploadAsync(
        NodeCalls calls, string name, Stream content, CancellationToken cancel)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(
            await SHA256.HashDataAsync(content, cancel).ConfigureAwait(false));
        content.Position = 0;
        if (!await calls.HasBlobAsync(digest, cancel).ConfigureAwait(false))
            await Screen.WithProgressAsync(name, content.Length,
                progress => calls.PutBlobAsync(digest, content, progress, cancel)).ConfigureAwait(false);
        return new InputForm(name, digest, (ulong)content.Length);
    }
}
