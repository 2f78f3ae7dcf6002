using Stun.Engine.Settlement;
using Stun.Tests.Scenes;

namespace Stun.Tests.Journal;

/// <summary>Whatever a crash leaves of the last write: a batch is there whole or not at all.</summary>
public sealed class TornJournalTests
{
    private readonly List<byte> journal = [];

    /// <summary>The state after each whole batch, by the size of the journal that holds it.</summary>
    private readonly SortedDictionary<int, ulong> states = [];

    public TornJournalTests()
    {
        var runner = new Runner(NewMachine());
        states.Add(0, Scene.DigestOf(runner.Machine));
        for (var nonce = 1UL; nonce <= 12; nonce += 3)
        {
            Input[] inputs = [Deposit(nonce), Deposit(nonce + 1), Deposit(nonce + 2)];
            journal.AddRange(runner.Receive(Scene.Start, inputs).Frame.Span);
            states.Add(journal.Count, Scene.DigestOf(runner.Machine));
        }
    }

    [Fact]
    public void A_torn_journal_loses_a_batch_but_never_half_of_one()
    {
        for (var size = 0; size <= journal.Count; size++)
        {
            var whole = states.Keys.Last(end => end <= size);
            RequireState(journal.ToArray()[..size], whole);
        }
    }

    [Fact]
    public void A_flipped_byte_ends_the_journal_before_its_batch()
    {
        for (var at = 0; at < journal.Count; at++)
        {
            var whole = states.Keys.Last(end => end <= at);
            foreach (var flip in (byte[])[1, 0x80, 0xff])
            {
                var damaged = journal.ToArray();
                damaged[at] ^= flip;
                RequireState(damaged, whole);
            }
        }
    }

    /// <summary>What a write of zeros or of an older file leaves behind the last frame is no frame.</summary>
    [Fact]
    public void A_tail_of_zeros_or_of_noise_is_no_batch()
    {
        var prng = new Prng(5);
        for (var size = 1; size <= 64; size++)
        {
            RequireState([.. journal, .. new byte[size]], journal.Count);
            var noise = new byte[size];
            foreach (ref var item in noise.AsSpan()) item = unchecked((byte)prng.Next());
            RequireState([.. journal, .. noise], journal.Count);
        }
    }

    [Fact]
    public void An_empty_journal_gives_the_first_state_and_a_frame_reads_as_it_was_written()
    {
        RequireState([], 0);
        var frame = JournalFrame.Write(77, [[1, 2, 3], [], [4]]);
        Assert.True(JournalFrame.TryRead([.. frame, 9, 9], out var number, out var body, out var size));
        Assert.Equal((77UL, 4 + 3 + 4 + 4 + 1, frame.Length), (number, body.Length, size));
    }

    private void RequireState(byte[] damaged, int whole)
    {
        var machine = NewMachine();
        var (_, _, bytes) = Runner.Replay(machine, damaged);
        Assert.Equal(whole, bytes);
        Assert.Equal(states[whole], Scene.DigestOf(machine));
    }

    private static EscrowMachine NewMachine() => new(Scene.Terms, Scene.Keys.Check);

    private static Input Deposit(ulong nonce) => new(
        Scene.Requester(), new Message.CallEscrow(nonce, new EscrowCall.Deposit(nonce, new Amount(nonce))));
}
