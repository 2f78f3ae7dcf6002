namespace Stun.Protocol;

/// <summary>
/// How the money held for a task was divided. Held = payouts + treasury + creator + refund, to the last unit.
/// </summary>
[Wire]
public sealed record Settlement(
    TaskId Task,
    Outcome Outcome,
    Address Requester,
    Amount Held,
    Amount Refund,
    Amount Treasury,
    Address ModelCreator,
    Amount Creator,
    [property: AtMost(64)] ValueList<Payout> Payouts,
    [property: AtMost(64)] ValueList<Slashing> Slashings);

public sealed record Payout(AttemptId Attempt, Address Provider, Amount Amount);

/// <summary>What a fraud cost its author: part goes to the harmed requester, the rest to the treasury.</summary>
public sealed record Slashing(AttemptId Attempt, Address Provider, Amount ToRequester, Amount ToTreasury);
