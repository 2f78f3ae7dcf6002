using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Stun.Chain;
using Stun.Commands;
using Stun.Execution;
using Stun.Node;
using Stun.Node.Gateway;
using Stun.Node.Storage;
using Stun.Node.Transport;
using Stun.Zk;

namespace Stun;

/// <summary>All commands of the binary, and what becomes of what they throw.</summary>
internal static class CommandTree
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        // A word that begins with @ is a word: it names no file of further words.
        var parsed = Make().Parse(arguments.Length == 0 ? ["--help"] : arguments, new ParserConfiguration
        {
            ResponseFileTokenReplacer = null,
            EnablePosixBundling = false,
        });
        if (parsed.Action is ParseErrorAction) return Misused(parsed);
        var asJson = parsed.GetResult(Shared.Json) is { Implicit: false };
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            Screen.Note("stun: stopped");
            return Exits.Stopped;
        }
        catch (Exception failure) when (Told(failure) is { } told)
        {
            Screen.Fail(told, asJson);
            return told.Exit;
        }
    }

    private static RootCommand Make()
    {
        var root = new RootCommand("Stun: computing power from anybody, checked before it is paid.");
        foreach (var command in (Command[])
        [
            DemoCommands.Make(), DevCommands.Make(), RunCommands.Make(), TaskCommands.Make(), ProviderCommands.Make(),
            NodeCommands.Make(), ConfigCommands.Make(), KeyCommands.Make(), AccountCommands.Account(),
            AccountCommands.ApiKey(), WalletCommands.Make(), ChainCommands.Make(), OperatorCommands.Make(),
            ImageCommands.Make(), HardwareCommands.Make(), ZkCommands.Make(), TeeCommands.Make(), DoctorCommands.Make(),
            CompletionCommands.Make(),
        ])
            root.Add(command);
        root.SetAction(_ => Exits.Ok);
        var help = root.Options.OfType<HelpOption>().First();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static int Misused(ParseResult parsed)
    {
        var command = Shared.NameOf(parsed.CommandResult.Command);
        foreach (var error in parsed.Errors) Screen.Note($"stun: {error.Message}");
        Screen.Note($"  Look at '{command} --help'. [cli.usage]");
        return Exits.Usage;
    }

    /// <summary>Null is our own mistake, and ends the process with its trace.</summary>
    private static CommandException? Told(Exception failure) => failure switch
    {
        CommandException told => told,
        NodeException node => Cut(node.Code, node.Message, node.Cure),
        StorageException storage => Cut(storage.Code, storage.Message, storage.Cure),
        TransportException transport => new CommandException(transport.Code, transport.Message, "Look at both ends."),
        ExecutionException execution => new CommandException(execution.Code, execution.Message, "See above."),
        ZkException proof => ZkCommands.Told(proof),
        ChainException chain => Cut(chain.Code, chain.Message, chain.Cure),
        ApiException refused => new CommandException(refused.Code, refused.Message, ErrorBook.Of(refused.Code).Cure)
        {
            Places = [.. refused.Faults.Select(fault => (fault.Path, fault.Message))],
        },
        Npgsql.NpgsqlException database => new CommandException("store.unreachable",
            $"The database does not answer: {database.Message}", "Look at --connection and whether it runs."),
        IOException or UnauthorizedAccessException => new CommandException("stun.io", failure.Message,
            "Look at the path, its owner and its mode."),
        _ => null,
    };

    /// <summary>These say what to do at the end of their message, where it is looked for on a line of its
    /// own.</summary>
    private static CommandException Cut(string code, string message, string cure) =>
        new(code, message.EndsWith(cure, StringComparison.Ordinal) ? message[..^cure.Length] : message, cure);

    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var status = inner.Invoke(parseResult);
            Shared.WriteExamples(parseResult.CommandResult.Command);
            return status;
        }
    }
}
