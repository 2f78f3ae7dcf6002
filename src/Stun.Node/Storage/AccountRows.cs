namespace Stun.Node.Storage;

/// <summary>What one transaction knows of an account's row.</summary>
internal sealed class AccountRow(Address address)
{
    public Address Address { get; } = address;

    public Amount Balance { get; set; }

    public Amount Held { get; set; }

    public Amount Stake { get; set; }

    public Amount Unbonding { get; set; }

    /// <summary>What the last change of the stake may have set free, and where in the escrow's log.</summary>
    public Amount? Freed { get; set; }

    public long? FreedIndex { get; set; }

    public bool IsTouched { get; set; }
}

/// <summary>As <see cref="AccountRow"/>, of what is held for a task.</summary>
internal sealed class HoldRow(TaskId task, Address requester, Amount amount)
{
    public TaskId Task { get; } = task;

    public Address Requester { get; } = requester;

    public Amount Amount { get; } = amount;

    public Address? DisputedBy { get; set; }

    public Verdict? Verdict { get; set; }
}

/// <summary>
/// The rows of accounts and holds that a transaction touches: read once, written once, and remembered for the next. A
/// hold that comes and goes within one batch is never written.
/// </summary>
internal sealed class AccountRows
{
    /// <summary>Remembered accounts and holds, some 200 bytes each. What is forgotten is read again.</summary>
    private const int RememberedMax = 100_000;

    private static readonly RowStatement PutAccount = RowStatement.Insert("accounts",
        "address balance held stake unbonding freed freed_index:n",
        """
        ON CONFLICT (address) DO UPDATE SET balance = excluded.balance, held = excluded.held,
            stake = excluded.stake, unbonding = excluded.unbonding, freed = excluded.freed,
            freed_index = excluded.freed_index
        """);

    private static readonly RowStatement PutHold = RowStatement.Insert("holds",
        "task requester amount disputed_by verdict:b",
        """
        ON CONFLICT (task) DO UPDATE SET requester = excluded.requester, amount = excluded.amount,
            disputed_by = excluded.disputed_by, verdict = excluded.verdict
        """);

    private readonly Dictionary<Address, AccountRow> accounts = [];
    private readonly List<AccountRow> touchedAccounts = [];

    /// <summary>With null for one of which it is known that it is not there.</summary>
    private readonly Dictionary<TaskId, HoldRow?> holds = [];

    /// <summary>Written when the transaction ends; true where the table may have a row.</summary>
    private readonly Dictionary<TaskId, bool> touchedHolds = [];

    private readonly RowSet putAccounts = new(PutAccount);
    private readonly RowSet putHolds = new(PutHold);
    private readonly RowSet deletedHolds = new(RowStatement.Delete("holds", "task"));

    /// <summary>One with nothing in it where there is none.</summary>
    public AccountRow Find(SqlText sql, Address address)
    {
        if (accounts.TryGetValue(address, out var row)) return row;
        row = sql.First(
            "SELECT balance, held, stake, unbonding, freed, freed_index FROM accounts WHERE address = @address",
            found => new AccountRow(address)
            {
                Balance = SqlValue.Amount(found, 0),
                Held = SqlValue.Amount(found, 1),
                Stake = SqlValue.Amount(found, 2),
                Unbonding = SqlValue.Amount(found, 3),
                Freed = SqlValue.AmountOrNull(found, 4),
                FreedIndex = found.IsDBNull(5) ? null : found.GetInt64(5),
            }, ("@address", address.ToString())) ?? new AccountRow(address);
        accounts.Add(address, row);
        return row;
    }

    /// <summary>For a change: it will be written.</summary>
    public AccountRow Change(SqlText sql, Address address)
    {
        var row = Find(sql, address);
        if (row.IsTouched) return row;
        row.IsTouched = true;
        touchedAccounts.Add(row);
        return row;
    }

    public HoldRow? FindHold(SqlText sql, TaskId task)
    {
        if (holds.TryGetValue(task, out var row)) return row;
        row = sql.First("SELECT requester, amount, disputed_by, verdict FROM holds WHERE task = @task",
            found => new HoldRow(task, SqlValue.Address(found, 0), SqlValue.Amount(found, 1))
            {
                DisputedBy = found.IsDBNull(2) ? null : SqlValue.Address(found, 2),
                Verdict = SqlValue.BytesOrNull(found, 3) is { } bytes ? ProtocolWire.DecodeVerdict(bytes) : null,
            }, ("@task", task.ToString()));
        holds.Add(task, row);
        return row;
    }

    /// <summary>For a change: it will be written. Null where nothing is held.</summary>
    public HoldRow? ChangeHold(SqlText sql, TaskId task)
    {
        var row = FindHold(sql, task);
        if (row is not null) touchedHolds.TryAdd(task, true);
        return row;
    }

    public void Hold(TaskId task, Address requester, Amount amount)
    {
        holds[task] = new HoldRow(task, requester, amount);
        touchedHolds.TryAdd(task, false);
    }

    public void Release(TaskId task)
    {
        holds[task] = null;
        touchedHolds.TryAdd(task, true);
    }

    public void Flush(SqlText sql)
    {
        foreach (var row in touchedAccounts)
        {
            putAccounts.Add(row.Address.ToString(), SqlValue.Of(row.Balance), SqlValue.Of(row.Held),
                SqlValue.Of(row.Stake), SqlValue.Of(row.Unbonding),
                row.Freed is { } freed ? SqlValue.Of(freed) : null, row.FreedIndex);
            row.IsTouched = false;
        }
        foreach (var (task, mayBeThere) in touchedHolds)
        {
            var row = holds[task];
            if (row is not null)
                putHolds.Add(task.ToString(), row.Requester.ToString(), SqlValue.Of(row.Amount),
                    row.DisputedBy?.ToString(), row.Verdict is { } verdict ? ProtocolWire.Encode(verdict) : null);
            else if (mayBeThere) deletedHolds.Add(task.ToString());
            if (row is null) holds.Remove(task);
        }
        foreach (var rows in (RowSet[])[putAccounts, putHolds, deletedHolds]) sql.Write(rows);
        touchedAccounts.Clear();
        touchedHolds.Clear();
        if (accounts.Count + holds.Count > RememberedMax) Forget();
    }

    /// <summary>Somebody else has written, or the transaction has failed: what is remembered may be wrong.</summary>
    public void Forget()
    {
        accounts.Clear();
        touchedAccounts.Clear();
        holds.Clear();
        touchedHolds.Clear();
        foreach (var rows in (RowSet[])[putAccounts, putHolds, deletedHolds]) rows.Clear();
    }
}
