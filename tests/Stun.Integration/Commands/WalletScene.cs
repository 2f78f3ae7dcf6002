using System.Text.Json;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Networks;
using Stun.Execution.Tools;
using Stun.Integration.Gateway;
using Stun.Node.Keys;
using Stun.Node.Money;

namespace Stun.Integration.Commands;

/// <summary>A network whose money lies on a chain of this machine, and a user with a keystore of their own.</summary>
public sealed class WalletScene : IAsyncLifetime
{
    /// <summary>Keys of tests guard nothing: they open at once.</summary>
    private static readonly ScryptCost Cost = new(1 << 10, 8, 1);

    private LiveNode? node;

    public string Home { get; } = Directory.CreateTempSubdirectory("stun-wallet-").FullName;

    internal LiveNode Node => node!;

    internal LocalMoney Money => Node.Network.Money!;

    public string Url => $"{Node.Http.BaseAddress}";

    private string PasswordFile => Path.Combine(Home, "password");

    public static void RequireAnvil() =>
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");

    public async ValueTask InitializeAsync()
    {
        WritePassword(Home);
        if (LocalChain.FindProgram() is not null) node = await LiveNode.StartAsync(hasChain: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }

    public static void WritePassword(string home)
    {
        var file = Path.Combine(home, "password");
        File.WriteAllText(file, "a password for a test");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public static Address MakeKey(string home, string name)
    {
        using var password = Password.FromFile(Path.Combine(home, "password"));
        return new Keystore(Path.Combine(home, "keys"), Cost).Create(name, password);
    }

    public static EvmKey OpenKey(string home, string name)
    {
        using var password = Password.FromFile(Path.Combine(home, "password"));
        return new Keystore(Path.Combine(home, "keys"), Cost).Open(name, password);
    }

    /// <summary>With coins of both kinds, unless it is to have none.</summary>
    internal async Task<Address> MakeOwnerAsync(string name, Amount coins, bool hasGas = true)
    {
        var address = MakeKey(Home, name);
        if (!coins.IsZero) await Money.FundAsync(address, coins, CancellationToken.None);
        if (hasGas) await GiveGasAsync(Money.Address, address);
        return address;
    }

    public static async Task GiveGasAsync(Uri chain, Address address)
    {
        using var powers = new LocalChainPowers(chain);
        await powers.GiveAsync(address, new Amount(NetworkCoin * 1_000));
    }

    public static async Task SkipAsync(Uri chain, ulong second)
    {
        using var powers = new LocalChainPowers(chain);
        await powers.SkipToAsync(second);
    }

    public static readonly UInt128 NetworkCoin = 1_000_000_000_000_000_000;

    /// <summary>A verb of the wallet, of the scene's network.</summary>
    public Task<ToolResult> RunAsync(params string[] words) =>
        CommandScene.RunInAsync(Home, ["wallet", .. words, "--node", Url, .. PasswordOf(words)]);

    public async Task<JsonElement> AskAsync(params string[] words) => Read(await RunAsync([.. words, "--json"]));

    public static JsonElement Read(ToolResult run)
    {
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    public async Task RequireRefusedAsync(string code, params string[] words)
    {
        var run = await RunAsync(words);
        Assert.True(run.ExitCode == 1, $"{run.ExitCode}: {run.Output}{run.Errors}");
        Assert.Contains($"[{code}]", run.Errors);
    }

    private string[] PasswordOf(string[] words) =>
        words[0] is "balance" or "history" ? [] : ["--password-file", PasswordFile];
}
