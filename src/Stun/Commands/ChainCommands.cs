using System.CommandLine;
using Stun.Calls;
using Stun.Chain;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Node.Money;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun chain</c>: brings a network's contracts to a chain, and looks whether they are as agreed.</summary>
internal static class ChainCommands
{
    internal static readonly Option<EvmNetwork> Network = new("--network")
    {
        Description = "ethereum, base, arbitrum, local, or local:CHAIN-ID.",
        HelpName = "NAME",
        Required = true,
        CustomParser = result =>
        {
            try
            {
                return EvmNetwork.Parse(result.Tokens[0].Value);
            }
            catch (ChainException unknown)
            {
                result.AddError(unknown.Message);
                return null!;
            }
        },
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Where the address book is written; one that is there is taken up.",
        HelpName = "FILE",
        Required = true,
    };

    public static Command Make() => Shared.Group("chain", "The contracts of a network: deploy them, verify them.",
        Deploy(), Verify());

    private static Command Deploy() => Shared.Local("deploy",
        "Makes all contracts of a network and connects them; done again, it changes nothing.",
        [Network, ChainPlace.Endpoints, WalletKeys.Name, Out, .. DeploymentOptions.All, KeyCommands.PasswordFile,
            Shared.Json], DeployAsync,
        "stun chain deploy --network base --rpc URL --key deployer --validators A,B,C --quorum 2 --treasury T "
            + "--out contracts.json",
        "stun chain deploy --network local:31337 --rpc http://127.0.0.1:8545 --key deployer --validators A --quorum 1 "
            + "--treasury T --window 1m --out contracts.json");

    private static async Task<int> DeployAsync(ParseResult parsed, CancellationToken cancel)
    {
        var network = parsed.GetValue(Network)!;
        var file = Path.GetFullPath(parsed.GetValue(Out)!);
        var known = File.Exists(file)
            ? AddressBook.Parse(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false)) : null;
        var entry = WalletKeys.EntryOf(parsed);
        var plan = DeploymentOptions.PlanOf(parsed, entry.Address);
        using var password = KeyCommands.PasswordOf(parsed, isNew: false);
        using var key = KeyCommands.Store.Open(entry.Name, password);
        var rpc = Open(parsed, network.ChainId);
        await using (rpc.ConfigureAwait(false))
        {
            try
            {
                var (before, after, book) = await DeployAsync(
                    new ChainPlace(network, rpc, Address.Zero, known), key, plan, cancel).ConfigureAwait(false);
                Save(file, book);
                Tell(parsed, book, file, after - before);
                return Exits.Ok;
            }
            catch (ChainException failure)
            {
                throw WalletRefusal.Of(failure);
            }
        }
    }

    private static async Task<(ulong Before, ulong After, AddressBook Book)> DeployAsync(
        ChainPlace place, Chain.Evm.EvmKey key, NetworkPlan plan, CancellationToken cancel)
    {
        var sender = await WalletKeys.OpenAsync(place, key, cancel).ConfigureAwait(false);
        await using (sender.ConfigureAwait(false))
        {
            Task<ulong> CountAsync() => place.Rpc.GetTransactionCountAsync(key.Address, BlockTag.Latest, cancel);
            var before = await CountAsync().ConfigureAwait(false);
            var book = await new NetworkDeployment(place.Rpc, sender.Sender).RunAsync(plan, place.Book, cancel)
                .ConfigureAwait(false);
            return (before, await CountAsync().ConfigureAwait(false), book);
        }
    }

    /// <summary>Whole or not at all: a book cut short could not be read again.</summary>
    private static void Save(string file, AddressBook book)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file + ".next", book.Write());
        File.Move(file + ".next", file, overwrite: true);
    }

    private static void Tell(ParseResult parsed, AddressBook book, string file, ulong transactions)
    {
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                book.ChainId,
                Transactions = transactions,
                File = file,
                Contracts = book.Contracts.Select(each => new { each.Name, Address = $"{each.Address}", each.Block }),
            });
            return;
        }
        ShowBook(book);
        Screen.Line(transactions == 0
            ? $"Everything is there already: nothing was changed. The address book is {file}."
            : $"{transactions} transactions; the address book is {file}. "
            + $"Look at it with 'stun chain verify {Path.GetFileName(file)} --rpc URL'.");
    }

    private static void ShowBook(AddressBook book) => Screen.Table(["CONTRACT", "ADDRESS", "BLOCK"],
        book.Contracts.Select(each => (string[])[each.Name, $"{each.Address}", $"{each.Block}"]));

    private static Command Verify()
    {
        var file = new Argument<string>("FILE") { Description = "The address book." };
        return Shared.Local("verify",
            "Compares the code on the chain with the address book, and the terms with a node's configuration.",
            [file, ChainPlace.Endpoints, ConfigCommands.File, ConfigCommands.Sets, Shared.Json],
            async (parsed, cancel) =>
            {
                var book = AddressBook.Parse(
                    await File.ReadAllTextAsync(parsed.GetValue(file)!, cancel).ConfigureAwait(false));
                var rpc = Open(parsed, book.ChainId);
                await using (rpc.ConfigureAwait(false))
                {
                    try
                    {
                        await ContractDeployer.VerifyAsync(rpc, book, cancel).ConfigureAwait(false);
                        var terms = await ContractTerms.ReadAsync(rpc, book, cancel).ConfigureAwait(false);
                        if (!Shared.IsJson(parsed)) ShowBook(book);
                        return Judge(parsed, book, terms);
                    }
                    catch (ChainException failure)
                    {
                        throw WalletRefusal.Of(failure);
                    }
                }
            }, "stun chain verify contracts.json --rpc URL",
            "stun chain verify contracts.json --rpc URL --config node.yaml");
    }

    /// <summary>Terms that differ are the answer and no failure to give it, but no script may overlook them.</summary>
    private static int Judge(ParseResult parsed, AddressBook book, ContractTerms terms)
    {
        var configuration = parsed.GetValue(ConfigCommands.File) is null ? null : ConfigCommands.Load(parsed);
        IReadOnlyList<TermsDifference> differences = [];
        if (configuration is not null)
        {
            var isOther = configuration.Network.Domain
                != new TypedDataDomain(book.ChainId, book[ContractNames.Escrow].Address);
            differences = [.. ChainTermsCheck.Compare(
                configuration.Network, terms, book, configuration.Chain?.Currency),
                .. isOther ? (TermsDifference[])[new("chain.contracts", $"{configuration.Network.Domain.Contract}",
                    $"{book[ContractNames.Escrow].Address}")] : []];
        }
        if (Shared.IsJson(parsed)) Screen.Write(ViewOf(book, terms, configuration is not null, differences));
        else Show(terms, configuration is not null, differences);
        return differences.Count == 0 ? Exits.Ok : Exits.Failed;
    }

    private static object ViewOf(
        AddressBook book, ContractTerms terms, bool isCompared, IReadOnlyList<TermsDifference> differences) => new
        {
            book.ChainId,
            Escrow = $"{book[ContractNames.Escrow].Address}",
            Currency = $"{terms.Currency}",
            Validators = terms.Validators.Select(each => $"{each}"),
            terms.Quorum,
            Treasury = $"{terms.Shares.Treasury}",
            terms.Shares.TreasuryPpm,
            terms.Shares.CreatorPpm,
            terms.Shares.SlashToRequesterPpm,
            terms.Shares.SlashMultiple,
            terms.Terms.Window,
            terms.Terms.ExitDelay,
            terms.UnbondingDelay,
            DepositCap = $"{terms.Terms.DepositCap}",
            BatchesPosted = terms.Posted,
            Differences = isCompared ? differences : null,
        };

    private static void Show(ContractTerms terms, bool isCompared, IReadOnlyList<TermsDifference> differences)
    {
        Screen.Line("");
        Screen.Line("All code is that of the address book. The terms on the chain:");
        Screen.Line($"currency       {terms.Currency}");
        foreach (var validator in terms.Validators) Screen.Line($"validator      {validator}");
        Screen.Line($"quorum         {terms.Quorum} of {terms.Validators.Count}");
        Screen.Line($"treasury       {terms.Shares.Treasury}, {terms.Shares.TreasuryPpm} ppm");
        Screen.Line($"creator        {terms.Shares.CreatorPpm} ppm");
        Screen.Line($"slash          {terms.Shares.SlashMultiple} times the price limit, "
            + $"{terms.Shares.SlashToRequesterPpm} ppm of it to the requester");
        Screen.Line($"window         {terms.Terms.Window} s");
        Screen.Line($"exit delay     {terms.Terms.ExitDelay} s");
        Screen.Line($"unbonding      {terms.UnbondingDelay} s");
        Screen.Line($"deposit cap    {terms.Terms.DepositCap}");
        Screen.Line($"batches        {terms.Posted} posted, {terms.Settled} over");
        if (!isCompared) return;
        Screen.Line("");
        if (differences.Count == 0) Screen.Line("The configuration agrees with them.");
        foreach (var each in differences)
            Screen.Line($"DIFFERS  {each.Key}: {each.Configured} in the configuration, {each.OnChain} on the chain");
    }

    internal static EvmRpc Open(ParseResult parsed, ulong chainId) =>
        parsed.GetValue(ChainPlace.Endpoints) is { Length: > 0 } endpoints
            ? new EvmRpc(new EvmRpcOptions(chainId, endpoints))
            : throw CommandException.Usage("No endpoint of the chain is given.", "Name one with --rpc URL.");
}
