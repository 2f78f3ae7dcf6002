namespace Stun.Tests.Scenes;

/// <summary>A verdict by hand: what validators would say, without asking them.</summary>
internal sealed record VerdictBuilder(TaskId Task)
{
    private ulong attempts;

    public ushort Round { get; init; }
    public Outcome Outcome { get; init; } = Outcome.Complete;
    public List<Finding> Findings { get; init; } = [];

    public Verdict Verdict => new(
        Task, Round, Outcome, Outcome == Outcome.Complete ? Scene.DigestOf(5) : Digest.Zero, [.. Findings],
        950_000_000);

    public SignedVerdict Signed => Scene.SignByQuorum(Verdict);

    public VerdictBuilder Pay(Address provider, Amount pay) => Add(provider, Judgement.Paid, pay);

    public VerdictBuilder Fraud(Address provider) => Add(provider, Judgement.Fraud, Amount.Zero);

    public VerdictBuilder Unpaid(Address provider) => Add(provider, Judgement.Unpaid, Amount.Zero);

    private VerdictBuilder Add(Address provider, Judgement judgement, Amount pay)
    {
        Findings.Add(new Finding(new AttemptId(++attempts), provider, judgement, pay));
        return this;
    }
}
