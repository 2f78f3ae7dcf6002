using Stun.Chain.Evm.Following;
using Stun.Node;
using Stun.Node.Operator;
using Stun.Node.Operator.Following;

namespace Stun.Tests.Operator;

/// <summary>What a node has begun for a chain, over crashes.</summary>
public sealed class LaneJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-lane-").FullName;

    private string File => Path.Combine(folder, "requests.journal");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_was_kept_is_there_in_the_next_life_and_a_torn_line_is_not()
    {
        var request = Requests.Asking("ping", "x", payment: 12);
        var id = request.RequestId.ToString();
        await using (var journal = LaneJournal.Open(File, _ => { }, () => []))
        {
            await journal.AppendAsync(
                new LaneEntry(EntryKind.Reached) { Place = LogCursor.StartAt(7).ToString() },
                new LaneEntry(EntryKind.Asked) { Id = id, Block = 8, Request = RequestText.Of(request) });
            await journal.AppendAsync(new LaneEntry(EntryKind.Ordered) { Id = id, Order = [1, 2, 3] });
            await journal.AppendAsync(RequestTable.Replied(id, new Reply([9], 2UL, "why")));
            await journal.AppendAsync(new LaneEntry(EntryKind.Extended) { Id = id, Expiration = "1663509000" });
        }
        System.IO.File.AppendAllText(File, "{\"kind\":\"Settled\",\"id\":");
        for (var life = 0; life < 3; life++)
        {
            var table = new RequestTable();
            await using var journal = LaneJournal.Open(File, table.Apply, table.Shortened);
            var open = table.Find(request.RequestId)!;
            Assert.Equal(LogCursor.StartAt(7), table.Place);
            Assert.Equal(request with { Expiration = 1663509000UL }, open.Request);
            Assert.Equal(new Reply([9], 2UL, "why"), open.Reply);
            Assert.Equal([1, 2, 3], open.Order!.Value.ToArray());
            Assert.Equal((RequestState.Open, 8UL), (open.State, open.Block));
        }
    }

    [Fact]
    public void A_line_that_was_changed_is_said_and_nothing_is_guessed()
    {
        System.IO.File.WriteAllText(File, "{\"kind\":\"Reached\",\"place\":\"x\"}\n");
        var broken = Assert.Throws<NodeException>(() => LaneJournal.Open(File, new RequestTable().Apply, () => []));
        Assert.Equal("operator.journal", broken.Code);
        Assert.Contains("Line 1", broken.Message);
    }

    [Fact]
    public void A_request_that_comes_again_in_another_block_keeps_what_was_found_out_for_the_same_question()
    {
        var table = new RequestTable();
        var request = Requests.Asking("ping", "x", payment: 12);
        var id = request.RequestId.ToString();
        table.Apply(Asked(request, 8));
        table.Apply(RequestTable.Replied(id, new Reply([9], 2UL, null)));
        table.Apply(new LaneEntry(EntryKind.Retracted) { Id = id });
        Assert.Equal(RequestState.Retracted, table.Find(request.RequestId)!.State);
        table.Apply(Asked(request with { Expiration = 1663508112UL }, 9));
        var open = table.Find(request.RequestId)!;
        Assert.Equal((RequestState.Open, 9UL, true), (open.State, open.Block, open.Reply is not null));
        Assert.Equal(1663508112UL, (ulong)open.Request.Expiration);
        table.Apply(Asked(Requests.Asking("ping", "y", payment: 12), 10));
        Assert.Null(open.Reply);
    }

    [Fact]
    public void What_the_chain_takes_back_is_as_it_was()
    {
        var table = new RequestTable();
        var request = Requests.Asking("ping", "x");
        var id = request.RequestId.ToString();
        table.Apply(Asked(request, 8));
        table.Apply(new LaneEntry(EntryKind.Extended) { Id = id, Expiration = "1663509000" });
        table.Apply(new LaneEntry(EntryKind.ExtensionTakenBack) { Id = id, Expiration = "1663509000" });
        var open = table.Find(request.RequestId)!;
        Assert.Equal(request, open.Request);
        table.Apply(new LaneEntry(EntryKind.Settled) { Id = id, Block = 9 });
        Assert.Equal(RequestState.Settled, open.State);
        table.Apply(new LaneEntry(EntryKind.Reopened) { Id = id });
        Assert.Equal(RequestState.Open, open.State);
        table.Apply(new LaneEntry(EntryKind.Forgotten) { Id = id });
        Assert.Equal(0, table.Count);
    }

    private static LaneEntry Asked(Node.Operator.Wire.OracleRequest request, ulong block) => new(EntryKind.Asked)
    {
        Id = request.RequestId.ToString(),
        Block = block,
        Request = RequestText.Of(request),
    };
}
