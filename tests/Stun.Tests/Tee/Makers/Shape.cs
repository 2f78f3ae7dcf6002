using System.Security.Cryptography;

namespace Stun.Tests.Tee.Makers;

/// <summary>What a certificate of ours is to be.</summary>
internal sealed record Shape
{
    public static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    public bool IsAuthority { get; init; } = true;

    /// <summary>How many authorities may stand below it; null is any number.</summary>
    public int? PathLength { get; init; }

    /// <summary>Whether it may sign lists of revoked certificates.</summary>
    public bool SignsLists { get; init; } = true;

    public bool IsRsa { get; init; }

    public ECCurve Curve { get; init; } = ECCurve.NamedCurves.nistP256;

    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    public DateTimeOffset From { get; init; } = Begin;

    public DateTimeOffset To { get; init; } = Begin.AddYears(20);

    public byte[]? Serial { get; init; }

    public IReadOnlyList<(string Id, byte[] Value, bool IsCritical)> Extensions { get; init; } = [];

    public static Shape P384 => new() { Curve = ECCurve.NamedCurves.nistP384, Hash = HashAlgorithmName.SHA384 };

    public static Shape Rsa => new() { IsRsa = true, Hash = HashAlgorithmName.SHA384 };

    public AsymmetricAlgorithm NewKey() => IsRsa ? RSA.Create(2048) : ECDsa.Create(Curve);
}
