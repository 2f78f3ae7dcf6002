using System.Buffers.Binary;
using System.Globalization;
using Npgsql;
using Stun.Engine.Placement;
using Stun.Engine.Scheduling;
using Stun.Engine.Settlement;
using Stun.Node.Hosting;
using Stun.Node.Storage;

namespace Stun.Integration.Resilience;

/// <summary>
/// What the journals, the read model and the submitters say of the same tasks. It is read when no process of the
/// network is alive, and by other eyes than the network's: the journals are replayed here.
/// </summary>
internal sealed class Books
{
    private readonly DevNetwork network;
    private readonly IReadOnlyList<JournalRecord> scheduling;
    private readonly IReadOnlyList<JournalRecord> money;
    private readonly NodeDatabase database;
    private readonly SortedDictionary<TaskId, SchedulerEvent.TaskEnded> ends = [];
    private readonly SortedDictionary<TaskId, SchedulerEvent.OrderReceived> orders = [];
    private readonly Dictionary<string, TaskId> byText = [];
    private readonly List<string> wrongs = [];

    private Books(DevNetwork network, IReadOnlyList<JournalRecord> scheduling, IReadOnlyList<JournalRecord> money,
        NodeDatabase database)
    {
        (this.network, this.scheduling, this.money, this.database) = (network, scheduling, money, database);
    }

    public int TaskCount => orders.Count;

    /// <summary>Attempts that came to nothing because nobody was there: lost, or never taken on.</summary>
    public int AttemptsLost { get; private set; }

    /// <summary>One process with everything.</summary>
    public static async Task<Books> OpenAsync(VictimSettings settings)
    {
        var records = await ReadAsync(settings);
        return new Books(settings.Network(), records, records, DatabaseOf(settings));
    }

    /// <summary>The scheduler elsewhere than the escrow.</summary>
    public static async Task<Books> OpenAsync(VictimSettings scheduler, VictimSettings escrow) =>
        new(scheduler.Network(), await ReadAsync(scheduler), await ReadAsync(escrow), DatabaseOf(scheduler));

    /// <param name="hasResults">Whether the results lie in the scheduler's process.</param>
    public void Check(IReadOnlyCollection<Told> told, bool hasResults = true)
    {
        CheckMoney();
        CheckScheduler();
        CheckReadModel();
        foreach (var one in told) CheckTold(one, hasResults);
        Assert.True(wrongs.Count == 0,
            $"{wrongs.Count} things are wrong among {told.Count} tasks:\n" + string.Join('\n', wrongs.Take(20)));
    }

    private static async Task<List<JournalRecord>> ReadAsync(VictimSettings settings)
    {
        List<JournalRecord> records = [];
        if (settings.Connection is not { } connection)
        {
            await using var file = FileJournal.Open(Path.Combine(settings.Directory, "journal"));
            await foreach (var record in file.ReadAsync(0, CancellationToken.None)) records.Add(record);
            return records;
        }
        await using var source = NpgsqlDataSource.Create(connection);
        await using var lease = new ShardLease(source, settings.Store.Shard, "reader", TimeSpan.FromSeconds(5));
        await lease.WaitForLeaseAsync(CancellationToken.None);
        await using (var journal = PostgresJournal.Open(lease))
            await foreach (var record in journal.ReadAsync(0, CancellationToken.None)) records.Add(record);
        await lease.ReleaseAsync(CancellationToken.None);
        return records;
    }

    private static NodeDatabase DatabaseOf(VictimSettings settings) => settings.Connection is { } connection
        ? NodeDatabase.Postgres(NpgsqlDataSource.Create(connection))
        : NodeDatabase.Sqlite(Path.Combine(settings.Directory, "books", "node.db"));

    private void CheckMoney()
    {
        var signatures = new SignatureBook();
        var machine = new EscrowMachine(network.Terms, signatures.Check);
        foreach (var record in money)
            if (record.Role == network.Terms.Book)
                Assert.Equal(record.Frame.Length, Runner.Replay(machine, record.Frame.Span).Bytes);
        machine.Escrow.Ledger.RequireConserved();
        Require(!machine.Escrow.OpenHolds.Any(), $"{machine.Escrow.OpenHolds.Count()} holds are open");
        var deposits = DevNetwork.Purse
            + (network.Terms.DisputeBond * 1_000 * (ulong)network.Terms.Validators.Count)
            + (DevNetwork.Stake * (ulong)network.Providers.Count);
        Require(machine.Escrow.Ledger.Deposited == deposits, $"{machine.Escrow.Ledger.Deposited} was paid in");
        // With every hold final, all there is lies in these accounts.
        var inside = Amount.Zero;
        foreach (var owner in (Address[])
            [network.Requester.Address, network.Terms.Treasury, Address.Zero, .. network.Terms.Validators,
                .. network.Providers.Select(plan => plan.Key.Address)])
            inside += machine.Escrow.Ledger.BalanceOf(Account.Available(owner))
                + machine.Escrow.Ledger.BalanceOf(Account.Stake(owner));
        Require(inside == deposits, $"{inside} is left of {deposits}");
        HashSet<TaskId> settled = [];
        HashSet<AttemptId> paid = [];
        foreach (var happened in machine.Log)
            switch (happened)
            {
                case EscrowEvent.TaskSettled done:
                    Require(settled.Add(done.Settlement.Task), $"{done.Settlement.Task} was settled twice");
                    foreach (var payout in done.Settlement.Payouts)
                        Require(paid.Add(payout.Attempt), $"attempt {payout.Attempt} was paid twice");
                    break;
                case EscrowEvent.HoldExpired expired:
                    Require(settled.Add(expired.Task), $"{expired.Task} expired and was settled");
                    break;
            }
    }

    private void CheckScheduler()
    {
        var self = network.Terms.Schedulers[0];
        var machine = new SchedulerMachine(
            self, network.Terms, PlacementWeights.Default, ProximityTable.Empty, new Prng(1));
        SortedDictionary<ulong, TaskId> keys = [];
        foreach (var record in scheduling)
        {
            if (record.Role != self) continue;
            Assert.Equal(record.Frame.Length, Runner.Replay(machine, record.Frame.Span).Bytes);
            JournalFrame.TryRead(record.Frame.Span, out _, out var body, out _);
            while (!body.IsEmpty)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(body);
                Note(EngineWire.DecodeSchedulerEvent(body.Slice(4, length)), keys);
                body = body[(4 + length)..];
            }
        }
        foreach (var (task, _) in orders)
        {
            Require(ends.ContainsKey(task), $"{task} never ended");
            var state = machine.State.Find(task)?.State ?? machine.State.Endings.Find(task)?.State;
            Require(state == ends[task].State, $"{task} is {state} in the engine");
        }
    }

    private void Note(SchedulerEvent happened, SortedDictionary<ulong, TaskId> keys)
    {
        switch (happened)
        {
            case SchedulerEvent.OrderReceived received:
                orders[received.Task] = received;
                byText[received.Task.ToString()] = received.Task;
                var key = received.Order.Order.IdempotencyKey;
                Require(keys.TryAdd(key, received.Task) || keys[key] == received.Task, $"two tasks for the key {key}");
                break;
            case SchedulerEvent.OrderDropped dropped: orders.Remove(dropped.Task); break;
            case SchedulerEvent.AttemptClosed { End: AttemptEnd.Lost or AttemptEnd.Refused }: AttemptsLost++; break;
            case SchedulerEvent.TaskEnded ended:
                Require(ends.TryAdd(ended.Task, ended), $"{ended.Task} ended twice");
                break;
        }
    }

    /// <summary>All that the living projected is what one would project who begins anew.</summary>
    private void CheckReadModel()
    {
        var folder = Directory.CreateTempSubdirectory("stun-books-");
        try
        {
            var anew = NodeDatabase.Sqlite(Path.Combine(folder.FullName, "anew.db"));
            var model = new ReadModel(anew, "dev", network.Terms.Schedulers[0], network.Terms);
            foreach (var batch in scheduling.Chunk(5_000)) model.Project(batch);
            foreach (var table in (string[])[.. ReadModelSchema.DerivedByShard, "accounts", "holds", "small_blobs"])
            {
                var (expected, found) = (Rows(anew, table), Rows(database, table));
                Require(expected.SequenceEqual(found), $"{table}: {found.Count} rows for {expected.Count}, not "
                    + string.Join(" ¦ ", found.Except(expected).Concat(expected.Except(found)).Take(4)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<string> Rows(NodeDatabase from, string table)
    {
        using var connection = from.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table}";
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .OrderBy(reader.GetName, StringComparer.Ordinal).Select(index => reader.GetValue(index) switch
                {
                    DBNull => "-",
                    byte[] bytes => Convert.ToHexStringLower(bytes),
                    var value => Convert.ToString(value, CultureInfo.InvariantCulture),
                })));
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private void CheckTold(Told one, bool hasResults)
    {
        foreach (var wrong in one.Wrongs) wrongs.Add($"{one.Key}: {wrong}");
        if (one.Id is null)
        {
            wrongs.Add($"{one.Key} was never accepted");
            return;
        }
        if (!byText.TryGetValue(one.Id, out var id) || !ends.TryGetValue(id, out var end))
        {
            wrongs.Add($"{one} was accepted and is lost");
            return;
        }
        var model = new ReadModel(database, "dev", network.Terms.Schedulers[0], network.Terms).Queries;
        var row = model.FindTask(id);
        var word = end.State.ToString().ToLowerInvariant();
        Require(one.State == word, $"{one} was told {one.State}, the scheduler says {word}");
        Require(row?.State == word, $"{one} is {row?.State} in the read model");
        Require(end.State == FinalState.Complete, $"{one} did not succeed: {end.Reason}");
        if (!hasResults || one.State != "complete") return;
        Require(one.Result == $"sha256:{row?.Result}", $"{one}: {one.Result} was told, {row?.Result} is kept");
        var manifest = model.FindSmallBlob(row!.Result!.Value) is { } bytes
            ? ProtocolWire.DecodeResultManifest(bytes)
            : null;
        var content = manifest is null ? null : model.FindSmallBlob(manifest.Files[0].Digest);
        Require(content is not null && System.Text.Encoding.UTF8.GetString(content)
            == Crowd.CommandOf(one.Key) + "\n", $"{one}: its result cannot be read");
    }

    private void Require(bool holds, string wrong)
    {
        if (!holds) wrongs.Add(wrong);
    }
}
