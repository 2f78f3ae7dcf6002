using System.Diagnostics;
using Stun.Execution.Linux;

namespace Stun.Execution.Containers;

/// <summary>
/// A container that waits for its program: isolated, with no code of its image started. It runs one task, or none.
/// </summary>
internal sealed class PreparedContainer(
    RunGround ground, EgressNetwork? network, IContainerDriver driver, IStartedContainer started,
    Action<Exception> onTrouble) : IAsyncDisposable
{
    /// <summary>Between two attempts to kill what may not have been there yet at the first.</summary>
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1), RuntimeMax = TimeSpan.FromSeconds(5);

    /// <summary>For a program that was asked to end and wants to say good-bye. Many that are the first process of their
    /// container do not hear the signal at all.</summary>
    private static readonly TimeSpan FinishWithin = TimeSpan.FromSeconds(2);

    /// <summary>After this a process of the container is beyond our reach, and a report is better than none.</summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(30);

    private RunEnd? killedFor;

    public bool IsAlive => !started.Exited.IsCompleted;

    public Task WaitUntilReadyAsync() => started.WaitUntilReadyAsync();

    public void BelongsTo(RunRecord record) => record.Write(ground.Directory);

    public async Task<RunReport> RunAsync(RunRequest request, string script, LogSink sink, CancellationToken stop)
    {
        InputPlacement.Place(ground.Inputs, request.Inputs);
        ground.Limit(request.Limits, driver.Overhead);
        var pump = new LogPump(sink, request.Limits.LogBytes, Kill);
        var output = pump.PumpAsync(started.Output, LogStream.Output);
        var errors = pump.PumpAsync(started.Errors, LogStream.Errors);
        var clock = Stopwatch.StartNew();
        using var open = new OpenRun(ground.Group, Finish);
        var code = await RunToEndAsync(script, request, open, stop).ConfigureAwait(false);
        var wall = clock.Elapsed;
        // From here on nothing of it runs: what is read now does not change while it is read.
        var early = !await IsEmptySoonAsync().ConfigureAwait(false);
        await KillUntilGoneAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(DrainMax, CancellationToken.None))
            .ConfigureAwait(false);
        return Report(request, End(code, early), wall, pump.Bytes);
    }

    /// <summary>Each step is tried, whatever became of the one before; the run has its report by now.</summary>
    public async ValueTask DisposeAsync()
    {
        await TryAsync(KillUntilGoneAsync).ConfigureAwait(false);
        await TryAsync(() => started.DisposeAsync().AsTask()).ConfigureAwait(false);
        await TryAsync(() => driver.ForgetAsync(ground.Id)).ConfigureAwait(false);
        await TryAsync(() => network?.RemoveAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        await TryAsync(() => Task.Run(ground.Remove)).ConfigureAwait(false);
    }

    /// <summary>Neither the deadline nor a wish to stop it counts once it has ended.</summary>
    private async Task<int> RunToEndAsync(string script, RunRequest request, OpenRun open, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(request.Limits.WallClock);
        using var timedOut = deadline.Token.Register(() => Kill(new RunEnd.TimedOut()));
        using var stopped = stop.Register(() => Kill(new RunEnd.Stopped()));
        await started.GoAsync(script).ConfigureAwait(false);
        request.Begun(open);
        return await started.Exited.ConfigureAwait(false);
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // What is left lies where the next start looks for it.
            onTrouble(failure);
        }
    }

    /// <summary>The first reason counts.</summary>
    private void Kill(RunEnd reason)
    {
        if (Interlocked.CompareExchange(ref killedFor, reason, null) is null) _ = TryAsync(KillUntilGoneAsync);
    }

    private void Finish()
    {
        if (Interlocked.CompareExchange(ref killedFor, new RunEnd.Finished(), null) is null)
            _ = TryAsync(FinishAsync);
    }

    private async Task FinishAsync()
    {
        foreach (var process in ground.Group.Processes) Kernel.Kill(process, Kernel.SignalEnd);
        await Task.WhenAny(started.Exited, Task.Delay(FinishWithin)).ConfigureAwait(false);
        await KillUntilGoneAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Goes on until the runtime has ended as well: it may be about to start the program. A runtime that does not end
    /// when nothing is left for it to wait for is killed itself.
    /// </summary>
    private async Task KillUntilGoneAsync()
    {
        var clock = Stopwatch.StartNew();
        while (started.IsBegun && IsAlive || !ground.Group.IsEmpty)
        {
            await Task.Run(ground.Group.Kill).ConfigureAwait(false);
            if (clock.Elapsed > RuntimeMax) started.KillRuntime();
            if (clock.Elapsed > DrainMax) return;
            await Task.WhenAny(started.Exited, Task.Delay(KillAgain)).ConfigureAwait(false);
        }
    }

    /// <summary>A runtime may answer a moment before its last process is gone.</summary>
    private async Task<bool> IsEmptySoonAsync()
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Grace; await Task.Delay(10).ConfigureAwait(false))
            if (ground.Group.IsEmpty) return true;
        return ground.Group.IsEmpty;
    }

    private RunEnd End(int code, bool early)
    {
        if (killedFor is { } reason) return reason;
        if (early) return new RunEnd.RuntimeFailed("The runtime ended before its container did.");
        if (code == 0) return new RunEnd.Exited(0);
        if (ground.Group.RanOutOfMemory) return new RunEnd.OutOfMemory();
        if (started.RuntimeFailure is { } failure) return new RunEnd.RuntimeFailed(failure);
        if (Scratch.IsFull(ground.ScratchSpace)) return new RunEnd.DiskFull();
        return new RunEnd.Exited(code);
    }

    private RunReport Report(RunRequest request, RunEnd end, TimeSpan wall, long logBytes)
    {
        var collection = new OutputCollection(
            request.Outputs, request.Limits.DiskBytes, request.Limits.OutputFilesMax, request.OutputDirectory);
        try
        {
            collection.Collect(
                ground.Outputs, ground.Places.Directories.Select(path => (path, ground.PlaceOf(path))));
        }
        catch (Exception failure)
        {
            end = new RunEnd.RuntimeFailed($"The outputs could not be stored: {failure.Message}");
        }
        var usage = new RunUsage(ground.Group.CpuTime, wall, ground.Group.MemoryPeakBytes, logBytes,
            collection.Taken.Sum(file => file.Size));
        return new RunReport(request.Name, end, usage, [.. collection.Taken], [.. collection.Refused]);
    }
}
