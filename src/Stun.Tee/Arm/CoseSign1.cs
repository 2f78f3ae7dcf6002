using System.Security.Cryptography;
using Stun.Cbor;
using Stun.Tee.Certificates;

namespace Stun.Tee.Arm;

/// <summary>One signer's signature over a payload (RFC 9052): what of it tokens use.</summary>
internal sealed record CoseSign1
{
    private const ulong Tag = 18;
    private const long AlgorithmKey = 1;
    private const long CriticalKey = 2;
    private const long Es256 = -7;
    private const long Es384 = -35;
    private const long Es512 = -36;

    public required byte[] Payload { get; init; }

    public required byte[] Signature { get; init; }

    public required SignatureScheme Scheme { get; init; }

    /// <summary>What is signed: the headers that are protected, and the payload.</summary>
    public required byte[] Signed { get; init; }

    public static CoseSign1 Parse(ReadOnlySpan<byte> bytes, string what)
    {
        var item = CborItem.Parse(bytes, what);
        if (item is not CborItem.Tagged { Tag: Tag } tagged)
            throw new EvidenceException("format.cose", $"{what} is not signed by one signer (COSE_Sign1).");
        var parts = tagged.Item.AsArray(what);
        if (parts.Count != 4) throw new EvidenceException("format.cose", $"{what} has {parts.Count} parts, and not 4.");
        var headers = parts[0].AsBytes("The headers of a token");
        var protectedMap = CborItem.Parse(headers, "The headers of a token").AsMap("The headers of a token");
        parts[1].AsMap("The open headers of a token");
        if (protectedMap.ByNumber.ContainsKey(CriticalKey))
            throw new EvidenceException("format.cose", "A token has headers that must be understood.");
        if (!protectedMap.ByNumber.TryGetValue(AlgorithmKey, out var algorithm))
            throw new EvidenceException("format.cose", "A token does not say how it was signed.");
        var payload = parts[2].AsBytes("The payload of a token");
        return new CoseSign1
        {
            Payload = payload,
            Signature = parts[3].AsBytes("The signature of a token"),
            Scheme = algorithm.AsNumber("The algorithm of a token") switch
            {
                Es256 => SignatureScheme.EcdsaSha256,
                Es384 => SignatureScheme.EcdsaSha384,
                Es512 => SignatureScheme.EcdsaSha512,
                var other => throw new EvidenceException("format.cose", $"The algorithm {other} is not taken."),
            },
            Signed = ToBeSigned(headers, payload),
        };
    }

    /// <summary>The structure of RFC 9052, 4.4, without data from outside.</summary>
    public static byte[] ToBeSigned(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        var writer = new CborWriter(headers.Length + payload.Length + 32);
        writer.WriteArrayStart(4);
        writer.WriteText("Signature1");
        writer.WriteBytes(headers);
        writer.WriteBytes([]);
        writer.WriteBytes(payload);
        return writer.ToArray();
    }

    public bool IsSignedBy(PublicKey key) => key.VerifyFixed(Signed, Signature, Scheme);

    /// <summary>The curve of a point without compression, by its size.</summary>
    public static PublicKey KeyOfPoint(ReadOnlySpan<byte> point) => point switch
    {
        [0x04, .. { Length: 64 } rest] => PublicKey.FromPoint(ECCurve.NamedCurves.nistP256, rest),
        [0x04, .. { Length: 96 } rest] => PublicKey.FromPoint(ECCurve.NamedCurves.nistP384, rest),
        [0x04, .. { Length: 132 } rest] => PublicKey.FromPoint(ECCurve.NamedCurves.nistP521, rest),
        _ => throw new EvidenceException("format.key", "A realm's key is no point of a curve that is taken."),
    };

    /// <summary>A key as COSE writes it (RFC 9052, 7): a map with curve and coordinates.</summary>
    public static PublicKey KeyOfMap(ReadOnlySpan<byte> bytes)
    {
        const string What = "A realm's key";
        var map = CborItem.Parse(bytes, What).AsMap(What).ByNumber;
        byte[] Coordinate(long key) => map.TryGetValue(key, out var found) ? found.AsBytes(What) : [];
        var (x, y) = (Coordinate(-2), Coordinate(-3));
        if (x.Length != y.Length) throw new EvidenceException("format.key", $"{What} has uneven coordinates.");
        return KeyOfPoint([0x04, .. x, .. y]);
    }
}
