using System.Text;
using System.Text.Json;
using Stun.Tee.Certificates;

namespace Stun.Tee.Intel;

/// <summary>What must be known beside a quote: levels, the quoting enclave's identity, revoked certificates.</summary>
/// <remarks>Nothing of it is believed for where it comes from: each part is signed, and checked with the
/// quote.</remarks>
public sealed class IntelCollateral
{
    internal SignedJson? TcbInfo { get; init; }

    internal SignedJson? QeIdentity { get; init; }

    internal IReadOnlyList<RevocationList> Lists { get; init; } = [];

    /// <summary>One JSON object with all parts, as provisioning caches hand it on.</summary>
    public static IntelCollateral FromJson(ReadOnlyMemory<byte> json)
    {
        if (json.Length > TeeLimits.CollateralBytesMax)
            throw new EvidenceException("format.size", $"Collateral of {json.Length} bytes is too large.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            return new IntelCollateral
            {
                TcbInfo = Part(root, "tcb_info"),
                QeIdentity = Part(root, "qe_identity"),
                Lists = [List(root, "root_ca_crl"), List(root, "pck_crl")],
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new EvidenceException("format.json", $"The collateral is not what it is said to be: "
                + failure.Message);
        }
    }

    /// <summary>The parts as Intel's own service answers; a part that is missing stays missing.</summary>
    /// <param name="tcbInfo">With its signature around it, and the chain that came beside it.</param>
    public static IntelCollateral FromParts(
        ReadOnlyMemory<byte>? tcbInfo, ReadOnlyMemory<byte>? tcbChain, ReadOnlyMemory<byte>? qeIdentity,
        ReadOnlyMemory<byte>? qeChain, IEnumerable<ReadOnlyMemory<byte>> lists) => new()
        {
            TcbInfo = Envelope(tcbInfo, "tcbInfo", tcbChain),
            QeIdentity = Envelope(qeIdentity, "enclaveIdentity", qeChain),
            Lists = [.. lists.Select(RevocationList.Parse)],
        };

    /// <summary>When the first part of it is to be asked for again.</summary>
    public DateTimeOffset? NextAt()
    {
        List<DateTimeOffset> ends = [.. Lists.Select(list => list.NextAt)];
        if (TcbInfo is not null) ends.Add(Intel.TcbInfo.Read(TcbInfo).NextAt);
        if (QeIdentity is not null) ends.Add(EnclaveIdentity.Read(QeIdentity).NextAt);
        return ends.Count == 0 ? null : ends.Min();
    }

    private static SignedJson? Envelope(ReadOnlyMemory<byte>? body, string name, ReadOnlyMemory<byte>? chain) =>
        body is null ? null : SignedJson.FromEnvelope(
            body.Value, name, chain is null ? [] : Pem.ReadCertificates(chain.Value.Span));

    private static SignedJson Part(JsonElement root, string name) => SignedJson.Make(
        Encoding.UTF8.GetBytes(SignedJson.Text(root.GetProperty(name), name)),
        SignedJson.Text(root.GetProperty(name + "_signature"), name + "_signature"),
        Pem.ReadCertificates(Encoding.ASCII.GetBytes(
            SignedJson.Text(root.GetProperty(name + "_issuer_chain"), name + "_issuer_chain"))));

    private static RevocationList List(JsonElement root, string name)
    {
        var hex = SignedJson.Text(root.GetProperty(name), name);
        return RevocationList.Parse(hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hex)
            : throw new EvidenceException("format.hex", $"'{name}' is not hexadecimal."));
    }
}
