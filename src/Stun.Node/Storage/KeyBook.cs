using System.Data.Common;
using System.Security.Cryptography;

namespace Stun.Node.Storage;

/// <summary>Somebody whom the front doors know by name.</summary>
public sealed record Principal(Address Address, string Name, Instant CreatedAt, Instant? DisabledAt);

/// <param name="Id">Public; the secret is another part of the token and is not kept.</param>
public sealed record ApiKey(
    string Id, Address Owner, string Role, IReadOnlyList<string> Scopes, Instant CreatedAt, Instant? ExpiresAt,
    Instant? RevokedAt, Instant? LastUsedAt);

/// <summary>
/// Who may speak to this node, and with which keys. A key's token is <c>stun_ID_SECRET</c>; only the SHA-256 of the
/// secret is kept. A slow hash would add nothing: the secret is 256 random bits, not a word that can be guessed.
/// </summary>
public sealed class KeyBook(NodeDatabase database)
{
    private const string Prefix = "stun";
    private const string Columns = "id, owner, role, scopes, created_at, expires_at, revoked_at, last_used_at";

    /// <summary>The last use is kept to the minute: a write for each request would cost more than it tells.</summary>
    private static readonly Duration UseGrain = Duration.Seconds(60);

    public void AddPrincipal(Address address, string name, Instant now) => database.WriteDurably(sql => sql.Execute("""
        INSERT INTO principals (address, name, created_at) VALUES (@address, @name, @now)
        ON CONFLICT (address) DO UPDATE SET name = excluded.name, disabled_at = NULL
        """, ("address", address.ToString()), ("name", name), ("now", now.Micros)));

    /// <summary>None of its keys opens anything from now on.</summary>
    public bool DisablePrincipal(Address address, Instant now) => database.WriteDurably(sql => sql.Execute(
        "UPDATE principals SET disabled_at = @now WHERE address = @address AND disabled_at IS NULL",
        ("now", now.Micros), ("address", address.ToString()))) == 1;

    public Principal? FindPrincipal(Address address) => database.Read(sql => sql.First(
        "SELECT address, name, created_at, disabled_at FROM principals WHERE address = @address",
        ReadPrincipal, ("address", address.ToString())));

    public IReadOnlyList<Principal> ListPrincipals() => database.Read(sql => sql.List(
        "SELECT address, name, created_at, disabled_at FROM principals ORDER BY created_at, address", ReadPrincipal));

    /// <returns>The key, and the token that opens with it: shown once, kept nowhere.</returns>
    public (ApiKey Key, string Token) Issue(
        Address owner, string role, IReadOnlyList<string> scopes, Instant now, Instant? expiresAt)
    {
        if (scopes.Any(scope => scope.Length == 0 || scope.Contains(' ')))
            throw new ArgumentException("A scope is a word.", nameof(scopes));
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var secret = RandomNumberGenerator.GetBytes(32);
        var isKnown = database.WriteDurably(sql => sql.Execute("""
            INSERT INTO api_keys (id, hash, owner, role, scopes, created_at, expires_at)
            SELECT @id, @hash, address, @role, @scopes, @now, @expires FROM principals WHERE address = @owner
            """,
            ("id", id), ("hash", SHA256.HashData(secret)), ("owner", owner.ToString()), ("role", role),
            ("scopes", string.Join(' ', scopes)), ("now", now.Micros), ("expires", expiresAt?.Micros))) == 1;
        if (!isKnown)
            throw new StorageException("key.unknown-owner", $"Nobody here has the address {owner}.",
                "Add the principal first.");
        var key = new ApiKey(id, owner, role, scopes, now, expiresAt, null, null);
        return (key, $"{Prefix}_{id}_{Convert.ToHexStringLower(secret)}");
    }

    /// <summary>The key that a token opens with; null if it opens nothing now, whatever the reason.</summary>
    public ApiKey? Check(string token, Instant now)
    {
        var parts = token.Split('_');
        if (parts.Length != 3 || parts[0] != Prefix || parts[2].Length != 64 || !parts[2].All(char.IsAsciiHexDigit))
            return null;
        var hash = SHA256.HashData(Convert.FromHexString(parts[2]));
        var found = database.Read(sql => sql.First($"""
            SELECT {Columns}, hash FROM api_keys
            WHERE id = @id AND EXISTS (
                SELECT 1 FROM principals WHERE principals.address = api_keys.owner AND disabled_at IS NULL)
            """, row => new { Key = ReadKey(row), Hash = SqlValue.Bytes(row, 8) }, ("id", parts[1])));
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.Hash, hash)) return null;
        var key = found.Key;
        if (key.RevokedAt is not null || key.ExpiresAt <= now) return null;
        if (key.LastUsedAt is not { } last || now >= last + UseGrain)
            database.Write(sql => sql.Execute("UPDATE api_keys SET last_used_at = @now WHERE id = @id",
                ("now", now.Micros), ("id", key.Id)));
        return key;
    }

    /// <returns>False if there is no such key, or it was revoked before.</returns>
    public bool Revoke(string id, Instant now) => database.WriteDurably(sql => sql.Execute(
        "UPDATE api_keys SET revoked_at = @now WHERE id = @id AND revoked_at IS NULL",
        ("now", now.Micros), ("id", id))) == 1;

    public IReadOnlyList<ApiKey> ListKeys(Address owner) => database.Read(sql => sql.List(
        $"SELECT {Columns} FROM api_keys WHERE owner = @owner ORDER BY created_at, id",
        ReadKey, ("owner", owner.ToString())));

    private static Principal ReadPrincipal(DbDataReader row) => new(
        SqlValue.Address(row, 0), row.GetString(1), SqlValue.Instant(row, 2), SqlValue.InstantOrNull(row, 3));

    private static ApiKey ReadKey(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), row.GetString(2),
        row.GetString(3).Split(' ', StringSplitOptions.RemoveEmptyEntries), SqlValue.Instant(row, 4),
        SqlValue.InstantOrNull(row, 5), SqlValue.InstantOrNull(row, 6), SqlValue.InstantOrNull(row, 7));
}
