using System.CommandLine;
using Stun.Calls;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Money;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary><c>stun wallet</c>: an owner's own money, on the chain that keeps it. No node has to help.</summary>
internal static class WalletCommands
{
    private static readonly Argument<Amount> HowMuch = AmountArgument("AMOUNT");

    private static readonly Option<string?> Account = new("--account")
    {
        Description = "An account that this key sponsors; else the key's own.",
        HelpName = "ADDRESS",
    };

    private static readonly Option<string?> Consent = new("--consent")
    {
        Description = "What 'stun wallet consent' has printed; else the account's key is taken from this keystore.",
        HelpName = "HEX",
    };

    private static readonly Symbol[] Place =
        [WalletKeys.Name, ChainPlace.Endpoints, ChainPlace.Contracts, Shared.Node, Shared.Json];

    public static Command Make() => Shared.Group("wallet", "Your money on the chain: put in, stake, take out.",
        WalletReading.Balance(Place), Deposit(), Withdraw(), Claim(), Stake(), Unstake(), FinishUnstake(),
        WalletReading.History(Place), Grant(), MakeConsent());

    private static Command Deposit() => Acting("deposit", "Puts coins of the wallet on the account at the escrow.",
        [HowMuch], (parsed, wallet, cancel) => wallet.DepositAsync(parsed.GetValue(HowMuch), cancel),
        parsed => $"{Shown(parsed)} are in the escrow. The network counts them when the chain calls the block final.",
        "stun wallet deposit 100STUN --key mine", "stun wallet deposit 2500 --rpc URL --contracts contracts.json");

    private static Command Withdraw() => Acting("withdraw",
        "Asks for money back from the escrow; replaces what was asked before, and 0 takes it back.",
        [HowMuch, Account],
        (parsed, wallet, cancel) => wallet.AskExitAsync(parsed.GetValue(HowMuch), WhoOf(parsed), cancel),
        parsed => parsed.GetValue(HowMuch).IsZero
            ? "Nothing is asked back any more."
            : $"{Shown(parsed)} are asked back. The book takes no new task against them and releases them with its "
            + "next batches;\n'stun wallet claim' then pays them. If the book does nothing, the same command pays them "
            + "when "
            + "the exit's delay is over:\n'stun wallet balance' shows when.",
        "stun wallet withdraw 100STUN --key mine", "stun wallet withdraw 0 --key mine");

    private static Command Claim() => Acting("claim",
        "Pays what was released, and what was asked back so long ago that its delay is over.", [Account],
        (parsed, wallet, cancel) => wallet.ClaimAsync(WhoOf(parsed), cancel), _ => "It is in the wallet.",
        "stun wallet claim --key mine");

    private static Command Stake() => Acting("stake", "Puts coins of the wallet at stake: a provider's own.",
        [HowMuch], (parsed, wallet, cancel) => wallet.StakeAsync(parsed.GetValue(HowMuch), cancel),
        parsed => $"{Shown(parsed)} are at stake. The network counts them when the chain calls the block final.",
        "stun wallet stake 1000STUN --key provider");

    private static Command Unstake() => Acting("unstake",
        "Begins to take stake back; all that is leaving waits for the delay anew.",
        [HowMuch], (parsed, wallet, cancel) => wallet.UnstakeAsync(parsed.GetValue(HowMuch), cancel),
        parsed => $"{Shown(parsed)} are leaving, and can be slashed until then: 'stun wallet balance' shows when "
            + "'stun wallet finish-unstake' pays them.",
        "stun wallet unstake 1000STUN --key provider");

    private static Command FinishUnstake() => Acting("finish-unstake",
        "Pays stake whose delay is over.", [], (_, wallet, cancel) => wallet.FinishUnstakeAsync(cancel),
        _ => "It is in the wallet.", "stun wallet finish-unstake --key provider");

    private static Command Grant()
    {
        var whose = new Argument<string>("ACCOUNT") { Description = "Who may order tasks with it, and nothing else." };
        return Shared.Local("grant", "Funds another account, whose money goes to tasks or back to you.",
            [whose, HowMuch, Consent, KeyCommands.PasswordFile, .. Place], async (parsed, cancel) =>
            {
                var account = ChainPlace.AddressOf(parsed.GetValue(whose)!, "the account");
                var steps = await WalletKeys.WithWalletAsync(parsed, async (place, wallet, _) =>
                {
                    var isKnown = await wallet.SponsorOfAsync(account, cancel).ConfigureAwait(false) is not null;
                    var consent = isKnown ? [] : ConsentOf(parsed, account, wallet.Owner, place);
                    return await wallet.GrantAsync(account, parsed.GetValue(HowMuch), consent, cancel)
                        .ConfigureAwait(false);
                }, cancel).ConfigureAwait(false);
                return Tell(parsed, steps, $"{Shown(parsed)} are {account}'s to order tasks with. What is left comes "
                    + "back with 'stun wallet withdraw AMOUNT --account ACCOUNT'.");
            }, "stun wallet grant 0x8ba1f109551bd432803012645ac136ddd64dba72 50STUN --key mine");
    }

    private static Command MakeConsent()
    {
        var sponsor = new Argument<string>("SPONSOR") { Description = "Who may fund the key's account." };
        return Shared.Local("consent", "Signs that somebody may fund this key's account, and gets back what leaves it.",
            [sponsor, KeyCommands.PasswordFile, .. Place], async (parsed, cancel) =>
            {
                var who = ChainPlace.AddressOf(parsed.GetValue(sponsor)!, "the sponsor");
                var entry = WalletKeys.EntryOf(parsed);
                using var password = KeyCommands.PasswordOf(parsed, isNew: false);
                using var key = KeyCommands.Store.Open(entry.Name, password);
                var place = await ChainPlace.FindAsync(parsed, cancel).ConfigureAwait(false);
                await using (place.ConfigureAwait(false))
                {
                    var text = Hex.Data(AllowanceConsent.Sign(key, who, DomainOf(place)));
                    if (Shared.IsJson(parsed))
                        Screen.Write(new { Account = $"{key.Address}", Sponsor = $"{who}", Consent = text });
                    else Screen.Line(text);
                    return Exits.Ok;
                }
            }, "stun wallet consent 0x8ba1f109551bd432803012645ac136ddd64dba72 --key account");
    }

    private static byte[] ConsentOf(ParseResult parsed, Address account, Address sponsor, ChainPlace place)
    {
        if (parsed.GetValue(Consent) is { } text) return Hex.ParseData(text, "the consent");
        using var password = KeyCommands.PasswordOf(parsed, isNew: false);
        using var key = WalletKeys.Find(account, password) ?? throw new CommandException("wallet.no-consent",
            $"{account} has to consent once to being sponsored, and its key is not in this keystore.",
            $"Have its owner run 'stun wallet consent {sponsor} --key NAME', and give the answer with --consent.");
        return AllowanceConsent.Sign(key, sponsor, DomainOf(place));
    }

    private static TypedDataDomain DomainOf(ChainPlace place) => new(place.Network.ChainId, place.Escrow);

    private static Command Acting(
        string name, string about, Symbol[] symbols,
        Func<ParseResult, Wallet, CancellationToken, Task<IReadOnlyList<WalletStep>>> act,
        Func<ParseResult, string> told, params string[] examples) =>
        Shared.Local(name, about, [.. symbols, KeyCommands.PasswordFile, .. Place], async (parsed, cancel) =>
        {
            var steps = await WalletKeys.WithWalletAsync(
                parsed, (_, wallet, _) => act(parsed, wallet, cancel), cancel).ConfigureAwait(false);
            return Tell(parsed, steps, told(parsed));
        }, examples);

    private static int Tell(ParseResult parsed, IReadOnlyList<WalletStep> steps, string told)
    {
        if (Shared.IsJson(parsed))
        {
            Screen.Write(new
            {
                Transactions = steps.Select(step => new
                {
                    step.What,
                    Transaction = Hex.Data(step.Transaction),
                    step.Block,
                    step.GasUsed,
                }),
            });
            return Exits.Ok;
        }
        foreach (var step in steps)
            Screen.Line($"{step.What,-14} block {step.Block}, {Hex.Data(step.Transaction)}");
        Screen.Line(told);
        return Exits.Ok;
    }

    private static Address? WhoOf(ParseResult parsed) => parsed.GetValue(Account) is { } text
        ? ChainPlace.AddressOf(text, "--account")
        : null;

    private static string Shown(ParseResult parsed) => $"{parsed.GetValue(HowMuch)}";

    private static Argument<Amount> AmountArgument(string name) => new(name)
    {
        Description = $"Smallest units, or coins: {CoinText.Form}.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (CoinText.TryParse(text) is { } amount) return amount;
            result.AddError($"'{text}' is no amount. Write {CoinText.Form}.");
            return default;
        },
    };
}
