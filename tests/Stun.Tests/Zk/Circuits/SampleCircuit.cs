using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Gadgets;

namespace Stun.Tests.Zk.Circuits;

// Shown in docs/protocol/proofs.md, from here to the end.
/// <summary>Amounts that stay secret add up to no more than a limit that everybody sees.</summary>
public sealed record BudgetCircuit(int Count) : ICircuit
{
    public string Name => $"budget-{Count}";

    public void Define(CircuitBuilder builder)
    {
        var limit = builder.ToUnsigned(builder.Private("limit"), 64);
        var amounts = builder.Private("amount", Count);
        // Without a range an amount could be "minus a million": the field has no negative numbers, only large ones.
        foreach (var amount in amounts) builder.ToUnsigned(amount, 48);
        builder.RequireAtMost(builder.ToUnsigned(builder.Sum(amounts), 64), limit);
        PublicDigest.Expose(builder, limit.Signal, PoseidonGadget.HashList(builder, amounts));
    }

    public static Assignment Assign(long limit, long[] amounts) =>
        new Assignment().Set("limit", limit).Set("amount", amounts);
}
