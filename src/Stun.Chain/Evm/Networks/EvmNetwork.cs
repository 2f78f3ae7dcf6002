using System.Globalization;

namespace Stun.Chain.Evm.Networks;

/// <summary>What differs between the chains that run the EVM, as data.</summary>
/// <param name="BlockTime">Between two blocks; how often a head is asked for follows from it.</param>
/// <param name="Confirmations">Blocks, its own included, after which a transaction of ours counts as in.</param>
public sealed record EvmNetwork(
    string Name, ulong ChainId, FinalityRule Finality, FeeModel Fees, TimeSpan BlockTime, ulong Confirmations)
{
    /// <summary>Two epochs behind the head, some 13 minutes; a reorg of more than two blocks is a rarity.</summary>
    public static EvmNetwork Ethereum { get; } = new(
        "ethereum", 1, new FinalityRule.Finalized(), FeeModel.BaseFeeAndTip, TimeSpan.FromSeconds(12), 3);

    /// <summary>
    /// One sequencer orders; a block is safe when its data is on Ethereum and final when that is. What is safe can be
    /// undone only together with Ethereum.
    /// </summary>
    public static EvmNetwork Base { get; } = new(
        "base", 8453, new FinalityRule.Safe(), FeeModel.BaseFeeTipAndData, TimeSpan.FromSeconds(2), 5);

    public static EvmNetwork Arbitrum { get; } = new(
        "arbitrum", 42161, new FinalityRule.Safe(), FeeModel.BaseFeeWithDataInGas, TimeSpan.FromMilliseconds(250), 20);

    /// <summary>A chain on this machine, for development and tests.</summary>
    public static EvmNetwork Local { get; } = LocalOf(31337);

    public static IReadOnlyList<EvmNetwork> Known { get; } = [Ethereum, Base, Arbitrum, Local];

    /// <summary>How often a head is looked for: twice a block, within what is polite and what is lively.</summary>
    public TimeSpan PollInterval => TimeSpan.FromMilliseconds(
        Math.Clamp(BlockTime.TotalMilliseconds / 2, 50, 4_000));

    public static EvmNetwork LocalOf(ulong chainId) => new(
        "local", chainId, new FinalityRule.Depth(5), FeeModel.BaseFeeAndTip, TimeSpan.FromMilliseconds(200), 1);

    /// <summary>A name of configuration: ethereum, base, arbitrum, local, or local:CHAIN-ID.</summary>
    public static EvmNetwork Parse(string name)
    {
        if (Known.FirstOrDefault(each => each.Name == name) is { } known) return known;
        if (name.StartsWith("local:", StringComparison.Ordinal)
            && ulong.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != 0)
            return LocalOf(id);
        throw new ChainException("chain.unknown-network", $"There is no network '{name}'.",
            $"Give one of {string.Join(", ", Known.Select(each => each.Name))}, or local:CHAIN-ID.");
    }
}
