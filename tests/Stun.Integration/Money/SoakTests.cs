using System.Globalization;
using Stun.Chain.Evm.Networks;

namespace Stun.Integration.Money;

public sealed class SoakTests
{
    /// <summary>More of them by STUN_SOAK_TASKS, others by STUN_SOAK_SEED.</summary>
    [Fact]
    public async Task After_reorgs_halts_lost_transactions_and_restarts_the_book_equals_the_chain_to_the_last_unit()
    {
        Assert.SkipUnless(LocalChain.FindProgram() is not null, "anvil is not installed: see eng/prerequisites.");
        var count = (int)Number("STUN_SOAK_TASKS", 600);
        var seed = Number("STUN_SOAK_SEED", 20_261_121);
        await using var soak = new Soak(seed, count);
        try
        {
            await soak.RunAsync();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"The soak of {count} tasks failed. {soak}", failure);
        }
        TestContext.Current.TestOutputHelper!.WriteLine(soak.ToString());
        foreach (var kind in Enum.GetValues<Soak.Fault>())
            Assert.True(soak.Happened.GetValueOrDefault(kind) > 0, $"{kind} never happened: {soak}");
        Assert.True(soak.ReplacedCount > 0, $"Nothing was replaced: {soak}");
        Assert.True(soak.SlashedCount > 0 && soak.ExpiredCount > 0 && soak.WithdrawnCount > 0, soak.ToString());
    }

    private static ulong Number(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
