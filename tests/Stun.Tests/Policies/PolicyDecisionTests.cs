using Stun.Execution.Containers;
using Stun.Node.Policies;

namespace Stun.Tests.Policies;

/// <summary>Each rule says no to what it is for, by its name, and yes to its neighbour.</summary>
public sealed class PolicyDecisionTests
{
    private const string Image = "sha256:";

    private static readonly string ImageDigest = Image + ((Work.Image)PolicyScene.Order.Spec.Work).Digest;

    private static readonly PolicyFacts Facts = PolicyScene.Facts;

    private static readonly PolicyLoad Busy = new(3, 3_000, 4_096, 4_096, 3);

    public static TheoryData<string, string, bool> Simple => new()
    {
        { "requesters.denied", $"requesters: {{ denied: ['{PolicyScene.Order.Requester}'] }}", false },
        { "requesters.allowed", $"requesters: {{ allowed: ['{PolicyScene.Order.Requester}'] }}", true },
        { "requesters.allowed", $"requesters: {{ allowed: ['{new Address(9, 9, 9)}'] }}", false },
        { "requesters.homes", "requesters: { homes: [eu-de] }", false },
        { "images.denied", $"images: {{ denied: [{ImageDigest}] }}", false },
        { "images.allowed", $"images: {{ allowed: [{ImageDigest}] }}", true },
        { "images.allowed", $"images: {{ allowed: [{Image}{new Digest(1, 1, 1, 1)}] }}", false },
        { "images.allowed", "images: { sources: ['docker://r.example/**'] }", false },
        { "privacy.accepted", "privacy: { accepted: [tee] }", false },
        { "verification.accepted", "verification: { accepted: [redundant 2, audit 5%] }", true },
        { "verification.accepted", "verification: { accepted: [redundant 2, audit 5.0001%] }", false },
        { "price.per-second-min", "price: { per-second-min: 100 }", true },
        { "price.per-second-min", "price: { per-second-min: 101 }", false },
        { "hours.windows", "hours: { windows: [sat 12:00-13:00] }", true },
        { "hours.windows", "hours: { windows: [sat 10:00-12:00] }", false },
        { "hours.windows", "hours: { windows: [sat 12:00-12:59], whole-run: true }", false },
        { "hours.windows", "hours: { windows: [sat 12:00-12:59, sat 12:30-14:00], whole-run: true }", true },
        { "task.run-time", "task: { run-time: 1h }", true },
        { "task.run-time", "task: { run-time: 3599s }", false },
        { "task.cpu", "task: { cpu: 1 }", true },
        { "task.cpu", "task: { cpu: 999m }", false },
        { "task.memory", "task: { memory: 1023MiB }", false },
        { "task.disk", "task: { disk: 1023MiB }", false },
        { "task.gpus", "task: { gpus: 0 }", false },
        { "total.tasks", "total: { tasks: 4 }", true },
        { "total.tasks", "total: { tasks: 3 }", false },
        { "total.cpu", "total: { cpu: 4 }", true },
        { "total.cpu", "total: { cpu: 3999m }", false },
        { "total.memory", "total: { memory: 5119MiB }", false },
        { "total.disk", "total: { disk: 5119MiB }", false },
        { "total.gpus", "total: { gpus: 3 }", false },
        { "total.gpus", "total: { gpus: 4 }", true },
    };

    [Theory]
    [MemberData(nameof(Simple))]
    public void A_rule_keeps_its_limit_and_names_itself(string rule, string line, bool isAllowed)
    {
        var policy = Policy(line);
        var decision = policy.Decide(Facts, PolicyScene.Now, Busy);
        if (isAllowed) Assert.IsType<PolicyDecision.Allowed>(decision);
        else Assert.Equal(rule, Assert.IsType<PolicyDecision.Refused>(decision).Rule);
        var explained = policy.Explain(Facts, PolicyScene.Now, Busy);
        Assert.Equal(PolicyRules.Names, explained.Select(answer => answer.Rule));
        Assert.Equal(isAllowed ? [] : [rule],
            explained.Where(answer => !answer.IsKept).Select(answer => answer.Rule));
        Assert.All(explained, answer => Assert.EndsWith(".", answer.Why, StringComparison.Ordinal));
        Assert.Equal(explained, policy.Explain(Facts, PolicyScene.Now, Busy));
    }

    [Fact]
    public void The_first_rule_that_says_no_is_named_and_the_others_are_explained()
    {
        var policy = Policy("task: { gpus: 0, cpu: 1m }\nprice: { per-second-min: 500 }");
        var refused = Assert.IsType<PolicyDecision.Refused>(policy.Decide(Facts, PolicyScene.Now, PolicyLoad.Idle));
        Assert.Equal("price.per-second-min", refused.Rule);
        Assert.Equal("It pays 100 a second, below the floor of 500.", refused.Reason);
        Assert.Equal(["price.per-second-min", "task.cpu", "task.gpus"], policy
            .Explain(Facts, PolicyScene.Now, PolicyLoad.Idle)
            .Where(answer => !answer.IsKept).Select(answer => answer.Rule));
    }

    [Theory]
    [InlineData("docker://r.example/physics/fit:1", "", "")]
    [InlineData("docker://R.Example:443/physics/fit:1", "", "")]
    [InlineData("docker://r.example/physics/fit", "", "")]
    [InlineData("docker://r.example/physics/deep/fit:1", "", "images.allowed")]
    [InlineData("docker://r.example/physics/deep/fit:1", "**", "")]
    [InlineData("docker://evil.example/physics/fit:1", "", "images.allowed")]
    [InlineData("docker://r.example.evil.example/physics/fit:1", "", "images.allowed")]
    [InlineData("docker+http://r.example/physics/fit:1", "", "images.allowed")]
    [InlineData("docker://r.example/physics/bad:1", "", "images.denied")]
    [InlineData("docker://R.EXAMPLE:443/physics/bad:1", "", "images.denied")]
    [InlineData("oci:/etc", "", "images.source")]
    [InlineData("docker-archive:x.tar", "", "images.source")]
    public void Images_are_taken_by_the_source_that_the_order_names(string source, string star, string rule)
    {
        var policy = Policy($"images: {{ sources: ['docker://r.example/physics/{(star.Length > 0 ? star : "*")}'], "
            + "sources-denied: ['docker://r.example/physics/bad'] }");
        var decision = policy.Decide(Facts with { ImageSource = source }, PolicyScene.Now, PolicyLoad.Idle);
        Assert.Equal(rule, (decision as PolicyDecision.Refused)?.Rule ?? "");
    }

    [Fact]
    public void A_model_whose_runner_nobody_has_seen_does_not_get_past_a_list_of_what_is_denied()
    {
        var model = new Digest(5, 5, 5, 5);
        foreach (var work in (Work[])[new Work.Model(model), new Work.ServedModel(model)])
        {
            var facts = PolicyScene.With(spec => spec with { Work = work });
            Assert.Equal("", RuleOf(ProviderPolicy.Default, facts));
            Assert.Equal("images.denied", RuleOf(Policy($"images: {{ denied: [{ImageDigest}] }}"), facts));
            Assert.Equal("images.denied", RuleOf(Policy("images: { sources-denied: ['docker://evil/**'] }"), facts));
            Assert.Equal("", RuleOf(
                Policy($"images: {{ denied: [{ImageDigest}], allowed: [{Image}{model}] }}"), facts));
            Assert.Equal("images.allowed", RuleOf(Policy("images: { sources: ['docker://r.example/**'] }"), facts));
        }
    }

    [Fact]
    public void Files_of_the_machine_are_no_source_under_the_default_policy()
    {
        Assert.Equal("images.source", RuleOf(ProviderPolicy.Default, Facts with { ImageSource = "oci:/etc" }));
        Assert.Equal("", RuleOf(ProviderPolicy.Default, Facts with { ImageSource = "docker://r.example/a" }));
        Assert.Equal("", RuleOf(ProviderPolicy.Default, Facts));
    }

    [Fact]
    public void Sizes_of_inputs_are_added_without_overflow_and_limits_hold()
    {
        BlobRef Blob(ulong size, string name) => new(new Digest(1, 2, 3, 4), size, name);
        var huge = PolicyScene.With(spec => spec with
        {
            Inputs = [Blob(ulong.MaxValue, "a"), Blob(ulong.MaxValue, "b")],
        });
        Assert.Equal("data.input-bytes", RuleOf(ProviderPolicy.Default, huge));
        var two = PolicyScene.With(spec => spec with { Inputs = [Blob(512, "a"), Blob(512, "b")] });
        Assert.Equal("", RuleOf(Policy("data: { inputs: 2, input-bytes: 1KiB }"), two));
        Assert.Equal("data.inputs", RuleOf(Policy("data: { inputs: 1 }"), two));
        Assert.Equal("data.input-bytes", RuleOf(Policy("data: { input-bytes: 1023 }"), two));
    }

    [Fact]
    public void The_network_is_closed_but_for_the_destinations_in_the_list()
    {
        var wants = Facts with { Egress = [new EgressRule("data.example", 443)] };
        Assert.Equal("network.egress", RuleOf(ProviderPolicy.Default, wants));
        Assert.Equal("", RuleOf(Policy("network: { egress: ['DATA.example:443'] }"), wants));
        Assert.Equal("network.egress", RuleOf(Policy("network: { egress: ['data.example:80'] }"), wants));
    }

    [Theory]
    [InlineData("mon-fri 18:00-08:00 +01:00", "2026-11-20T16:59:59Z", 0)]
    [InlineData("mon-fri 18:00-08:00 +01:00", "2026-11-20T17:00:00Z", 14 * 3600)]
    [InlineData("mon-fri 18:00-08:00 +01:00", "2026-11-21T06:59:59Z", 1)]
    [InlineData("mon-fri 18:00-08:00 +01:00", "2026-11-21T07:00:00Z", 0)]
    [InlineData("mon-fri 18:00-08:00 +01:00", "2026-11-22T18:00:00Z", 0)]
    [InlineData("sun 20:00-06:00 -05:00", "2026-11-23T01:00:00Z", 10 * 3600)]
    [InlineData("mon 00:00-24:00 +14:00", "2026-11-22T10:00:00Z", 24 * 3600)]
    [InlineData("sat-mon 00:00-24:00", "2026-11-23T23:00:00Z", 3600)]
    [InlineData("mon 08:00-07:59", "2026-11-23T08:00:00Z", 1439 * 60)]
    [InlineData("thu 00:00-24:00", "1970-01-01T00:00:00Z", 24 * 3600)]
    [InlineData("wed 23:00-24:00", "1969-12-31T23:30:00Z", 1800)]
    public void A_window_lasts_as_long_as_its_clock_says(string text, string time, long seconds)
    {
        var now = new Instant((DateTimeOffset.Parse(time) - DateTimeOffset.UnixEpoch).Ticks / 10);
        Assert.Equal(Duration.Seconds(seconds), WeeklyWindow.Parse(text)!.LeftAt(now));
    }

    [Theory]
    [InlineData("mon 08:00-08:00")]
    [InlineData("mon 24:00-25:00")]
    [InlineData("mon 08:60-09:00")]
    [InlineData("monday 08:00-09:00")]
    [InlineData("mon 8:00-9:00")]
    [InlineData("mon 08:00-09:00 +15:00")]
    [InlineData("mon 08:00-09:00 CET")]
    [InlineData("")]
    public void What_is_no_window_is_refused(string text) => Assert.Null(WeeklyWindow.Parse(text));

    [Fact]
    public void Windows_agree_with_a_clock_that_is_asked_each_minute()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var window = new WeeklyWindow((byte)random.Next(1, 128), random.Next(1440), random.Next(1, 1441),
                random.Next(-840, 841));
            if (window.StartMinute == window.EndMinute % 1440) continue;
            Assert.Equal(window, WeeklyWindow.Parse(window.ToString()));
            var at = DateTime.UnixEpoch.AddMinutes(random.Next(-1_000_000, 40_000_000));
            var now = new Instant((at - DateTime.UnixEpoch).Ticks / 10);
            var local = at.AddMinutes(window.OffsetMinutes);
            bool StartsOn(DateTime day) => (window.Days & (1 << (((int)day.DayOfWeek + 6) % 7))) != 0;
            var minute = (local.Hour * 60) + local.Minute;
            var isOpen = window.EndMinute > window.StartMinute
                ? StartsOn(local) && minute >= window.StartMinute && minute < window.EndMinute
                : (StartsOn(local) && minute >= window.StartMinute)
                    || (StartsOn(local.AddDays(-1)) && minute < window.EndMinute);
            Assert.True(isOpen == window.LeftAt(now) > Duration.Zero, $"{window} at {at:u}");
        }
    }

    [Fact]
    public void Nonsense_times_lead_to_an_answer()
    {
        var policy = Policy("hours: { windows: [mon-sun 00:00-24:00], whole-run: true }");
        foreach (var now in new[] { Instant.Never, new Instant(long.MinValue), Instant.LongAgo })
            Assert.NotNull(policy.Decide(
                Facts with { Order = Facts.Order with { RunTimeMax = new Duration(long.MaxValue) } }, now, Busy));
    }

    private static string RuleOf(ProviderPolicy policy, PolicyFacts facts) =>
        (policy.Decide(facts, PolicyScene.Now, PolicyLoad.Idle) as PolicyDecision.Refused)?.Rule ?? "";

    private static ProviderPolicy Policy(string lines) => ProviderPolicy.Parse($"version: 1\n{lines}\n", "test");
}
