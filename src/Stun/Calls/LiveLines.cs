using Stun.Node.Gateway;

namespace Stun.Calls;

/// <summary>What happens to a task, told while it happens: one short line each.</summary>
internal sealed class LiveLines(Func<string, string> nameOf)
{
    private int count;
    private DateTimeOffset began;

    public void Look(WhyView why)
    {
        foreach (var line in why.History.Skip(count))
        {
            if (count == 0) began = line.At;
            count++;
            if (Told(why, line) is { } text) Screen.Line($"  {(line.At - began).TotalMilliseconds,5:0} ms  {text}");
        }
    }

    private string? Told(WhyView why, HistoryView line) => line.Kind switch
    {
        "received" => $"order {why.Task[..8]} taken in, signed by its requester",
        "admitted" => "the escrow is to hold the price limit",
        "queued" => "money held; matching",
        "placed" => "matched: "
            + string.Join(" and ", why.Attempts.Where(attempt => line.About.Split(',', ' ').Contains(attempt.Id))
            .Select(attempt => $"{nameOf(attempt.Provider)} ({attempt.Id})").DefaultIfEmpty(line.About)),
        "accepted" => $"{Who(why, line)} accepts the lease and runs",
        "committed" => $"{Who(why, line)} commits to a result that nobody can see yet",
        "finished" => $"{Who(why, line)} reveals {line.Detail.Replace("result ", "")[..12]}",
        "closed" when !line.Detail.StartsWith("Finished", StringComparison.Ordinal) =>
            $"{Who(why, line)}: {line.Detail}",
        "replica-added" => "the results differ: a third provider is to run it",
        "judging" => $"the validators judge ({line.About})",
        "vote" => $"a validator votes {line.Detail.Replace("for ", "")}",
        "verdict" => $"verdict: {line.Detail}",
        "posted" => "the verdict is at the escrow; whoever doubts it may dispute now",
        "settled" => "settled: the escrow has paid",
        _ => null,
    };

    private string Who(WhyView why, HistoryView line) =>
        why.Attempts.FirstOrDefault(attempt => attempt.Id == line.About) is { } attempt
            ? $"{nameOf(attempt.Provider)} ({attempt.Id})"
            : line.About;
}
