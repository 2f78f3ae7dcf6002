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
        var process = new NodeProcess(network.Plan(), new NodeProcess.Tools(
            journal, blobs => new NoopExecutor(blobs), new NoResults(), TimeProvider.System)
        { Trouble = failure => Console.Error.WriteLine(failure) });
        await process.StartAsync(CancellationToken.None);
        network.Fund(process);
        process.Intake!.AddWallet(network.Requester);
        var doorkeeper = new Doorkeeper();
        var (id, key, hash) = Doorkeeper.NewKey();
        doorkeeper.Add(id, hash, new ApiPrincipal(id, network.Requester.Address, ApiRole.Requester));
        var front = new FrontDoor(process.Pump, doorkeeper, process.Intake, process.Board);
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
