using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace Stun.Node.Storage;

/// <summary>Who did what, to what, and how it went.</summary>
public sealed record AuditNote(Instant At, string Who, string Action, string About, string Outcome, string Detail);

public sealed record AuditEntry(long Seq, AuditNote Note, Digest Previous, Digest Hash);

/// <summary>
/// What people and programs did to this node. Each entry holds the hash of the one before it, and the last hash is kept
/// apart: what is changed, put in or taken out later shows. Who can write to the database could make the whole chain
/// anew; who wants to be safe from that too keeps <see cref="Head"/> elsewhere now and then.
/// </summary>
public sealed class AuditLog(NodeDatabase database)
{
    private const string Columns = "seq, at, who, action, about, outcome, detail, previous, hash";

    public AuditEntry Append(AuditNote note) => database.WriteDurably(sql =>
    {
        // Also makes writers take turns: the row is theirs until they commit.
        sql.Execute("""
            INSERT INTO audit_head (only_row, seq, hash) VALUES (1, 0, @zero)
            ON CONFLICT (only_row) DO UPDATE SET seq = audit_head.seq
            """, ("zero", new byte[Digest.Size]));
        var (seq, previous) = ReadHead(sql);
        var entry = new AuditEntry(seq + 1, note, previous, HashOf(seq + 1, note, previous));
        sql.Execute($"""
            INSERT INTO audit ({Columns})
            VALUES (@seq, @at, @who, @action, @about, @outcome, @detail, @previous, @hash)
            """,
            ("seq", entry.Seq), ("at", note.At.Micros), ("who", note.Who), ("action", note.Action),
            ("about", note.About), ("outcome", note.Outcome), ("detail", note.Detail), ("previous", Bytes(previous)),
            ("hash", Bytes(entry.Hash)));
        sql.Execute("UPDATE audit_head SET seq = @seq, hash = @hash", ("seq", entry.Seq), ("hash", Bytes(entry.Hash)));
        return entry;
    });

    /// <summary>Number and hash of the last entry; zero if there is none.</summary>
    public (long Seq, Digest Hash) Head => database.Read(ReadHead);

    /// <summary>Newest first.</summary>
    public IReadOnlyList<AuditEntry> List(long before, int limit) => database.Read(sql => sql.List(
        $"SELECT {Columns} FROM audit WHERE seq < @before ORDER BY seq DESC LIMIT @limit", Entry,
        ("before", before), ("limit", (long)Math.Clamp(limit, 1, ReadModelQueries.LimitMax))));

    /// <summary>Reads the whole chain.</summary>
    /// <returns>The number of the first entry that is missing or not as it was; null if all are sound.</returns>
    public async Task<long?> VerifyAuditChainAsync(CancellationToken cancel)
    {
        var head = Head;
        await using var connection = database.Open();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM audit ORDER BY seq";
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (seq, hash) = (0L, Digest.Zero);
        while (await reader.ReadAsync(cancel))
        {
            var entry = Entry(reader);
            seq++;
            if (entry.Seq != seq || entry.Previous != hash || entry.Hash != HashOf(seq, entry.Note, hash)) return seq;
            hash = entry.Hash;
            if (seq == head.Seq && hash != head.Hash) return seq;
        }
        return seq < head.Seq ? seq + 1 : null;
    }

    /// <summary>Each text with its length before it, so that no two notes are the same bytes.</summary>
    private static Digest HashOf(long seq, AuditNote note, Digest previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Bytes(previous));
        AddNumber(seq);
        AddNumber(note.At.Micros);
        foreach (var text in (string[])[note.Who, note.Action, note.About, note.Outcome, note.Detail])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            AddNumber(bytes.Length);
            hash.AppendData(bytes);
        }
        return Digest.Read(hash.GetHashAndReset());

        void AddNumber(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            hash.AppendData(bytes);
        }
    }

    private static (long Seq, Digest Hash) ReadHead(SqlText sql) => sql.First(
        "SELECT seq, hash FROM audit_head",
        row => new { Seq = row.GetInt64(0), Hash = Digest.Read(SqlValue.Bytes(row, 1)) }) is { } head
        ? (head.Seq, head.Hash)
        : (0, Digest.Zero);

    private static AuditEntry Entry(DbDataReader row) => new(
        row.GetInt64(0),
        new AuditNote(
            SqlValue.Instant(row, 1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
            row.GetString(6)),
        Digest.Read(SqlValue.Bytes(row, 7)), Digest.Read(SqlValue.Bytes(row, 8)));

    private static byte[] Bytes(Digest digest)
    {
        var bytes = new byte[Digest.Size];
        digest.Write(bytes);
        return bytes;
    }
}
