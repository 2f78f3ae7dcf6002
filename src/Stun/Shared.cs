using System.CommandLine;
using System.Runtime.CompilerServices;
using Stun.Calls;

namespace Stun;

/// <summary>Options and habits that commands have in common.</summary>
internal static class Shared
{
    private static readonly ConditionalWeakTable<Command, string[]> Examples = [];

    public static readonly Option<bool> Json = new("--json") { Description = "Say it as JSON." };

    public static readonly Option<Uri?> Node = new("--node")
    {
        Description = "The node to ask; else STUN_NODE, else the network that 'stun dev' runs here.",
        HelpName = "URL",
        CustomParser = result => UrlOf(result.Tokens[0].Value, result.AddError),
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "The API key; else STUN_KEY, else that of 'stun dev'.",
        HelpName = "KEY",
    };

    /// <summary>A command that asks a node something.</summary>
    public static Command Asking(
        string name, string about, Symbol[] symbols, Func<ParseResult, NodeCalls, CancellationToken, Task<int>> act,
        params string[] examples)
    {
        var command =
            Local(name, about, [.. symbols, Json, Node, Key], (parsed, cancel) => AskAsync(parsed, act, cancel),
            examples);
        return command;
    }

    public static Command Local(
        string name, string about, Symbol[] symbols, Func<ParseResult, CancellationToken, Task<int>> act,
        params string[] examples)
    {
        var command = new Command(name, about);
        foreach (var symbol in symbols)
            switch (symbol)
            {
                case Argument argument: command.Add(argument); break;
                case Option option: command.Add(option); break;
                default: throw new ArgumentException($"{symbol.Name} is no argument and no option.");
            }
        command.SetAction(act);
        Examples.Add(command, examples);
        return command;
    }

    /// <summary>Commands under one word.</summary>
    public static Command Group(string name, string about, params Command[] commands)
    {
        var group = new Command(name, about);
        foreach (var command in commands) group.Add(command);
        return group;
    }

    public static NodeCalls Calls(ParseResult parsed) =>
        NodeAddress.Find(parsed.GetValue(Node), parsed.GetValue(Key)).Open();

    public static bool IsJson(ParseResult parsed) => parsed.GetValue(Json);

    public static void WriteExamples(Command command)
    {
        if (!Examples.TryGetValue(command, out var examples) || examples.Length == 0) return;
        Screen.Line("Examples:");
        foreach (var example in examples) Screen.Line($"  {example}");
        Screen.Line("");
    }

    public static string NameOf(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "stun" : $"{NameOf(parent)} {command.Name}";
    }

    public static Uri? UrlOf(string text, Action<string> refuse)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ws" or "wss")
            return url;
        refuse($"'{text}' is no address of a node. Write it like http://127.0.0.1:7800.");
        return null;
    }

    private static async Task<int> AskAsync(
        ParseResult parsed, Func<ParseResult, NodeCalls, CancellationToken, Task<int>> act, CancellationToken cancel)
    {
        using var calls = Calls(parsed);
        return await act(parsed, calls, cancel).ConfigureAwait(false);
    }
}
