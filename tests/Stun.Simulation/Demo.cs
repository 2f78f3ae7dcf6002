namespace Stun.Simulation;

/// <summary>
/// One task in a small simulated network, told line by line: order, match, redundant execution, verification,
/// settlement, receipt. Two providers of six cheat, and one of them is given a place.
/// </summary>
public static class Demo
{
    /// <summary>A world in which a cheat is drawn, so that there is something to see.</summary>
    private const ulong Seed = 4;

    public static int Run()
    {
        Console.WriteLine("""
            A simulated network on this machine: one gateway, one scheduler, six providers of which two cheat, five
            validators and the escrow. The decisions are the real ones; keys, runs and the network are simulated.

            """);
        var world = new World(new SimOptions
        {
            Seed = Seed,
            GatewayCount = 1,
            ProviderCount = 6,
            CheatCount = 2,
            CheatPpm = 1_000_000,
            Vices = [Vice.Lazy],
            RequesterCount = 1,
            TaskCount = 1,
            SafetyPhase = Duration.Seconds(30),
            Policies = [new VerificationPolicy.Redundant(2, 3)],
            HasChain = false,
            RunFailurePpm = 0,
        });
        var names = new Names(world);
        var told = new HashSet<string>();
        world.Network.Heard = (from, to, message) =>
        {
            // Messages are repeated until they are answered; the reader is told once.
            if (Tell(names, from, to, message) is { } line && told.Add(line))
                Console.WriteLine($"{(world.Now - World.Beginning).Micros / 1_000_000.0m,8:f3} s  {line}");
        };
        world.Run();
        foreach (var happened in world.Cast.Escrow.Log.OfType<EscrowEvent.TaskSettled>()) PrintReceipt(names, happened);
        Console.WriteLine("\nEvery law held: money conserved, settled once, no honest provider slashed.");
        return 0;
    }

    private static string? Tell(Names names, Address from, Address to, Message message) => message switch
    {
        Message.SubmitTask submit when names.IsPerson(from) =>
            $"{names[from]} orders a task: 2 of 3 equal results, at most {submit.Order.Order.PriceLimit} units",
        Message.TaskAccepted when names.IsPerson(to) => $"{names[from]} tells {names[to]} that the order is taken",
        Message.GrantLease grant =>
            $"{names[from]} leases {names[to]} at {grant.Lease.PricePerSecond} units/s (attempt {grant.Lease.Attempt})",
        Message.AcceptLease => $"{names[from]} accepts and runs",
        Message.CommitResult commit =>
            $"{names[from]} commits to a result it does not show yet: {Short(commit.Commitment)}",
        Message.AskReveal => $"{names[from]} asks {names[to]} to reveal: everybody has committed",
        Message.RevealResult reveal =>
            $"{names[from]} reveals result {Short(reveal.Receipt.Receipt.Result)} with its signed receipt",
        Message.JudgeTask => $"{names[from]} shows the evidence to {names[to]}",
        Message.CastVote cast =>
            $"{names[from]} votes {cast.Vote.Verdict.Outcome}: {Describe(names, cast.Vote.Verdict)}",
        Message.CallEscrow { EscrowCall: EscrowCall.HoldFunds } => $"{names[from]} has the escrow hold the money",
        Message.CallEscrow { EscrowCall: EscrowCall.PostBatch post } =>
            $"{names[from]} posts the verdict under Merkle root {Short(post.Root)}",
        Message.CallEscrow { EscrowCall: EscrowCall.Settle } =>
            $"{names[from]} asks for payment: the dispute window is over",
        Message.ResultReady ready when names.IsPerson(to) =>
            $"{names[to]} has the result {Short(ready.Result)}; a cheat passes with chance {ready.CheatPassPpb / 1e9m}",
        Message.TaskEnded ended when names.IsPerson(to) => $"{names[to]} is told: {ended.State} ({ended.Reason})",
        _ => null,
    };

    private static string Describe(Names names, Verdict verdict)
    {
        var findings = verdict.Findings.Span.ToArray();
        return string.Join(", ", findings.Select(finding => $"{names[finding.Provider]} {finding.Judgement}"));
    }

    private static void PrintReceipt(Names names, EscrowEvent.TaskSettled happened)
    {
        var settlement = happened.Settlement;
        Console.WriteLine($"""

            Receipt of task {settlement.Task}
              result            {happened.Verdict.Result}
              a cheat passes    {happened.Verdict.CheatPassPpb / 1e9m}
              held              {settlement.Held}
              refunded          {settlement.Refund}
              treasury (15 %)   {settlement.Treasury}
              creator (5 %)     {settlement.Creator}
            """);
        foreach (var payout in settlement.Payouts)
            Console.WriteLine($"  {names[payout.Provider],-17} {payout.Amount} for attempt {payout.Attempt}");
        foreach (var slashing in settlement.Slashings)
            Console.WriteLine($"  {names[slashing.Provider],-17} slashed: {slashing.ToRequester} to the requester, "
                + $"{slashing.ToTreasury} to the treasury");
    }

    private static string Short(Digest digest) => digest.ToString()[..12];

    /// <summary>Addresses as a reader would call them.</summary>
    private sealed class Names
    {
        private readonly SortedDictionary<Address, string> names = [];
        private readonly SortedSet<Address> people = [];

        public Names(World world)
        {
            names[world.Cast.SchedulerAddress] = "the scheduler";
            names[world.Cast.Terms.Book] = "the escrow";
            names[Keys.AddressOf("gate", 0)] = "the gateway";
            names[Keys.AddressOf("req", 0)] = "the requester";
            people.Add(Keys.AddressOf("req", 0));
            for (var index = 0; index < world.Options.ProviderCount; index++)
                names[Keys.AddressOf("prov", index)] = $"provider {index + 1}";
            for (var index = 0; index < world.Options.ValidatorCount; index++)
                names[Keys.AddressOf("valid", index)] = $"validator {index + 1}";
        }

        public string this[Address address] => names.GetValueOrDefault(address, address.ToString());

        public bool IsPerson(Address address) => people.Contains(address);
    }
}
