using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Stun.Cbor;
using Stun.Tee;
using Stun.Tee.Arm;

namespace Stun.Tests.Tee.Makers;

/// <summary>A platform of ours with tokens as ARM's.</summary>
internal sealed class ArmMaker
{
    private readonly ECDsa platform = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa realm = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public static readonly byte[] Instance = [1, .. Enumerable.Repeat((byte)7, 32)];
    public static readonly byte[] Implementation = [.. Enumerable.Repeat((byte)9, 32)];

    public string? Profile { get; init; }

    public long Lifecycle { get; init; } = 0x3000;

    public byte[]? Nonce { get; init; }

    public long Algorithm { get; init; } = -35;

    public bool IsKeyMap { get; init; }

    public byte[] InstanceId { get; init; } = Instance;

    /// <summary>The realm's token signed by another's key.</summary>
    public ECDsa? RealmSigner { get; init; }

    public ECDsa? PlatformSigner { get; init; }

    public Func<byte[], byte[]> Claims { get; init; } = bytes => bytes;

    public TrustRoots Roots
    {
        get
        {
            var point = platform.ExportParameters(false).Q;
            var json = $$"""
                [{"pkey":{"kty":"EC","crv":"P-384","x":"{{Base64Url.EncodeToString(point.X)}}",
                "y":"{{Base64Url.EncodeToString(point.Y)}}"},"instance-id":"{{Convert.ToHexString(Instance)}}",
                "implementation-id":"{{Convert.ToHexString(Implementation)}}"}]
                """;
            return new TrustRoots().With(ArmKeyRegistry.FromJson(Encoding.UTF8.GetBytes(json)));
        }
    }

    public static MeasurementRule Rule { get; } = new(new Dictionary<string, string>
    {
        ["implementation_id"] = Convert.ToHexString(Implementation),
        ["realm_initial"] = new string('a', 64),
        ["realm_extensible0"] = new string('0', 64),
        ["realm_extensible1"] = new string('0', 64),
        ["realm_extensible2"] = new string('0', 64),
        ["realm_extensible3"] = new string('0', 64),
        ["component.BL1"] = Convert.ToHexString(new byte[32]),
        ["component.BL2"] = Convert.ToHexString(new byte[32]),
    });

    /// <summary>Of a platform without realms.</summary>
    public static MeasurementRule PsaRule { get; } = new(Rule.Wanted
        .Where(pair => !pair.Key.StartsWith("realm", StringComparison.Ordinal)).ToDictionary());

    public EvidenceBundle Psa(byte[] nonce) => new()
    {
        Kind = EvidenceKind.Psa,
        Evidence = Platform(nonce, "tag:psacertified.org,2023:psa#tfm"),
    };

    public EvidenceBundle Cca(byte[] challenge)
    {
        var key = RealmKey();
        var writer = new CborWriter();
        writer.WriteMapStart(7);
        writer.WriteUInt64(10);
        writer.WriteBytes(challenge);
        writer.WriteUInt64(44235);
        writer.WriteBytes(new byte[64]);
        writer.WriteUInt64(44236);
        writer.WriteText("sha-256");
        writer.WriteUInt64(44237);
        writer.WriteBytes(key);
        writer.WriteUInt64(44238);
        writer.WriteBytes(Enumerable.Repeat((byte)0xaa, 32).ToArray());
        writer.WriteUInt64(44239);
        writer.WriteArrayStart(4);
        for (var at = 0; at < 4; at++) writer.WriteBytes(new byte[32]);
        writer.WriteUInt64(44240);
        writer.WriteText("sha-256");
        var token = new CborWriter();
        token.WriteTag(399);
        token.WriteMapStart(2);
        token.WriteUInt64(44234);
        token.WriteBytes(Platform(SHA256.HashData(key), "http://arm.com/CCA-SSD/1.0.0"));
        token.WriteUInt64(44241);
        token.WriteBytes(Sign(Claims(writer.ToArray()), RealmSigner ?? realm));
        return new EvidenceBundle { Kind = EvidenceKind.Cca, Evidence = token.ToArray() };
    }

    private byte[] RealmKey()
    {
        var point = realm.ExportParameters(false).Q;
        if (!IsKeyMap) return [0x04, .. point.X!, .. point.Y!];
        var writer = new CborWriter();
        writer.WriteMapStart(4);
        writer.WriteInt64(1);
        writer.WriteInt64(2);
        writer.WriteInt64(-1);
        writer.WriteInt64(2);
        writer.WriteInt64(-2);
        writer.WriteBytes(point.X);
        writer.WriteInt64(-3);
        writer.WriteBytes(point.Y);
        return writer.ToArray();
    }

    private byte[] Platform(byte[] nonce, string profile)
    {
        var writer = new CborWriter();
        writer.WriteMapStart(6);
        writer.WriteUInt64(10);
        writer.WriteBytes(Nonce ?? nonce);
        writer.WriteUInt64(256);
        writer.WriteBytes(InstanceId);
        writer.WriteUInt64(265);
        writer.WriteText(Profile ?? profile);
        writer.WriteUInt64(2395);
        writer.WriteInt64(Lifecycle);
        writer.WriteUInt64(2396);
        writer.WriteBytes(Implementation);
        writer.WriteUInt64(2399);
        writer.WriteArrayStart(2);
        foreach (var name in (string[])["BL1", "BL2"])
        {
            writer.WriteMapStart(3);
            writer.WriteUInt64(1);
            writer.WriteText(name);
            writer.WriteUInt64(2);
            writer.WriteBytes(new byte[32]);
            writer.WriteUInt64(5);
            writer.WriteBytes(new byte[32]);
        }
        return Sign(writer.ToArray(), PlatformSigner ?? platform);
    }

    private byte[] Sign(byte[] payload, ECDsa key)
    {
        var headers = new CborWriter();
        headers.WriteMapStart(1);
        headers.WriteUInt64(1);
        headers.WriteInt64(Algorithm);
        var signature = key.SignData(
            CoseSign1.ToBeSigned(headers.Written, payload), HashAlgorithmName.SHA384);
        var writer = new CborWriter();
        writer.WriteTag(18);
        writer.WriteArrayStart(4);
        writer.WriteBytes(headers.Written);
        writer.WriteMapStart(0);
        writer.WriteBytes(payload);
        writer.WriteBytes(signature);
        return writer.ToArray();
    }
}
