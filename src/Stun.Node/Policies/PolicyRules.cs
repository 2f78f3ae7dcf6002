using System.Globalization;
using Stun.Node.Settings;

namespace Stun.Node.Policies;

/// <summary>
/// The rules, in the order in which they are asked: who, what, when, how much, for how much. Each is a pure question to
/// the policy, the order and the load, so that the same facts always get the same answer.
/// </summary>
internal static class PolicyRules
{
    /// <summary>As <see cref="Ask"/> answers; the reference explains each.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "requesters.denied", "requesters.allowed", "requesters.homes",
        "images.denied", "images.source", "images.allowed",
        "privacy.accepted", "verification.accepted", "price.per-second-min", "hours.windows",
        "data.inputs", "data.input-bytes", "network.egress",
        "task.run-time", "task.cpu", "task.memory", "task.disk", "task.gpus",
        "total.tasks", "total.cpu", "total.memory", "total.disk", "total.gpus",
    ];

    public static IEnumerable<RuleAnswer> Ask(ProviderPolicy policy, PolicyFacts facts, Instant now, PolicyLoad load) =>
    [
        .. OfRequester(policy.Requesters, facts.Order),
        .. OfImage(policy.Images, facts),
        .. OfTerms(policy, facts, now),
        .. OfData(policy, facts),
        .. OfResources(policy, facts.Order, load),
    ];

    private static IEnumerable<RuleAnswer> OfRequester(RequesterRules rules, TaskOrder order)
    {
        var who = order.Requester;
        yield return rules.Denied.Contains(who)
            ? No("requesters.denied", $"The requester {who} is denied.")
            : Yes("requesters.denied", $"The requester {who} is not denied.");
        if (rules.Allowed.Count == 0) yield return Yes("requesters.allowed", "Every requester is allowed.");
        else if (rules.Allowed.Contains(who)) yield return Yes("requesters.allowed", $"The list has {who}.");
        else
            yield return No("requesters.allowed",
                $"The requester {who} is not among the {rules.Allowed.Count} allowed.");
        var home = order.Home == Region.Anywhere ? "no region" : $"{order.Home}";
        if (rules.Homes.Count == 0) yield return Yes("requesters.homes", "Requesters of every region are served.");
        else if (rules.Homes.Contains(order.Home))
            yield return Yes("requesters.homes", $"The region {home} is served.");
        else
            yield return No("requesters.homes",
                $"The order names {home} as its home; served are {Joined(rules.Homes)}.");
    }

    private static IEnumerable<RuleAnswer> OfImage(ImageRules rules, PolicyFacts facts)
    {
        if (facts.Order.Spec.Work is Work.Attestation)
        {
            foreach (var rule in (string[])["images.denied", "images.source", "images.allowed"])
                yield return Yes(rule, "The order runs no program: it asks what this machine is.");
            yield break;
        }
        var (kind, digest) = facts.Order.Spec.Work switch
        {
            Work.Image image => ("image", image.Digest),
            Work.Model model => ("model", model.Digest),
            Work.ServedImage image => ("image", image.Digest),
            Work.ServedModel model => ("model", model.Digest),
            Work.Proof proof => ("statement", proof.Statement),
            _ => ("work", Digest.Zero),
        };
        var name = $"The {kind} {Forms.ContentDigest.Write(digest)}";
        var source = facts.ImageSource;
        var shown = YamlTree.Shown(source);
        var barred = rules.SourcesDenied.FirstOrDefault(pattern => pattern.Matches(source));
        // The runner of a model is named in its manifest, which nobody has read yet: who keeps some images out lets in
        // the models that it knows.
        var isUnseen = facts.Order.Spec.Work is Work.Model or Work.ServedModel && !rules.Allowed.Contains(digest)
            && rules.Denied.Count + rules.SourcesDenied.Count > 0;
        if (rules.Denied.Contains(digest)) yield return No("images.denied", $"{name} is denied.");
        else if (isUnseen)
            yield return No("images.denied", $"{name} may have a runner that is denied: list it under images.allowed.");
        else if (barred is not null) yield return No("images.denied", $"The source '{shown}' is denied by '{barred}'.");
        else yield return Yes("images.denied", $"{name} is not denied.");

        var isListed = rules.Allowed.Contains(digest);
        var admitted = rules.Sources.FirstOrDefault(pattern => pattern.Matches(source));
        // Files of this machine are no place that a stranger may name, unless the provider says so itself.
        yield return source.Length == 0 || admitted is not null || ImagePattern.IsRegistry(source)
            ? Yes("images.source", source.Length == 0 ? "The order names no source." : $"'{shown}' is a registry's.")
            : No("images.source", $"The source '{shown}' is no registry's and no pattern names it.");

        if (rules.Allowed.Count == 0 && rules.Sources.Count == 0)
            yield return Yes("images.allowed", "Every image is allowed.");
        else if (isListed) yield return Yes("images.allowed", $"{name} is in the list.");
        else if (admitted is not null) yield return Yes("images.allowed", $"The source '{shown}' fits '{admitted}'.");
        else if (source.Length == 0)
            yield return No("images.allowed", $"{name} is not in the list, and the order names no source.");
        else yield return No("images.allowed", $"{name} is not in the list, and no pattern fits its source '{shown}'.");
    }

    private static IEnumerable<RuleAnswer> OfTerms(ProviderPolicy policy, PolicyFacts facts, Instant now)
    {
        var (order, spec) = (facts.Order, facts.Order.Spec);
        var privacy = PolicyForms.Privacy.Write(spec.Privacy);
        yield return policy.Privacy.Contains(spec.Privacy)
            ? Yes("privacy.accepted", $"The level '{privacy}' is accepted.")
            : No("privacy.accepted", $"The order asks for '{privacy}'; accepted: "
                + $"{Joined(policy.Privacy.Select(level => PolicyForms.Privacy.Write(level)))}.");
        var asked = PolicyForms.Describe(spec.Verification);
        var floor = policy.Verification.FirstOrDefault(each => each.Accepts(spec.Verification));
        yield return floor is not null
            ? Yes("verification.accepted", $"'{asked}' is accepted as '{floor}'.")
            : No("verification.accepted", $"The order asks for '{asked}'; accepted: {Joined(policy.Verification)}.");
        yield return facts.PricePerSecond >= policy.PricePerSecondMin
            ? Yes("price.per-second-min", $"It pays {facts.PricePerSecond} a second; the floor is "
                + $"{policy.PricePerSecondMin}.")
            : No("price.per-second-min", $"It pays {facts.PricePerSecond} a second, below the floor of "
                + $"{policy.PricePerSecondMin}.");
        yield return OfHours(policy.Hours, order.RunTimeMax, now);
    }

    private static RuleAnswer OfHours(HourRules hours, Duration longest, Instant now)
    {
        const string Rule = "hours.windows";
        if (hours.Windows.Count == 0) return Yes(Rule, "Every hour is open.");
        if (!WeeklyWindow.Cover(hours.Windows, now, new Duration(1)))
            return No(Rule, $"It is {Clock(now)}, outside of {Joined(hours.Windows)}.");
        if (hours.WholeRun && !WeeklyWindow.Cover(hours.Windows, now, longest))
            return No(Rule, $"It is {Clock(now)}, and a run of up to {Forms.Time.Write(longest)} does not end within "
                + $"{Joined(hours.Windows)}.");
        return Yes(Rule, $"It is {Clock(now)}, within {Joined(hours.Windows)}.");
    }

    private static IEnumerable<RuleAnswer> OfData(ProviderPolicy policy, PolicyFacts facts)
    {
        var inputs = facts.Order.Spec.Inputs;
        yield return AtMost("data.inputs", "inputs", (ulong)inputs.Count, policy.Data.InputsMax);
        // Sizes are a stranger's numbers: their sum may need more bits than each has.
        UInt128 bytes = 0;
        foreach (var input in inputs) bytes += input.Size;
        yield return AtMost("data.input-bytes", "bytes of inputs", bytes, policy.Data.InputBytesMax);
        if (facts.Egress.Count == 0)
            yield return Yes("network.egress", "It wants no network.");
        else if (facts.Egress.FirstOrDefault(rule => !policy.Egress.Contains(rule)) is not { } other)
            yield return Yes("network.egress", $"All {facts.Egress.Count} destinations are in the list.");
        else
            yield return No("network.egress", $"It wants to reach {YamlTree.Shown(other.Host)}:{other.Port}; allowed: "
                + $"{Joined(policy.Egress.Select(rule => $"{rule.Host}:{rule.Port}"))}.");
    }

    private static IEnumerable<RuleAnswer> OfResources(ProviderPolicy policy, TaskOrder order, PolicyLoad load)
    {
        var (asked, task, total) = (order.Spec.Resources, policy.Task, policy.Total);
        yield return policy.RunTimeMax is not { } longest
            ? Yes("task.run-time", "No limit.")
            : order.RunTimeMax <= longest
            ? Yes("task.run-time", $"Up to {Forms.Time.Write(order.RunTimeMax)} of {Forms.Time.Write(longest)}.")
            : No("task.run-time", $"It may run for {Forms.Time.Write(order.RunTimeMax)}; the limit is "
                + $"{Forms.Time.Write(longest)}.");
        yield return AtMost("task.cpu", "thousandths of a processor", asked.CpuMillis, task.CpuMillis);
        yield return AtMost("task.memory", "MiB of memory", asked.MemoryMiB, task.MemoryMiB);
        yield return AtMost("task.disk", "MiB of disk", asked.DiskMiB, task.DiskMiB);
        yield return AtMost("task.gpus", "GPUs", asked.GpuCount, task.Gpus);
        yield return AtMost("total.tasks", "tasks with this one", load.Tasks + 1UL, policy.TasksMax);
        yield return AtMost("total.cpu", "thousandths of a processor with what runs",
            (ulong)load.CpuMillis + asked.CpuMillis, total.CpuMillis);
        yield return AtMost("total.memory", "MiB of memory with what runs",
            (ulong)load.MemoryMiB + asked.MemoryMiB, total.MemoryMiB);
        yield return AtMost("total.disk", "MiB of disk with what runs",
            (ulong)load.DiskMiB + asked.DiskMiB, total.DiskMiB);
        yield return AtMost("total.gpus", "GPUs with what runs", (ulong)load.Gpus + asked.GpuCount, total.Gpus);
    }

    private static RuleAnswer AtMost(string rule, string what, UInt128 asked, ulong? most) => most is not { } limit
        ? Yes(rule, "No limit.")
        : asked <= limit
        ? Yes(rule, $"{asked} {what}; the limit is {limit}.")
        : No(rule, $"{asked} {what} are more than the limit of {limit}.");

    private static string Clock(Instant now)
    {
        const long MicrosMax = 253_402_300_799_000_000;
        if (now.Micros is < 0 or > MicrosMax) return $"{now}";
        var time = DateTimeOffset.UnixEpoch.AddMicroseconds(now.Micros);
        return time.ToString("ddd HH:mm 'Z'", CultureInfo.InvariantCulture).ToLowerInvariant();
    }

    private static string Joined<T>(IEnumerable<T> items)
    {
        var text = string.Join(", ", items.Select(item => $"'{item}'"));
        return text.Length == 0 ? "nothing" : text;
    }

    private static RuleAnswer Yes(string rule, string why) => new(rule, true, why);

    private static RuleAnswer No(string rule, string why) => new(rule, false, why);
}
