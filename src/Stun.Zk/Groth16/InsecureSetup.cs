using System.Security.Cryptography;
using Stun.Zk.Circuits;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;
using Stun.Zk.Sums;

namespace Stun.Zk.Groth16;

/// <summary>
/// Makes keys of Groth16 from secrets that this process has drawn, known and forgotten. Nobody else can know that it
/// has: whoever runs it could have kept them and prove anything. So such keys are for development and tests, and say so
/// in themselves; value needs keys of a ceremony.
/// </summary>
public static class InsecureSetup
{
    /// <summary>What stands in the place of the circuit's hash in the record of contributions.</summary>
    internal static ReadOnlySpan<byte> Stamp =>
        "INSECURE: one party knew the secrets. For development and tests."u8;

    /// <summary>A section of the key's points in G2 is read as one piece of at most two GiB.</summary>
    internal const int PowerMax = 24;

    private const int WiresMax = int.MaxValue / G2.ByteCount;

    /// <summary>Writes a complete proving key for a circuit.</summary>
    public static void Write(string path, ConstraintSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var power = Math.Max(1, Domain.PowerFor((long)system.Count + system.Wires.Public + 1));
        if (power > PowerMax)
        {
            throw new ZkException(ZkCodes.Circuit,
                $"The circuit needs a domain of 2^{power} points; 2^{PowerMax} is the most.");
        }
        if (system.Wires.Wires > WiresMax)
        {
            throw new ZkException(ZkCodes.Circuit,
                $"The circuit has {system.Wires.Wires} wires; {WiresMax} is the most.");
        }
        var secrets = new Secrets(Random(), Random(), Random(), Random());
        var columns = new Columns(system, Lagrange.At(power, secrets.Tau));
        using var writer = SectionWriter.Create(path, ZkeyFile.Kind, 1, 10);
        writer.Begin(1);
        writer.Write(ZkeyFile.Groth16);
        WriteHeader(writer, system, power, secrets);
        WriteCoefficients(writer, system);
        WritePoints(writer, system, columns, secrets, power);
        writer.Begin(Groth16Key.Contributions);
        writer.Write(Stamp);
        writer.Write(0u);
        writer.Complete();
    }

    private static void WriteHeader(SectionWriter writer, ConstraintSystem system, int power, Secrets secrets)
    {
        writer.Begin(2);
        writer.WritePrime<BasePrime>();
        writer.WritePrime<ScalarPrime>();
        writer.Write((uint)system.Wires.Wires);
        writer.Write((uint)system.Wires.Public);
        writer.Write(1u << power);
        writer.WriteRaw(CurvePoint<Fq>.Multiply(G1.Generator, secrets.Alpha).ToAffine());
        writer.WriteRaw(CurvePoint<Fq>.Multiply(G1.Generator, secrets.Beta).ToAffine());
        writer.WriteRaw(CurvePoint<Fq2>.Multiply(G2.Generator, secrets.Beta).ToAffine());
        // Gamma is one in every file of this form: what it would keep apart, the public wires, delta keeps apart too.
        writer.WriteRaw(G2.Generator);
        writer.WriteRaw(CurvePoint<Fq>.Multiply(G1.Generator, secrets.Delta).ToAffine());
        writer.WriteRaw(CurvePoint<Fq2>.Multiply(G2.Generator, secrets.Delta).ToAffine());
    }

    private static void WriteCoefficients(SectionWriter writer, ConstraintSystem system)
    {
        var count = system.Wires.Public + 1L;
        for (var i = 0; i < system.Count; i++) count += system.A(i).Length + system.B(i).Length;
        writer.Begin(Groth16Key.Coefficients);
        writer.Write(checked((uint)count));
        for (var i = 0; i < system.Count; i++)
        {
            foreach (var term in system.A(i)) WriteCoefficient(writer, 0, i, term);
            foreach (var term in system.B(i)) WriteCoefficient(writer, 1, i, term);
        }
        for (var wire = 0; wire <= system.Wires.Public; wire++)
        {
            WriteCoefficient(writer, 0, system.Count + wire, new Term(wire, Fr.One));
        }
    }

    private static void WriteCoefficient(SectionWriter writer, uint matrix, int row, Term term)
    {
        writer.Write(matrix);
        writer.Write((uint)row);
        writer.Write((uint)term.Wire);
        writer.WriteRaw(Montgomery<ScalarPrime>.FromCanonical(term.Coefficient.Value));
    }

    private static void WritePoints(SectionWriter writer, ConstraintSystem system, Columns columns, Secrets secrets,
        int power)
    {
        var g1 = G1.Generator;
        var inputs = system.Wires.Public + 1;
        var inverse = secrets.Delta.Inverse();
        var sums = columns.Combined(secrets.Alpha, secrets.Beta);
        foreach (ref var sum in sums.AsSpan(inputs)) sum *= inverse;
        WriteMultiples(writer, 3, g1, sums.AsSpan(0, inputs));
        WriteMultiples(writer, Groth16Key.PointsA, g1, columns.A);
        WriteMultiples(writer, Groth16Key.PointsB1, g1, columns.B);
        WriteMultiples(writer, Groth16Key.PointsB2, G2.Generator, columns.B);
        WriteMultiples(writer, Groth16Key.PointsC, g1, sums.AsSpan(inputs));

        var lagrange = Lagrange.At(power + 1, secrets.Tau);
        var odd = new Fr[1 << power];
        for (var i = 0; i < odd.Length; i++) odd[i] = lagrange[(2 * i) + 1] * inverse;
        WriteMultiples(writer, Groth16Key.PointsH, g1, odd);
    }

    private static void WriteMultiples<T>(SectionWriter writer, uint section, in AffinePoint<T> basis,
        ReadOnlySpan<Fr> scalars) where T : unmanaged, IField<T>
    {
        using var points = new NativeArray<AffinePoint<T>>(scalars.Length);
        FixedBase.Multiply(basis, scalars, points.Span);
        writer.Begin(section);
        writer.WriteRaw<AffinePoint<T>>(points.Span);
    }

    private static Fr Random()
    {
        Span<byte> bytes = stackalloc byte[64];
        RandomNumberGenerator.Fill(bytes);
        return Fr.FromBigInteger(new System.Numerics.BigInteger(bytes, isUnsigned: true));
    }

    private sealed record Secrets(Fr Tau, Fr Alpha, Fr Beta, Fr Delta);

    /// <summary>The values at tau of the three polynomials that each wire has.</summary>
    private sealed class Columns
    {
        public readonly Fr[] A;
        public readonly Fr[] B;
        private readonly Fr[] c;

        public Columns(ConstraintSystem system, Fr[] lagrange)
        {
            A = new Fr[system.Wires.Wires];
            B = new Fr[system.Wires.Wires];
            c = new Fr[system.Wires.Wires];
            for (var i = 0; i < system.Count; i++)
            {
                foreach (var term in system.A(i)) A[term.Wire] += term.Coefficient * lagrange[i];
                foreach (var term in system.B(i)) B[term.Wire] += term.Coefficient * lagrange[i];
                foreach (var term in system.C(i)) c[term.Wire] += term.Coefficient * lagrange[i];
            }
            // A row of its own for each public wire keeps their columns independent of one another.
            for (var wire = 0; wire <= system.Wires.Public; wire++) A[wire] += lagrange[system.Count + wire];
        }

        public Fr[] Combined(Fr alpha, Fr beta)
        {
            var sums = new Fr[A.Length];
            for (var i = 0; i < sums.Length; i++) sums[i] = (beta * A[i]) + (alpha * B[i]) + c[i];
            return sums;
        }
    }
}
