using Stun.Simulation;

namespace Stun.Tests.Simulation;

/// <summary>
/// <c>./stun sim mutate</c> takes minutes, so ./check only sees to it that the faults still fit the source.
/// </summary>
public sealed class MutantTests
{
    public static TheoryData<string> Names => [.. Mutants.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_still_fits_the_source(string name)
    {
        var mutant = Mutants.All.Single(mutant => mutant.Name == name);
        var planted = Mutants.Plant(Repository.Root, mutant);
        Assert.Contains(mutant.New, planted, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_whose_place_is_gone_is_found_out()
    {
        var stale = new Mutant("stale", "Runner.cs", "no such text", "");
        Assert.Throws<InvalidOperationException>(() => Mutants.Plant(Repository.Root, stale));
    }
}
