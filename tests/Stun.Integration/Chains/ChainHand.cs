using System.Net.Http.Json;
using System.Text.Json;

namespace Stun.Integration.Chains;

/// <summary>Moves a development chain: what no real chain lets anybody do.</summary>
internal sealed class ChainHand(Uri address) : IDisposable
{
    private readonly HttpClient http = new();

    public Task MineAsync(ulong blocks = 1) => DoAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>Replaces the last blocks by empty ones; their transactions are forgotten.</summary>
    public Task ReorgAsync(ulong depth) => DoAsync("anvil_reorg", depth, Array.Empty<object>());

    /// <summary>Out of the pool.</summary>
    public Task DropAsync(Digest transaction) => DoAsync("anvil_dropTransaction", $"0x{transaction}");

    public Task AutomineAsync(bool isOn) => DoAsync("evm_setAutomine", isOn);

    public Task IntervalAsync(int seconds) => DoAsync("evm_setIntervalMining", seconds);

    public async Task<string> SnapshotAsync() => (await DoAsync("evm_snapshot")).GetString()!;

    public Task RevertAsync(string snapshot) => DoAsync("evm_revert", snapshot);

    public Task BalanceAsync(Address account, Amount balance) =>
        DoAsync("anvil_setBalance", account.ToString(), $"0x{balance.Units:x}");

    public Task IncreaseTimeAsync(int seconds) => DoAsync("evm_increaseTime", seconds);

    public Task NextBaseFeeAsync(ulong fee) => DoAsync("anvil_setNextBlockBaseFeePerGas", $"0x{fee:x}");

    public Task CodeAsync(Address account, string code) => DoAsync("anvil_setCode", account.ToString(), code);

    public async Task<JsonElement> DoAsync(string method, params object[] parameters)
    {
        using var answer = await http.PostAsJsonAsync(
            address, new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (body.TryGetProperty("error", out var error))
            throw new InvalidOperationException($"{method}: {error.GetRawText()}");
        return body.GetProperty("result");
    }

    public void Dispose() => http.Dispose();
}
