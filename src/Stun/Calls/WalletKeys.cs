using System.CommandLine;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Sending;
using Stun.Commands;
using Stun.Node.Keys;
using Stun.Node.Money;
using Stun.Protocol;

namespace Stun.Calls;

/// <summary>Which key of the keystore acts on a chain.</summary>
internal static class WalletKeys
{
    public static readonly Option<string?> Name = new("--key")
    {
        Description = "The key in the keystore; may be left out where there is only one.",
        HelpName = "NAME",
    };

    public static KeyEntry EntryOf(ParseResult parsed)
    {
        var keys = KeyCommands.Store.List();
        if (parsed.GetValue(Name) is { } name)
            return keys.FirstOrDefault(key => key.Name == name) ?? throw new CommandException("key.unknown",
                $"There is no key '{name}' in the keystore.",
                "'stun key list' shows those that are there; 'stun key create' and 'stun key import' make one.");
        return keys.Count == 1 ? keys[0] : throw CommandException.Usage(
            $"The keystore has {keys.Count} keys, and none is named.",
            keys.Count == 0 ? "Make one with 'stun key create NAME'." : "Name one with --key.");
    }

    /// <summary>Opens a key, lets something be done with its wallet, and closes everything again.</summary>
    public static async Task<T> WithWalletAsync<T>(
        ParseResult parsed, Func<ChainPlace, Wallet, EvmKey, Task<T>> act, CancellationToken cancel)
    {
        var entry = EntryOf(parsed);
        using var password = KeyCommands.PasswordOf(parsed, isNew: false);
        using var key = KeyCommands.Store.Open(entry.Name, password);
        var place = await ChainPlace.FindAsync(parsed, cancel).ConfigureAwait(false);
        await using (place.ConfigureAwait(false))
        {
            var contracts = await place.ContractsAsync(cancel).ConfigureAwait(false);
            RequireUnit(parsed, contracts);
            var sender = await OpenAsync(place, key, cancel).ConfigureAwait(false);
            await using (sender.ConfigureAwait(false))
                return await act(place, new Wallet(place.Rpc, contracts, key, sender.Sender), key)
                    .ConfigureAwait(false);
        }
    }

    /// <summary>Another currency has other decimals: who writes STUN means something else than it has.</summary>
    private static void RequireUnit(ParseResult parsed, MoneyContracts contracts)
    {
        if (contracts.IsStun || !parsed.Tokens.Any(token =>
            token.Value.EndsWith(CoinText.Unit, StringComparison.Ordinal)
            && CoinText.TryParse(token.Value) is not null)) return;
        throw new CommandException("wallet.other-currency",
            $"The currency of this escrow is {contracts.Token}, and not {CoinText.Unit}.",
            "Give the amount in the smallest units of that currency, as a whole number.");
    }

    public static async Task<KeptSender> OpenAsync(ChainPlace place, EvmKey key, CancellationToken cancel)
    {
        DataHome.Make();
        var journal = OpenWallet.JournalOf(DataHome.In("wallet"), place.Network, key.Address);
        try
        {
            return new KeptSender(journal, await TransactionSender.OpenAsync(
                place.Rpc, key, place.Network, journal, cancel: cancel).ConfigureAwait(false));
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The key of an account, if it lies in the same keystore.</summary>
    public static EvmKey? Find(Address account, Password password) =>
        KeyCommands.Store.List().FirstOrDefault(key => key.Address == account) is { } entry
            ? KeyCommands.Store.Open(entry.Name, password)
            : null;

    /// <summary>What was sent is written down, so that a command that was killed is finished by the next.</summary>
    internal sealed record KeptSender(FileSendingJournal Journal, TransactionSender Sender) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Sender.DisposeAsync().ConfigureAwait(false);
            await Journal.DisposeAsync().ConfigureAwait(false);
        }
    }
}
