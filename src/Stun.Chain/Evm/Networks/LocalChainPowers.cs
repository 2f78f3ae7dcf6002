using System.Text.Json;

namespace Stun.Chain.Evm.Networks;

/// <summary>What only the owner of a chain can do: a chain on this machine is its owner's to the clock.</summary>
public sealed class LocalChainPowers(Uri chain) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = chain, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The account has so much of the chain's coin.</summary>
    public Task GiveAsync(Address account, Amount coins, CancellationToken cancel = default) =>
        CallAsync("anvil_setBalance", $"\"{account}\",\"0x{coins.Units:x}\"", cancel);

    /// <summary>The next block is of this second, unless the last one is already.</summary>
    public async Task SkipToAsync(ulong second, CancellationToken cancel = default)
    {
        using var head = await CallAsync("eth_getBlockByNumber", "\"latest\",false", cancel).ConfigureAwait(false);
        var now = Convert.ToUInt64(head.RootElement.GetProperty("result").GetProperty("timestamp").GetString(), 16);
        if (now >= second) return;
        (await CallAsync("evm_setNextBlockTimestamp", $"\"0x{second:x}\"", cancel).ConfigureAwait(false)).Dispose();
        (await CallAsync("evm_mine", "", cancel).ConfigureAwait(false)).Dispose();
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonDocument> CallAsync(string method, string parameters, CancellationToken cancel)
    {
        using var body = new StringContent(
            $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{{parameters}}]}""",
            System.Text.Encoding.UTF8, "application/json");
        try
        {
            using var answer = await http.PostAsync(new Uri("/", UriKind.Relative), body, cancel).ConfigureAwait(false);
            var text = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false));
            if (!text.RootElement.TryGetProperty("error", out var error)) return text;
            throw new ChainException("chain.rpc-error", $"The chain of this machine refused {method}: {error}.",
                "Only anvil has these verbs.");
        }
        catch (Exception away) when (
            away is HttpRequestException || (away is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ChainException("chain.unreachable", $"The chain of this machine at {http.BaseAddress} is away.",
                "Start it again.", away);
        }
    }
}
