using System.Diagnostics;

namespace Stun.Execution.Hardware;

/// <summary>
/// Measures a rate on several threads at once. Each thread repeats its piece of work until the round is over; its rate
/// is its own amount over its own time, so that a thread that starts late is not counted as slow.
/// </summary>
internal static class ProbeThreads
{
    /// <param name="makeWork">
    /// Called on the thread that will do the work, so that its memory lies near it. The work returns how much it did.
    /// </param>
    public static ProbeRate Measure(int threadCount, ProbeBudget budget, Func<int, Func<long>> makeWork)
    {
        // One round more than is counted: the first one warms caches, clocks and compiled code.
        var roundCount = budget.RoundCount + 1;
        var rates = new double[threadCount][];
        using var together = new Barrier(threadCount);
        Exception? failure = null;
        var threads = Enumerable.Range(0, threadCount).Select(index => new Thread(() =>
        {
            rates[index] = new double[roundCount];
            Func<long>? work = null;
            try
            {
                work = makeWork(index);
            }
            catch (Exception thrown) when (thrown is OutOfMemoryException or InvalidOperationException)
            {
                Volatile.Write(ref failure, thrown);
            }
            for (var round = 0; round < roundCount; round++)
            {
                together.SignalAndWait();
                // A thread without work keeps the others company: leaving would let them wait for ever.
                if (work is not null) rates[index][round] = Rate(work, budget.Round);
            }
        })
        { IsBackground = true, Name = $"probe {index}" }).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
        return ProbeRate.Of(Enumerable.Range(1, budget.RoundCount)
            .Select(round => rates.Sum(thread => thread[round])));
    }

    private static double Rate(Func<long> work, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        var amount = 0L;
        TimeSpan took;
        do
        {
            amount += work();
            took = Stopwatch.GetElapsedTime(start);
        }
        while (took < length);
        return amount / took.TotalSeconds;
    }
}
