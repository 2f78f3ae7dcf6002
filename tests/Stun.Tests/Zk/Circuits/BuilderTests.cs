using System.Numerics;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;

namespace Stun.Tests.Zk.Circuits;

/// <summary>What a description becomes: wires, constraints, witnesses.</summary>
public sealed class BuilderTests
{
    [Fact]
    public void Sums_and_multiples_cost_nothing_and_products_one_constraint()
    {
        var circuit = Sketch.Of(builder =>
        {
            var (x, y) = (builder.Private("x"), builder.Private("y"));
            _ = (x + y * 3 - 5) * 7 - x;
            Assert.Equal(0, builder.ConstraintCount);
            _ = (x + 1) * (y - 2);
            Assert.Equal(1, builder.ConstraintCount);
            _ = x * builder.Constant(9) + (y - y) * x;
            Assert.Equal(1, builder.ConstraintCount);
        });
        Assert.Equal(new WireCounts(4, 0, 0, 2), circuit.Constraints.Wires);
    }

    [Fact]
    public void Wires_lie_in_the_order_outputs_publics_privates_inner_however_they_were_named()
    {
        var circuit = Sketch.Of(builder =>
        {
            var a = builder.Private("a");
            var square = a * a;
            builder.Output("first", square);
            var b = builder.Public("b");
            builder.Output("second", square * b);
            builder.Private("c");
        });
        Assert.Equal(new WireCounts(8, 2, 1, 2), circuit.Constraints.Wires);
        Assert.Equal(["one", "first", "second", "b", "a", "c", "product", "product"],
            Enumerable.Range(0, 8).Select(circuit.WireName));
        var witness = circuit.Solve(new Assignment().Set("a", 3).Set("b", 5).Set("c", 7));
        Assert.Equal([1, 9, 45, 5, 3, 7, 9, 45], witness.Select(value => (int)value.ToBigInteger()));
        Assert.Equal([9, 45, 5], circuit.PublicsOf(witness).Select(value => (int)value.ToBigInteger()));
    }

    [Fact]
    public void The_same_description_gives_the_same_constraints_term_by_term()
    {
        static void Body(CircuitBuilder builder) =>
            builder.Output("hash", PoseidonGadget.Hash(builder, builder.Private("x", 3)));
        var (one, other) = (Sketch.Of(Body).Constraints, Sketch.Of(Body).Constraints);
        Assert.Equal(one.Count, other.Count);
        for (var i = 0; i < one.Count; i++)
        {
            Assert.Equal(one.A(i).ToArray(), other.A(i).ToArray());
            Assert.Equal(one.B(i).ToArray(), other.B(i).ToArray());
            Assert.Equal(one.C(i).ToArray(), other.C(i).ToArray());
        }
    }

    [Fact]
    public void A_broken_constraint_is_told_by_its_name_and_without_values()
    {
        var circuit = Sketch.Of(builder =>
        {
            using (builder.Within("outer"))
                builder.ToUnsigned(builder.Private("secret"), 4);
        });
        Assert.False(circuit.TrySolve(new Assignment().Set("secret", 16), out _, out var fault));
        Assert.Equal("sketch: the inputs do not fulfil the constraint 'outer.bits.sum-of-bits'.", fault);
        Assert.True(circuit.Accepts(new Assignment().Set("secret", 15)));
    }

    [Fact]
    public void Inputs_that_are_missing_unknown_or_given_twice_are_refused_by_name()
    {
        var circuit = Sketch.Of(builder => builder.Private("x", 2));
        Assert.Contains("'x[1]' is missing",
            Assert.Throws<CircuitException>(() => circuit.Solve(new Assignment().Set("x[0]", 1))).Message);
        Assert.Contains("no input named 'z'", Assert.Throws<CircuitException>(
            () => circuit.Solve(new Assignment().Set("x", [1L, 2]).Set("z", 1))).Message);
        Assert.Contains("'x[0]' is given twice", Assert.Throws<CircuitException>(
            () => new Assignment().Set("x[0]", 1).Set("x", [1L, 2])).Message);
        Assert.Contains("named 'y'", Assert.Throws<CircuitException>(() => Sketch.Of(builder =>
        {
            builder.Private("y");
            builder.Public("y");
        })).Message);
    }

    [Fact]
    public void What_can_never_hold_is_refused_when_it_is_described()
    {
        Assert.Throws<CircuitException>(
            () => Sketch.Of(builder => builder.RequireEqual(builder.One, builder.Zero, "nonsense")));
        Assert.Throws<CircuitException>(() => Sketch.Of(builder => builder.ToUnsigned(builder.Constant(16), 4)));
        CircuitBuilder? other = null;
        Sketch.Of(builder => other = builder);
        Assert.Throws<CircuitException>(() => Sketch.Of(builder => builder.Private("x").Builder.Multiply(
            builder.One, other!.One)));
    }

    [Fact]
    public void A_sum_merges_what_is_the_same_and_drops_what_vanishes()
    {
        Sketch.Of(builder =>
        {
            var (x, y) = (builder.Private("x"), builder.Private("y"));
            var sum = builder.Sum([x, y, x + 4, -y], [Fr.One, Fr.One, Fr.FromUInt64(2), Fr.One]);
            Assert.Equal([Fr.FromUInt64(8), Fr.FromUInt64(3)], sum.Terms.Select(term => term.Coefficient));
            Assert.Empty((sum - sum).Terms);
            Assert.Equal(sum.Terms, (x * 3 + 8).Terms);
            Assert.Equal(BigInteger.One, (1 - builder.Zero).ConstantPart.ToBigInteger());
        });
    }
}
