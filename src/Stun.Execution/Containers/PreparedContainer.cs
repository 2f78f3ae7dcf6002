using System.Diagnostics;

namespace Stun.Execution.Containers;

/// <summary>
/// A container that waits for its program: isolated, with no code of its image started. It runs one task, or none.
/// </summary>
internal sealed class PreparedContainer(
    RunGround ground, IContainerDriver driver, IStartedContainer started, Action<Exception> onTrouble)
    : IAsyncDisposable
{
    /// <summary>Between two attempts to kill what may not have been there yet at the first.</summary>
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(50);

    private RunEnd? killedFor;

    public bool IsAlive => !started.Exited.IsCompleted;

    public Task WaitUntilReadyAsync() => started.WaitUntilReadyAsync();

    public void BelongsTo(RunRecord record) => record.Write(ground.Directory);

    public async Task<RunReport> RunAsync(RunRequest request, string script, LogSink sink, CancellationToken stop)
    {
        InputPlacement.Place(ground.Inputs, request.Inputs);
        ground.Limit(request.Limits, driver.Overhead);
        var pump = new LogPump(sink, request.Limits.LogBytes, () => Kill(new RunEnd.LogFlood()));
        var output = pump.PumpAsync(started.Output, LogStream.Output);
        var errors = pump.PumpAsync(started.Errors, LogStream.Errors);
        using var deadline = new CancellationTokenSource(request.Limits.WallClock);
        using var timedOut = deadline.Token.Register(() => Kill(new RunEnd.TimedOut()));
        using var stopped = stop.Register(() => Kill(new RunEnd.Stopped()));
        var clock = Stopwatch.StartNew();
        await started.GoAsync(script).ConfigureAwait(false);
        var code = await started.Exited.ConfigureAwait(false);
        var wall = clock.Elapsed;
        await Task.WhenAll(output, errors).ConfigureAwait(false);
        return Report(request, End(code), wall, pump.Bytes);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (IsAlive) Kill(new RunEnd.Stopped());
            await started.Exited.ConfigureAwait(false);
            await started.DisposeAsync().ConfigureAwait(false);
            await driver.ForgetAsync(ground.Id).ConfigureAwait(false);
            ground.Remove();
        }
        catch (Exception failure) when (failure is ExecutionException or IOException or UnauthorizedAccessException)
        {
            // The run has its report; what is left lies where the next start looks for it.
            onTrouble(failure);
        }
    }

    /// <summary>The first reason counts. Goes on until the runtime has ended: it may be about to start the program.
    /// </summary>
    private void Kill(RunEnd reason)
    {
        if (Interlocked.CompareExchange(ref killedFor, reason, null) is not null) return;
        _ = Task.Run(async () =>
        {
            try
            {
                while (IsAlive)
                {
                    ground.Group.Kill();
                    await Task.WhenAny(started.Exited, Task.Delay(KillAgain)).ConfigureAwait(false);
                }
            }
            catch (ExecutionException failure)
            {
                onTrouble(failure);
            }
        });
    }

    private RunEnd End(int code)
    {
        if (killedFor is { } reason) return reason;
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
            collection.Collect(ground.Outputs);
        }
        catch (IOException failure)
        {
            end = new RunEnd.RuntimeFailed($"The outputs could not be stored: {failure.Message}");
        }
        var usage = new RunUsage(ground.Group.CpuTime, wall, ground.Group.MemoryPeakBytes, logBytes,
            collection.Taken.Sum(file => file.Size));
        return new RunReport(request.Name, end, usage, [.. collection.Taken], [.. collection.Refused]);
    }
}
