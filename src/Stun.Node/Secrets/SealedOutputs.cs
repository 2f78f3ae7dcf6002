using System.Text.Json;
using Stun.Execution;

namespace Stun.Node.Secrets;

/// <summary>
/// Which files a sealed run has made, by their sealed bytes: itself sealed, so that nobody leaves out one of them, or
/// puts together files of two runs.
/// </summary>
public sealed record SealedOutputs(ValueList<ResultFile> Files)
{
    /// <summary>No output of a program has this name: it is not below <c>/out</c>.</summary>
    public const string FileName = "/sealed-outputs.json";

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(
        Files.Span.ToArray().ToDictionary(file => file.Name, file => $"{file.Digest}", StringComparer.Ordinal));

    /// <summary>Whether the files are these, and no other.</summary>
    public static bool Are(ReadOnlySpan<byte> json, IReadOnlyList<(string Name, string Digest)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        try
        {
            var listed = JsonSerializer.Deserialize<Dictionary<string, string>>(json);
            return listed is not null && listed.Count == files.Count && files.All(
                file => listed.TryGetValue(file.Name, out var digest) && $"sha256:{digest}" == file.Digest);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
