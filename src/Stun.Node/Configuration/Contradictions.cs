using Stun.Chain.Evm.Networks;
using Stun.Node.Settings;

namespace Stun.Node.Configuration;

/// <summary>Settings that are right one by one and make no sense together.</summary>
internal static class Contradictions
{
    public static void Find(SettingSet settings)
    {
        OfListening(settings);
        OfStore(settings);
        OfRoles(settings);
        OfTerms(settings);
        OfChain(settings);
        OfOffers(settings);
        OfOperator(settings);
        OfModels(settings);
    }

    /// <summary>Two thirds and one more: fewer than a third may lie or be down.</summary>
    public static ulong QuorumOf(int validators) => ((ulong)validators * 2 / 3) + 1;

    private static void OfListening(SettingSet settings)
    {
        Together(settings, "listen.tls-certificate", "listen.tls-key");
        Together(settings, "listen.tls-key", "listen.tls-certificate");
        for (var hub = 0; hub < settings.CountOf("hubs"); hub++)
            if (settings.Has($"hubs.{hub}.certificate-hash")
                && settings.Get<string>($"hubs.{hub}.url") is { } url
                && url.StartsWith("ws:", StringComparison.Ordinal))
                settings.Fault($"hubs.{hub}.certificate-hash",
                    "A ws address shows no certificate. Write wss, or take the hash out.");
    }

    private static void Together(SettingSet settings, string given, string needed)
    {
        if (settings.Has(given) && !settings.Has(needed) && !settings.IsWrong(needed))
            settings.Fault(given, $"It needs {needed} as well. Give both or neither.");
    }

    private static void OfStore(SettingSet settings)
    {
        var isPostgres = settings.Get<string>("store.kind") == "postgres";
        if (isPostgres && !settings.Has("store.connection") && !settings.IsWrong("store.connection"))
            settings.Fault("store.kind", "It needs store.connection. Give it, best in a variable.");
        if (!isPostgres && settings.Has("store.connection") && !settings.IsWrong("store.kind"))
            settings.Fault("store.connection", "The store is local. Set store.kind to postgres, or take this out.");
    }

    private static void OfRoles(SettingSet settings)
    {
        if (settings.IsWrong("roles")) return;
        var roles = settings.List<string>("roles");
        if (roles.Contains("provider") && settings.CountOf("provider.offers") == 0
            && !settings.IsWrong("provider.offers"))
            settings.Fault("roles", "A provider needs at least one entry in provider.offers.");
        if (roles.Count > 0 && !roles.Contains("scheduler") && settings.CountOf("hubs") == 0
            && !settings.IsWrong("hubs"))
            settings.Fault("roles",
                "Without the role scheduler this node needs a hub to dial. Give hubs, or the role.");
    }

    private static void OfTerms(SettingSet settings)
    {
        var validators = settings.List<Address>("network.validators").Distinct().Count();
        if (settings.Maybe<ulong>("network.quorum") is { } quorum && validators > 0
            && !settings.IsWrong("network.validators"))
        {
            if (quorum > (ulong)validators)
                settings.Fault("network.quorum", $"There are only {validators} validators: no verdict could be made.");
            else if (quorum * 2 <= (ulong)validators)
                settings.Fault("network.quorum",
                    $"{quorum} of {validators} is no majority: two verdicts could be made. Give "
                    + $"{(validators / 2) + 1} or more.");
        }
        var shares = (ulong)settings.Get<uint>("network.treasury-share") + settings.Get<uint>("network.creator-share");
        if (shares > 1_000_000)
            settings.Fault("network.treasury-share",
                "With network.creator-share it is more than 100%. Lower one of them.");
    }

    private static void OfChain(SettingSet settings)
    {
        Together(settings, "chain.network", "chain.contracts");
        foreach (var key in (string[])["contracts", "rpc", "key", "currency", "first-block", "batch-every",
            "batch-entries"])
            Together(settings, $"chain.{key}", "chain.network");
        if (settings.Find("chain.network")?.Value is not EvmNetwork network) return;
        if (settings.List<string>("roles").Contains("escrow"))
        {
            Together(settings, "chain.network", "chain.rpc");
            Together(settings, "chain.network", "chain.key");
        }
        if (settings.Maybe<ulong>("network.chain-id") is { } id && id != network.ChainId)
            settings.Fault("network.chain-id",
                $"It is {id}, and chain.network {network.Name} has {network.ChainId}. Give that, or another network.");
    }

    private static void OfOperator(SettingSet settings)
    {
        var roles = settings.List<string>("roles");
        if (!roles.Contains("operator"))
        {
            foreach (var key in (string[])["operator.chains", "operator.federations"])
                if (settings.CountOf(key) > 0 || settings.List<string>(key).Count > 0)
                    settings.Fault(key, "This node has no role operator. Add it to roles, or take this out.");
            return;
        }
        if (settings.CountOf("operator.chains") == 0 && settings.List<string>("operator.federations").Count == 0
            && !settings.Has("operator.bridge-token-file"))
            settings.Fault("roles", "An operator needs a contract in operator.chains, a file in operator.federations, "
                + "or operator.bridge-token-file.");
        if (settings.CountOf("operator.containers") > 0 && !roles.Contains("gateway"))
            settings.Fault("operator.containers",
                "They are run by the network, which this node reaches by the role gateway. Add it to roles.");
        if (settings.List<string>("operator.built-in").Contains("util/http") && !settings.Has("operator.http-hosts"))
            settings.Fault("operator.built-in", "util/http needs operator.http-hosts. Name the hosts that it may ask.");
        for (var index = 0; index < settings.CountOf("operator.models"); index++)
            if (settings.Has($"operator.models.{index}.key-file")
                && settings.Has($"operator.models.{index}.key-variable"))
                settings.Fault($"operator.models.{index}.key-file",
                    $"operator.models.{index}.key-variable is given as well. Give one of them.");
        OneNameEach(settings);
        AFeeForAll(settings);
    }

    /// <summary>What costs its owner something is not given away to every contract by leaving a key out.</summary>
    private static void AFeeForAll(SettingSet settings)
    {
        var isListed = settings.Get<string>("operator.fees") is null or "listed";
        if (!isListed || settings.Has("operator.fee")) return;
        foreach (var list in (string[])["operator.containers", "operator.models"])
            for (var index = 0; index < settings.CountOf(list); index++)
                if (!settings.Has($"{list}.{index}.fee"))
                    settings.Fault($"{list}.{index}.name",
                        $"It has no price. Give {list}.{index}.fee or operator.fee; 0 if it is to be free.");
    }

    private static void OneNameEach(SettingSet settings)
    {
        var taken = settings.List<string>("operator.built-in").Append("container-pull").ToHashSet();
        foreach (var list in (string[])["operator.containers", "operator.models"])
            for (var index = 0; index < settings.CountOf(list); index++)
                if (settings.Get<string>($"{list}.{index}.name") is { } name && !taken.Add(name))
                    settings.Fault($"{list}.{index}.name", $"'{name}' is the name of something else. Choose another.");
    }

    private static void OfModels(SettingSet settings)
    {
        var isGateway = settings.List<string>("roles").Contains("gateway");
        if (settings.CountOf("models.outside") > 0 && !isGateway && !settings.IsWrong("roles"))
            settings.Fault("models.outside.0.name",
                "Models are answered for by the role gateway. Add it to roles, or take this out.");
        HashSet<string> names = [];
        Dictionary<string, string> prices = [];
        foreach (var each in ConfiguredModels.Each(settings, "models.outside"))
        {
            if (settings.Has($"{each}.key-file") && settings.Has($"{each}.key-variable"))
                settings.Fault($"{each}.key-file", $"{each}.key-variable is given as well. Give one of them.");
            if (settings.Get<string>($"{each}.name") is { } name && !names.Add(name))
                settings.Fault($"{each}.name", $"'{name}' is the name of another provider. Choose another.");
            var price = string.Join(' ', ((string[])["request", "million-in", "million-out"])
                .Select(part => settings.Get<Amount>($"{each}.price-per-{part}")));
            foreach (var model in settings.List<OutsideModel>($"{each}.models"))
                if (!prices.TryAdd(model.Id, price) && prices[model.Id] != price)
                    settings.Fault($"{each}.models",
                        $"'{model.Id}' costs something else at another provider. Give it one price, or another name.");
        }
    }

    private static void OfOffers(SettingSet settings)
    {
        for (var index = 0; index < settings.CountOf("provider.offers"); index++)
        {
            var offer = $"provider.offers.{index}";
            var gpus = settings.Get<ulong>($"{offer}.gpus");
            foreach (var key in (string[])["gpu-model", "gpu-memory", "compute-capability"])
                if (gpus == 0 && settings.Has($"{offer}.{key}") && !settings.IsWrong($"{offer}.gpus"))
                    settings.Fault($"{offer}.{key}", $"The offer has no GPU. Give {offer}.gpus, or take this out.");
            if (gpus > 0 && !settings.Has($"{offer}.gpu-model") && !settings.IsWrong($"{offer}.gpu-model"))
                settings.Fault($"{offer}.gpus", $"Its model is missing. Give {offer}.gpu-model.");
        }
    }
}
