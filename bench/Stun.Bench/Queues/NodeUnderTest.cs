using Stun.Execution.Containers;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;

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
            Around = honest => new Silent(honest),
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

    /// <summary>A program that says nothing leaves no log; its result is kept and delivered like any other.</summary>
    private sealed class Silent(IExecutor honest) : IExecutor
    {
        public Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop) =>
            honest.RunAsync(request, (_, _) => { }, stop);
    }
}
