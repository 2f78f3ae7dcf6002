namespace Stun.Node.Storage;

/// <summary>Who has uploaded which blobs, so that one account cannot fill the store.</summary>
public sealed class BlobLedger(NodeDatabase database)
{
    public void Add(Address account, Digest digest, long size, Instant now) => database.Write(sql => sql.Execute("""
        INSERT INTO blob_uses (account, digest, size, at) VALUES (@account, @digest, @size, @now)
        ON CONFLICT (account, digest) DO NOTHING
        """,
        ("account", account.ToString()), ("digest", digest.ToString()), ("size", size), ("now", now.Micros)));

    /// <summary>Bytes of one account's blobs; what was collected meanwhile no longer counts.</summary>
    /// <param name="isHere">Asked only when the sum is above <paramref name="limit"/>.</param>
    public long BytesOf(Address account, long limit, Func<Digest, bool> isHere)
    {
        var sum = Sum(account);
        if (sum <= limit) return sum;
        var digests = database.Read(sql => sql.List(
            "SELECT digest FROM blob_uses WHERE account = @account",
            row => SqlValue.DigestOrNull(row, 0)!.Value, ("account", account.ToString())));
        foreach (var gone in digests.Where(digest => !isHere(digest)))
            database.Write(sql => sql.Execute(
                "DELETE FROM blob_uses WHERE account = @account AND digest = @digest",
                ("account", account.ToString()), ("digest", gone.ToString())));
        return Sum(account);
    }

    private long Sum(Address account) => database.Read(sql => sql.Long(
        "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blob_uses WHERE account = @account",
        ("account", account.ToString())));
}
