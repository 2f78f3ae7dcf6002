using System.Numerics;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Checks;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Circuits;

/// <summary>Gadgets with the mistakes that are usually made, and the signals that they leave to the prover.</summary>
public sealed class LooseSignalTests
{
    [Fact]
    public void Bits_that_are_not_held_to_0_and_1_are_found() =>
        Finds("bit[0]", Given(11), builder =>
        {
            var x = builder.Private("x");
            var bits = builder.Hint("bit", 4, [x], Numbers.SplitBits);
            builder.RequireEqual(builder.Sum(bits, [Two(0), Two(1), Two(2), Two(3)]), x);
        });

    [Fact]
    public void Bits_that_nobody_adds_up_are_found() =>
        Finds("bit[2]", Given(11), builder =>
        {
            foreach (var bit in builder.Hint("bit", 4, [builder.Private("x")], Numbers.SplitBits))
                builder.RequireBit(bit);
        });

    /// <summary>Not by changing one signal or two, and not near the witness: 254 bits change at once.</summary>
    [Fact]
    public void Bits_that_may_be_those_of_the_number_plus_the_prime_are_found()
    {
        var loose = Finds("bit[0]", Given(11), builder =>
        {
            var x = builder.Private("x");
            var bits = builder.Hint("bit", 254, [x], Numbers.SplitBits);
            foreach (var bit in bits) builder.RequireBit(bit);
            builder.RequireEqual(builder.Sum(bits, [.. Enumerable.Range(0, 254).Select(Two)]), x);
        });
        Assert.All(loose, signal => Assert.Equal(Looseness.ByDeviation, signal.Looseness));
    }

    [Fact]
    public void A_test_for_zero_that_does_not_hold_its_answer_down_is_found()
    {
        var loose = Finds("zero", Given(7), builder =>
        {
            var x = builder.Private("x");
            var inverse = builder.FreeHint("inverse", [x], (from, to) => to[0] = from[0].Inverse());
            builder.Output("zero", 1 - x * inverse);
        });
        Assert.DoesNotContain(loose, signal => signal.Name == "inverse");
    }

    [Fact]
    public void A_wire_that_no_constraint_knows_is_found() =>
        Finds("gone", Given(7), builder =>
            builder.Hint("gone", 1, [builder.Private("x")], (from, to) => to[0] = from[0].Square()));

    [Fact]
    public void A_division_whose_rest_has_no_range_is_found() =>
        Finds("quotient", Given(29), builder =>
        {
            var x = builder.Private("x");
            var quotient = builder.Hint("quotient", 1, [x], (from, to) => to[0] = Divided(from[0]))[0];
            var rest = builder.Hint("rest", 1, [x, quotient], (from, to) =>
                to[0] = from[0] - Fr.FromUInt64(8) * from[1])[0];
            builder.RequireEqual(quotient * 8 + rest, x);
            builder.ToUnsigned(quotient, 16);
        });

    [Fact]
    public void A_root_of_which_there_are_two_is_found()
    {
        var loose = Finds("root", Given(9), builder =>
        {
            var x = builder.Private("x");
            var root = builder.Hint("root", 1, [x], (_, to) => to[0] = Fr.FromUInt64(3))[0];
            builder.RequireProduct(root, root, x);
        });
        Assert.Equal(Looseness.ByDeviation, Assert.Single(loose).Looseness);
    }

    [Fact]
    public void Two_factors_that_may_change_places_are_found() =>
        Finds("factor[1]", Given(35), builder =>
        {
            var x = builder.Private("x");
            var factors = builder.Hint("factor", 2, [x], (_, to) =>
            {
                to[0] = Fr.FromUInt64(5);
                to[1] = Fr.FromUInt64(7);
            });
            builder.RequireProduct(factors[0], factors[1], x);
            builder.RequireEqual(factors[0] + factors[1], builder.Constant(12));
        });

    [Fact]
    public void A_quotient_by_zero_is_found_where_the_divisor_is_zero()
    {
        static void Body(CircuitBuilder builder)
        {
            var (x, y) = (builder.Private("x"), builder.Private("y"));
            var quotient = builder.Hint("quotient", 1, [x, y], (from, to) => to[0] = from[0] * from[1].Inverse())[0];
            builder.RequireProduct(quotient, y, x);
        }
        Finds("quotient", Given(0).Set("y", 0), Body);
        Sketch.Of(Body).IsClean(Given(6).Set("y", 3));
    }

    /// <summary>Three wires in two equations: none of them can move alone, nor any two of them.</summary>
    [Fact]
    public void A_direction_in_which_three_signals_move_is_found()
    {
        var loose = Finds("part[1]", Given(6), builder =>
        {
            var x = builder.Private("x");
            var parts = builder.Hint("part", 3, [x], (_, to) =>
            {
                to[0] = Fr.One;
                to[1] = Fr.FromUInt64(2);
                to[2] = Fr.FromUInt64(3);
            });
            builder.RequireEqual(parts[0] + parts[1] + parts[2], x);
            builder.RequireEqual(parts[0] + parts[1] * 2 + parts[2] * 4, builder.Constant(17));
        });
        Assert.Equal(3, loose.Count);
        Assert.All(loose, signal => Assert.Equal(Looseness.InDirection, signal.Looseness));
    }

    [Fact]
    public void What_follows_from_a_loose_signal_is_named_too()
    {
        var loose = Finds("out", Given(4), builder =>
        {
            var x = builder.Private("x");
            using var scope = builder.Within("part");
            var free = builder.Hint("free", 1, [x], (from, to) => to[0] = from[0])[0];
            builder.RequireProduct(free, free - x, builder.Zero);
            builder.Output("out", free * x);
        });
        Assert.Equal(["out", "part.free", "part.product"], loose.Select(signal => signal.Name).Order());
    }

    private static IReadOnlyList<LooseSignal> Finds(string name, Assignment inputs, Action<CircuitBuilder> body)
    {
        var loose = LooseSignals.Find(Sketch.Of(body), inputs);
        Assert.Contains(loose, signal => signal.Name == name);
        return loose;
    }

    private static Assignment Given(long value) => new Assignment().Set("x", value);

    private static Fr Two(int power) => Fr.FromBigInteger(BigInteger.One << power);

    private static Fr Divided(Fr value) => Fr.FromBigInteger(value.ToBigInteger() >> 3);
}
