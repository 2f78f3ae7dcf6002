namespace Stun.Protocol;

/// <summary>
/// What is to be run. Content only: who pays, how much and until when is the <see cref="TaskOrder"/>.
/// </summary>
[Wire]
public sealed record TaskSpec(
    Work Work,
    [property: AtMost(256)] ValueList<string> Command,
    [property: AtMost(256)] ValueList<BlobRef> Inputs,
    [property: AtMost(64)] ValueList<string> Outputs,
    Resources Resources,
    Privacy Privacy,
    VerificationPolicy Verification,
    Comparator Comparator,
    RequesterPolicy Policy)
{
    /// <summary>The name of the input that says what a proof beside a program's result has to be about.</summary>
    public const string StatementName = "statement";

    /// <summary>
    /// The name of the input that says to which key the other inputs are sealed, and to whom the outputs go. Where it
    /// stands, all other inputs are sealed.
    /// </summary>
    public const string SealName = "seal";

    private HashMemo digest;

    /// <summary>Zero where there is none.</summary>
    public Digest Statement => Work is Work.Proof proof ? proof.Statement : InputNamed(StatementName);

    /// <summary>Zero where inputs are as they are.</summary>
    public Digest Seal => InputNamed(SealName);

    private Digest InputNamed(string name)
    {
        foreach (var input in Inputs)
            if (input.Name == name) return input.Digest;
        return Digest.Zero;
    }

    internal bool TryGetDigest(out Digest hash) => digest.TryGet(this, out hash);

    internal Digest KeepDigest(Digest hash) => digest.Keep(this, hash);
}

/// <summary>
/// A container image or a model, each by digest, to be run to its end or to be served; or a proof that is to be made,
/// or the answer to a challenge.
/// </summary>
/// <remarks>
/// The source of an image says where a provider may fetch it; what counts is the digest. A model is named by the digest
/// of its <see cref="ModelManifest"/>.
/// </remarks>
public abstract record Work
{
    private Work() { }

    [Case(1)] public sealed record Image(Digest Digest, [property: AtMost(512)] string Source) : Work;

    [Case(2)] public sealed record Model(Digest Digest) : Work;

    /// <summary>
    /// One replica of a program that answers HTTP on this port until it is told to finish, or its run time is over. Its
    /// result says what it served, and no second run of it can say the same: it is never verified.
    /// </summary>
    [Case(3)]
    public sealed record ServedImage(Digest Digest, [property: AtMost(512)] string Source, ushort Port) : Work;

    /// <summary>One replica of a model, served by its own runner.</summary>
    [Case(4)] public sealed record ServedModel(Digest Digest) : Work;

    /// <summary>
    /// A zero-knowledge proof, made by the provider's own prover. The statement, a blob, says of what; the private part
    /// is the provider's.
    /// </summary>
    [Case(5)] public sealed record Proof(Digest Statement) : Work;

    /// <summary>
    /// The provider's answer to a challenge, a blob that nobody could know before: the key to which inputs may be
    /// sealed, and the evidence of its hardware that names this key and this challenge.
    /// </summary>
    [Case(6)] public sealed record Attestation(Digest Challenge) : Work;

    /// <summary>It runs until somebody ends it.</summary>
    public bool IsServed => this is ServedImage or ServedModel;
}

/// <summary>A content-addressed blob (SHA-256) and the name under which the container sees it.</summary>
public sealed record BlobRef(Digest Digest, ulong Size, string Name);

/// <summary>
/// What one node of the task needs. A task of several nodes is a gang: all of them are leased, or none is.
/// </summary>
/// <param name="ComputeCapability">Ten times the CUDA figure: 80 means 8.0.</param>
/// <param name="Regions">Where it may run; empty means anywhere.</param>
public sealed record Resources(
    ushort GpuCount,
    GpuModel GpuModel,
    uint GpuMemoryMiB,
    ushort ComputeCapability,
    uint CpuMillis,
    uint MemoryMiB,
    uint DiskMiB,
    [property: AtMost(32)] ValueList<Region> Regions,
    byte Nodes);

public enum Privacy : byte
{
    None,
    Tee,
    Zk,
    Fhe,
}

/// <summary>How sure the requester wants to be, and pays for. Derived numbers: docs/protocol/verification.md.</summary>
public abstract record VerificationPolicy
{
    private VerificationPolicy() { }

    /// <summary>The result is taken as it is.</summary>
    [Case(1)] public sealed record None : VerificationPolicy;

    /// <summary>
    /// Validators re-run by lot. The rate rises for providers without a record; it is never below this floor.
    /// </summary>
    [Case(2)] public sealed record SampledAudit(uint RatePpmMin) : VerificationPolicy;

    /// <summary>
    /// <paramref name="Agreeing"/> providers run it at once and must agree; ties are broken by one more attempt at a
    /// time, up to <paramref name="Attempts"/> in all.
    /// </summary>
    [Case(3)] public sealed record Redundant(byte Agreeing, byte Attempts) : VerificationPolicy;

    /// <param name="Circuit">The digest of the circuit's verification key, a blob.</param>
    [Case(4)] public sealed record ZkProof(Digest Circuit) : VerificationPolicy;

    /// <param name="Policy">The blob that says what evidence of hardware must show: which programs, how current.
    /// </param>
    [Case(5)] public sealed record TeeQuote(Digest Policy) : VerificationPolicy;
}

/// <summary>When two results count as the same.</summary>
public abstract record Comparator
{
    private Comparator() { }

    [Case(1)] public sealed record Bytes : Comparator;

    /// <summary>Equal as JSON values: order of members and spelling of numbers do not matter.</summary>
    [Case(2)] public sealed record Json : Comparator;

    /// <summary>
    /// Text whose numbers may differ by <c>AbsoluteUnits * 10^AbsoluteExponent</c> or by this part of the larger
    /// one, whichever is more; everything between the numbers must be equal.
    /// </summary>
    [Case(3)]
    public sealed record NumericTolerance(ulong AbsoluteUnits, sbyte AbsoluteExponent, uint RelativePpb) : Comparator;

    /// <summary>Histograms with equal bin edges whose total variation distance is at most this.</summary>
    [Case(4)] public sealed record Histogram(uint DistancePpm) : Comparator;
}

/// <summary>What the requester asks of a provider beyond hardware.</summary>
public sealed record RequesterPolicy(
    uint ReputationPpmMin,
    Amount StakeMin,
    [property: AtMost(256)] ValueList<Address> ProvidersAllowed,
    [property: AtMost(256)] ValueList<Address> ProvidersDenied)
{
    public static RequesterPolicy Open => new(0, Amount.Zero, [], []);
}
