using Stun.Zk;
using Stun.Zk.Circuits;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Plonk;

namespace Stun.Tests.Zk.Plonk;

public sealed class PlonkTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;

    private string KeyPath => Path.Combine(folder, "key.zkey");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(100)]
    public void A_proof_of_a_circuit_holds_for_its_public_values_and_no_others(int steps)
    {
        PlonkInsecureSetup.Write(KeyPath, SquareChain.Circuit(steps));
        using var key = PlonkKey.Open(KeyPath);
        using var witness = SquareChain.Witness(steps);
        var proof = new PlonkProver(key).Prove(witness);
        var verifier = new PlonkVerifier(key.VerificationKey);
        Assert.Null(verifier.Check([witness[1]], proof));
        Assert.Equal(ZkCodes.Proof, verifier.Check([witness[1] + Fr.One], proof)?.Code);
        Assert.Equal(ZkCodes.Publics, verifier.Check([], proof)?.Code);
    }

    [Fact]
    public void Wide_and_constant_combinations_become_gates_that_hold()
    {
        // Wires: 1, output, inputs x, y, z; out = (2x + 3y + 4z + 5)(x - y + z - 1), 7 = 7, x + y + z + s = out.
        var system = new ConstraintSystem(new WireCounts(6, 1, 0, 3));
        Fr N(long value) => Fr.FromInt64(value);
        system.Add([new(2, N(2)), new(3, N(3)), new(4, N(4)), new(0, N(5))],
            [new(2, N(1)), new(3, N(-1)), new(4, N(1)), new(0, N(-1))], [new(1, N(1))]);
        system.Add([new(0, N(7))], [new(0, N(1))], [new(0, N(7))]);
        system.Add([new(2, N(1)), new(3, N(1)), new(4, N(1)), new(5, N(1))], [new(0, N(1))], [new(1, N(1))]);
        system.Add([], [new(2, N(1))], []);
        PlonkInsecureSetup.Write(KeyPath, system);
        using var key = PlonkKey.Open(KeyPath);
        long x = 11, y = -4, z = 30;
        var output = ((2 * x) + (3 * y) + (4 * z) + 5) * (x - y + z - 1);
        using var witness = Witness.From([N(1), N(output), N(x), N(y), N(z), N(output - x - y - z)]);
        var proof = new PlonkProver(key).Prove(witness);
        Assert.True(new PlonkVerifier(key.VerificationKey).Verify([N(output)], proof));
        using var wrong = Witness.From([N(1), N(output), N(x), N(y), N(z), N(output - x - y - z + 1)]);
        Assert.Equal(ZkCodes.Witness, Assert.Throws<ZkException>(() => new PlonkProver(key).Prove(wrong)).Code);
    }

    [Fact]
    public void A_witness_that_breaks_a_constraint_gives_no_proof()
    {
        PlonkInsecureSetup.Write(KeyPath, SquareChain.Circuit(9));
        using var key = PlonkKey.Open(KeyPath);
        var values = SquareChain.Values(9, Fr.FromUInt64(5));
        values[6] += Fr.One;
        using var broken = Witness.From(values);
        Assert.Equal(ZkCodes.Witness, Assert.Throws<ZkException>(() => new PlonkProver(key).Prove(broken)).Code);
        using var shorter = Witness.From(values.AsSpan(0, 10));
        Assert.Equal(ZkCodes.Witness, Assert.Throws<ZkException>(() => new PlonkProver(key).Prove(shorter)).Code);
    }

    /// <summary>Values of the permutations at xi differ too, for xi depends on all that is blinded.</summary>
    [Fact]
    public void Two_proofs_of_one_witness_share_no_point_and_no_value()
    {
        PlonkInsecureSetup.Write(KeyPath, SquareChain.Circuit(4));
        using var key = PlonkKey.Open(KeyPath);
        using var witness = SquareChain.Witness(4);
        var (one, other) = (new PlonkProver(key).Prove(witness), new PlonkProver(key).Prove(witness));
        Assert.All(one.Commitments.Named.Zip(other.Commitments.Named),
            pair => Assert.NotEqual(pair.First.Point, pair.Second.Point));
        Assert.NotEqual(one.Values.A, other.Values.A);
        Assert.NotEqual(one.Values.B, other.Values.B);
        Assert.NotEqual(one.Values.C, other.Values.C);
        Assert.NotEqual(one.Values.Zw, other.Values.Zw);
    }

    [Fact]
    public void Every_part_of_a_proof_counts()
    {
        PlonkInsecureSetup.Write(KeyPath, SquareChain.Circuit(4));
        using var key = PlonkKey.Open(KeyPath);
        using var witness = SquareChain.Witness(4);
        var proof = new PlonkProver(key).Prove(witness);
        var verifier = new PlonkVerifier(key.VerificationKey);
        Fr[] publics = [witness[1]];
        var (points, values) = (proof.Commitments, proof.Values);
        var g = G1.Generator;
        foreach (var wrong in new[]
        {
            points with { A = g }, points with { B = g }, points with { C = g }, points with { Z = g },
            points with { T1 = g }, points with { T2 = g }, points with { T3 = g }, points with { Wxi = g },
            points with { Wxiw = g }, points with { A = -points.A }, points with { Z = default },
            points with { Wxi = default, Wxiw = default },
        })
        {
            Assert.Equal(ZkCodes.Proof, verifier.Check(publics, proof with { Commitments = wrong })?.Code);
        }
        foreach (var wrong in new[]
        {
            values with { A = values.A + Fr.One }, values with { B = values.B + Fr.One },
            values with { C = values.C + Fr.One }, values with { S1 = values.S1 + Fr.One },
            values with { S2 = values.S2 + Fr.One }, values with { Zw = values.Zw + Fr.One },
            values with { A = default, B = default, C = default, S1 = default, S2 = default, Zw = default },
        })
        {
            Assert.Equal(ZkCodes.Proof, verifier.Check(publics, proof with { Values = wrong })?.Code);
        }
        var off = new AffinePoint<Fq>(points.T2.X, points.T2.Y + Fq.One);
        var check = verifier.Check(publics, proof with { Commitments = points with { T2 = off } });
        Assert.Equal(ZkCodes.Point, check?.Code);
    }

    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Known_texts_have_known_hashes(string text, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Keccak.Hash(System.Text.Encoding.UTF8.GetBytes(text))));
}
