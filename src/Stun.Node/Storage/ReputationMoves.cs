using Stun.Engine.Reputation;

namespace Stun.Node.Storage;

/// <summary>What moved a provider's reputation, and from where to where.</summary>
public sealed record ReputationMove(
    Instant At, TaskId Task, AttemptId Attempt, Judgement Judgement, Outcome Outcome, uint BeforePpm, uint AfterPpm);

/// <summary>The last moves of one provider, newest first, in the few bytes that a row of it holds.</summary>
internal static class ReputationMoves
{
    /// <summary>Enough to tell why a score is what it is: each move weighs a sixteenth.</summary>
    public const int Max = 32;

    /// <summary>
    /// Reads the log as the scheduler does, finding by finding, with the very book that the scheduler reads it with.
    /// </summary>
    /// <returns>The record as it is then, and what moved it; none where the task proves nothing.</returns>
    public static (ReputationRecord? Record, ReputationMove? Move) Follow(
        NetworkTerms terms, ReputationRecord? known, Finding finding, Instant at, EscrowEvent.TaskSettled settled)
    {
        var provider = finding.Provider;
        var book = new ReputationBook(terms);
        if (known is { } record) book.Restore(provider, record);
        var before = book.ScoreAt(provider, at);
        book.Follow(at, settled with { Verdict = settled.Verdict with { Findings = [finding] } });
        if (book.Find(provider) is not { } after || after == known) return (known, null);
        return (after, new ReputationMove(at, settled.Verdict.Task, finding.Attempt, finding.Judgement,
            settled.Verdict.Outcome, before, after.ScorePpm));
    }

    public static byte[] Encode(IReadOnlyList<ReputationMove> moves)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        foreach (var move in moves)
        {
            writer.Write(move.At.Micros);
            writer.Write(move.Task.High);
            writer.Write(move.Task.Low);
            writer.Write(move.Attempt.Value);
            writer.Write((byte)move.Judgement);
            writer.Write((byte)move.Outcome);
            writer.Write(move.BeforePpm);
            writer.Write(move.AfterPpm);
        }
        writer.Flush();
        return bytes.ToArray();
    }

    public static List<ReputationMove> Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        List<ReputationMove> moves = [];
        while (reader.BaseStream.Position < reader.BaseStream.Length)
            moves.Add(new ReputationMove(
                new Instant(reader.ReadInt64()), new TaskId(reader.ReadUInt64(), reader.ReadUInt64()),
                new AttemptId(reader.ReadUInt64()), (Judgement)reader.ReadByte(), (Outcome)reader.ReadByte(),
                reader.ReadUInt32(), reader.ReadUInt32()));
        return moves;
    }
}
