using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stun.Execution.Hardware;

/// <summary>
/// What ./stun hardware --json prints; docs/operating/hardware.md tells the fields. A field keeps its name and meaning;
/// <see cref="SchemaVersion"/> rises when one has to change.
/// </summary>
public sealed record HardwareDocument(HardwareReport Machine, ProbeReport? Measured, SignedRecordText? Record)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    [JsonPropertyOrder(-1)]
    public int SchemaVersion { get; } = 1;

    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";
}

/// <summary>A signed capability record in hexadecimal.</summary>
/// <param name="Cbor">The canonical CBOR of the whole signed record, in its envelope.</param>
/// <param name="Digest">What was signed.</param>
/// <param name="Signature">r, s and the recovery id.</param>
public sealed record SignedRecordText(string Node, string Nonce, string Cbor, string Digest, string Signature)
{
    public static SignedRecordText Of(SignedCapabilityRecord signed, Digest digest) => new(
        signed.Record.Node.ToString(),
        signed.Record.Nonce.ToString(),
        Convert.ToHexStringLower(ProtocolWire.Encode(signed)),
        digest.ToString(),
        $"{signed.Signature.R}{signed.Signature.S}{signed.Signature.RecoveryId:x2}");
}
