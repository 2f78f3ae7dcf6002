namespace Stun.Protocol;

/// <summary>
/// What came out of a task, by name. The digest of a result is the SHA-256 of this record's canonical form, so that
/// everybody who gets the same files gets the same result.
/// </summary>
/// <param name="Files">In rising order of their names. Where a task names no outputs: what it wrote to its standard
/// output, as "stdout".</param>
[Wire]
public sealed record ResultManifest([property: AtMost(4096)] ValueList<ResultFile> Files)
{
    public const string StandardOutput = "stdout";
}

/// <param name="Digest">SHA-256 of the content, which is a blob.</param>
public sealed record ResultFile([property: AtMost(1024)] string Name, Digest Digest, ulong Size);
