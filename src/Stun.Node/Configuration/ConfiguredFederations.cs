using Stun.Chain.Evm.Networks;
using Stun.Node.Operator;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>
/// Which contracts a node answers for: those of <c>operator.chains</c>, and those of the files in
/// <c>operator.federations</c>. What an owner says of a chain wins over what a file says of it: an entry for the same
/// chain gives the endpoints and everything else, and the file only the contract.
/// </summary>
internal static class ConfiguredFederations
{
    private const string Files = "operator.federations", Entries = "operator.chains";

    private sealed record Filed(string File, Federation Federation);

    public static ValueList<OperatorChainSettings> Chains(SettingSet settings, ConfiguredPaths paths)
    {
        var filed = Load(settings, paths);
        List<OperatorChainSettings> chains = [];
        for (var index = 0; index < settings.CountOf(Entries); index++)
            if (OfEntry(settings, $"{Entries}.{index}", filed) is { } chain) chains.Add(chain);
        foreach (var each in filed.Where(each => !chains.Any(chain => IsOf(chain, each.Federation))))
        {
            if (each.Federation.Endpoints.Count == 0 && chains.All(chain => !IsOn(chain, each.Federation)))
                settings.Fault(Files, $"{each.File} names no endpoint of its chain. Give {Entries} an entry with the "
                    + $"network {each.Federation.NetworkName} and endpoints of your own.");
            chains.Add(OfFile(settings, each));
        }
        RequireOneEach(settings, chains);
        return [.. chains];
    }

    private static List<Filed> Load(SettingSet settings, ConfiguredPaths paths)
    {
        List<Filed> filed = [];
        foreach (var file in paths.All(Files).Distinct())
            try
            {
                filed.Add(new Filed(file, Federation.Load(file)));
            }
            catch (NodeException bad)
            {
                if (bad.Faults.Count == 0) settings.Fault(Files, bad.Message);
                foreach (var fault in bad.Faults)
                    settings.Faults.Add(fault.Origin, fault.Key, fault.Message);
            }
        return filed;
    }

    /// <summary>Null where the contract cannot be known, of which a fault tells.</summary>
    private static OperatorChainSettings? OfEntry(SettingSet settings, string entry, List<Filed> filed)
    {
        var network = settings.Get<EvmNetwork>($"{entry}.network");
        var given = settings.Maybe<Address>($"{entry}.contract");
        var there = filed.Where(each => each.Federation.Network.ChainId == network.ChainId
            && (given is null || each.Federation.Contract == given)).ToList();
        if (given is null && there.Count != 1)
        {
            settings.Fault($"{entry}.contract", there.Count == 0
                ? $"It is missing, and no file of {Files} is of this chain. Give one of them."
                : $"It is missing, and {Files} has {there.Count} contracts of this chain. Name one.");
            return null;
        }
        return new OperatorChainSettings(
            network,
            settings.List<string>($"{entry}.rpc"),
            given ?? there[0].Federation.Contract,
            settings.Maybe<ulong>($"{entry}.first-block"),
            settings.Get<bool>($"{entry}.waits-for-finality"),
            settings.Get<bool>($"{entry}.legacy"),
            settings.Get<ulong>($"{entry}.callback-gas"))
        {
            FederationFile = there.FirstOrDefault()?.File,
            Token = there.FirstOrDefault()?.Federation.Token,
        };
    }

    /// <summary>
    /// As an entry that says nothing but what it must. It begins where the role is first started and not at the
    /// contract's deployment: what was asked before has been answered by others, or has expired. The gas is the
    /// default, being that of an entry that is not there.
    /// </summary>
    private static OperatorChainSettings OfFile(SettingSet settings, Filed filed) => new(
        filed.Federation.Network, filed.Federation.Endpoints, filed.Federation.Contract, null, false, false,
        settings.Get<ulong>($"{Entries}.{settings.CountOf(Entries)}.callback-gas"))
    {
        FederationFile = filed.File,
        Token = filed.Federation.Token,
    };

    /// <summary>The role has one key, and two senders of one key on one chain take each other's numbers.</summary>
    private static void RequireOneEach(SettingSet settings, List<OperatorChainSettings> chains)
    {
        foreach (var twice in chains.GroupBy(chain => chain.Network.ChainId).Where(group => group.Count() > 1))
            settings.Fault(chains.Any(chain => chain.FederationFile is not null) ? Files : Entries,
                $"There are {twice.Count()} contracts on chain {twice.Key}: "
                + $"{string.Join(", ", twice.Select(chain => chain.Contract))}. A node's key sends for one contract on "
                + "each chain: have another node answer for the other.");
    }

    private static bool IsOn(OperatorChainSettings chain, Federation federation) =>
        chain.Network.ChainId == federation.Network.ChainId;

    private static bool IsOf(OperatorChainSettings chain, Federation federation) =>
        IsOn(chain, federation) && chain.Contract == federation.Contract;
}
