using Stun.Chain.Evm;
using Stun.Engine;
using Stun.Engine.Settlement;
using Stun.Node.Configuration;
using Stun.Node.Gateway;
using Stun.Node.Hosting;

namespace Stun.Integration.Hosting;

/// <summary>A node whose journal is cut goes on as if it had all of it.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-snapshot").FullName;
    private readonly List<TaskFollow> follows = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_node_that_lives_on_a_cut_journal_has_lost_nothing_and_pays_nobody_twice()
    {
        await LiveAsync(async (network, host) =>
        {
            await RunAsync(network, host, 20);
            Assert.True(await host.Keeper!.TakeAsync(CancellationToken.None));
            await RunAsync(network, host, 20);
            Assert.True(await host.Keeper.TakeAsync(CancellationToken.None));
            await RunAsync(network, host, 5);
        });
        await LiveAsync(async (network, host) =>
        {
            foreach (var follow in follows)
            {
                var stored = host.ReadModel!.Queries.FindTask(follow.Task);
                Assert.Equal("complete", stored?.State);
                Assert.Equal(follow.Result!.Result, stored?.Result);
                Assert.NotNull(host.Blobs.TryOpen(follow.Result.Result));
            }
            await RunAsync(network, host, 5);
            Assert.True(await host.Keeper!.TakeAsync(CancellationToken.None));
            Assert.Equal(follows.Count, await SettledAsync(host));
        });
    }

    private static async Task<int> SettledAsync(NodeHost host)
    {
        var escrow = await host.Process.Pump.VisitAsync(() => Escrow(host));
        escrow.Ledger.RequireConserved();
        Assert.Empty(escrow.OpenHolds);
        var queries = host.ReadModel!.Queries;
        return queries.ListTasks(new(Limit: 200)).Items.Count(task => queries.Settlement(task.Id) is not null);
    }

    private static Escrow Escrow(NodeHost host) =>
        host.Process.Pump.Roles.Select(role => role.Machine).OfType<EscrowMachine>().Single().Escrow;

    private async Task LiveAsync(Func<DevNetwork, NodeHost, Task> life)
    {
        var network = new DevNetwork(new DevOptions(folder, Path.Combine(folder, "images"))
        {
            Executor = ExecutorKind.Noop,
            ValidatorCount = 1,
        });
        await using var host = await network.StartAsync((_, _) => { }, CancellationToken.None);
        await life(network, host);
    }

    private async Task RunAsync(DevNetwork network, NodeHost host, int count)
    {
        var fresh = new List<TaskFollow>();
        for (var index = 0; index < count; index++)
        {
            var form = new TaskForm
            {
                Image = "sha256:" + new string('1', 64),
                Command = ["say", $"{follows.Count + index}"],
                Resources = new ResourcesForm { CpuMillis = 10, MemoryMib = 1, DiskMib = 1 },
                Verification = new VerificationForm { Kind = "none" },
                RunTimeMaxSeconds = 2,
            };
            var order = OrderDesk.Read(form, network.Requester.Address, Intake.NewKey(), host.Process.Pump.Now);
            fresh.Add(await host.Process.Intake!.SubmitAsync(host.Process.Intake.Sign(order), CancellationToken.None));
        }
        foreach (var follow in fresh) await follow.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        follows.AddRange(fresh);
    }
}
