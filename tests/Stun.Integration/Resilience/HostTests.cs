using System.Diagnostics;
using Npgsql;
using Stun.Execution.Containers;
using Stun.Integration.Storage;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Provider;
using Stun.Node.Storage;

namespace Stun.Integration.Resilience;

/// <summary>Ends and beginnings of a process, seen from inside it.</summary>
[Collection(PostgresTests.Name)]
public sealed class HostTests(PostgresCluster cluster) : IDisposable
{
    private readonly Ground ground = new();

    public void Dispose() => ground.Dispose();

    [Fact]
    public async Task A_run_that_never_ends_is_stopped_with_its_node_and_run_again_by_the_next()
    {
        var settings = ground.Settings();
        await using var crowd = ground.Crowd(settings, count: 1);
        var endless = new EndlessExecutor();
        var host = await StartAsync(settings, _ => endless);
        await endless.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var began = Stopwatch.GetTimestamp();
        await host.DisposeAsync();
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
        await using var next = await StartAsync(settings, honest => honest);
        await crowd.FinishAsync();
        Assert.All(crowd.All, one => Assert.Equal("complete", one.State));
        // That it was cut was nobody's failure: the lease was kept.
        Assert.True(FormReader.TryTaskId(crowd.All.First().Id!, out var task));
        await next.Process.Pump.SettleAsync();
        Assert.All(next.ReadModel!.Queries.Attempts(task), attempt => Assert.Null(attempt.Failure));
    }

    [Fact]
    public async Task A_visit_to_a_pump_that_has_failed_is_given_up_and_not_awaited_for_ever()
    {
        await using var host = await StartAsync(ground.Settings(), honest => honest);
        host.Process.Pump.Fail(new StorageException("journal.fenced", "Another has it.", "End."));
        Assert.Equal("journal.fenced", ((StorageException)(await host.Ended)!).Code);
        for (var visit = 0; visit < 100; visit++)
            try
            {
                await host.Process.Pump.VisitAsync(() => 1).WaitAsync(TimeSpan.FromSeconds(10));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        Assert.Fail("The pump goes on.");
    }

    [Fact]
    public async Task Blobs_that_the_read_model_has_are_not_held_in_memory_again()
    {
        var settings = ground.Settings();
        await using (await StartAsync(settings, honest => honest))
        {
            await using var crowd = ground.Crowd(settings, count: 4, pauseMs: 0);
            await crowd.AcceptedAsync(12);
            await crowd.FinishAsync();
        }
        await using var host = await StartAsync(settings, honest => honest);
        Assert.Equal(0, host.Process.SmallBlobs.FreshCount);
    }

    [Fact]
    public async Task A_transaction_that_stands_still_does_not_hold_up_who_takes_over()
    {
        var settings = ground.Settings() with
        {
            Connection = await cluster.CreateDatabaseAsync(),
            LeaseSeconds = 1,
        };
        await using var stores = await Stores.OpenAsync(
            settings.Directory, settings.Store, () => { }, CancellationToken.None);
        using var goOn = new ManualResetEventSlim();
        using var locked = new ManualResetEventSlim();
        var sleeper = Task.Run(() => stores.Database.Write(sql =>
        {
            ReadModel.Set(sql, "turn", 1);
            locked.Set();
            goOn.Wait(TimeSpan.FromSeconds(30));
            return ReadModel.Value(sql, "turn");
        }));
        Assert.True(locked.Wait(TimeSpan.FromSeconds(10)));
        var other = NodeDatabase.Postgres(cluster.SourceOf(settings.Connection));
        var began = Stopwatch.GetTimestamp();
        other.Write(sql =>
        {
            ReadModel.Set(sql, "turn", 2);
            return 0;
        });
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
        goOn.Set();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => sleeper);
        Assert.Equal(2, other.Read(sql => ReadModel.Value(sql, "turn")));
    }

    private static async Task<NodeHost> StartAsync(VictimSettings settings, Func<IExecutor, IExecutor> around)
    {
        DevNetwork network = null!;
        network = settings.Network(host => host.Doorkeeper.Add(
            settings.KeyId, Convert.FromHexString(settings.KeyHash),
            new ApiPrincipal(settings.KeyId, network.Requester.Address, ApiRole.Requester)), around);
        return await network.StartAsync((_, _) => { }, CancellationToken.None);
    }

    private sealed class EndlessExecutor : IExecutor
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
        {
            Begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop);
            throw new InvalidOperationException("An endless run ends only when it is stopped.");
        }
    }
}
