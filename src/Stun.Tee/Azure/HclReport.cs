using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Stun.Tee.Certificates;
using Stun.Tee.Reading;

namespace Stun.Tee.Azure;

/// <summary>
/// What Azure's paravisor keeps in its TPM: the hardware's report, and claims that the report data are a digest of.
/// Among the claims is the TPM's key.
/// </summary>
internal sealed record HclReport
{
    private const int HardwareSize = 1184;
    private const uint Snp = 2;
    private const uint Tdx = 4;
    private const uint Sha256 = 1;
    private const string TpmKeyName = "HCLAkPub";

    public required bool IsTdx { get; init; }

    /// <summary>A report of SEV-SNP; of TDX only what a quote is made from, which nobody else can check.</summary>
    public required ReadOnlyMemory<byte> Hardware { get; init; }

    public required ReadOnlyMemory<byte> Claims { get; init; }

    public static HclReport Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TeeLimits.EvidenceBytesMax)
            throw new EvidenceException("format.size", $"A paravisor's blob of {bytes.Length} bytes is too large.");
        var reader = new ByteReader(bytes, "A paravisor's blob");
        if (!reader.Take(4).Span.SequenceEqual("HCLA"u8))
            throw new EvidenceException("format.magic", "A paravisor's blob does not begin as it must.");
        // Version, size of the report, kind of the request, status, three words without meaning.
        reader.Skip(28);
        var hardware = reader.Take(HardwareSize);
        // The size of all that follows; the last word says how much of it is claims.
        reader.Skip(4);
        reader.Skip(4);
        var type = reader.UInt32();
        var hash = reader.UInt32();
        var claims = reader.Take(reader.UInt32());
        if (type is not (Snp or Tdx) || hash != Sha256)
            throw new EvidenceException("format.version", $"A paravisor's blob of type {type} and hash {hash}.");
        return new HclReport { IsTdx = type == Tdx, Hardware = hardware, Claims = claims };
    }

    /// <summary>The key that the TPM signs with.</summary>
    public PublicKey TpmKey()
    {
        try
        {
            using var document = JsonDocument.Parse(
                Claims, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
            {
                if (key.GetProperty("kid").GetString() != TpmKeyName) continue;
                if (key.GetProperty("kty").GetString() != "RSA") break;
                return PublicKey.FromRsa(Decode(key, "n"), Decode(key, "e"));
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            throw new EvidenceException("format.json", $"The paravisor's claims are not what they must be: "
                + failure.Message);
        }
        throw new EvidenceException("format.claim", $"The paravisor's claims name no key '{TpmKeyName}' for RSA.");
    }

    private static byte[] Decode(JsonElement key, string name) =>
        Base64Url.DecodeFromUtf8(Encoding.UTF8.GetBytes(key.GetProperty(name).GetString() ?? ""));
}
