using Stun.Zk.Circuits;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Circuits;

public sealed class ConstraintSystemTests
{
    [Fact]
    public void The_first_broken_constraint_is_named()
    {
        var system = new ConstraintSystem(new WireCounts(4, 1, 0, 1));
        system.Add([new(2, Fr.One)], [new(2, Fr.One)], [new(3, Fr.One)]);
        system.Add([new(3, Fr.One)], [new(2, Fr.One), new(0, Fr.FromInt64(-1))], [new(1, Fr.One)]);
        Assert.Null(system.FirstBroken(Values(1, 18, 3, 9)));
        Assert.Equal(0, system.FirstBroken(Values(1, 18, 3, 8)));
        Assert.Equal(1, system.FirstBroken(Values(1, 17, 3, 9)));
        Assert.Equal(0, system.FirstBroken(Values(2, 18, 3, 9)));
        Assert.Equal(2, system.Count);
        Assert.Equal(7, system.TermCount);
    }

    [Fact]
    public void A_term_on_a_wire_that_does_not_exist_is_refused()
    {
        var system = new ConstraintSystem(new WireCounts(2, 1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => system.Add([new(2, Fr.One)], [], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => system.Add([], [new(-1, Fr.One)], []));
        Assert.Equal(0, system.Count);
        Assert.Throws<ArgumentException>(() => new ConstraintSystem(new WireCounts(2, 1, 1, 0)));
    }

    private static Fr[] Values(params long[] values) => [.. values.Select(Fr.FromInt64)];
}
