using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Sums;

namespace Stun.Zk.Plonk;

/// <summary>
/// Whether the parts of a proving key belong together: its powers are those of the secret in its header, its
/// commitments those of its polynomials, and gates and permutations name wires that there are. It does not say whose
/// circuit that is, nor who knows the secret.
/// </summary>
internal sealed class PlonkKeyCheck(PlonkKey key, CancellationToken cancel)
{
    /// <exception cref="ZkException">The first thing that is wrong.</exception>
    public void Run()
    {
        CheckWires();
        using var powers = key.File.Read<AffinePoint<Fq>>(PlonkKey.SecretPowers);
        CheckPowers(powers.Span);
        CheckCommitments(powers.Span[..key.Size]);
    }

    private void CheckWires()
    {
        var witness = key.Wires - key.AdditionCount;
        var additions = key.File.Walk(PlonkKey.Additions);
        for (var i = 0; i < key.AdditionCount; i++)
        {
            var addition = additions.Take(PlonkKey.AdditionSize);
            RequireWire(BinaryPrimitives.ReadUInt32LittleEndian(addition), witness + i);
            RequireWire(BinaryPrimitives.ReadUInt32LittleEndian(addition[4..]), witness + i);
            RequireScalars(MemoryMarshal.Cast<byte, Limbs>(addition[8..]), PlonkKey.Additions);
        }
        for (var map = PlonkKey.MapA; map <= PlonkKey.MapC; map++)
        {
            var wires = key.File.Walk(map);
            for (var gate = 0; gate < key.GateCount; gate++) RequireWire(wires.TakeUInt32(), key.Wires);
        }
    }

    /// <summary>
    /// Each power is the one before it times the secret: of a combination with factors that nobody could foresee that
    /// is one pairing, whatever their number.
    /// </summary>
    private void CheckPowers(ReadOnlySpan<AffinePoint<Fq>> powers)
    {
        for (var i = 0; i < powers.Length; i++)
        {
            if ((i & 0xFFFF) == 0) cancel.ThrowIfCancellationRequested();
            var place = $"{key.File.Path}: power {i} of the secret";
            Points.RequireCanonical(powers[i], place);
            Points.RequireG1(powers[i], place);
        }
        if (powers[0] != G1.Generator) throw key.File.Shape("its first power of the secret is not the generator");
        using var factors = Points.RandomFactors(powers.Length - 1);
        var low = MultiScalarSum.OfCanonical(powers[..^1], factors.Span, cancel).ToAffine();
        var high = MultiScalarSum.OfCanonical(powers[1..], factors.Span, cancel).ToAffine();
        if (Pairing.ProductIsOne([-high, low], [new G2Lines(G2.Generator), new G2Lines(key.VerificationKey.Secret)]))
            return;
        throw key.File.Shape("its powers are not those of the secret in its header");
    }

    private void CheckCommitments(ReadOnlySpan<AffinePoint<Fq>> powers)
    {
        var gates = key.VerificationKey.Gates;
        AffinePoint<Fq>[] selectors = [gates.Qm, gates.Ql, gates.Qr, gates.Qo, gates.Qc];
        AffinePoint<Fq>[] permutations = [gates.S1, gates.S2, gates.S3];
        for (var i = 0; i < selectors.Length; i++)
        {
            using var polynomial = key.Coefficients(PlonkKey.Qm + (uint)i);
            RequireCommitment(polynomial.Span, powers, selectors[i], $"section {PlonkKey.Qm + i}");
        }
        for (var i = 0; i < permutations.Length; i++)
        {
            using var polynomial = key.Permutation(i);
            RequireCommitment(polynomial.Span, powers, permutations[i], $"permutation {i}");
        }
    }

    private void RequireCommitment(ReadOnlySpan<Fr> polynomial, ReadOnlySpan<AffinePoint<Fq>> powers,
        AffinePoint<Fq> commitment, string name)
    {
        using var canonical = new NativeArray<Limbs>(polynomial.Length, cleared: false);
        for (var i = 0; i < polynomial.Length; i++) canonical.Span[i] = polynomial[i].ToCanonical();
        if (MultiScalarSum.OfCanonical(powers, canonical.Span, cancel).ToAffine() == commitment) return;
        throw key.File.Shape($"{name} is not the polynomial that its header commits to");
    }

    private void RequireScalars(ReadOnlySpan<Limbs> scalars, uint section)
    {
        foreach (var scalar in scalars)
        {
            if (scalar.IsBelow(Montgomery<ScalarPrime>.Prime)) continue;
            throw new ZkException(ZkCodes.Number,
                $"{key.File.Path}: a number of section {section} is not below the prime of scalars.");
        }
    }

    private void RequireWire(uint wire, int below)
    {
        if (wire >= below) throw key.File.Shape($"a gate names wire {wire} where {below} are known");
    }
}
