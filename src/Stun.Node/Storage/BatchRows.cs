namespace Stun.Node.Storage;

/// <summary>
/// Batches and their lines, so that anybody can be shown in which one a task went to the chain. One changes a few times
/// a minute at most: each change is written at once.
/// </summary>
internal static class BatchRows
{
    private static readonly RowStatement PutLine = RowStatement.Insert("batch_lines", "line batch:n place:n",
        "ON CONFLICT (line) DO UPDATE SET batch = excluded.batch, place = excluded.place");

    public static void Follow(SqlText sql, Instant at, EscrowEvent happened)
    {
        switch (happened)
        {
            case EscrowEvent.BatchCut cut: Cut(sql, at, cut); break;
            case EscrowEvent.BatchSigned signed: Sign(sql, signed); break;
            case EscrowEvent.BatchPosted posted:
                sql.Execute("UPDATE batches SET state = 'posted', payable_at = @at WHERE number = @number",
                    ("at", posted.PayableAt.Micros), ("number", SqlValue.Of(posted.Number)));
                break;
            case EscrowEvent.BatchSettled settled: Change(sql, settled.Number, "settled"); break;
            case EscrowEvent.BatchVoided voided:
                Change(sql, voided.Number, "voided");
                ForgetLines(sql, voided.Number);
                break;
        }
    }

    public static StoredBatch? Find(SqlText sql, Digest line)
    {
        var place = sql.First("SELECT batch, place FROM batch_lines WHERE line = @line",
            row => Tuple.Create(SqlValue.Unsigned(row, 0), (int)row.GetInt64(1)), ("line", line.ToString()));
        return place is not { } found ? null : sql.First(
            "SELECT state, payable_at, signed, lines FROM batches WHERE number = @number",
            row => new StoredBatch(
                ProtocolWire.DecodeSignedBatch(SqlValue.Bytes(row, 2)), row.GetString(0),
                SqlValue.InstantOrNull(row, 1), found.Item2, Lines(SqlValue.Bytes(row, 3))),
            ("number", SqlValue.Of(found.Item1)));
    }

    private static void Cut(SqlText sql, Instant at, EscrowEvent.BatchCut cut)
    {
        var number = SqlValue.Of(cut.Batch.Number);
        sql.Execute("DELETE FROM batches WHERE number = @number", ("number", number));
        ForgetLines(sql, cut.Batch.Number);
        var lines = new byte[cut.Lines.Count * Digest.Size];
        var rows = new RowSet(PutLine);
        for (var place = 0; place < cut.Lines.Count; place++)
        {
            cut.Lines[place].Write(lines.AsSpan(place * Digest.Size));
            rows.Add(cut.Lines[place].ToString(), number, (long)place);
        }
        sql.Execute("""
            INSERT INTO batches (number, state, cut_at, payable_at, signed, lines)
            VALUES (@number, 'cut', @at, NULL, @signed, @lines)
            """, ("number", number), ("at", at.Micros),
            ("signed", ProtocolWire.Encode(new SignedBatch(cut.Batch, []))), ("lines", lines));
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

    private static ValueList<Digest> Lines(byte[] bytes)
    {
        var lines = new Digest[bytes.Length / Digest.Size];
        for (var place = 0; place < lines.Length; place++)
            lines[place] = Digest.Read(bytes.AsSpan(place * Digest.Size, Digest.Size));
        return [.. lines];
    }
}
