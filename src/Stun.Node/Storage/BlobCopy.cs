using System.Buffers;
using System.Security.Cryptography;

namespace Stun.Node.Storage;

/// <summary>Copies what a stranger sends, with its space reserved before each write.</summary>
internal static class BlobCopy
{
    private const int BufferSize = 256 << 10;

    /// <param name="counted">
    /// Told of each piece before it is written, and of its negative if it could not be; may refuse it by throwing. What
    /// was told stays reserved.
    /// </param>
    public static async Task RunAsync(
        Stream from, FileStream to, BlobShelf shelf, IncrementalHash? hash, Action<int> counted,
        CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await from.ReadAsync(buffer, cancel) is > 0 and var count)
            {
                shelf.Reserve(count);
                try
                {
                    counted(count);
                }
                catch (StorageException)
                {
                    shelf.Return(count);
                    throw;
                }
                hash?.AppendData(buffer.AsSpan(0, count));
                var at = to.Position;
                var error = DiskCalls.WriteAll(to.SafeFileHandle, buffer.AsSpan(0, count), at);
                if (error != 0)
                {
                    shelf.Return(count);
                    counted(-count);
                    BlobFailure.Check(error, "write", to.Name);
                }
                to.Position = at + count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
