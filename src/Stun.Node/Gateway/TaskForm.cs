namespace Stun.Node.Gateway;

/// <summary>A task as the API takes it. What is left out has a default that is safe, not one that is large.</summary>
public sealed record TaskForm
{
    /// <summary>Where the image is and its digest: <c>docker://HOST/NAME@sha256:DIGEST</c>, or the digest
    /// alone.</summary>
    public string? Image { get; init; }

    /// <summary>A model by digest, instead of an image.</summary>
    public string? Model { get; init; }

    /// <summary>Instead of both: the digest of a statement, of which the provider's own prover makes a proof.
    /// </summary>
    public string? Proof { get; init; }

    /// <summary>Instead of all of them: the digest of a challenge, which the provider answers with a key and the
    /// evidence of its hardware.</summary>
    public string? Attestation { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
    public IReadOnlyList<InputForm>? Inputs { get; init; }
    public IReadOnlyList<string>? Outputs { get; init; }
    public ResourcesForm? Resources { get; init; }
    public VerificationForm? Verification { get; init; }
    public ComparatorForm? Comparator { get; init; }
    public ChoiceForm? Providers { get; init; }
    public string? Privacy { get; init; }
    public long? RunTimeMaxSeconds { get; init; }

    /// <summary>The most the task may cost, in the smallest unit, as decimal digits.</summary>
    public string? PriceLimit { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public string? Priority { get; init; }
    public string? ModelCreator { get; init; }
    public string? Home { get; init; }

    /// <summary>Instead of all else: a SignedOrder in canonical CBOR, as base64, signed by the requester.</summary>
    public string? Order { get; init; }

    /// <summary>Beside an order that has none: its requester's signature, as a wallet makes it.</summary>
    public string? Signature { get; init; }
}

public sealed record InputForm(string? Name, string? Digest, ulong? Size);

public sealed record ResourcesForm
{
    public ushort? GpuCount { get; init; }
    public string? GpuModel { get; init; }
    public uint? GpuMemoryMib { get; init; }

    /// <summary>As "8.0".</summary>
    public string? ComputeCapability { get; init; }
    public uint? CpuMillis { get; init; }
    public uint? MemoryMib { get; init; }
    public uint? DiskMib { get; init; }
    public IReadOnlyList<string>? Regions { get; init; }
    public byte? Nodes { get; init; }
}

/// <summary>kind: none, audit (rate_ppm), redundant (agreeing, attempts), zk (circuit), tee (policy: the
/// digest of the file that says what evidence must show).</summary>
public sealed record VerificationForm
{
    public string? Kind { get; init; }
    public uint? RatePpm { get; init; }
    public byte? Agreeing { get; init; }
    public byte? Attempts { get; init; }
    public string? Circuit { get; init; }
    public string? Policy { get; init; }
}

/// <summary>kind: bytes, json, numeric (absolute_units, absolute_exponent, relative_ppb), histogram (distance_ppm).
/// </summary>
public sealed record ComparatorForm
{
    public string? Kind { get; init; }
    public ulong? AbsoluteUnits { get; init; }
    public sbyte? AbsoluteExponent { get; init; }
    public uint? RelativePpb { get; init; }
    public uint? DistancePpm { get; init; }
}

/// <summary>Which providers are wanted.</summary>
public sealed record ChoiceForm
{
    public uint? ReputationPpmMin { get; init; }
    public string? StakeMin { get; init; }
    public IReadOnlyList<string>? Allowed { get; init; }
    public IReadOnlyList<string>? Denied { get; init; }
}
