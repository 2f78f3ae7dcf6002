using Stun.Chain;
using Stun.Chain.Evm.Following;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Tests.Evm;

/// <summary>What a sender decides without a chain: fees, its table, the lines of its journal.</summary>
public sealed class SendingTests
{
    private static readonly FeePolicy Policy = new();

    private static Amount Gwei(ulong count) => new(count * 1_000_000_000);

    private static FeeHistory History(ulong baseGwei, params ulong[] tips) =>
        new(1, [Gwei(1), Gwei(baseGwei)], [.. tips.Select(Gwei)]);

    [Theory]
    [InlineData(10, new ulong[] { 1, 3, 2 }, 22, 2)]
    [InlineData(10, new ulong[] { 100, 100, 100 }, 40, 20)]
    [InlineData(1_000, new ulong[] { 2 }, 500, 2)]
    public void A_fee_is_twice_the_next_blocks_and_the_middle_tip_within_their_caps(
        ulong next, ulong[] tips, ulong fee, ulong tip) =>
        Assert.Equal(
            new FeeQuote(Gwei(fee), Gwei(tip)), Policy.Quote(History(next, tips), FeeModel.BaseFeeAndTip));

    [Fact]
    public void Where_nobody_takes_tips_none_is_offered() =>
        Assert.Equal(
            new FeeQuote(Gwei(20), default), Policy.Quote(History(10, 5), FeeModel.BaseFeeWithDataInGas));

    [Fact]
    public void A_replacement_costs_at_least_a_tenth_more_of_both_until_the_cap()
    {
        var fees = new FeeQuote(Gwei(1), new Amount(1));
        var count = 0;
        while (Policy.Bump(fees, default) is { } next)
        {
            Assert.True(next.FeeMax.Units * 10 >= fees.FeeMax.Units * 11);
            Assert.True(next.TipMax.Units * 10 >= fees.TipMax.Units * 11);
            Assert.True(next.TipMax <= next.FeeMax && next.FeeMax <= Policy.FeeCap);
            fees = next;
            count++;
        }
        Assert.InRange(count, 40, 60);
        var asked = new FeeQuote(Gwei(90), Gwei(2));
        Assert.Equal(asked, Policy.Bump(new FeeQuote(Gwei(1), Gwei(1)), asked));
    }

    private static SendingEntry.Assigned Assigned(ulong nonce, string key) =>
        new(nonce, key, new Address(1, 2, 3), new Amount(UInt128.MaxValue), new byte[] { 1, 2 }, 21_000);

    [Fact]
    public void Entries_survive_their_lines_and_an_altered_line_is_no_entry()
    {
        SendingEntry[] entries =
        [
            Assigned(7, "a key with \"quotes\" and ü"), Assigned(8, "new") with { To = null, Data = default },
            new SendingEntry.Signed(7, new byte[] { 2, 255 }, new FeeQuote(Gwei(3), new Amount(1)), true),
            new SendingEntry.Abandoned(8),
            new SendingEntry.Ended(7, "a", new Digest(1, 2, 3, 4), new Digest(5, 6, 7, 8), SendingEnd.Cancelled),
        ];
        foreach (var entry in entries)
        {
            var line = SendingEntryText.Write(entry);
            Assert.Equal(line, SendingEntryText.Write(SendingEntryText.Read(line.TrimEnd('\n'))!));
            for (var at = 0; at < line.Length - 1; at++)
            {
                Assert.Null(SendingEntryText.Read(line[..at]));
                var altered = line.TrimEnd('\n').ToCharArray();
                altered[at] ^= (char)1;
                Assert.Null(SendingEntryText.Read(new string(altered)));
            }
        }
        var read = (SendingEntry.Assigned)SendingEntryText.Read(SendingEntryText.Write(entries[0]).TrimEnd('\n'))!;
        Assert.Equal(new Amount(UInt128.MaxValue), read.Value);
        Assert.Equal([1, 2], read.Data.ToArray());
    }

    [Fact]
    public void A_table_knows_after_its_shortened_journal_what_it_knew_before()
    {
        var table = new PendingTable(2);
        List<SendingEntry> entries = [];
        for (ulong nonce = 0; nonce < 6; nonce++)
        {
            entries.Add(Assigned(nonce, $"key {nonce}"));
            entries.Add(new SendingEntry.Signed(nonce, new byte[] { (byte)nonce }, default, false));
        }
        for (ulong nonce = 0; nonce < 3; nonce++)
            entries.Add(new SendingEntry.Ended(nonce, $"key {nonce}", default, default, SendingEnd.Mined));
        entries.Add(new SendingEntry.Abandoned(5));
        foreach (var entry in entries) table.Apply(entry);

        var again = new PendingTable(2);
        foreach (var entry in table.Shortened()) again.Apply(entry);
        foreach (var each in (PendingTable[])[table, again])
        {
            Assert.Equal(5UL, each.Next);
            Assert.Equal([3UL, 4UL], each.All.Select(item => item.Nonce));
            // Of the done ones only as many are remembered as allowed.
            Assert.Null(each.FindDone("key 0"));
            Assert.NotNull(each.FindDone("key 1"));
            Assert.NotNull(each.FindDone("key 2"));
            Assert.Null(each.Find("key 5"));
            Assert.Equal(4UL, each.Find("key 4")!.Nonce);
        }
    }

    [Theory]
    [InlineData("ethereum", 1UL)]
    [InlineData("base", 8453UL)]
    [InlineData("arbitrum", 42161UL)]
    [InlineData("local", 31337UL)]
    [InlineData("local:9", 9UL)]
    public void A_network_is_known_by_its_name(string name, ulong id) =>
        Assert.Equal(id, EvmNetwork.Parse(name).ChainId);

    [Theory]
    [InlineData("Ethereum")]
    [InlineData("local:")]
    [InlineData("local:0")]
    [InlineData("local:-1")]
    [InlineData("")]
    public void A_name_that_nobody_knows_is_refused_with_those_that_are(string name)
    {
        var failure = Assert.Throws<ChainException>(() => EvmNetwork.Parse(name));
        Assert.Equal("chain.unknown-network", failure.Code);
        Assert.Contains("arbitrum", failure.Cure);
    }

    [Fact]
    public void A_cursor_survives_its_text_and_nonsense_is_none()
    {
        LogCursor[] cursors =
        [
            LogCursor.StartAt(0), new(5, new Digest(1, 2, 3, 4), 7),
            new(ulong.MaxValue, new Digest(1, 2, 3, 4), LogCursor.Whole),
        ];
        foreach (var cursor in cursors) Assert.Equal(cursor, LogCursor.Parse(cursor.ToString()));
        foreach (var text in (string[])["", "1", "1:2:3", "x:" + new string('0', 64) + ":1",
            "1:" + new string('0', 64) + ":-2", "1:" + new string('0', 64) + ":+1:"])
            Assert.Throws<ChainException>(() => LogCursor.Parse(text));
    }
}
