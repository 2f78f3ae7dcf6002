using Stun.Node.Gateway;
using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <summary>Writes the answers of a batch into files of its account.</summary>
internal sealed class BatchOutput(DoorPlan plan, BatchBook book, FileBook files)
{
    private const int Page = 500;

    /// <summary>Answers are read together up to here; one that is larger is read alone.</summary>
    private const long PageBytesMax = 4 << 20;

    /// <summary>Whoever wants them longer takes them home: nobody else would ever remove them.</summary>
    private static readonly Duration KeptFor = Duration.Seconds(30 * 86_400);

    private readonly BlobLedger ledger = new(plan.Database);

    /// <returns>The id of the file; null where there is nothing to write.</returns>
    public async Task<string?> WriteAsync(StoredBatch batch, bool isError, CancellationToken stop)
    {
        var scratch = new FileStream(Path.GetTempFileName(), new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        });
        await using (scratch.ConfigureAwait(false))
        {
            await FillAsync(scratch, batch.Id, isError, stop).ConfigureAwait(false);
            if (scratch.Length == 0) return null;
            scratch.Position = 0;
            var digest = await plan.Blobs.Files.PutAsync(scratch, null, stop).ConfigureAwait(false);
            var now = WallTime.Now(plan.Clock);
            var file = new StoredFile(
                FileRoutes.NewId("file-"), batch.Account, $"{batch.Id}_{(isError ? "error" : "output")}.jsonl",
                "batch_output", scratch.Length, digest, now, now + KeptFor);
            ledger.Add(batch.Account, digest, file.Size, now);
            files.Add(file);
            return file.Id;
        }
    }

    private async Task FillAsync(FileStream scratch, string id, bool isError, CancellationToken stop)
    {
        var after = 0L;
        while (book.Sizes(id, isError, after, Page) is { Count: > 0 } sizes)
            foreach (var count in Pages(sizes))
                foreach (var (line, said) in book.Lines(id, isError, after, count))
                {
                    await scratch.WriteAsync(said, stop).ConfigureAwait(false);
                    scratch.WriteByte((byte)'\n');
                    after = line;
                }
    }

    /// <summary>How many to read at once, one time after the other.</summary>
    internal static IEnumerable<int> Pages(IReadOnlyList<long> sizes)
    {
        var (count, bytes) = (0, 0L);
        foreach (var size in sizes)
        {
            if (count > 0 && bytes + size > PageBytesMax)
            {
                yield return count;
                (count, bytes) = (0, 0L);
            }
            (count, bytes) = (count + 1, bytes + size);
        }
        yield return count;
    }
}
