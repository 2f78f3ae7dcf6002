using Stun.Simulation;

namespace Stun.Tests.Scenes;

/// <summary>Who plays in a test, by which terms, and what they sign with.</summary>
internal static class Scene
{
    public static readonly Keys Keys = new(7);

    /// <summary>Far enough from zero that nothing before it is negative.</summary>
    public static readonly Instant Start = World.Beginning;

    public static readonly Address Scheduler = Keys.AddressOf("sched", 0);
    public static readonly Address Gateway = Keys.AddressOf("gate", 0);
    public static readonly Address Treasury = Keys.AddressOf("treasury", 0);
    public static readonly Address Creator = Keys.AddressOf("model", 0);
    public static readonly Address Stranger = Keys.AddressOf("stranger", 0);
    public static readonly Address Escrow = Keys.AddressOf("escrow", 0);

    /// <summary>Three validators, two of whom make a verdict.</summary>
    public static readonly NetworkTerms Terms = TermsFor(3);

    /// <summary>The same, with the money on a chain.</summary>
    public static readonly NetworkTerms ChainTerms = Terms with
    {
        Chain = new ChainTerms(Escrow)
        {
            BatchEntriesMax = 8,
            BatchEvery = Duration.Seconds(10),
            RecutAfter = Duration.Seconds(20),
        },
    };

    public static Address Requester(int index = 0) => Keys.AddressOf("req", index);

    public static Address Provider(int index = 0) => Keys.AddressOf("prov", index);

    public static Address Validator(int index = 0) => Keys.AddressOf("valid", index);

    public static NetworkTerms TermsFor(int validators) => new()
    {
        Validators = [.. Enumerable.Range(0, validators).Select(Validator).Order()],
        Quorum = (validators / 2) + 1,
        Domain = new TypedDataDomain(31337, Escrow),
        Treasury = Treasury,
        Schedulers = [Scheduler],
    };

    public static TaskId IdOf(TaskOrder order) => TypedData.TaskIdOf(Terms.Domain, order);

    public static SignedOrder Sign(TaskOrder order) => SignAs(order.Requester, order);

    public static SignedOrder SignAs(Address signer, TaskOrder order) =>
        new(order, Keys.Sign(signer, TypedData.Digest(Terms.Domain, order)));

    public static SignedReceipt Sign(Receipt receipt, Digest salt) =>
        new(receipt, salt, Keys.Sign(receipt.Provider, TypedData.Digest(Terms.Domain, receipt)));

    public static Signature SignCancel(Address signer, TaskId task) =>
        Keys.Sign(signer, TypedData.Digest(Terms.Domain, task));

    public static Vote VoteOf(Address validator, Verdict verdict) =>
        new(verdict, validator, Keys.Sign(validator, TypedData.Digest(Terms.Domain, verdict)));

    public static SignedVerdict Sign(Verdict verdict, params Address[] validators) =>
        new(verdict, [.. validators.Select(validator =>
            new VoteSignature(validator, VoteOf(validator, verdict).Signature))]);

    /// <summary>Signed by just as many validators as are needed.</summary>
    public static SignedVerdict SignByQuorum(Verdict verdict) =>
        Sign(verdict, [.. Enumerable.Range(0, Terms.Quorum).Select(Validator)]);

    /// <summary>A digest of its own for each number; never zero.</summary>
    public static Digest DigestOf(ulong number) => new(number, 1, 2, 3);

    public static bool IsSigned(SignedOrder order) =>
        Keys.Check(order.Order.Requester, TypedData.Digest(Terms.Domain, order.Order), order.Signature);

    public static bool IsSigned(SignedReceipt signed) =>
        Keys.Check(signed.Receipt.Provider, TypedData.Digest(Terms.Domain, signed.Receipt), signed.Signature);

    public static ulong DigestOf(Machine machine)
    {
        var digest = new StateDigest();
        machine.DigestState(digest);
        return digest.Value;
    }
}
