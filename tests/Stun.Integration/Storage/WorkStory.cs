using Stun.Node.Storage;
using Stun.Tests.Scenes;
using Cast = Stun.Tests.Scenes.Scene;

namespace Stun.Integration.Storage;

/// <summary>
/// A scheduler whose tasks are run by two providers each, of which one is three times as fast: the fast one waits for
/// the slow one before it may show its result. The last task is run by one, and nobody looks at the result.
/// </summary>
internal sealed class WorkStory
{
    public static readonly Duration Fast = Duration.Seconds(3), Slow = Duration.Seconds(9);

    /// <summary>As the receipts of all scenes state it: more than the fast one was waited for.</summary>
    public static readonly Duration Claimed = Duration.Seconds(4);

    private static readonly OrderBuilder[] Pairs =
    [
        .. Enumerable.Range(1, 2).Select(key => new OrderBuilder
        {
            Key = (ulong)key,
            Verification = new VerificationPolicy.Redundant(2, 3),
        }),
    ];

    private static readonly OrderBuilder Alone =
        new() { Key = 3, Verification = new VerificationPolicy.None(), PriceLimit = new Amount(10_001) };

    private readonly SchedulerScene scene = new(SchedulerStory.Terms);

    private WorkStory()
    {
        scene.Join(SchedulerScene.OfferOf(0));
        scene.Join(SchedulerScene.OfferOf(1));
        foreach (var pair in Pairs) RunTwice(pair);
        scene.Submit(Alone);
        var lease = Assert.Single(scene.Granted(Alone));
        scene.Accept(lease);
        scene.Pass(Slow, 0, 1);
        scene.Reveal(Alone, lease);
        Judge(Alone, [lease], PassesAlways);
        Lonely = lease.Provider;
        scene.Pass(Duration.Seconds(7_000), 0, 1);
        Records = SchedulerStory.Split(scene.Harness.Journal);
    }

    private const uint PassesAlways = 1_000_000_000, PassesSeldom = 5_000_000;

    public static WorkStory Told { get; } = new();

    public static Address FastOne => Cast.Provider();

    public static Address SlowOne => Cast.Provider(1);

    /// <summary>Who ran the last task.</summary>
    public Address Lonely { get; }

    public IReadOnlyList<JournalRecord> Records { get; }

    private void RunTwice(OrderBuilder order)
    {
        scene.Submit(order);
        var leases = scene.Granted(order);
        var (fast, slow) = (leases.Single(lease => lease.Provider == FastOne),
            leases.Single(lease => lease.Provider == SlowOne));
        scene.Accept(fast);
        scene.Accept(slow);
        scene.Pass(Fast, 0, 1);
        scene.Commit(order, fast);
        scene.Pass(Slow - Fast, 0, 1);
        scene.Commit(order, slow);
        // What passes from here on is nobody's work either.
        scene.Pass(Duration.Seconds(2), 0, 1);
        scene.Reveal(order, fast);
        scene.Reveal(order, slow);
        Judge(order, [fast, slow], PassesSeldom);
    }

    private void Judge(OrderBuilder order, Lease[] leases, uint passPpb)
    {
        var verdict = new Verdict(order.Id, 0, Outcome.Complete, Cast.DigestOf(5), ValueList.From(
            leases.OrderBy(lease => lease.Attempt).Select(lease =>
                new Finding(lease.Attempt, lease.Provider, Judgement.Paid, new Amount(1_000))).ToList()), passPpb);
        scene.Vote(0, verdict);
        scene.Vote(1, verdict);
        scene.Pass(SchedulerStory.Terms.BatchPause + Duration.Seconds(1), 0, 1);
    }
}
