using Stun.Execution.Containers;
using Stun.Node.Provider;

namespace Stun.Integration.Resilience;

/// <summary>
/// Takes a while for every second task, a time that follows from the task: so something is always under way when its
/// process dies, and replicas of one task take equally long.
/// </summary>
internal sealed class SleepingExecutor(IExecutor honest, int longestMs) : IExecutor
{
    public async Task<RunOutcome> RunAsync(ExecutionRequest request, LogSink sink, CancellationToken stop)
    {
        var draw = request.Order.Order.IdempotencyKey;
        if (draw % 2 == 0 && longestMs > 0)
        {
            var pause = (int)(draw / 2 % (ulong)longestMs);
            // Whoever is to strike in the middle of a run reads this; see NodeVictim.WaitUntilBusyAsync.
            if (pause > longestMs / 2) Console.WriteLine($"busy {Environment.TickCount64 + pause}");
            await Task.Delay(pause, stop);
        }
        return await honest.RunAsync(request, sink, stop);
    }
}
