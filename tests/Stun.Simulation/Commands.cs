using System.Diagnostics;

namespace Stun.Simulation;

/// <summary>What <c>./stun sim</c> can do.</summary>
public static class Commands
{
    private const string Usage = """
        usage: ./stun sim SEED                 replay one world and print what happened in it
               ./stun sim --seeds N [--from S] run N worlds, each from its seed, and print a summary
               ./stun sim --tasks N            run N tasks with one provider in ten cheating; print the cheat table
               ./stun sim --trace SEED         print the trace hash of one world and nothing else
               ./stun sim --check              what ./check runs: 2,000 seeds and the cheat table of 100,000 tasks
               ./stun sim mutate [NAME]        plant known faults in a copy of the source and show that they are found
               ./stun sim demo                 one task among six providers, one of them a cheat, told line by line
        """;

    public static int Run(string[] args)
    {
        switch (args)
        {
            case ["--trace", var text] when ulong.TryParse(text, out var seed):
                Console.WriteLine($"{Play(SimOptions.FromSeed(seed)).TraceHash:x16}");
                return 0;
            case ["--seeds", var text, .. var rest] when int.TryParse(text, out var count):
                return Close(Campaign.Seeds(rest is ["--from", var first] ? ulong.Parse(first) : 1, count));
            case ["--tasks", var text] when int.TryParse(text, out var count):
                return Close(Campaign.CheatTable(count));
            case ["--check"]:
                return Check();
            case ["demo"]:
                return Demo.Run();
            case ["mutate", .. var names]:
                return Mutants.Run(names);
            case [var text] when ulong.TryParse(text, out var seed):
                return Replay(seed);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    public static World Play(SimOptions options)
    {
        var world = new World(options);
        try
        {
            world.Run();
        }
        catch (Exception found) when (found is LawException or InvariantException)
        {
            throw new LawException($"{found.Message}\n  at {(world.Now - World.Beginning).Micros / 1_000_000} s; "
                + $"replay with: ./stun sim {options.Seed}\n{(found is InvariantException ? found.StackTrace : "")}");
        }
        return world;
    }

    /// <summary>The closing line counts worlds, and for the cheat table one check per policy.</summary>
    private static int Check()
    {
        const int SeedCount = 2_000;
        const int TaskCount = 100_000;
        var (passed, failed) = Campaign.Seeds(1, SeedCount);
        var (within, beyond) = Campaign.CheatTable(TaskCount);
        Console.WriteLine($"{passed + within} passed, {failed + beyond} failed");
        return failed + beyond == 0 ? 0 : 1;
    }

    private static int Close((int Passed, int Failed) outcome)
    {
        Console.WriteLine($"{outcome.Passed} passed, {outcome.Failed} failed");
        return outcome.Failed == 0 ? 0 : 1;
    }

    private static int Replay(ulong seed)
    {
        var options = SimOptions.FromSeed(seed);
        Console.WriteLine(options);
        var clock = Stopwatch.StartNew();
        try
        {
            var world = Play(options);
            Report.Print(world.Tally, 1, clock.Elapsed);
            Console.WriteLine($"trace {world.TraceHash:x16}");
            return 0;
        }
        catch (LawException failure)
        {
            Console.WriteLine($"FAILED: {failure.Message}");
            return 1;
        }
    }
}
