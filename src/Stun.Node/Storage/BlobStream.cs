namespace Stun.Node.Storage;

/// <summary>A blob that is being read: seekable, and kept from collection until it is closed.</summary>
internal sealed class BlobStream(string path, Action closed)
    : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
{
    private int isClosed;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref isClosed, 1) == 0) closed();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Interlocked.Exchange(ref isClosed, 1) == 0) closed();
    }
}
