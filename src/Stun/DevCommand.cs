using System.Globalization;
using System.Net;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;

namespace Stun;

internal static class DevCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var noop = arguments.Contains("--noop");
        var directory = arguments.Length > 1 ? arguments[1] : Directory.CreateTempSubdirectory("stun-dev").FullName;
        var network = new DevNetwork(new DevOptions(directory, "/tmp/stun-images")
        {
            Executor = noop ? ExecutorKind.Noop : ExecutorKind.Containers,
            ValidatorCount = noop ? 1 : 3,
            Boundless = noop,
            Listen = new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[0], CultureInfo.InvariantCulture)),
        });
        await using var host = await network.StartAsync((code, text) => Console.Error.WriteLine($"{code}: {text}"),
            CancellationToken.None);
        var (id, key, hash) = Doorkeeper.NewKey();
        host.Doorkeeper.Add(id, hash, new ApiPrincipal(id, network.Requester.Address, ApiRole.Owner));
        Console.WriteLine($"{host.Address} {key}");
        var end = await host.Process.Pump.Ended;
        Console.WriteLine(end);
        return 1;
    }
}
