namespace Stun.Tee.Intel;

/// <summary>By what Intel's quoting enclave is known.</summary>
internal sealed record EnclaveIdentity
{
    public required string Id { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset NextAt { get; init; }

    public required uint Evaluation { get; init; }

    public required byte[] MiscSelect { get; init; }

    public required byte[] MiscSelectMask { get; init; }

    public required byte[] Attributes { get; init; }

    public required byte[] AttributesMask { get; init; }

    public required byte[] Signer { get; init; }

    public required int ProductId { get; init; }

    public required IReadOnlyList<SvnLevel> Levels { get; init; }

    public static EnclaveIdentity Read(SignedJson signed) => signed.Read("The identity of an enclave", root =>
    {
        var version = root.GetProperty("version").GetInt32();
        if (version != 2) throw new EvidenceException("format.version", $"An identity of version {version}.");
        return new EnclaveIdentity
        {
            Id = SignedJson.Text(root.GetProperty("id"), "id"),
            IssuedAt = SignedJson.TimeOf(root, "issueDate"),
            NextAt = SignedJson.TimeOf(root, "nextUpdate"),
            Evaluation = root.GetProperty("tcbEvaluationDataNumber").GetUInt32(),
            // Numbers of the processor are written from the highest digit: reports have them the other way round.
            MiscSelect = Reversed(SignedJson.HexOf(root, "miscselect", 4)),
            MiscSelectMask = Reversed(SignedJson.HexOf(root, "miscselectMask", 4)),
            Attributes = SignedJson.HexOf(root, "attributes", 16),
            AttributesMask = SignedJson.HexOf(root, "attributesMask", 16),
            Signer = SignedJson.HexOf(root, "mrsigner", 32),
            ProductId = root.GetProperty("isvprodid").GetInt32(),
            Levels = SvnLevel.ReadAll(root),
        };
    });

    private static byte[] Reversed(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }
}
