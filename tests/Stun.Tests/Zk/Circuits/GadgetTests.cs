using System.Numerics;
using System.Security.Cryptography;
using Stun.Zk.Circuits;
using Stun.Zk.Circuits.Gadgets;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Tests.Zk.Circuits;

/// <summary>Each gadget beside what it stands for, and its signals fixed by its inputs.</summary>
public sealed class GadgetTests
{
    [Fact]
    public void Logic_has_its_truth_table()
    {
        var circuit = Sketch.Of(builder =>
        {
            var (a, b) = (builder.RequireBit(builder.Private("a")), builder.RequireBit(builder.Private("b")));
            var c = builder.RequireBit(builder.Private("c"));
            foreach (var (name, bit) in (IEnumerable<(string, Bit)>)
                [("and", a & b), ("or", a | b), ("xor", a ^ b), ("not", !a), ("select", a.Select(b, c))])
                builder.Output(name, bit.Signal);
        });
        for (var i = 0; i < 8; i++)
        {
            var (a, b, c) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            var inputs = new Assignment().Set("a", a ? 1 : 0).Set("b", b ? 1 : 0).Set("c", c ? 1 : 0);
            Assert.Equal([a & b, a | b, a ^ b, !a, a ? b : c], circuit.Publics(inputs).Select(bit => !bit.IsZero));
            circuit.IsClean(inputs);
        }
        Assert.False(circuit.Accepts(new Assignment().Set("a", 2).Set("b", 0).Set("c", 0)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(-1, false)]
    public void Zero_is_told_from_everything_else(long value, bool isZero)
    {
        var circuit = Sketch.Of(builder =>
        {
            var x = builder.Private("x");
            builder.Output("zero", builder.IsZero(x).Signal);
            builder.Output("equal", builder.IsEqual(x, builder.Constant(-1)).Signal);
        });
        var inputs = new Assignment().Set("x", value);
        Assert.Equal([isZero, value == -1], circuit.Publics(inputs).Select(bit => !bit.IsZero));
        circuit.IsClean(inputs);
    }

    [Fact]
    public void An_inverse_exists_of_everything_but_zero()
    {
        var circuit = Sketch.Of(builder => builder.Output("inverse", builder.Inverse(builder.Private("x"))));
        Assert.Equal(Fr.FromUInt64(7).Inverse(), circuit.Publics(new Assignment().Set("x", 7))[0]);
        circuit.IsClean(new Assignment().Set("x", 7));
        Assert.False(circuit.Accepts(new Assignment().Set("x", 0)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(253)]
    public void A_range_ends_where_its_bits_end(int width)
    {
        var circuit = Sketch.Of(builder => builder.ToUnsigned(builder.Private("x"), width));
        var end = BigInteger.One << width;
        foreach (var inside in (BigInteger[])[0, 1, end - 1])
        {
            Assert.True(circuit.Accepts(Given(inside)));
            circuit.IsClean(Given(inside));
        }
        foreach (var outside in (BigInteger[])[end, -1])
            Assert.False(circuit.Accepts(Given(outside)));
    }

    [Fact]
    public void Canonical_bits_are_those_below_the_prime_for_the_largest_and_smallest_numbers()
    {
        var circuit = Sketch.Of(builder =>
        {
            var bits = builder.ToCanonicalBits(builder.Private("x"));
            for (var i = 0; i < bits.Length; i++) builder.Output($"bit[{i}]", bits[i].Signal);
        });
        // Below 2^254 - r there are two sums of bits, and only one of them is canonical.
        foreach (var number in (BigInteger[])
            [0, 1, Fr.Modulus - 1, (BigInteger.One << 254) - Fr.Modulus - 1, BigInteger.One << 253])
        {
            var bits = circuit.Publics(Given(number));
            Assert.Equal(number, bits.Select((bit, i) => bit.ToBigInteger() << i).Aggregate(BigInteger.Add));
            circuit.IsClean(Given(number));
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 255)]
    [InlineData(255, 0)]
    [InlineData(100, 101)]
    [InlineData(101, 100)]
    [InlineData(255, 255)]
    public void Order_is_that_of_whole_numbers(long left, long right)
    {
        var circuit = Sketch.Of(builder =>
        {
            var a = builder.ToUnsigned(builder.Private("a"), 8);
            var b = builder.ToUnsigned(builder.Private("b"), 8);
            builder.Output("less", builder.IsLess(a, b).Signal);
            builder.Output("at-most", builder.IsAtMost(a, b).Signal);
        });
        var inputs = new Assignment().Set("a", left).Set("b", right);
        Assert.Equal([left < right, left <= right], circuit.Publics(inputs).Select(bit => !bit.IsZero));
        circuit.IsClean(inputs);
        var held = Sketch.Of(builder => builder.RequireAtMost(
            builder.ToUnsigned(builder.Private("a"), 8), builder.ToUnsigned(builder.Private("b"), 8)));
        Assert.Equal(left <= right, held.Accepts(inputs));
    }

    [Fact]
    public void Order_of_the_widest_numbers_does_not_wrap_around_the_prime()
    {
        var circuit = Sketch.Of(builder =>
        {
            var a = builder.ToUnsigned(builder.Private("a"), 252);
            builder.RequireAtMost(a, builder.ToUnsigned(builder.Private("b"), 252));
        });
        var most = (BigInteger.One << 252) - 1;
        Assert.True(circuit.Accepts(Given(0, "a").Set("b", Fr.FromBigInteger(most))));
        Assert.False(circuit.Accepts(Given(most, "a").Set("b", 0)));
        Assert.Throws<CircuitException>(() => Sketch.Of(builder => builder.RequireAtMost(
            builder.ToUnsigned(builder.Private("a"), 253), builder.ToUnsigned(builder.Private("b"), 8))));
    }

    [Theory]
    [InlineData(-128)]
    [InlineData(-8)]
    [InlineData(-7)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(127)]
    public void Shifts_round_down_below_zero_too(long value)
    {
        var circuit = Sketch.Of(builder =>
        {
            var number = builder.ToSigned(builder.Private("x"), 8);
            builder.Output("shifted", number.ShiftRight(3).Signal);
            builder.Output("clamped", number.ClampNegative().Signal);
            builder.Output("negative", number.IsNegative.Signal);
        });
        var inputs = new Assignment().Set("x", value);
        Assert.Equal([Fr.FromInt64(value >> 3), Fr.FromInt64(Math.Max(value, 0)), Fr.FromInt64(value < 0 ? 1 : 0)],
            circuit.Publics(inputs));
        circuit.IsClean(inputs);
        Assert.False(circuit.Accepts(new Assignment().Set("x", 128)));
        Assert.False(circuit.Accepts(new Assignment().Set("x", -129)));
    }

    [Theory]
    [InlineData(1, 213)]
    [InlineData(2, 240)]
    [InlineData(4, 297)]
    [InlineData(16, 609)]
    public void Poseidon_in_a_circuit_is_poseidon(int arity, int constraints)
    {
        var circuit = Sketch.Of(builder =>
        {
            builder.Output("hash", PoseidonGadget.Hash(builder, builder.Private("x", arity)));
            Assert.Equal(constraints + 1, builder.ConstraintCount);
        });
        Fr[] values = [.. Enumerable.Range(1, arity).Select(i => Fr.FromInt64(-i * 12345678901L))];
        var inputs = new Assignment().Set("x", values);
        Assert.Equal(Poseidon.Hash(values), circuit.Publics(inputs)[0]);
        circuit.IsClean(inputs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    public void A_list_in_a_circuit_has_the_hash_of_the_list(int count)
    {
        var circuit = Sketch.Of(builder =>
            builder.Output("hash", PoseidonGadget.HashList(builder, builder.Private("x", count))));
        Fr[] values = [.. Enumerable.Range(1, count).Select(i => Fr.FromUInt64((ulong)i))];
        Assert.Equal(Poseidon.HashList(values), circuit.Publics(new Assignment().Set("x", values))[0]);
    }

    [Fact]
    public void Mimc_in_a_circuit_is_mimc()
    {
        var circuit = Sketch.Of(builder =>
        {
            var values = builder.Private("x", 2);
            builder.Output("hash", MimcGadget.Hash(builder, values, builder.Private("key")));
            Assert.Equal(2 * 364 + 1, builder.ConstraintCount);
        });
        Fr[] values = [Fr.FromInt64(-5), Fr.FromUInt64(6)];
        var inputs = new Assignment().Set("x", values).Set("key", 7);
        Assert.Equal(Mimc7.Hash(values, Fr.FromUInt64(7)), circuit.Publics(inputs)[0]);
        circuit.IsClean(inputs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(55)]
    [InlineData(56)]
    public void Sha_256_in_a_circuit_is_that_of_the_framework(int length)
    {
        var circuit = ShaCircuit(length);
        var bytes = Enumerable.Range(0, length).Select(i => (byte)((i * 7 + 1) & 255)).ToArray();
        var (high, low) = Sha256Gadget.HalvesOf(SHA256.HashData(bytes));
        Assert.Equal([Fr.FromBigInteger(high), Fr.FromBigInteger(low)],
            circuit.Publics(new Assignment().Set("x", bytes.Select(value => (long)value))));
    }

    [Fact]
    public void A_leaf_of_a_tree_is_shown_by_its_path_and_no_other_leaf_is()
    {
        const int Height = 4;
        var tree = new PoseidonTree(Height, [.. Enumerable.Range(10, 9).Select(i => Fr.FromUInt64((ulong)i))]);
        var circuit = Sketch.Of(builder =>
        {
            var place = builder.ToUnsigned(builder.Private("place"), Height);
            builder.Output("root", MerkleGadget.Root(
                builder, builder.Private("leaf"), place.Bits, builder.Private("sibling", Height)));
        });
        for (var leaf = 0; leaf < 16; leaf++)
            Assert.Equal(tree.Root, circuit.Publics(Shown(leaf, leaf < 9 ? 10 + leaf : 0))[0]);
        Assert.NotEqual(tree.Root, circuit.Publics(Shown(3, 12))[0]);
        circuit.IsClean(Shown(5, 15));

        Assignment Shown(int place, long leaf) =>
            new Assignment().Set("place", place).Set("leaf", leaf).Set("sibling", tree.PathOf(place));
    }

    private static CompiledCircuit ShaCircuit(int length) => Sketch.Of(builder =>
    {
        var digest = Sha256Gadget.Hash(builder, Sha256Gadget.BitsOfBytes(builder, builder.Private("x", length)));
        builder.Output("high", Sha256Gadget.Half(builder, digest, true).Signal);
        builder.Output("low", Sha256Gadget.Half(builder, digest, false).Signal);
    });

    private static Assignment Given(BigInteger value, string name = "x") =>
        new Assignment().Set(name, Fr.FromBigInteger(value));
}
