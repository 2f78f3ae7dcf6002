using Stun.Node;
using Stun.Node.Gateway;
using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Tests.Serving;

/// <summary>When replicas are followed by others, given up, and refused to calls that they have failed.</summary>
public sealed class LifeTests
{
    private static readonly ServiceTerms Usual = new();

    [Fact]
    public void By_the_usual_terms_a_successor_has_its_whole_start_before_anybody_goes()
    {
        var second = 1;
        while (!LifeRule.IsAboutToEnd(At(0), Usual.Life, Usual.StartWithin, At(second))) second++;
        var ordered = At(second - 1);
        Assert.False(LifeRule.IsLate(At(0), Usual.Life, ordered + Usual.StartWithin));
        Assert.True(LifeRule.IsLate(At(0), Usual.Life, At(3_586)));
        Assert.False(LifeRule.IsAboutToEnd(At(0), Duration.Seconds(30), Usual.StartWithin, At(15)));
    }

    [Fact]
    public void Only_as_many_retire_as_others_are_ready_and_the_late_ones_in_any_case()
    {
        var retiring = Enumerable.Range(0, 4).Select(second => Ready(At(second))).ToList();
        Assert.Empty(LifeRule.Leaving(retiring, 0, 4, At(3_500)));
        Assert.Equal([retiring[0]], LifeRule.Leaving(retiring, 1, 4, At(3_500)));
        Assert.Equal(retiring, LifeRule.Leaving(retiring, 4, 4, At(3_500)));
        Assert.Equal([retiring[0], retiring[1]], LifeRule.Leaving(retiring, 0, 4, At(3_587)));
    }

    [Fact]
    public void Three_calls_that_fail_one_after_another_beside_good_health_are_enough()
    {
        var record = new CallRecord();
        record.Failed(record.Begin());
        record.Failed(record.Begin());
        record.Well();
        Assert.False(record.IsHopeless);
        record.Failed(record.Begin());
        Assert.True(record.IsHopeless);
        record.Answered();
        Assert.False(record.IsHopeless);
    }

    [Fact]
    public void Calls_that_fail_together_or_without_health_are_no_reason_to_give_up()
    {
        var together = new CallRecord();
        var begun = Enumerable.Range(0, 8).Select(_ => together.Begin()).ToList();
        begun.ForEach(together.Failed);
        together.Well();
        Assert.False(together.IsHopeless);
        var dead = new CallRecord();
        for (var count = 0; count < 8; count++) dead.Failed(dead.Begin());
        Assert.False(dead.IsHopeless);
    }

    [Fact]
    public async Task A_call_that_all_replicas_have_failed_is_answered_at_once_if_there_can_be_no_more()
    {
        var table = new SeatTable(TimeProvider.System) { Terms = Usual with { ReplicasMax = 1 } };
        var replica = Ready(At(0));
        table.Add(replica);
        var refused = await Assert.ThrowsAsync<ApiException>(() => table.TakeAsync([replica], CancellationToken.None));
        Assert.Equal("service.no-answer", refused.Code);

        table.Terms = Usual with { ReplicasMax = 2 };
        using var stop = new CancellationTokenSource();
        var waiting = table.TakeAsync([replica], stop.Token);
        Assert.False(waiting.IsCompleted);
        var other = Ready(At(0));
        table.Add(other);
        table.Enter(other, ReplicaState.Ready, At(1));
        Assert.Same(other, (await waiting).Replica);
    }

    [Fact]
    public void A_full_queue_is_told_before_a_body_is_read()
    {
        var table = new SeatTable(TimeProvider.System) { Terms = Usual with { QueueMax = 1 } };
        table.RequireRoom();
        _ = table.TakeAsync([], TestContext.Current.CancellationToken);
        Assert.Equal("service.overloaded", Assert.Throws<ApiException>(table.RequireRoom).Code);
        table.Add(Ready(At(0)));
        table.RequireRoom();
    }

    [Fact]
    public void A_service_that_is_removed_stays_so()
    {
        var tools = new FleetTools(null!, new ReplicaBoard(), null!, TimeProvider.System, _ => { });
        var fleet = new ReplicaFleet(Service("web"), tools);
        Assert.True(fleet.Change(Usual with { ReplicasMax = 3 }));
        fleet.Remove();
        Assert.False(fleet.Change(Usual with { ReplicasMax = 3 }));
        Assert.Equal(0, fleet.Service.Terms.ReplicasMax);
        Assert.True(fleet.IsGone);
    }

    [Fact]
    public void Gateways_that_share_a_database_keep_their_own_services()
    {
        var database = NodeDatabase.Sqlite(
            Path.Combine(Directory.CreateTempSubdirectory("stun-services").FullName, "node.db"));
        using (var connection = database.Open()) ReadModelSchema.Kept.Apply(connection, database.Dialect);
        var (one, two) = (new ServiceBook(database, new Address(1, 1, 1)),
            new ServiceBook(database, new Address(2, 2, 2)));
        Assert.True(one.Add(Service("web")));
        Assert.False(two.Add(Service("web")));
        var ordered = Ready(At(0)).Ordered;
        one.AddReplica("web", ordered);
        Assert.Empty(two.List());
        Assert.Empty(two.Orphans());
        two.Remove("web");
        two.RemoveReplica(ordered.Task);
        Assert.Single(one.List());
        Assert.Single(one.Replicas("web"));
        one.Remove("web");
        Assert.Single(one.Orphans());
        Assert.Empty(two.Orphans());
    }

    private static Replica Ready(Instant orderedAt)
    {
        var order = new TaskOrder(default, (ulong)orderedAt.Micros, Service("web").Spec, Usual.Life, Amount.Zero,
            orderedAt + Usual.Life, Priority.Normal, default, Region.Anywhere);
        var replica = new Replica(
            new OrderedReplica(default, new SignedOrder(order, Signature.None)), new ReplicaBoard(), 8, orderedAt)
        {
            OrderedAt = orderedAt,
        };
        replica.Enter(ReplicaState.Ready, orderedAt);
        return replica;
    }

    private static ServiceRecord Service(string name) => new(
        name, new Address(7, 7, 7), At(0),
        new TaskSpec(new Work.ServedImage(default, "", 80), [], [], [],
            new Resources(0, default, 0, 0, 100, 64, 8, [], 1), Privacy.None, new VerificationPolicy.None(),
            new Comparator.Bytes(), OrderDesk.PolicyOf(new FormReader(), null)),
        default, Usual);

    private static Instant At(int seconds) => new(1_000_000L * (1_000 + seconds));
}
