namespace Stun.Node.Operator.Fees;

/// <summary>What an answer costs, in the token that the operator's contract takes.</summary>
public abstract record FeeSchedule
{
    private FeeSchedule() { }

    public abstract Amount FeeOf(string service);

    /// <summary>
    /// As the first executor reckoned, in floating point, f × 1e18 × 0.6 / 7.7 rounded down, with f 5 for data that
    /// was bought and else 2. Contracts in use pay exactly these numbers, so that they are written out.
    /// </summary>
    public sealed record Prototype : FeeSchedule
    {
        public static readonly Amount Usual = new(155_844_155_844_155_840), Bought = new(389_610_389_610_389_632);

        public override Amount FeeOf(string service) =>
            service.StartsWith("truflation/", StringComparison.Ordinal)
            || service.StartsWith("nft/", StringComparison.Ordinal) ? Bought : Usual;
    }

    /// <summary>As its successor asked for: a hundredth of a token for everything.</summary>
    public sealed record PrototypeFlat : FeeSchedule
    {
        public static readonly Amount Flat = new(10_000_000_000_000_000);

        public override Amount FeeOf(string service) => Flat;
    }

    /// <summary>A price for each, and one for all others.</summary>
    public sealed record Listed(Amount Usual, IReadOnlyDictionary<string, Amount> Named) : FeeSchedule
    {
        public override Amount FeeOf(string service) => Named.GetValueOrDefault(service, Usual);
    }
}
