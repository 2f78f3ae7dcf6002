using Stun.Bench;
using Stun.Bench.Chains;
using Stun.Bench.Containers;
using Stun.Bench.Placement;

// dotnet run -c Release --project bench/Stun.Bench -- SCENARIO [DATE]
// Results go to bench/results/SCENARIO.md and .json. The date is handed in, so that a run says only what it was told.
(string Name, Func<Report, bool> Run)[] scenarios =
[
    ("chain", ChainScenario.Run),
    ("containers", ContainersScenario.Run),
    ("evm", EvmScenario.Run),
    ("operator", OperatorScenario.Run),
    ("placement", PlacementScenario.Run),
    ("replay", ReplayScenario.Run),
    ("settlement", SettlementScenario.Run),
    ("snapshot", SnapshotScenario.Run),
    ("zk", Stun.Bench.Zk.ZkScenario.Run),
    ("tee", TeeScenario.Run),
    ("tee-fuzz", TeeFuzzScenario.Run),
];

// The product's side of the races between queues: a process of its own, until its input ends.
if (args is ["serve", var directory]) return await Stun.Bench.Queues.NodeUnderTest.RunAsync(directory);

// Those of the race between gateways.
if (args is ["serve-door", var place, var upstream])
    return await Stun.Bench.Gateways.DoorUnderTest.RunDoorAsync(place, upstream);
if (args is ["serve-proxy", var before]) return await Stun.Bench.Gateways.DoorUnderTest.RunProxyAsync(before);
if (args is ["serve-upstream"]) return await Stun.Bench.Gateways.DoorUnderTest.RunUpstreamAsync();

// A circuit and its witness, for the race between provers.
if (args is ["zk-circuit", var power, var ground]) return Stun.Bench.Zk.SquareChain.Write(int.Parse(power), ground);

foreach (var (name, run) in scenarios)
{
    if (args.Length == 0 || args[0] != name) continue;
    var report = new Report(name, args.Length > 1 ? args[1] : "not given");
    var passed = run(report);
    report.Write();
    return passed ? 0 : 1;
}

Console.Error.WriteLine($"Scenarios: {string.Join(", ", scenarios.Select(each => each.Name))}");
return 2;
