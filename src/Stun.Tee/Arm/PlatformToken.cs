namespace Stun.Tee.Arm;

/// <summary>What a platform says of itself: PSA's claims (RFC 9783), which CCA uses, too.</summary>
internal sealed record PlatformToken
{
    private const long NonceKey = 10;
    private const long InstanceKey = 256;
    private const long ProfileKey = 265;
    private const long CallerKey = 2394;
    private const long LifecycleKey = 2395;
    private const long ImplementationKey = 2396;
    private const long ComponentsKey = 2399;
    private const long ConfigurationKey = 2401;

    public required CoseSign1 Signed { get; init; }

    public required string Profile { get; init; }

    public required byte[] Nonce { get; init; }

    public required byte[] InstanceId { get; init; }

    public required byte[] ImplementationId { get; init; }

    public required long Lifecycle { get; init; }

    public required IReadOnlyList<SoftwareComponent> Components { get; init; }

    public byte[]? Configuration { get; init; }

    /// <summary>Of PSA: who asked for the token; negative is the world that is not secure.</summary>
    public long? Caller { get; init; }

    /// <summary>Its secrets are safe: no debugging, no development.</summary>
    public bool IsSecured => Lifecycle is >= 0x3000 and <= 0x30ff;

    public static PlatformToken Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.EvidenceBytesMax)
            throw new EvidenceException("format.size", $"A token of {bytes.Length} bytes is too large.");
        var signed = CoseSign1.Parse(bytes.Span, "A platform's token");
        var claims = CborItem.Parse(signed.Payload, "A platform's claims").AsMap("A platform's claims").ByNumber;
        CborItem Needed(long key) => claims.TryGetValue(key, out var item) ? item
            : throw new EvidenceException("format.claim", $"A platform's token lacks the claim {key}.");
        return new PlatformToken
        {
            Signed = signed,
            Profile = Needed(ProfileKey).AsText("The profile"),
            Nonce = Sized(Needed(NonceKey), "The nonce", 32, 48, 64),
            InstanceId = Sized(Needed(InstanceKey), "The instance id", 33),
            ImplementationId = Sized(Needed(ImplementationKey), "The implementation id", 32),
            Lifecycle = Needed(LifecycleKey).AsNumber("The lifecycle"),
            Components = SoftwareComponent.ReadAll(Needed(ComponentsKey)),
            Configuration = claims.TryGetValue(ConfigurationKey, out var configuration)
                ? configuration.AsBytes("The configuration") : null,
            Caller = claims.TryGetValue(CallerKey, out var caller) ? caller.AsNumber("The caller") : null,
        };
    }

    public static byte[] Sized(CborItem item, string what, params ReadOnlySpan<int> sizes)
    {
        var bytes = item.AsBytes(what);
        return sizes.Contains(bytes.Length) ? bytes
            : throw new EvidenceException("format.claim", $"{what} has {bytes.Length} bytes.");
    }
}
