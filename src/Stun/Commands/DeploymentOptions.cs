using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Gateway;
using Stun.Node.Money;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary>What has to be decided before the contracts of a network are made, as options.</summary>
internal static class DeploymentOptions
{
    private static readonly Option<Address[]> Validators = Addresses("--validators", "Whose signatures count.", true);

    private static readonly Option<byte> Quorum = new("--quorum")
    {
        Description = "How many of the validators sign a batch and a verdict.",
        Required = true,
    };

    private static readonly Option<Address?> Treasury = One("--treasury",
        "Gets the network's share of each task, and the supply of a token of the network's own.", isRequired: true);

    private static readonly Option<Address?> Currency = One("--currency",
        "The token of an existing currency; else the network gets a token of its own.", isRequired: false);

    private static readonly Option<Address[]> Guardians =
        Addresses("--guardians", "Who can pause, by majority; the validators if left out.", false);

    private static readonly Option<string?> Salt = new("--salt")
    {
        Description = "64 hexadecimal digits that tell networks of the same make apart.",
        HelpName = "HEX",
    };

    private static readonly Option<uint?> Window =
        Time("--window", "How long a batch may be challenged; else an hour.");

    private static readonly Option<uint?> ExitDelay =
        Time("--exit-delay", "How long money takes that is asked back without the book; else 30 days.");

    private static readonly Option<uint?> UnbondingDelay =
        Time("--unbonding-delay", "How long stake that is leaving can be slashed; else 21 days.");

    private static readonly Option<uint?> GovernanceDelay =
        Time("--governance-delay", "How long what governance decides waits; else two days.");

    private static readonly Option<uint?> TreasuryPpm = Ppm("--treasury-ppm", "Of every price; else 150000.");

    private static readonly Option<uint?> CreatorPpm =
        Ppm("--creator-ppm", "Of every price, to the creator of the model; else 50000.");

    private static readonly Option<uint?> SlashPpm =
        Ppm("--slash-to-requester-ppm", "Of what is slashed; else 500000.");

    private static readonly Option<uint?> SlashMultiple = new("--slash-multiple")
    {
        Description = "A fraud costs so many times the price limit; else 20.",
    };

    private static readonly Option<Amount?> DepositCap = new("--deposit-cap")
    {
        Description = "The most that the escrow may hold: smallest units or coins; else a thousand million coins.",
        HelpName = "AMOUNT",
        CustomParser = result => Read(result, CoinText.TryParse, $"an amount: {CoinText.Form}"),
    };

    public static Symbol[] All =>
    [
        Validators, Quorum, Treasury, Currency, Guardians, Salt, Window, ExitDelay, UnbondingDelay, GovernanceDelay,
        TreasuryPpm, CreatorPpm, SlashPpm, SlashMultiple, DepositCap,
    ];

    public static NetworkPlan PlanOf(ParseResult parsed, Address deployer)
    {
        ValueList<Address> validators = [.. (parsed.GetValue(Validators) ?? []).Distinct().Order()];
        var quorum = parsed.GetValue(Quorum);
        if (quorum == 0 || quorum > validators.Count || quorum * 2 <= validators.Count)
            throw CommandException.Usage(
                $"--quorum {quorum} of {validators.Count} validators is no majority, or too many.",
                $"Give {(validators.Count / 2) + 1} to {validators.Count}.");
        var plan = new NetworkPlan(deployer, parsed.GetValue(Treasury)!.Value, validators, quorum);
        return plan with
        {
            Salt = parsed.GetValue(Salt) is { } salt ? Hex.ParseDigest(salt, "the salt") : plan.Salt,
            Currency = parsed.GetValue(Currency),
            Guardians = [.. (parsed.GetValue(Guardians) ?? []).Distinct().Order()],
            TreasuryPpm = parsed.GetValue(TreasuryPpm) ?? plan.TreasuryPpm,
            CreatorPpm = parsed.GetValue(CreatorPpm) ?? plan.CreatorPpm,
            SlashToRequesterPpm = parsed.GetValue(SlashPpm) ?? plan.SlashToRequesterPpm,
            SlashMultiple = parsed.GetValue(SlashMultiple) ?? plan.SlashMultiple,
            UnbondingDelay = parsed.GetValue(UnbondingDelay) ?? plan.UnbondingDelay,
            GovernanceDelay = parsed.GetValue(GovernanceDelay) ?? plan.GovernanceDelay,
            Terms = plan.Terms with
            {
                Window = parsed.GetValue(Window) ?? plan.Terms.Window,
                ExitDelay = parsed.GetValue(ExitDelay) ?? plan.Terms.ExitDelay,
                DepositCap = parsed.GetValue(DepositCap)?.Units ?? plan.Terms.DepositCap,
            },
        };
    }

    private static Option<Address[]> Addresses(string name, string about, bool isRequired) => new(name)
    {
        Description = about,
        HelpName = "A,B,C",
        Required = isRequired,
        CustomParser = result =>
        {
            List<Address> addresses = [];
            foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
                if (FormReader.TryAddress(text, out var address)) addresses.Add(address);
                else result.AddError($"'{text}' in {name} is no address. Write 0x and 40 digits.");
            return [.. addresses];
        },
    };

    private static Option<Address?> One(string name, string about, bool isRequired) => new(name)
    {
        Description = about,
        HelpName = "ADDRESS",
        Required = isRequired,
        CustomParser = result => Read(result,
            text => FormReader.TryAddress(text, out var address) ? address : (Address?)null, "an address"),
    };

    private static Option<uint?> Time(string name, string about) => new(name)
    {
        Description = about,
        HelpName = "TIME",
        CustomParser = result => Read(result, SecondsOf, "a time such as 90s, 10m, 2h or 30d"),
    };

    private static Option<uint?> Ppm(string name, string about) => new(name)
    {
        Description = about,
        HelpName = "PPM",
        CustomParser = result => Read(result,
            text => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ppm)
                && ppm <= 1_000_000 ? ppm : (uint?)null, "a number from 0 to 1000000"),
    };

    private static uint? SecondsOf(string text)
    {
        const uint day = 86_400;
        if (!text.EndsWith('d')) return Quantities.Seconds(text) is { } seconds ? (uint)seconds : null;
        return uint.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is > 0 and < 10_000 ? days * day : null;
    }

    private static T? Read<T>(ArgumentResult result, Func<string, T?> read, string form)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        if (read(text) is { } value) return value;
        result.AddError($"'{text}' is not {form}.");
        return null;
    }
}
