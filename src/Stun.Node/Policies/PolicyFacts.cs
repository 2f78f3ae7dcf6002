using Stun.Execution.Containers;

namespace Stun.Node.Policies;

/// <summary>All that a policy looks at.</summary>
/// <param name="ImageSource">As the order says it; empty where it says nothing.</param>
/// <param name="PricePerSecond">What the lease pays.</param>
/// <param name="Egress">Destinations that the task wants to reach.</param>
public sealed record PolicyFacts(
    TaskOrder Order, string ImageSource, Amount PricePerSecond, ValueList<EgressRule> Egress)
{
    public static PolicyFacts Of(SignedOrder order, Lease lease, ValueList<EgressRule> egress) =>
        new(order.Order, SourceOf(order.Order.Spec.Work), lease.PricePerSecond, egress);

    /// <summary>Where an image is to be pulled from. An image is named by its digest alone today.</summary>
    public static string SourceOf(Work work) => work switch
    {
        Work.Image image => image.Source,
        Work.ServedImage service => service.Source,
        _ => "",
    };
}

/// <summary>What this provider's running tasks hold.</summary>
public sealed record PolicyLoad(uint Tasks, uint CpuMillis, uint MemoryMiB, uint DiskMiB, uint Gpus)
{
    public static PolicyLoad Idle => new(0, 0, 0, 0, 0);
}

/// <summary>What a policy says to one lease. A closed family.</summary>
public abstract record PolicyDecision
{
    private PolicyDecision() { }

    public sealed record Allowed : PolicyDecision;

    /// <param name="Rule">The name of the first rule that says no, as the reference lists them.</param>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Refused(string Rule, string Reason) : PolicyDecision;
}

/// <summary>One rule's answer.</summary>
public sealed record RuleAnswer(string Rule, bool IsKept, string Why)
{
    public override string ToString() => $"{(IsKept ? "pass" : "FAIL")}  {Rule,-24} {Why}";
}
