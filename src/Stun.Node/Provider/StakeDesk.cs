using System.Net.Http.Headers;
using System.Net.Http.Json;
using Stun.Chain;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Money;
using Stun.Node.Transport;

namespace Stun.Node.Provider;

/// <summary>How a provider stakes where a chain keeps the money.</summary>
/// <param name="Open">Null where the provider has no way to the chain: then its owner stakes.</param>
/// <param name="How">What the owner does, as a command.</param>
public sealed record StakeOnChain(Func<CancellationToken, Task<OpenWallet>>? Open, string How);

/// <summary>
/// Brings a provider's stake up to what its offers say, from its balance at the escrow. Where there is no balance it
/// says so once and looks again: somebody has to put money in first.
/// </summary>
public sealed class StakeDesk(
    NodeHost host, Address provider, Address escrow, Amount wanted, Action<string, string> say)
{
    /// <summary>Null where the escrow role keeps the money itself.</summary>
    public StakeOnChain? OnChain { get; init; }

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Long enough for the call to be on the escrow's log and in the hub's books.</summary>
    private static readonly TimeSpan CalledWithin = TimeSpan.FromSeconds(10);

    /// <summary>Longer than it takes until what was booked is seen: until then a try is the same one again.</summary>
    private static readonly TimeSpan SameTryFor = TimeSpan.FromSeconds(15);

    /// <summary>An endpoint may be somebody's who counts questions.</summary>
    private static readonly TimeSpan AskChainEvery = TimeSpan.FromSeconds(5);

    private ulong nonce;
    private DateTime triedAt;
    private string told = "";
    private DateTime lookedAt;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(host.Trust.Handler()) { Timeout = TimeSpan.FromSeconds(10) };
        while (true)
        {
            var account = await LookAsync(http, cancel).ConfigureAwait(false);
            var (stake, balance) = account is null ? default : (Read(account.Stake), Read(account.Balance));
            if (account is not null && stake >= wanted)
            {
                say("provider.staked", $"{stake} are at stake.");
                return;
            }
            var missing = wanted - Amount.Min(stake, wanted);
            if (OnChain is { } chain)
            {
                if (account is not null) await StakeAsync(chain, missing, cancel).ConfigureAwait(false);
                await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(false);
                continue;
            }
            if (account is not null && balance >= missing)
            {
                if (DateTime.UtcNow > triedAt + SameTryFor)
                    (nonce, triedAt) = (host.Process.NextNonce(), DateTime.UtcNow);
                host.Links.Send(provider, escrow,
                    new Message.CallEscrow(Intake.NewKey(), new EscrowCall.AddStake(nonce, missing)));
                await Task.Delay(CalledWithin / 10, cancel).ConfigureAwait(false);
                continue;
            }
            var word = account is null ? "" : $"{missing} are missing at stake and the balance is {balance}: "
                + $"put money in with 'stun account deposit {provider} {missing}'.";
            if (word.Length > 0) SayOnce("provider.no-stake", word);
            await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What is staked counts when the book has seen it, which is later: what the chain has already is never staked
    /// twice.
    /// </summary>
    private async Task StakeAsync(StakeOnChain chain, Amount missing, CancellationToken cancel)
    {
        if (chain.Open is null)
        {
            SayOnce("provider.no-stake", $"{missing} are missing at stake, and the money of this network lies on a "
                + $"chain: stake with '{chain.How.Replace("AMOUNT", $"{missing}")}', or give --rpc URL.");
            return;
        }
        if (DateTime.UtcNow < lookedAt + AskChainEvery) return;
        lookedAt = DateTime.UtcNow;
        try
        {
            var open = await chain.Open(cancel).ConfigureAwait(false);
            await using (open.ConfigureAwait(false))
                await StakeAsync(open.Wallet, chain.How, cancel).ConfigureAwait(false);
        }
        catch (NodeException failure)
        {
            SayOnce(failure.Code, failure.Message);
        }
        catch (ChainException failure)
        {
            SayOnce(failure.Code, failure.Message);
        }
    }

    private async Task StakeAsync(Wallet wallet, string how, CancellationToken cancel)
    {
        var state = await wallet.ReadAsync(cancel).ConfigureAwait(false);
        if (state.Stake >= wanted)
        {
            SayOnce("provider.stake-waits", $"{state.Stake} are at stake on the chain; the network counts them when "
                + "their block is final.");
            return;
        }
        var missing = wanted - state.Stake;
        if (state.Coins < missing || state.Gas.IsZero)
        {
            SayOnce("provider.no-stake", $"{missing} are missing at stake. The wallet {provider} has {state.Coins} "
                + $"of the currency and {state.Gas} of the chain's own coin for gas: send it what it lacks, or do it "
                + $"yourself with '{how.Replace("AMOUNT", $"{missing}")}'.");
            return;
        }
        await wallet.StakeAsync(missing, cancel).ConfigureAwait(false);
    }

    private void SayOnce(string code, string word)
    {
        if (word != told) say(code, told = word);
    }

    /// <summary>Null while there is no link; nothing was ever booked for a new account, which then has
    /// nothing.</summary>
    private async Task<AccountView?> LookAsync(HttpClient http, CancellationToken cancel)
    {
        if (host.Links.HubDoor is not { } hub) return null;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Door, $"/v1/accounts/{provider}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", hub.Token);
        try
        {
            using var response = await http.SendAsync(request, cancel).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync(ApiJson.Default.AccountView, cancel)
                    .ConfigureAwait(false);
            return response.StatusCode == System.Net.HttpStatusCode.NotFound
                ? new AccountView(provider.ToString(), "0", "0", "0", "0", false)
                : null;
        }
        catch (Exception away) when (
            away is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Amount Read(string digits) => new FormReader().Amount("amount", digits);
}
