using System.CommandLine;
using Stun.Calls;
using Stun.Chain;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Money;
using Stun.Node.Operator;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary>
/// <c>stun operator</c>: the contract where other contracts ask, whose nodes may be of several institutes, and the file
/// that they exchange.
/// </summary>
internal static class OperatorCommands
{
    private static readonly Argument<string> File = new("FILE") { Description = "The file of the federation." };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Where the file of the federation is written; one that is there is taken up.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<Address?> Token = new("--token")
    {
        Description = "What requests are paid in: a token whose transfers tell their receiver.",
        HelpName = "ADDRESS",
        Required = true,
        CustomParser = result => FederationOptions.AddressOf(result.Tokens[0].Value, result.AddError),
    };

    public static Command Make() => Shared.Group("operator", "Contracts that ask, and the nodes that answer them.",
        Deploy(), Admit(), Dismiss(), Collect(), FederationShow.Make(File));

    private static Command Deploy() => Shared.Local("deploy",
        "Makes an operator's contract, admits nodes, and writes the file of its federation.",
        [ChainCommands.Network, ChainPlace.Endpoints, WalletKeys.Name, Token, FederationOptions.Some,
            FederationOptions.Shared, Out, KeyCommands.PasswordFile, Stun.Shared.Json], DeployAsync,
        "stun operator deploy --network base --rpc URL --key owner --token TOKEN --node north=ADDRESS "
            + "--node south=ADDRESS --out federation.json",
        "stun operator deploy --network base --rpc URL --key owner --token TOKEN --endpoint https://chain.example "
            + "--out federation.json");

    private static Command Admit() => Shared.Local("admit",
        "Lets a node answer: on the chain, and in the file.",
        [File, FederationOptions.AtLeastOne, ChainPlace.Endpoints, WalletKeys.Name, KeyCommands.PasswordFile,
            Stun.Shared.Json],
        AdmitAsync, "stun operator admit federation.json --node west=ADDRESS --rpc URL --key owner",
        "stun operator admit federation.json --node west=ADDRESS,https://west.example --rpc URL --key owner");

    private static Command Dismiss()
    {
        var node = new Option<string>("--node")
        {
            Description = "A name of the file, or the address of a node that is not in it.",
            HelpName = "NAME",
            Required = true,
        };
        return Shared.Local("dismiss", "Lets a node answer no longer: on the chain, and in the file.",
            [File, node, ChainPlace.Endpoints, WalletKeys.Name, KeyCommands.PasswordFile, Stun.Shared.Json],
            (parsed, cancel) => DismissAsync(parsed, parsed.GetValue(node)!, cancel),
            "stun operator dismiss federation.json --node west --rpc URL --key owner");
    }

    private static Command Collect()
    {
        var to = new Option<Address?>("--to")
        {
            Description = "Who gets it; else the key's own account.",
            HelpName = "ADDRESS",
            CustomParser = result => FederationOptions.AddressOf(result.Tokens[0].Value, result.AddError),
        };
        return Shared.Local("collect",
            "Takes what was earned: a node's shares with the node's key, all else with the owner's. A node whose key "
            + "it is must not run meanwhile.",
            [File, to, ChainPlace.Endpoints, WalletKeys.Name, KeyCommands.PasswordFile, Stun.Shared.Json],
            (parsed, cancel) => CollectAsync(parsed, parsed.GetValue(to), cancel),
            "stun operator collect federation.json --rpc URL --key owner",
            "stun operator collect federation.json --rpc URL --key node-operator --to ADDRESS");
    }

    private static async Task<int> CollectAsync(ParseResult parsed, Address? to, CancellationToken cancel)
    {
        var federation = Federation.Load(Path.GetFullPath(parsed.GetValue(File)!));
        return await ActAsync(parsed, federation.Network, async owner => (
            Coins: await owner.CollectAsync(federation.Contract, to ?? owner.Address, cancel).ConfigureAwait(false),
            To: to ?? owner.Address), (done, transactions) =>
            {
                if (Stun.Shared.IsJson(parsed))
                    Screen.Write(new { Collected = $"{done.Coins}", To = $"{done.To}", Transactions = transactions });
                else
                    Screen.Line($"Collected {done.Coins} of the smallest unit of {federation.Token} for {done.To}.");
                return Exits.Ok;
            }, cancel).ConfigureAwait(false);
    }

    private static async Task<int> DeployAsync(ParseResult parsed, CancellationToken cancel)
    {
        var network = parsed.GetValue(ChainCommands.Network)!;
        var file = Path.GetFullPath(parsed.GetValue(Out)!);
        var known = System.IO.File.Exists(file) ? Federation.Load(file) : null;
        var token = parsed.GetValue(Token)!.Value;
        // What is wrong with the names is found before anything is sent.
        var wanted = WithAll(known ?? new Federation(network, Address.Zero, token, null, []), parsed);
        if (parsed.GetValue(FederationOptions.Shared) is { Length: > 0 } shared)
            wanted = wanted with { Endpoints = [.. shared.Select(each => each.OriginalString)] };
        return await ActAsync(parsed, network, async owner =>
        {
            var (contract, block) = await owner.DeployAsync(token, known, cancel).ConfigureAwait(false);
            var made = wanted with { Contract = contract, Block = block };
            // Already now: if the rest breaks off, another run still knows the block.
            (made with { Nodes = known?.Nodes ?? [] }).Save(file);
            if (made.Nodes.Count > 0)
                await owner.AdmitAsync(contract, [.. made.Nodes.Select(node => node.Address)], cancel)
                    .ConfigureAwait(false);
            return made;
        }, (made, transactions) =>
        {
            made.Save(file);
            return FederationShow.Tell(parsed, made, file, transactions);
        }, cancel).ConfigureAwait(false);
    }

    private static async Task<int> AdmitAsync(ParseResult parsed, CancellationToken cancel)
    {
        var file = Path.GetFullPath(parsed.GetValue(File)!);
        var federation = WithAll(Federation.Load(file), parsed);
        return await ActAsync(parsed, federation.Network,
            owner => owner.AdmitAsync(
                federation.Contract, [.. FederationOptions.NodesOf(parsed).Select(node => node.Address)], cancel),
            (_, transactions) =>
            {
                federation.Save(file);
                return FederationShow.Tell(parsed, federation, file, transactions);
            }, cancel).ConfigureAwait(false);
    }

    private static async Task<int> DismissAsync(ParseResult parsed, string name, CancellationToken cancel)
    {
        var file = Path.GetFullPath(parsed.GetValue(File)!);
        var federation = Federation.Load(file);
        var node = federation.Nodes.FirstOrDefault(each => each.Name == name)?.Address
            ?? Chain.Evm.AddressText.TryParse(name)
            ?? throw new CommandException("operator.no-node", $"There is no node '{name}' in {file}.",
                "Give a name that 'stun operator show' has, or an address.");
        return await ActAsync(parsed, federation.Network,
            owner => owner.DismissAsync(federation.Contract, node, cancel),
            (_, transactions) =>
            {
                var rest = federation.Without(node);
                rest.Save(file);
                return FederationShow.Tell(parsed, rest, file, transactions);
            }, cancel).ConfigureAwait(false);
    }

    private static Federation WithAll(Federation federation, ParseResult parsed) =>
        FederationOptions.NodesOf(parsed).Aggregate(federation, (all, node) => all.With(node));

    /// <summary>Opens key and chain, lets the owner act, and tells how many transactions that took.</summary>
    private static async Task<int> ActAsync<T>(
        ParseResult parsed, EvmNetwork network, Func<OperatorOwner, Task<T>> act, Func<T, ulong, int> tell,
        CancellationToken cancel)
    {
        var entry = WalletKeys.EntryOf(parsed);
        using var password = KeyCommands.PasswordOf(parsed, isNew: false);
        using var key = KeyCommands.Store.Open(entry.Name, password);
        var rpc = ChainCommands.Open(parsed, network.ChainId);
        await using (rpc.ConfigureAwait(false))
        {
            try
            {
                var sender = await WalletKeys.OpenAsync(
                    new ChainPlace(network, rpc, Address.Zero, null), key, cancel).ConfigureAwait(false);
                await using (sender.ConfigureAwait(false))
                {
                    Task<ulong> CountAsync() => rpc.GetTransactionCountAsync(key.Address, BlockTag.Latest, cancel);
                    var before = await CountAsync().ConfigureAwait(false);
                    var done = await act(new OperatorOwner(rpc, sender.Sender)).ConfigureAwait(false);
                    return tell(done, await CountAsync().ConfigureAwait(false) - before);
                }
            }
            catch (ChainException failure)
            {
                throw WalletRefusal.Of(failure);
            }
        }
    }
}
