using Stun.Node.Policies;
using Stun.Tests.Scenes;

namespace Stun.Tests.Policies;

/// <summary>A task that the default policy takes.</summary>
internal static class PolicyScene
{
    /// <summary>Saturday, 21 November 2026, 12:00 UTC.</summary>
    public static readonly Instant Now = new(1_795_262_400_000_000);

    public static TaskOrder Order { get; } = new OrderBuilder { RunTimeMax = Duration.Seconds(3_600) }.Order;

    public static PolicyFacts Facts { get; } = new(Order, "", new Amount(100), []);

    public static PolicyFacts With(Func<TaskSpec, TaskSpec> change) =>
        Facts with { Order = Order with { Spec = change(Order.Spec) } };
}
