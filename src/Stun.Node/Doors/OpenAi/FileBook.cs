using System.Data.Common;
using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <summary>A file that somebody uploaded, or that a batch wrote. Its content is a blob.</summary>
public sealed record StoredFile(
    string Id, Address Account, string Name, string Purpose, long Size, Digest Digest, Instant CreatedAt,
    Instant? ExpiresAt);

/// <summary>Which files there are, and whose. A file pins its blob: nothing else keeps it.</summary>
internal sealed class FileBook(NodeDatabase database, BlobStore blobs)
{
    private const string Columns = "id, account, name, purpose, size, digest, created_at, expires_at";

    public void Add(StoredFile file)
    {
        blobs.Pin(file.Digest, OwnerOf(file.Id));
        database.WriteDurably(sql => sql.Execute(
            $"""
            INSERT INTO model_files ({Columns})
            VALUES (@id, @account, @name, @purpose, @size, @digest, @created, @expires)
            """,
            ("id", file.Id), ("account", file.Account.ToString()), ("name", file.Name), ("purpose", file.Purpose),
            ("size", file.Size), ("digest", file.Digest.ToString()), ("created", file.CreatedAt.Micros),
            ("expires", file.ExpiresAt?.Micros)));
    }

    public StoredFile? Find(string id, Address account) => database.Read(sql => sql.First(
        $"SELECT {Columns} FROM model_files WHERE id = @id AND account = @account", Read,
        ("id", id), ("account", account.ToString())));

    /// <summary>The latest first.</summary>
    /// <param name="after">The last of the page before; null for the first page.</param>
    public IReadOnlyList<StoredFile> List(Address account, string? purpose, StoredFile? after, int limit) =>
        database.Read(sql => sql.List(
            $"""
            SELECT {Columns} FROM model_files WHERE account = @account AND (@purpose = '' OR purpose = @purpose)
                AND (created_at < @at OR (created_at = @at AND id < @after))
            ORDER BY created_at DESC, id DESC LIMIT @limit
            """, Read,
            ("account", account.ToString()), ("purpose", purpose ?? ""), ("at", after?.CreatedAt.Micros
                ?? long.MaxValue), ("after", after?.Id ?? ""), ("limit", limit)));

    public bool Remove(string id, Address account)
    {
        var isGone = database.WriteDurably(sql => sql.Execute(
            "DELETE FROM model_files WHERE id = @id AND account = @account",
            ("id", id), ("account", account.ToString()))) == 1;
        if (isGone) blobs.Unpin(OwnerOf(id));
        return isGone;
    }

    public void RemoveExpired(Instant now)
    {
        foreach (var file in database.Read(sql => sql.List(
            $"SELECT {Columns} FROM model_files WHERE expires_at <= @now LIMIT 1000", Read, ("now", now.Micros))))
            Remove(file.Id, file.Account);
    }

    private static string OwnerOf(string id) => $"model-file {id}";

    private static StoredFile Read(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), row.GetString(2), row.GetString(3), row.GetInt64(4),
        SqlValue.DigestOrNull(row, 5)!.Value, SqlValue.Instant(row, 6), SqlValue.InstantOrNull(row, 7));
}
