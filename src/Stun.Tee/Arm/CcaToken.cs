using Stun.Tee.Certificates;

namespace Stun.Tee.Arm;

/// <summary>A realm's token with its platform's beside it (CBOR tag 399).</summary>
internal sealed record CcaToken
{
    private const ulong Tag = 399;
    private const long PlatformKey = 44234;
    private const long RealmKey = 44241;
    private const long ChallengeKey = 10;
    private const long ProfileKey = 265;
    private const long PersonalizationKey = 44235;
    private const long RealmKeyHashKey = 44240;
    private const long RealmPublicKeyKey = 44237;
    private const long InitialKey = 44238;
    private const long ExtensibleKey = 44239;

    public required PlatformToken Platform { get; init; }

    public required CoseSign1 Realm { get; init; }

    public required byte[] Challenge { get; init; }

    public required byte[] Personalization { get; init; }

    public required byte[] Initial { get; init; }

    public required IReadOnlyList<byte[]> Extensible { get; init; }

    /// <summary>As the token has it: the platform's nonce is a digest over these bytes.</summary>
    public required byte[] RealmKeyBytes { get; init; }

    public required string RealmKeyHash { get; init; }

    /// <summary>Missing in tokens of the first drafts.</summary>
    public string? Profile { get; init; }

    public PublicKey RealmPublicKey => RealmKeyBytes is [0x04, ..]
        ? CoseSign1.KeyOfPoint(RealmKeyBytes) : CoseSign1.KeyOfMap(RealmKeyBytes);

    public static CcaToken Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.EvidenceBytesMax)
            throw new EvidenceException("format.size", $"A token of {bytes.Length} bytes is too large.");
        const string What = "A token of CCA";
        var parts = CborItem.Parse(bytes.Span, What) is CborItem.Tagged { Tag: Tag } tagged
            ? tagged.Item.AsMap(What).ByNumber
            : throw new EvidenceException("format.cbor", $"{What} has another tag.");
        if (!parts.TryGetValue(PlatformKey, out var platform) || !parts.TryGetValue(RealmKey, out var realm))
            throw new EvidenceException("format.claim", $"{What} lacks its platform or its realm.");
        var signed = CoseSign1.Parse(realm.AsBytes(What), "A realm's token");
        var claims = CborItem.Parse(signed.Payload, "A realm's claims").AsMap("A realm's claims").ByNumber;
        CborItem Needed(long key) => claims.TryGetValue(key, out var item) ? item
            : throw new EvidenceException("format.claim", $"A realm's token lacks the claim {key}.");
        var extensible = Needed(ExtensibleKey).AsArray("The extensible measurements");
        if (extensible.Count != 4)
            throw new EvidenceException("format.claim", $"There are {extensible.Count} extensible measurements.");
        return new CcaToken
        {
            Platform = PlatformToken.Parse(platform.AsBytes(What)),
            Realm = signed,
            Challenge = PlatformToken.Sized(Needed(ChallengeKey), "The challenge", 64),
            Personalization = PlatformToken.Sized(Needed(PersonalizationKey), "The personalization", 64),
            Initial = PlatformToken.Sized(Needed(InitialKey), "The initial measurement", 32, 48, 64),
            Extensible =
            [
                .. extensible.Select(each => PlatformToken.Sized(each, "An extensible measurement", 32, 48, 64)),
            ],
            RealmKeyBytes = Needed(RealmPublicKeyKey).AsBytes("The realm's key"),
            RealmKeyHash = Needed(RealmKeyHashKey).AsText("The hash of the realm's key"),
            Profile = claims.TryGetValue(ProfileKey, out var profile) ? profile.AsText("The profile") : null,
        };
    }
}
