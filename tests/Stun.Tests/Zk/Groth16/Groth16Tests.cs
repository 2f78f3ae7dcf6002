using Stun.Tests.Zk.Curves;
using Stun.Zk;
using Stun.Zk.Circuits;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;

namespace Stun.Tests.Zk.Groth16;

public sealed class Groth16Tests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;

    private string KeyPath => Path.Combine(folder, "key.zkey");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(300)]
    public void A_proof_of_a_circuit_holds_for_its_public_values_and_no_others(int steps)
    {
        var system = SquareChain.Circuit(steps);
        InsecureSetup.Write(KeyPath, system);
        using var key = Groth16Key.Open(KeyPath);
        using var witness = SquareChain.Witness(steps);
        var proof = new Groth16Prover(key).Prove(witness);
        var verifier = new Groth16Verifier(key.VerificationKey);
        // The first check of a verifier goes another way than those after it.
        Assert.Equal(ZkCodes.Proof,
            new Groth16Verifier(key.VerificationKey).Check([witness[1] + Fr.One], proof)?.Code);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(verifier.Check([witness[1]], proof));
            Assert.Equal(ZkCodes.Proof, verifier.Check([witness[1] + Fr.One], proof)?.Code);
        }
        Assert.Equal(ZkCodes.Publics, verifier.Check([], proof)?.Code);
        Assert.Equal(ZkCodes.Publics, verifier.Check([witness[1], Fr.Zero], proof)?.Code);
        Assert.True(key.IsInsecure);
    }

    [Fact]
    public void Two_proofs_of_one_witness_share_no_point()
    {
        InsecureSetup.Write(KeyPath, SquareChain.Circuit(4));
        using var key = Groth16Key.Open(KeyPath);
        using var witness = SquareChain.Witness(4);
        var prover = new Groth16Prover(key);
        var (one, other) = (prover.Prove(witness), prover.Prove(witness));
        Assert.NotEqual(one.A, other.A);
        Assert.NotEqual(one.B, other.B);
        Assert.NotEqual(one.C, other.C);
    }

    [Fact]
    public void A_witness_that_breaks_a_constraint_gives_no_proof()
    {
        InsecureSetup.Write(KeyPath, SquareChain.Circuit(9));
        using var key = Groth16Key.Open(KeyPath);
        var values = SquareChain.Values(9, Fr.FromUInt64(5));
        values[6] += Fr.One;
        using var broken = Witness.From(values);
        Assert.Equal(ZkCodes.Witness, Refused(() => new Groth16Prover(key).Prove(broken)));
        using var shorter = Witness.From(values.AsSpan(0, 10));
        Assert.Equal(ZkCodes.Witness, Refused(() => new Groth16Prover(key).Prove(shorter)));
    }

    [Fact]
    public void Points_of_a_proof_that_are_not_of_their_groups_are_refused()
    {
        InsecureSetup.Write(KeyPath, SquareChain.Circuit(4));
        using var key = Groth16Key.Open(KeyPath);
        using var witness = SquareChain.Witness(4);
        var proof = new Groth16Prover(key).Prove(witness);
        var verifier = new Groth16Verifier(key.VerificationKey);
        Fr[] publics = [witness[1]];
        var off = new AffinePoint<Fq>(proof.A.X, proof.A.Y + Fq.One);
        var off2 = new AffinePoint<Fq2>(proof.B.X, proof.B.Y + Fq2.One);
        foreach (var bad in new[]
        {
            proof with { A = off }, proof with { C = off }, proof with { B = off2 },
            proof with { B = GroupTests.OutsideOfTheGroup() }, proof with { A = default }, proof with { B = default },
            proof with { A = default, B = default, C = default },
        })
        {
            Assert.Equal(ZkCodes.Point, verifier.Check(publics, bad)?.Code);
        }
        foreach (var wrong in new[]
        {
            proof with { C = default }, proof with { A = -proof.A }, proof with { B = -proof.B },
            proof with { C = -proof.C }, proof with { A = G1.Generator }, proof with { B = G2.Generator },
            proof with { A = proof.C, C = proof.A },
        })
        {
            Assert.Equal(ZkCodes.Proof, verifier.Check(publics, wrong)?.Code);
        }
    }

    [Fact]
    public void What_stays_malleable_is_what_the_documents_say()
    {
        InsecureSetup.Write(KeyPath, SquareChain.Circuit(4));
        using var key = Groth16Key.Open(KeyPath);
        using var witness = SquareChain.Witness(4);
        var proof = new Groth16Prover(key).Prove(witness);
        var verifier = new Groth16Verifier(key.VerificationKey);
        Fr[] publics = [witness[1]];
        Assert.True(verifier.Verify(publics, proof with { A = -proof.A, B = -proof.B }));

        // (A / t, t B) and (A, B + t delta, C + t A): anybody can make these from a proof.
        var t = Fr.FromUInt64(77);
        var a = CurvePoint<Fq>.Multiply(proof.A, t.Inverse()).ToAffine();
        var b = CurvePoint<Fq2>.Multiply(proof.B, t).ToAffine();
        Assert.True(verifier.Verify(publics, proof with { A = a, B = b }));
        var shifted = CurvePoint<Fq2>.Multiply(key.VerificationKey.Delta, t);
        shifted.Add(proof.B);
        var c = CurvePoint<Fq>.Multiply(proof.A, t);
        c.Add(proof.C);
        Assert.True(verifier.Verify(publics, proof with { B = shifted.ToAffine(), C = c.ToAffine() }));
    }

    [Fact]
    public void All_points_of_a_key_lie_on_their_curves()
    {
        InsecureSetup.Write(KeyPath, SquareChain.Circuit(3));
        using (var key = Groth16Key.Open(KeyPath)) key.CheckPoints(TestContext.Current.CancellationToken);
        var bytes = File.ReadAllBytes(KeyPath);
        // The last section but one is that of H; its last coordinate lies before the stamp and a count.
        bytes[^(12 + 68 + 20)] ^= 1;
        File.WriteAllBytes(KeyPath, bytes);
        using var damaged = Groth16Key.Open(KeyPath);
        Assert.Equal(ZkCodes.Point, Refused(() => damaged.CheckPoints(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Circuits_come_back_from_their_files()
    {
        var system = new ConstraintSystem(new WireCounts(6, 1, 2, 1));
        system.Add([new(1, Fr.FromInt64(-4)), new(5, Fr.One)], [], [new(0, Fr.FromUInt64(9))]);
        system.Add([], [new(2, Fr.One)], []);
        var path = Path.Combine(folder, "c.r1cs");
        R1csFile.Write(path, system);
        var back = R1csFile.Read(path);
        Assert.Equal(system.Wires, back.Wires);
        Assert.Equal(2, back.Count);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(system.A(i), back.A(i));
            Assert.Equal(system.B(i), back.B(i));
            Assert.Equal(system.C(i), back.C(i));
        }
        using var witness = SquareChain.Witness(8);
        var wtns = Path.Combine(folder, "w.wtns");
        witness.Write(wtns);
        using var read = Witness.Read(wtns);
        Assert.Equal(Enumerable.Range(0, witness.Count).Select(i => witness[i]),
            Enumerable.Range(0, read.Count).Select(i => read[i]));
    }

    private static string Refused(Action action) => Assert.Throws<ZkException>(action).Code;
}
