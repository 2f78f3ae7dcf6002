using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Networks;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;

namespace Stun.Node.Money;

/// <summary>
/// The money of a network on one machine: a chain of its own with all contracts, and enough of both coins for everybody
/// who takes part. Its clock is put forward where elsewhere somebody would wait.
/// </summary>
public sealed class LocalMoney : IAsyncDisposable
{
    /// <summary>Of the chain's own coin, for gas: it costs nothing here.</summary>
    private static readonly Amount Gas = new(NetworkPlan.Coin * 1_000);

    private readonly LocalChain chain;
    private readonly LocalChainPowers powers;
    private readonly List<TransactionSender> senders = [];

    private LocalMoney(LocalChain chain, EvmRpc rpc) =>
        (this.chain, Rpc, powers) = (chain, rpc, new LocalChainPowers(chain.Http));

    public EvmRpc Rpc { get; }

    public Uri Address => chain.Http;

    public AddressBook Contracts { get; private set; } = null!;

    /// <summary>For whoever keeps the book.</summary>
    public ChainAccess Access { get; private set; } = null!;

    /// <param name="directory">Where the chain's state lies from one life to the next.</param>
    /// <param name="treasury">Deploys, owns the supply, and pays for the book's transactions.</param>
    public static async Task<LocalMoney> OpenAsync(
        string directory, EvmKey treasury, ValueList<Address> validators, byte quorum, CancellationToken cancel)
    {
        Directory.CreateDirectory(directory);
        var chain = await LocalChain.StartAsync(new LocalChainOptions
        {
            StateFile = Path.Combine(directory, "chain.json"),
        }, cancel).ConfigureAwait(false);
        var rpc = new EvmRpc(new EvmRpcOptions(EvmNetwork.Local.ChainId, [chain.Http]));
        var money = new LocalMoney(chain, rpc);
        try
        {
            await money.DeployAsync(directory, treasury, validators, quorum, cancel).ConfigureAwait(false);
            return money;
        }
        catch
        {
            await money.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Windows last as long as they do elsewhere.</summary>
    public void KeepTime() => Access = Access with { SkipTo = null };

    /// <summary>What its key has in its wallet grows to this, if it is less.</summary>
    public async Task FundAsync(Address owner, Amount coins, CancellationToken cancel)
    {
        var token = Contracts[ContractNames.Token].Address;
        var has = StunToken.Answers.BalanceOf(await Rpc.CallAsync(
            new CallRequest(token, StunToken.Calls.BalanceOf(owner)), default, cancel).ConfigureAwait(false));
        if ((UInt128)has >= coins.Units) return;
        await SendAsync(Access.Sender, token, StunToken.Calls.Transfer(owner, coins.Units - (UInt128)has), cancel)
            .ConfigureAwait(false);
    }

    /// <summary>Puts money of the treasury on an account at the escrow, once: what is there is left as it is.</summary>
    public async Task DepositAsync(Address owner, Amount amount, CancellationToken cancel)
    {
        var (token, escrow) = (Contracts[ContractNames.Token].Address, Access.Escrow);
        var has = Escrow.Answers.BalanceOf(await Rpc.CallAsync(
            new CallRequest(escrow, Escrow.Calls.BalanceOf(owner)), default, cancel).ConfigureAwait(false));
        if (!has.IsZero) return;
        await SendAsync(Access.Sender, token, StunToken.Calls.Approve(escrow, amount), cancel).ConfigureAwait(false);
        await SendAsync(Access.Sender, escrow, Escrow.Calls.DepositFor(owner, amount), cancel).ConfigureAwait(false);
    }

    /// <summary>A provider's own transactions: only the owner of a stake can put it there.</summary>
    public async Task StakeAsync(EvmKey provider, Amount amount, CancellationToken cancel)
    {
        var (token, staking) = (Contracts[ContractNames.Token].Address, Access.Staking);
        var has = Staking.Answers.StakeOf(await Rpc.CallAsync(
            new CallRequest(staking, Staking.Calls.StakeOf(provider.Address)), default, cancel).ConfigureAwait(false));
        if (!has.IsZero) return;
        await FundAsync(provider.Address, amount, cancel).ConfigureAwait(false);
        await powers.GiveAsync(provider.Address, Gas, cancel).ConfigureAwait(false);
        var sender = await OpenSenderAsync(provider).ConfigureAwait(false);
        await SendAsync(sender, token, StunToken.Calls.Approve(staking, amount), cancel).ConfigureAwait(false);
        await SendAsync(sender, staking, Staking.Calls.Stake(amount), cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in senders) await sender.DisposeAsync().ConfigureAwait(false);
        await Rpc.DisposeAsync().ConfigureAwait(false);
        powers.Dispose();
        await chain.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DeployAsync(
        string directory, EvmKey treasury, ValueList<Address> validators, byte quorum, CancellationToken cancel)
    {
        await powers.GiveAsync(treasury.Address, Gas, cancel).ConfigureAwait(false);
        var sender = await OpenSenderAsync(treasury).ConfigureAwait(false);
        var file = Path.Combine(directory, "contracts.json");
        var known = File.Exists(file)
            ? AddressBook.Parse(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false))
            : null;
        Contracts = await new NetworkDeployment(Rpc, sender).RunAsync(
            new NetworkPlan(treasury.Address, treasury.Address, validators, quorum), known, cancel)
            .ConfigureAwait(false);
        await File.WriteAllTextAsync(file, Contracts.Write(), cancel).ConfigureAwait(false);
        Access = new ChainAccess(EvmNetwork.Local, Rpc, sender, Contracts)
        {
            // Nobody else makes blocks here, and nothing is ever undone.
            Finality = new FinalityRule.Depth(0),
            Endpoint = chain.Http,
            SkipTo = powers.SkipToAsync,
        };
    }

    private async Task<TransactionSender> OpenSenderAsync(EvmKey key)
    {
        var sender = await TransactionSender.OpenAsync(
            Rpc, key, EvmNetwork.Local, new MemorySendingJournal()).ConfigureAwait(false);
        lock (senders) senders.Add(sender);
        return sender;
    }

    internal static async Task<TransactionReceipt> SendAsync(
        TransactionSender sender, Address to, byte[] call, CancellationToken cancel)
    {
        var receipt = await sender.SendAsync(new TransactionRequest(to, call), cancel).ConfigureAwait(false);
        return receipt.Succeeded ? receipt : throw new NodeException("dev.chain-refused",
            $"The chain of this network refused 0x{receipt.TransactionHash}.",
            "Remove the network's folder and start anew.");
    }
}
