using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Stun.Node.Gateway;

public enum ApiRole : byte
{
    Requester,
    Provider,
    Auditor,
    Operator,
    Owner,
}

/// <summary>Who makes a request, and what they may.</summary>
/// <param name="Account">Whose money and tasks are meant.</param>
public sealed record ApiPrincipal(string KeyId, Address Account, ApiRole Role);

/// <summary>
/// Knows the API keys. A key is <c>stun_ID_SECRET</c>; of the secret only its SHA-256 is kept: it is 256 bits of
/// chance, so that nothing slower is needed.
/// </summary>
public sealed class Doorkeeper
{
    private readonly ConcurrentDictionary<string, (byte[] Hash, ApiPrincipal Principal)> keys =
        new(StringComparer.Ordinal);

    public static (string Id, string Key, byte[] Hash) NewKey()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var secret = Base64Url(RandomNumberGenerator.GetBytes(32));
        return (id, $"stun_{id}_{secret}", SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
    }

    public void Add(string id, byte[] hash, ApiPrincipal principal) => keys[id] = (hash, principal);

    public void Remove(string id) => keys.TryRemove(id, out _);

    public ApiPrincipal? Find(ReadOnlySpan<char> key)
    {
        if (!key.StartsWith("stun_", StringComparison.Ordinal) || key.Length is < 40 or > 200) return null;
        var rest = key[5..];
        var line = rest.IndexOf('_');
        if (line < 0 || !keys.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(rest[..line], out var known))
            return null;
        Span<byte> secret = stackalloc byte[200];
        if (!Encoding.ASCII.TryGetBytes(rest[(line + 1)..], secret, out var count)) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret[..count], hash);
        return CryptographicOperations.FixedTimeEquals(hash, known.Hash) ? known.Principal : null;
    }

    private static string Base64Url(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
