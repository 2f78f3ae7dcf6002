using System.CommandLine;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Node;
using Stun.Node.Gateway;
using Stun.Node.Money;
using Stun.Protocol;

namespace Stun.Calls;

/// <summary>Which chain is meant, how it is reached, and where its escrow is.</summary>
/// <param name="Book">The contracts as a file names them; null where a node was asked.</param>
internal sealed record ChainPlace(EvmNetwork Network, EvmRpc Rpc, Address Escrow, AddressBook? Book) : IAsyncDisposable
{
    public static readonly Option<Uri[]> Endpoints = new("--rpc")
    {
        Description = "An endpoint of the chain; may be given several times. Else that of a node on this machine.",
        HelpName = "URL",
        CustomParser = result => [.. result.Tokens.Select(token => Shared.UrlOf(token.Value, result.AddError))
            .OfType<Uri>()],
    };

    public static readonly Option<string?> Contracts = new("--contracts")
    {
        Description = "The network's address book; else the node is asked for its contracts.",
        HelpName = "FILE",
    };

    /// <summary>Where the contracts' logs begin, as far as that is known.</summary>
    public ulong? FirstBlock => Book?.Contracts.Select(each => each.Block).OfType<ulong>()
        .Select(block => (ulong?)block).DefaultIfEmpty(null).Min();

    public static async Task<ChainPlace> FindAsync(ParseResult parsed, CancellationToken cancel)
    {
        var endpoints = parsed.GetValue(Endpoints) ?? [];
        if (parsed.GetValue(Contracts) is { } file)
        {
            var book = AddressBook.Parse(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false));
            if (endpoints.Length == 0) throw NoEndpoint($"chain {book.ChainId}");
            return Make(book.ChainId, endpoints, book[ContractNames.Escrow].Address, book);
        }
        using var calls = new NodeCalls(NodeAddress.Find(parsed.GetValue(Shared.Node), null).Node, null);
        var network = await calls.GetAsync<NetworkView>("/v1/network", cancel).ConfigureAwait(false);
        if (network.Chain is not { } chain)
            throw new CommandException("wallet.no-chain",
                $"The network of {calls.Node} keeps its money in its own book, and on no chain.",
                "Use 'stun account show' and 'stun account deposit', or give --contracts and --rpc.");
        if (endpoints.Length == 0) endpoints = [new Uri(chain.Endpoint ?? throw NoEndpoint(chain.Network))];
        return Make(network.Terms.ChainId, endpoints, AddressOf(network.Terms.Escrow, "the node's escrow"), null);
    }

    public static EvmNetwork NetworkOf(ulong chainId) =>
        EvmNetwork.Known.FirstOrDefault(each => each.ChainId == chainId) ?? EvmNetwork.LocalOf(chainId);

    public static Address AddressOf(string text, string what) => FormReader.TryAddress(text, out var address)
        ? address
        : throw CommandException.Usage($"'{text}', given as {what}, is no address.", "Write 0x and 40 digits.");

    public async Task<MoneyContracts> ContractsAsync(CancellationToken cancel)
    {
        try
        {
            return await MoneyContracts.FindAsync(Rpc, Network, Escrow, cancel).ConfigureAwait(false);
        }
        catch (Chain.ChainException failure)
        {
            throw WalletRefusal.Of(failure);
        }
    }

    public ValueTask DisposeAsync() => Rpc.DisposeAsync();

    private static ChainPlace Make(ulong chainId, Uri[] endpoints, Address escrow, AddressBook? book) =>
        new(NetworkOf(chainId), new EvmRpc(new EvmRpcOptions(chainId, endpoints)), escrow, book);

    private static CommandException NoEndpoint(string chain) => new("wallet.no-endpoint",
        $"The contracts are on {chain}, and no endpoint of it is given.",
        "Name one with --rpc: your own node of that chain, or one that somebody hosts.");
}
