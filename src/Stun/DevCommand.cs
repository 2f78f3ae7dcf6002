using System.Globalization;
using System.Net;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Node.Storage;
using Stun.Protocol;

namespace Stun;

internal static class DevCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var network = new DevNetwork(1);
        for (var index = 0; index < 3; index++)
            network.AddProvider(new Hardware(GpuModel.Any, 0, 0, 0, 1_000_000, 1_000_000, 1_000_000),
                new Amount(10), Region.Parse("eu-de"), null);
        var directory = arguments.Length > 1 ? arguments[1] : Directory.CreateTempSubdirectory("stun-dev").FullName;
        var journal = FileJournal.Open(Path.Combine(directory, "journal"));
        var database = NodeDatabase.Sqlite(Path.Combine(directory, "stun.db"));
        using var logs = LogBook.Open(Path.Combine(directory, "logs"), LogLimits.Default);
        using var files = BlobStore.Open(Path.Combine(directory, "blobs"), BlobLimits.Default);
        var nodePlan = network.Plan();
        await using var process = new NodeProcess(nodePlan, new NodeProcess.Tools(
            journal, blobs => new NoopExecutor(blobs), new NoResults(), TimeProvider.System)
        {
            Trouble = failure => Console.Error.WriteLine(failure),
            Log = (attempt, stream, bytes) => logs.Append(attempt, stream, bytes.Span),
            LogEnded = logs.End,
        });
        // One network a directory: its scheduler's shard has this name in the read model.
        var shard = nodePlan.SchedulerAddress.ToString();
        await using var feed = new ProjectionFeed(
            process.Pump, new ReadModel(database, shard, nodePlan.SchedulerAddress, nodePlan.Terms));
        var events = new EventHub(new EventLog(database, shard), feed);
        await process.StartAsync(CancellationToken.None);
        feed.Start();
        network.Fund(process);
        process.Intake!.AddWallet(network.Requester);
        var doorkeeper = new Doorkeeper(new KeyBook(database), TimeProvider.System);
        var (id, key, hash) = Doorkeeper.NewKey();
        doorkeeper.Add(id, hash, new ApiPrincipal(id, network.Requester.Address, ApiRole.Owner));
        var front = new FrontDoor(new DoorPlan(
            process, nodePlan.Terms, database, new Blobs(process.SmallBlobs, files, new NoBlobPeer()), logs)
        {
            Doorkeeper = doorkeeper,
            Feed = feed,
            Events = events,
            Accounts = new ManagedAccounts(null, null, process.Intake),
            Scheduler = nodePlan.SchedulerAddress,
            Gateway = nodePlan.Gateway!.Address,
        });
        var port = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 0;
        await using var door = await WebDoor.OpenAsync(new IPEndPoint(IPAddress.Loopback, port), front.Map,
            CancellationToken.None);
        Console.WriteLine($"{door.Address} {key}");
        var end = await process.Pump.Ended;
        Console.WriteLine(end);
        return 1;
    }

    private sealed class NoResults : IResults
    {
        public Task<Answer> CompareAsync(Ask.Compare compare, CancellationToken cancel) =>
            Task.FromResult<Answer>(new Answer.Checked([.. compare.Results.Select(r => r == compare.Against)]));
    }
}
