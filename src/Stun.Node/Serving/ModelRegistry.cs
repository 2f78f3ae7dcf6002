using System.Data.Common;
using Stun.Node.Storage;

namespace Stun.Node.Serving;

/// <param name="Digest">Of the manifest: the model's name.</param>
/// <param name="Owner">Who registered it here, and may remove it.</param>
public sealed record RegisteredModel(Digest Digest, Address Owner, Instant RegisteredAt, ModelManifest Manifest);

/// <summary>
/// The models that this node knows. A registered model's file is pinned; its manifest lies in the table as well, so
/// that what an order of it is checked by never goes away while it is registered.
/// </summary>
public sealed class ModelRegistry(NodeDatabase database, Blobs blobs)
{
    public const int PageMax = 200;

    /// <summary>Some kilobytes each, and a page reads the bytes of as many as it shows.</summary>
    public const int PerOwnerMax = 1_000;

    private const string Columns = "digest, owner, registered_at, manifest";

    /// <returns>The model as it stands, and whether it is new: whoever registers it again changes nothing.</returns>
    public async Task<(RegisteredModel Model, bool IsNew)> AddAsync(
        ModelManifest manifest, Address owner, Instant now, CancellationToken cancel)
    {
        var bytes = ProtocolWire.Encode(manifest);
        var digest = await blobs.KeepAsync(bytes, cancel).ConfigureAwait(false);
        if (Find(digest) is { } known) return (known, false);
        // Pinned before it is known: what is known is never without its file.
        blobs.Files.Pin(manifest.File.Digest, PinOf(digest));
        database.WriteDurably(sql => sql.Execute($"""
            INSERT INTO models ({Columns}) VALUES (@digest, @owner, @now, @manifest)
            ON CONFLICT (digest) DO NOTHING
            """,
            ("digest", digest.ToString()), ("owner", owner.ToString()), ("now", now.Micros), ("manifest", bytes)));
        return (Find(digest)!, true);
    }

    public RegisteredModel? Find(Digest digest) => database.Read(sql => sql.First(
        $"SELECT {Columns} FROM models WHERE digest = @digest", Read, ("digest", digest.ToString())));

    public long CountOf(Address owner) => database.Read(sql => sql.Long(
        "SELECT COUNT(*) FROM models WHERE owner = @owner", ("owner", owner.ToString())));

    /// <summary>In the order of their digests.</summary>
    /// <param name="after">Where an earlier page ended.</param>
    public IReadOnlyList<RegisteredModel> List(Address? owner, Digest? after, int limit) => database.Read(sql =>
    {
        List<(string, object?)> values = [("limit", (long)Math.Clamp(limit, 1, PageMax + 1))];
        List<string> conditions = ["1 = 1"];
        if (owner is { } whose)
        {
            conditions.Add("owner = @owner");
            values.Add(("owner", whose.ToString()));
        }
        if (after is { } last)
        {
            conditions.Add("digest > @after");
            values.Add(("after", last.ToString()));
        }
        return sql.List(
            $"SELECT {Columns} FROM models WHERE {string.Join(" AND ", conditions)} ORDER BY digest LIMIT @limit",
            Read, [.. values]);
    });

    /// <summary>Its blobs go when nobody uses them any more; tasks that are under way go on.</summary>
    public bool Remove(Digest digest)
    {
        var isGone = database.WriteDurably(sql => sql.Execute(
            "DELETE FROM models WHERE digest = @digest", ("digest", digest.ToString()))) == 1;
        if (isGone) blobs.Files.Unpin(PinOf(digest));
        return isGone;
    }

    /// <summary>The manifest of a model that is here, registered or only uploaded; null where there is none.</summary>
    public async Task<ModelManifest?> ManifestAsync(Digest digest, CancellationToken cancel)
    {
        if (Find(digest) is { } known) return known.Manifest;
        if (!blobs.IsHere(digest)) return null;
        return await ManifestFile.ReadAsync(blobs, digest, cancel).ConfigureAwait(false);
    }

    private static string PinOf(Digest digest) => $"model-{digest}";

    private static RegisteredModel Read(DbDataReader row) => new(
        SqlValue.DigestOrNull(row, 0)!.Value, SqlValue.Address(row, 1), SqlValue.Instant(row, 2),
        ProtocolWire.DecodeModelManifest(SqlValue.Bytes(row, 3)));
}

/// <summary>Reads what is said to be a manifest; anybody may have uploaded it.</summary>
public static class ManifestFile
{
    /// <summary>Null where it is none.</summary>
    /// <exception cref="StorageException">There is no such blob.</exception>
    public static async Task<ModelManifest?> ReadAsync(Blobs blobs, Digest digest, CancellationToken cancel)
    {
        var bytes = await blobs.ReadAsync(digest, ModelManifest.BytesMax, cancel).ConfigureAwait(false);
        if (bytes is null) return null;
        try
        {
            return ProtocolWire.DecodeModelManifest(bytes);
        }
        catch (WireException)
        {
            return null;
        }
    }
}
