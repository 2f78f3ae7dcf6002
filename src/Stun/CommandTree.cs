using Stun.Execution;

namespace Stun;

/// <summary>The commands of the binary. Each has a file; this one finds it and prints what it throws.</summary>
internal static class CommandTree
{
    private sealed record Command(string Name, string About, Func<string[], Task<int>> RunAsync);

    private static readonly Command[] Commands =
    [
        new("hardware", "what this machine has, measured; --json", HardwareCommand.RunAsync),
        new("dev", "x", DevCommand.RunAsync),
        new("images", "build NAME, list, pull SOURCE: images, ours and foreign", ImagesCommand.RunAsync),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        var name = arguments.FirstOrDefault("help");
        var command = Commands.FirstOrDefault(candidate => candidate.Name == name);
        if (command is null)
        {
            foreach (var known in Commands) Console.WriteLine($"{known.Name,-10}{known.About}");
            if (name == "help") return 0;
            Console.Error.WriteLine($"stun: unknown command '{name}'");
            return 2;
        }
        try
        {
            return await command.RunAsync(arguments[1..]).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stun: stopped");
            return 130;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"stun: {failure.Message} Look at the path, its owner and its mode. [stun.io]");
            return 1;
        }
        catch (ExecutionException failure)
        {
            Console.Error.WriteLine($"stun: {failure.Message} [{failure.Code}]");
            return 1;
        }
    }
}
