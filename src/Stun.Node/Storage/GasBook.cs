namespace Stun.Node.Storage;

/// <summary>What it costs to bring batches to the chain, one row for each transaction.</summary>
internal sealed class GasBook(NodeDatabase database)
{
    private const string Posting = "posted", Settling = "settled";

    /// <summary>Told again, in another life, it changes nothing.</summary>
    public void Add(BatchGas spent) => database.Write(sql =>
    {
        sql.Execute(
            """
            INSERT INTO batch_gas (tx, at, batches, tasks, gas, gas_price)
            VALUES (@tx, @at, @batches, @tasks, @gas, @price) ON CONFLICT (tx) DO NOTHING
            """,
            ("tx", spent.Transaction.ToString()), ("at", spent.At.Micros), ("batches", (long)spent.Posted.Count),
            ("tasks", (long)spent.Tasks), ("gas", SqlValue.Of(spent.Gas)), ("price", SqlValue.Of(spent.GasPrice)));
        foreach (var number in spent.Posted) Note(sql, number, Posting, spent.Transaction);
        foreach (var number in spent.Settled) Note(sql, number, Settling, spent.Transaction);
        return 0;
    });

    /// <summary>In which transactions a batch was posted and settled, as far as they were seen.</summary>
    public (string? Posted, string? Settled) TransactionsOf(ulong batch) => database.Read(sql =>
    {
        var found = sql.List("SELECT act, tx FROM batch_transactions WHERE batch = @batch",
            row => (Act: row.GetString(0), Transaction: row.GetString(1)), ("batch", SqlValue.Of(batch)));
        return (Of(Posting), Of(Settling));

        string? Of(string act) => found.FirstOrDefault(each => each.Act == act).Transaction;
    });

    private static void Note(SqlText sql, ulong batch, string act, Digest transaction) => sql.Execute(
        """
        INSERT INTO batch_transactions (batch, act, tx) VALUES (@batch, @act, @tx)
        ON CONFLICT (batch, act) DO UPDATE SET tx = excluded.tx
        """, ("batch", SqlValue.Of(batch)), ("act", act), ("tx", transaction.ToString()));
}

/// <param name="Posted">Batches; none where the transaction only settled earlier ones.</param>
/// <param name="Tasks">In the batches that it posted.</param>
public sealed record BatchGas(
    Digest Transaction, Instant At, IReadOnlyList<ulong> Posted, IReadOnlyList<ulong> Settled, ulong Tasks, ulong Gas,
    Amount GasPrice);
