using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;
using Stun.Zk.Sums;

namespace Stun.Zk.Groth16;

/// <summary>
/// Makes proofs of Groth16 (J. Groth, 2016) from a key file. The sections of points are read one after the other, so
/// that memory holds one of them at a time. A proof that its own key refuses is never handed out: that is also what a
/// damaged key ends in.
/// </summary>
public sealed class Groth16Prover(Groth16Key key)
{
    /// <summary>Is told what begins: a name of the step, and how many thousandths of the way lie behind.</summary>
    public Action<string, int>? Progress { get; init; }

    /// <summary>Ends a proof that is being made, within about a second.</summary>
    public CancellationToken Stop { get; init; }

    /// <exception cref="ZkException">The witness is of another circuit, or breaks its constraints.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Groth16Proof Prove(Witness witness)
    {
        ArgumentNullException.ThrowIfNull(witness);
        if (witness.Count != key.Wires)
        {
            throw new ZkException(ZkCodes.Witness,
                $"The witness has {witness.Count} wires and the circuit of the key {key.Wires}.");
        }
        var proof = Assemble(witness);
        Progress?.Invoke("check", 980);
        var publics = new Fr[key.PublicCount];
        for (var i = 0; i < publics.Length; i++) publics[i] = witness[i + 1];
        if (new Groth16Verifier(key.VerificationKey).Verify(publics, proof)) return proof;
        throw new ZkException(ZkCodes.Witness,
            "The witness breaks a constraint of the circuit, or the key is damaged: no proof can be made of it.");
    }

    private Groth16Proof Assemble(Witness witness)
    {
        Fr r = RandomScalar(), s = RandomScalar();
        CurvePoint<Fq> c;
        Progress?.Invoke("quotient", 0);
        using (var quotient = Quotient(witness.Values))
        {
            Progress?.Invoke("H", 150);
            c = Sum<Fq>(Groth16Key.PointsH, quotient.Span);
        }
        var values = witness.Values;
        Progress?.Invoke("C", 300);
        c.Add(Sum<Fq>(Groth16Key.PointsC, values[(key.PublicCount + 1)..]));

        Progress?.Invoke("A", 450);
        var a = Sum<Fq>(Groth16Key.PointsA, values);
        a.Add(key.VerificationKey.Alpha);
        a.Add(CurvePoint<Fq>.Multiply(key.Delta1, r));

        Progress?.Invoke("B", 600);
        var b1 = Sum<Fq>(Groth16Key.PointsB1, values);
        b1.Add(key.Beta1);
        b1.Add(CurvePoint<Fq>.Multiply(key.Delta1, s));

        Progress?.Invoke("B in G2", 700);
        var b = Sum<Fq2>(Groth16Key.PointsB2, values);
        b.Add(key.VerificationKey.Beta);
        b.Add(CurvePoint<Fq2>.Multiply(key.VerificationKey.Delta, s));

        var affineA = a.ToAffine();
        c.Add(CurvePoint<Fq>.Multiply(affineA, s));
        c.Add(CurvePoint<Fq>.Multiply(b1.ToAffine(), r));
        c.Add(CurvePoint<Fq>.Multiply(key.Delta1, -(r * s)));
        return new Groth16Proof(affineA, b.ToAffine(), c.ToAffine());
    }

    private CurvePoint<T> Sum<T>(uint section, ReadOnlySpan<Limbs> scalars)
        where T : unmanaged, IField<T>
    {
        Stop.ThrowIfCancellationRequested();
        using var points = key.File.Read<AffinePoint<T>>(section);
        return MultiScalarSum.OfCanonical<T>(points.Span, scalars, Stop);
    }

    /// <summary>
    /// A * B - C at the odd points of the domain of twice the size, as canonical numbers: the combinations of all
    /// constraints, made polynomials, shifted by the root of that domain and evaluated again. The key's points for them
    /// have the division by the vanishing polynomial in them.
    /// </summary>
    private NativeArray<Limbs> Quotient(ReadOnlySpan<Limbs> witness)
    {
        using var domain = new Domain(key.Power);
        using var a = new NativeArray<Fr>(domain.Size);
        using var b = new NativeArray<Fr>(domain.Size);
        Combine(witness, a.Span, b.Span);
        using var c = new NativeArray<Fr>(domain.Size, cleared: false);
        Products(a.Span, b.Span, c.Span);
        var shift = Fr.RootOfUnity(key.Power + 1);
        foreach (var polynomial in (ReadOnlySpan<NativeArray<Fr>>)[a, b, c])
        {
            Stop.ThrowIfCancellationRequested();
            domain.ToCoefficients(polynomial.Span, shift);
            Stop.ThrowIfCancellationRequested();
            domain.ToValues(polynomial.Span);
        }
        var result = new NativeArray<Limbs>(domain.Size, cleared: false);
        Canonical(a.Span, b.Span, c.Span, result.Span);
        return result;
    }

    private static void Products(ReadOnlySpan<Fr> a, ReadOnlySpan<Fr> b, Span<Fr> c)
    {
        for (var i = 0; i < c.Length; i++) c[i] = a[i] * b[i];
    }

    private static void Canonical(ReadOnlySpan<Fr> a, ReadOnlySpan<Fr> b, ReadOnlySpan<Fr> c, Span<Limbs> result)
    {
        for (var i = 0; i < result.Length; i++) result[i] = ((a[i] * b[i]) - c[i]).ToCanonical();
    }

    /// <summary>
    /// The values of the combinations of both matrices. A coefficient lies in the file as coefficient * 2^512, so that
    /// its product with the plain value of a wire is in Montgomery's form at once.
    /// </summary>
    private void Combine(ReadOnlySpan<Limbs> witness, Span<Fr> a, Span<Fr> b)
    {
        var cursor = key.File.Walk(Groth16Key.Coefficients);
        var count = cursor.TakeUInt32();
        for (var i = 0u; i < count; i++)
        {
            if ((i & 0xFFFF) == 0) Stop.ThrowIfCancellationRequested();
            var entry = cursor.Take(Groth16Key.CoefficientSize);
            var matrix = BinaryPrimitives.ReadUInt32LittleEndian(entry);
            var row = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            var wire = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            if (matrix > 1 || row >= a.Length || wire >= witness.Length)
            {
                throw key.File.Shape($"coefficient {i} names row {row} of matrix {matrix} and wire {wire}");
            }
            var coefficient = new Fr(MemoryMarshal.Read<Limbs>(entry[12..]));
            var target = matrix == 0 ? a : b;
            target[(int)row] += coefficient * new Fr(witness[(int)wire]);
        }
    }

    private static Fr RandomScalar()
    {
        Span<byte> bytes = stackalloc byte[32];
        Fr value;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            bytes[31] &= 0x3F;
        }
        while (!Fr.TryReadLittleEndian(bytes, out value) || value.IsZero);
        return value;
    }
}
