using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;

namespace Stun.Bench.Queues;

/// <summary>
/// A whole network in one process that runs nothing: all that happens around a run, and no run. One validator, since
/// nothing is compared. Prints one line, address and key, and ends when its input does.
/// </summary>
internal static class NodeUnderTest
{
    public static async Task<int> RunAsync(string directory)
    {
        var network = new DevNetwork(new DevOptions(directory, Path.Combine(directory, "images"))
        {
            Executor = ExecutorKind.Noop,
            ValidatorCount = 1,
            Boundless = true,
        });
        var host = await network.StartAsync((code, text) => Console.Error.WriteLine($"{code}: {text}"), default);
        await using (host)
        {
            var (id, key, hash) = Doorkeeper.NewKey();
            host.Doorkeeper.Add(id, hash, new ApiPrincipal(id, network.Requester.Address, ApiRole.Requester));
            Console.WriteLine($"{host.Address} {key}");
            await Console.In.ReadToEndAsync();
        }
        return 0;
    }
}
