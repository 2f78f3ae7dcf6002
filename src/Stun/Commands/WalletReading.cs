using System.CommandLine;
using Stun.Calls;
using Stun.Chain;
using Stun.Chain.Evm.Encoding;
using Stun.Node.Money;
using Stun.Protocol;

namespace Stun.Commands;

/// <summary>The commands of <c>stun wallet</c> that only look: no password is needed.</summary>
internal static class WalletReading
{
    /// <summary>Without an address book nobody says where the logs begin; older ones are asked for by number.</summary>
    private const ulong BlocksBack = 1_000_000;

    private static readonly Option<string?> Whose = new("--address")
    {
        Description = "Whose; else the key's.",
        HelpName = "ADDRESS",
    };

    public static Command Balance(Symbol[] place) => Shared.Local("balance",
        "What is in the wallet, at the escrow, at stake, and on its way out.", [Whose, .. place],
        async (parsed, cancel) =>
        {
            var (state, isStun) = await ReadAsync(parsed, async (at, contracts, owner) =>
                (await WalletState.ReadAsync(at.Rpc, contracts, owner, cancel).ConfigureAwait(false), contracts.IsStun),
                cancel).ConfigureAwait(false);
            if (Shared.IsJson(parsed)) Screen.Write(ViewOf(state));
            else Show(state, isStun);
            return Exits.Ok;
        }, "stun wallet balance --key mine", "stun wallet balance --rpc URL --contracts contracts.json --json");

    public static Command History(Symbol[] place)
    {
        var first = new Option<ulong?>("--from-block")
        {
            Description = "Where to begin; else where the address book does, or a million blocks back.",
            HelpName = "BLOCK",
        };
        var limit = new Option<int>("--limit")
        {
            Description = "At most so many entries, the newest.",
            DefaultValueFactory = _ => 100,
        };
        return Shared.Local("history", "What happened to this money on the chain, newest last.",
            [Whose, first, limit, .. place], async (parsed, cancel) =>
            {
                var all = await ReadAsync(parsed, async (at, contracts, owner) =>
                {
                    var head = await at.Rpc.GetBlockNumberAsync(cancel).ConfigureAwait(false);
                    var from = parsed.GetValue(first) ?? at.FirstBlock ?? head - Math.Min(head, BlocksBack);
                    return await WalletHistory.ReadAsync(at.Rpc, contracts, owner, from, cancel)
                        .ConfigureAwait(false);
                }, cancel).ConfigureAwait(false);
                var entries = all.TakeLast(Math.Max(0, parsed.GetValue(limit))).ToList();
                if (entries.Count < all.Count)
                    Screen.Note($"stun: {all.Count - entries.Count} older ones are left out.");
                if (Shared.IsJson(parsed))
                    Screen.Write(new
                    {
                        Entries = entries.Select(entry => new
                        {
                            entry.Block,
                            Transaction = Hex.Data(entry.Transaction),
                            entry.What,
                            Amount = $"{entry.Amount}",
                            Other = entry.Other?.ToString(),
                        }),
                    });
                else
                    Screen.Table(["BLOCK", "WHAT", "AMOUNT", "TRANSACTION", "OTHER"],
                        entries.Select(entry => (string[])
                        [
                            $"{entry.Block}", entry.What, $"{entry.Amount}", Hex.Data(entry.Transaction),
                            $"{entry.Other}",
                        ]));
                return Exits.Ok;
            }, "stun wallet history --key mine", "stun wallet history --from-block 12345678 --limit 10 --json");
    }

    private static async Task<T> ReadAsync<T>(
        ParseResult parsed, Func<ChainPlace, MoneyContracts, Address, Task<T>> read, CancellationToken cancel)
    {
        var owner = parsed.GetValue(Whose) is { } text
            ? ChainPlace.AddressOf(text, "--address")
            : WalletKeys.EntryOf(parsed).Address;
        var place = await ChainPlace.FindAsync(parsed, cancel).ConfigureAwait(false);
        await using (place.ConfigureAwait(false))
        {
            try
            {
                var contracts = await place.ContractsAsync(cancel).ConfigureAwait(false);
                return await read(place, contracts, owner).ConfigureAwait(false);
            }
            catch (ChainException failure)
            {
                throw WalletRefusal.Of(failure);
            }
        }
    }

    private static object ViewOf(WalletState state) => new
    {
        Address = $"{state.Owner}",
        Wallet = $"{state.Coins}",
        Gas = $"{state.Gas}",
        Balance = $"{state.Balance}",
        Exiting = $"{state.Exiting}",
        ExitAt = state.Exiting.IsZero ? null : (ulong?)state.ExitAt,
        Claimable = $"{state.Claimable}",
        Payable = $"{state.Payable}",
        Stake = $"{state.Stake}",
        Unbonding = $"{state.Unbonding}",
        UnbondedAt = state.Unbonding.IsZero ? null : (ulong?)state.UnbondedAt,
        Sponsor = state.Sponsor?.ToString(),
        PausedUntil = state.PausedUntil > state.Second ? (ulong?)state.PausedUntil : null,
        state.Block,
    };

    private static void Show(WalletState state, bool isStun)
    {
        string Said(Amount amount) => amount.IsZero || !isStun ? $"{amount}" : $"{amount} ({CoinText.Write(amount)})";

        Screen.Line($"address    {state.Owner}, at block {state.Block}");
        Screen.Line($"wallet     {Said(state.Coins)}");
        Screen.Line($"gas        {state.Gas}");
        Screen.Line($"escrow     {Said(state.Balance)}");
        Screen.Line($"exiting    {Said(state.Exiting)}"
            + (state.Exiting.IsZero ? "" : $", without the book free at {WalletRefusal.Moment(state.ExitAt)}"));
        Screen.Line($"claimable  {Said(state.Claimable)}"
            + (state.Payable == state.Claimable ? "" : $"; 'stun wallet claim' pays {state.Payable} by now"));
        Screen.Line($"stake      {Said(state.Stake)}");
        Screen.Line($"unbonding  {Said(state.Unbonding)}"
            + (state.Unbonding.IsZero ? "" : $", free at {WalletRefusal.Moment(state.UnbondedAt)}"));
        if (state.Sponsor is { } sponsor) Screen.Line($"sponsor    {sponsor} gets what leaves this account");
        if (state.PausedUntil > state.Second)
            Screen.Line($"paused     until {WalletRefusal.Moment(state.PausedUntil)} nothing can be put in");
    }
}
