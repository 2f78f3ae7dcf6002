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
        """;

    public static int Run(string[] args)
    {
        switch (args)
        {
            case ["--trace", var text] when ulong.TryParse(text, out var seed):
                Console.WriteLine($"{Play(SimOptions.FromSeed(seed)).TraceHash:x16}");
                return 0;
            case ["--seeds", var text, .. var rest] when int.TryParse(text, out var count):
                return Campaign.Seeds(rest is ["--from", var first] ? ulong.Parse(first) : 1, count) ? 0 : 1;
            case ["--tasks", var text] when int.TryParse(text, out var count):
                return Campaign.CheatTable(count) ? 0 : 1;
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
