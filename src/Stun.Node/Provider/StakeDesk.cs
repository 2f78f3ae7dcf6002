using System.Net.Http.Headers;
using System.Net.Http.Json;
using Stun.Node.Gateway;
using Stun.Node.Hosting;
using Stun.Node.Transport;

namespace Stun.Node.Provider;

/// <summary>
/// Brings a provider's stake up to what its offers say, from its balance at the escrow. Where there is no balance it
/// says so once and looks again: somebody has to put money in first.
/// </summary>
public sealed class StakeDesk(
    NodeHost host, Address provider, Address escrow, Amount wanted, Action<string, string> say)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>Long enough for the call to be on the escrow's log and in the hub's books.</summary>
    private static readonly TimeSpan CalledWithin = TimeSpan.FromSeconds(10);

    /// <summary>Longer than it takes until what was booked is seen: until then a try is the same one again.</summary>
    private static readonly TimeSpan SameTryFor = TimeSpan.FromSeconds(15);

    private ulong nonce;
    private DateTime triedAt;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var told = "";
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
            if (word.Length > 0 && word != told) say("provider.no-stake", told = word);
            await Task.Delay(LookAgainAfter, cancel).ConfigureAwait(false);
        }
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
