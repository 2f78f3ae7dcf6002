using Stun.Chain;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>What a configuration says of the chain that keeps the money.</summary>
internal static class ConfiguredChain
{
    /// <summary>Null where no chain is named.</summary>
    public static ChainSettings? Read(SettingSet settings, ConfiguredPaths paths)
    {
        if (settings.Find("chain.network")?.Value is not EvmNetwork network) return null;
        return new ChainSettings(network, BookOf(settings, paths, network), settings.List<string>("chain.rpc"),
            settings.Find("chain.key")?.Value as string, settings.Maybe<Address>("chain.currency"));
    }

    /// <summary>The terms of a network, signed in the name of its contract, the role being the book of it.</summary>
    public static NetworkTerms On(ChainSettings? chain, SettingSet settings, NetworkTerms terms)
    {
        if (chain is not { Contracts.Contracts.Count: > 0 }) return terms;
        return terms with
        {
            Domain = new TypedDataDomain(
                chain.Network.ChainId, chain.Contracts[ContractNames.Escrow].Address),
            Chain = new ChainTerms(terms.Domain.Contract)
            {
                FirstBlock = settings.Maybe<ulong>("chain.first-block") ?? FirstOf(chain.Contracts),
                BatchEvery = settings.Get<Duration>("chain.batch-every"),
                BatchEntriesMax = (int)settings.Get<ulong>("chain.batch-entries"),
            },
        };
    }

    private static ulong FirstOf(AddressBook book) =>
        book.Contracts.Select(each => each.Block).OfType<ulong>().DefaultIfEmpty(0UL).Min();

    /// <summary>Without a contract where it cannot be used, of which a fault tells.</summary>
    private static AddressBook BookOf(SettingSet settings, ConfiguredPaths paths, EvmNetwork network)
    {
        var nothing = new AddressBook(network.ChainId, []);
        if (paths.ExistingFile("chain.contracts") is not { } file || !File.Exists(file)) return nothing;
        try
        {
            var book = AddressBook.Parse(File.ReadAllText(file));
            if (book.ChainId != network.ChainId)
                settings.Fault("chain.contracts", $"It is of chain {book.ChainId}, and chain.network {network.Name} "
                    + $"is {network.ChainId}. Give the book of this network.");
            foreach (var name in (string[])[ContractNames.Escrow, ContractNames.Staking, ContractNames.Court])
                _ = book[name];
            return book;
        }
        catch (ChainException bad)
        {
            settings.Fault("chain.contracts", bad.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            settings.Fault("chain.contracts", $"It cannot be read: {failure.Message}");
        }
        return nothing;
    }
}
