using Stun.Chain;
using Stun.Chain.Evm.Networks;

namespace Stun.Integration.Money;

public sealed class ForkTests
{
    /// <summary>What the book holds for final is not there any more: whatever it did next would be wrong.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_book_whose_chain_became_another_between_two_lives_stops_and_says_so(bool fromSnapshot)
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var scene = await BookScene.StartAsync(new BookSceneOptions());
        if (fromSnapshot) await scene.Node.SnapshotAsync();
        var seen = await scene.Node.Pump.VisitAsync(() => scene.Node.Book.Escrow.Chain!.Position);
        await scene.Node.StopAsync(isSudden: false);
        scene.Chain.IsHalted = true;
        await scene.Chain.ReorgAsync(await scene.Chain.Rpc.GetBlockNumberAsync() - seen.Block + 1);
        await scene.Chain.MineAsync(MinedChain.Depth + 2);
        await scene.Node.StartAsync();
        var end = await scene.Node.Pump.Ended!.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("chain.deep-reorg", Assert.IsType<ChainException>(end).Code);
    }

    [Fact]
    public async Task A_book_whose_chain_is_the_same_goes_on_in_its_next_life()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        await using var scene = await BookScene.StartAsync(new BookSceneOptions());
        await scene.Node.StopAsync(isSudden: true);
        await scene.Chain.ReorgAsync(MinedChain.Depth - 1);
        await scene.DepositAsync(scene.Requesters[0].Address, new Amount(7));
        await scene.Node.StartAsync();
        await scene.RestAsync();
        await scene.RequireEqualAsync();
    }
}
