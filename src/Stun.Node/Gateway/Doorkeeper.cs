using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>
/// Knows who comes with a key or a token. Both are <c>stun_ID_SECRET</c>; of the secret only its SHA-256 is kept: it is
/// 256 bits of chance, so that nothing slower is needed. Keys of the book are remembered for some seconds, so that a
/// request costs no query.
/// </summary>
public sealed class Doorkeeper(KeyBook? book, TimeProvider clock)
{
    /// <summary>So long a key works on that another process has revoked.</summary>
    private static readonly Duration Remembered = Duration.Seconds(10);

    /// <summary>Some 300 bytes each. Beyond it the oldest are asked for again, and the oldest tokens end
    /// early.</summary>
    private const int EntriesMax = 100_000;

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> byAge = new();

    /// <param name="IsOfBook">After <paramref name="Until"/> the book is asked again; all else ends then.</param>
    private sealed record Entry(byte[] Hash, ApiPrincipal Principal, Instant Until, bool IsOfBook);

    public Doorkeeper()
        : this(null, TimeProvider.System)
    {
    }

    /// <summary>Who a remote provider is, by the token of its link.</summary>
    public Func<string, Address?> PeerOf { get; init; } = _ => null;

    private Instant Now => WallTime.Now(clock);

    public static (string Id, string Key, byte[] Hash) NewKey()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return (id, $"stun_{id}_{secret}", SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
    }

    public void Add(string id, byte[] hash, ApiPrincipal principal) => Add(id, hash, principal, Instant.Never);

    /// <summary>Until then; it is kept nowhere else.</summary>
    public void Add(string id, byte[] hash, ApiPrincipal principal, Instant until) =>
        Put(id, new Entry(hash, principal, until, false));

    public void Remove(string id) => entries.TryRemove(id, out _);

    /// <summary>A disabled account's keys and tokens open nothing any more.</summary>
    public void RemoveAll(Address account)
    {
        foreach (var (id, entry) in entries)
            if (entry.Principal.Account == account) Remove(id);
    }

    public ApiPrincipal? Find(ReadOnlySpan<char> key)
    {
        if (key.Length is < 16 or > 512) return null;
        if (!key.StartsWith("stun_", StringComparison.Ordinal)) return Peer(key);
        var rest = key[5..];
        var line = rest.IndexOf('_');
        if (line < 0) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> secret = stackalloc byte[512];
        if (!Encoding.ASCII.TryGetBytes(rest[(line + 1)..], secret, out var count)) return null;
        SHA256.HashData(secret[..count], hash);
        var isHere = entries.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(rest[..line], out var known);
        var now = Now;
        if (isHere && now < known!.Until)
            return CryptographicOperations.FixedTimeEquals(hash, known.Hash) ? known.Principal : null;
        if (isHere && !known!.IsOfBook)
        {
            Remove(rest[..line].ToString());
            return null;
        }
        return OfBook(key.ToString(), hash, now);
    }

    /// <summary>Whether its id is known without asking the book. Says nothing of the secret.</summary>
    internal bool IsRemembered(ReadOnlySpan<char> key)
    {
        if (!key.StartsWith("stun_", StringComparison.Ordinal)) return false;
        var line = key[5..].IndexOf('_');
        return line > 0 && entries.GetAlternateLookup<ReadOnlySpan<char>>().ContainsKey(key[5..][..line]);
    }

    private ApiPrincipal? OfBook(string token, ReadOnlySpan<byte> hash, Instant now)
    {
        if (book?.Check(token, now) is not { } key) return null;
        if (!Enum.TryParse<ApiRole>(key.Role, ignoreCase: true, out var role)) return null;
        var principal = new ApiPrincipal(key.Id, key.Owner, role) { Rights = RoleTable.Narrow(role, key.Scopes) };
        var until = now + Remembered;
        if (key.ExpiresAt is { } end) until = Instant.Earlier(until, end);
        Put(key.Id, new Entry(hash.ToArray(), principal, until, true));
        return principal;
    }

    private ApiPrincipal? Peer(ReadOnlySpan<char> token) =>
        PeerOf(token.ToString()) is { } address ? new ApiPrincipal($"peer-{address}", address, ApiRole.Provider) : null;

    private void Put(string id, Entry entry)
    {
        if (entries.ContainsKey(id))
        {
            entries[id] = entry;
            return;
        }
        entries[id] = entry;
        if (entry.Until == Instant.Never) return;
        byAge.Enqueue(id);
        while (byAge.Count > EntriesMax && byAge.TryDequeue(out var oldest)) entries.TryRemove(oldest, out _);
    }
}
