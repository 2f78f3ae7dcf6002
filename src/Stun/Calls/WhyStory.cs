using System.Numerics;
using Stun.Node.Gateway;

namespace Stun.Calls;

/// <summary>What became of a task, as one story that a person can read.</summary>
internal static class WhyStory
{
    private static readonly string[] CandidateHeads =
        ["", "RANK", "PROVIDER", "PRICE/S", "SCORE", "FIT", "HISTORY", "PROXIMITY", "PRICE", "LOAD", "REPUTATION"];

    /// <param name="nameOf">What people call a provider.</param>
    public static IEnumerable<string> Lines(WhyView why, Func<string, string> nameOf)
    {
        var reason = why.Reason is null or "None" ? "" : $", because of {why.Reason}";
        yield return $"Task {why.Task} is {why.State}{reason}.";
        if (why.Attempts.Count == 0) yield return "  No provider was asked to run it.";
        // An older node says nothing of them.
        foreach (var placement in why.Placements ?? [])
            foreach (var line in PlacementLines(placement, nameOf)) yield return line;
        foreach (var attempt in why.Attempts) yield return "  " + AttemptLine(attempt, nameOf);
        foreach (var refusal in why.Refusals) yield return $"  refused {refusal.Count} times: {refusal.Reason}";
        foreach (var line in why.History.Where(line => line.Kind is "unplaced" or "no-offer" or "replica-added"))
            yield return $"  {line.Detail}";
        if (why.Verdict is { } verdict)
        {
            var votes = why.History.Count(line => line.Kind == "vote");
            yield return $"  verdict of round {verdict.Round}: {verdict.Outcome}, with {votes} votes; "
                + $"a cheat would pass with {verdict.CheatPassPpb / 1e7:0.#######} %";
            foreach (var finding in verdict.Findings)
                yield return $"    {nameOf(finding.Provider)} {finding.Attempt}: {finding.Judgement}"
                    + (finding.Pay == "0" ? "" : $", {finding.Pay}");
        }
        if (why.Settlement is { } money)
            foreach (var line in MoneyLines(money, nameOf)) yield return line;
        else if (why.State is "complete" or "failed") yield return "  No money moved.";
    }

    /// <summary>Whom the scheduler chose from; a star marks those it took.</summary>
    private static IEnumerable<string> PlacementLines(PlacementView placement, Func<string, string> nameOf)
    {
        var how = placement.ByLot ? "by lot among" : "the best of";
        yield return $"  placement {placement.Generation}, {how} {placement.CandidateCount}:";
        var rows = placement.Candidates.Select(each => (string[])
        [
            each.Chosen ? "*" : "", $"{each.Rank}", nameOf(each.Provider), each.PricePerSecond, $"{each.Score}",
            $"{each.Parts.HardwareFit}", $"{each.Parts.History}", $"{each.Parts.Proximity}", $"{each.Parts.Price}",
            $"{each.Parts.Load}", $"{each.Parts.Reputation}",
        ]);
        foreach (var line in Screen.TableLines(CandidateHeads, rows)) yield return "    " + line;
    }

    private static string AttemptLine(AttemptView attempt, Func<string, string> nameOf)
    {
        var who = $"{attempt.Id} at {nameOf(attempt.Provider)}";
        return attempt.End switch
        {
            null => $"{who}: runs",
            "Finished" => $"{who}: ran {(attempt.RunTimeMicros ?? 0) / 1_000} ms, result {Short(attempt.Result)}",
            _ => $"{who}: {attempt.End}" + (string.IsNullOrEmpty(attempt.Detail) ? "" : $", {attempt.Detail}"),
        };
    }

    private static IEnumerable<string> MoneyLines(SettlementView money, Func<string, string> nameOf)
    {
        yield return $"  of {money.Held} held:";
        var paid = money.Payouts.Aggregate(BigInteger.Zero, (sum, each) => sum + BigInteger.Parse(each.Amount));
        if (!paid.IsZero)
            yield return $"    {paid} to providers{Share(paid, money)}: "
                + string.Join(", ", money.Payouts.Select(each => $"{nameOf(each.Provider)} {each.Amount}"));
        foreach (var (amount, whom) in new[] { (money.Treasury, "the treasury"), (money.Creator, "the creator") })
            if (amount != "0") yield return $"    {amount} to {whom}{Share(BigInteger.Parse(amount), money)}";
        yield return $"    {money.Refund} back to the requester";
        foreach (var slashed in money.Slashings)
            yield return $"  {nameOf(slashed.Provider)} is slashed by {slashed.Amount}";
    }

    /// <summary>Of what the task cost.</summary>
    private static string Share(BigInteger amount, SettlementView money)
    {
        var cost = BigInteger.Parse(money.Held) - BigInteger.Parse(money.Refund);
        return cost.IsZero ? "" : $" ({(double)(amount * 1_000 / cost) / 10:0.#} %)";
    }

    private static string Short(string? digest) => digest is { Length: > 19 } ? digest[7..19] : "none";
}
