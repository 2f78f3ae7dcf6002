using Stun.Engine.Verification;

namespace Stun.Node.Storage;

/// <summary>
/// Compares results file by file: the same names, and each file the same under the comparator. What cannot be read is
/// like nothing else.
/// </summary>
public sealed class StoredResults(Blobs blobs) : IResults
{
    public async Task<Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel)
    {
        var against = await ManifestAsync(compare.Against, cancel).ConfigureAwait(false);
        List<bool> same = [];
        foreach (var result in compare.Results.Span.ToArray())
            same.Add(result == compare.Against
                || (against is not null && await IsSameAsync(compare, against, result, cancel).ConfigureAwait(false)));
        return new Answer.Checked(ValueList.From(same));
    }

    private async Task<bool> IsSameAsync(
        Ask.Compare compare, ResultManifest against, Digest result, CancellationToken cancel)
    {
        if (compare.Comparator is Comparator.Bytes) return false;
        if (await ManifestAsync(result, cancel).ConfigureAwait(false) is not { } other) return false;
        if (other.Files.Count != against.Files.Count) return false;
        for (var index = 0; index < other.Files.Count; index++)
        {
            var (left, right) = (against.Files[index], other.Files[index]);
            if (left.Name != right.Name) return false;
            if (left.Digest == right.Digest) continue;
            var one = await ContentAsync(left, cancel).ConfigureAwait(false);
            var two = await ContentAsync(right, cancel).ConfigureAwait(false);
            if (one is null || two is null || !Comparison.Same(compare.Comparator, one, two)) return false;
        }
        return true;
    }

    private async Task<byte[]?> ContentAsync(ResultFile file, CancellationToken cancel)
    {
        try
        {
            return await blobs.ReadAsync(file.Digest, Comparison.SizeMax, cancel).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    public async Task<ResultManifest?> ManifestAsync(Digest result, CancellationToken cancel)
    {
        try
        {
            var bytes = await blobs.ReadAsync(result, WireLimits.MessageBytesMax, cancel).ConfigureAwait(false);
            return bytes is null ? null : ProtocolWire.DecodeResultManifest(bytes);
        }
        catch (Exception unreadable) when (unreadable is StorageException or WireException)
        {
            return null;
        }
    }
}
