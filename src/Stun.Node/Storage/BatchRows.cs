namespace Stun.Node.Storage;

/// <summary>
/// Batches and their lines, so that anybody can be shown in which one a task went to the chain. One changes a few times
/// a minute at most: each change is written at once.
/// </summary>
internal static class BatchRows
{
    private static readonly RowStatement PutLine = RowStatement.Insert("batch_lines", "line batch:n place:n task",
        "ON CONFLICT (line) DO UPDATE SET batch = excluded.batch, place = excluded.place");

    public static void Follow(SqlText sql, Instant at, EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.BatchCut cut: Cut(sql, at, cut); break;
            case EscrowEvent.BatchSigned signed: Sign(sql, signed); break;
            case EscrowEvent.BatchPosted posted:
                sql.Execute("""
                    UPDATE batches SET state = 'posted', payable_at = @at, on_chain = @there WHERE number = @number
                    """, ("at", posted.PayableAt.Micros), ("there", posted.OnChain.Micros),
                    ("number", SqlValue.Of(posted.Number)));
                break;
            case EscrowEvent.BatchSettled settled: Change(sql, settled.Number, "settled"); break;
            case EscrowEvent.BatchVoided voided:
                Change(sql, voided.Number, "voided");
                ForgetLines(sql, voided.Number);
                break;
        }
    }

    public static StoredBatch? Find(SqlText sql, Digest line) =>
        sql.First("SELECT batch, place FROM batch_lines WHERE line = @line", Place, ("line", line.ToString()))
            is { } found ? Find(sql, found.Batch, found.Index) : null;

    public static StoredBatch? FindOf(SqlText sql, TaskId task) =>
        sql.First("SELECT batch, place FROM batch_lines WHERE task = @task", Place, ("task", task.ToString()))
            is { } found ? Find(sql, found.Batch, found.Index) : null;

    /// <param name="index">Of the line that is meant.</param>
    public static StoredBatch? Find(SqlText sql, ulong number, int index) => sql.First(
        "SELECT state, payable_at, signed, lines, on_chain, moves FROM batches WHERE number = @number",
        row => new StoredBatch(
            ProtocolWire.DecodeSignedBatch(SqlValue.Bytes(row, 2)), row.GetString(0),
            SqlValue.InstantOrNull(row, 1), index, Digests(SqlValue.Bytes(row, 3)))
        {
            OnChain = SqlValue.InstantOrNull(row, 4),
            Moves = SqlValue.BytesOrNull(row, 5) is { } moves ? Digests(moves) : [],
        },
        ("number", SqlValue.Of(number)));

    /// <summary>Whose lines they are, in the order of the lines.</summary>
    public static IReadOnlyList<TaskId> Tasks(SqlText sql, ulong number) => sql.List(
        "SELECT task FROM batch_lines WHERE batch = @number AND task IS NOT NULL ORDER BY place",
        row => SqlValue.TaskId(row, 0), ("number", SqlValue.Of(number)));

    private sealed record LinePlace(ulong Batch, int Index);

    private static LinePlace Place(System.Data.Common.DbDataReader row) =>
        new(SqlValue.Unsigned(row, 0), (int)row.GetInt64(1));

    private static void Cut(SqlText sql, Instant at, EscrowEvent.BatchCut cut)
    {
        var number = SqlValue.Of(cut.Batch.Number);
        sql.Execute("DELETE FROM batches WHERE number = @number", ("number", number));
        ForgetLines(sql, cut.Batch.Number);
        var rows = new RowSet(PutLine);
        for (var place = 0; place < cut.Lines.Count; place++)
            rows.Add(cut.Lines[place].ToString(), number, (long)place, cut.Tasks[place].ToString());
        sql.Execute("""
            INSERT INTO batches (number, state, cut_at, payable_at, signed, lines, moves)
            VALUES (@number, 'cut', @at, NULL, @signed, @lines, @moves)
            """, ("number", number), ("at", at.Micros),
            ("signed", ProtocolWire.Encode(new SignedBatch(cut.Batch, []))),
            ("lines", Digest.Join(cut.Lines)), ("moves", Digest.Join(cut.Moves)));
        sql.Write(rows);
    }

    private static void Sign(SqlText sql, EscrowEvent.BatchSigned signed)
    {
        var number = SqlValue.Of(signed.Number);
        var before = sql.First("SELECT signed FROM batches WHERE number = @number",
            row => ProtocolWire.DecodeSignedBatch(SqlValue.Bytes(row, 0)), ("number", number));
        if (before is null) return;
        List<VoteSignature> votes = [.. before.Signatures.Add(signed.Vote).OrderBy(vote => vote.Validator)];
        sql.Execute("UPDATE batches SET signed = @signed WHERE number = @number",
            ("signed", ProtocolWire.Encode(before with { Signatures = ValueList.From(votes) })), ("number", number));
    }

    private static void Change(SqlText sql, ulong number, string state) =>
        sql.Execute("UPDATE batches SET state = @state WHERE number = @number",
            ("state", state), ("number", SqlValue.Of(number)));

    private static void ForgetLines(SqlText sql, ulong number) =>
        sql.Execute("DELETE FROM batch_lines WHERE batch = @number", ("number", SqlValue.Of(number)));

    private static ValueList<Digest> Digests(byte[] bytes)
    {
        var digests = new Digest[bytes.Length / Digest.Size];
        for (var at = 0; at < digests.Length; at++)
            digests[at] = Digest.Read(bytes.AsSpan(at * Digest.Size, Digest.Size));
        return [.. digests];
    }
}
