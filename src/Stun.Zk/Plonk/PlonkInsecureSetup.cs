using System.Numerics;
using System.Security.Cryptography;
using Stun.Zk.Circuits;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;
using Stun.Zk.Sums;

namespace Stun.Zk.Plonk;

/// <summary>
/// Makes keys of PLONK from a secret that this process has drawn, known and forgotten: whoever runs it could have kept
/// it and prove anything. For development and tests only. The form has no room for a mark that other tools would keep:
/// an empty section of an id of ours says it.
/// </summary>
public static class PlonkInsecureSetup
{
    /// <summary>The id of the section that marks a key as insecure; tools that do not know it pass over it.</summary>
    internal const uint Stamp = 0x1A5EC0DE;

    /// <summary>Writes a complete proving key for a circuit.</summary>
    public static void Write(string path, ConstraintSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var list = new GateList(system);
        // The quotient of blinded polynomials is longer than four times a smaller domain.
        var power = Math.Max(3, Domain.PowerFor(list.Gates.Count));
        if (power > PlonkKey.PowerMax)
        {
            throw new ZkException(ZkCodes.Circuit,
                $"The circuit needs a domain of 2^{power} points; 2^{PlonkKey.PowerMax} is the most.");
        }
        new Writing(list, system.Wires.Public, power).Run(path);
    }

    /// <summary>One key under way.</summary>
    private sealed class Writing(GateList list, int publics, int power)
    {
        private readonly Fr tau = Random();
        private readonly List<AffinePoint<Fq>> commitments = [];
        private readonly Fr k1 = Outside(power, []);

        public void Run(string path)
        {
            var k2 = Outside(power, [k1]);
            using var domain = new Domain(power);
            using var larger = new Domain(power + 2);
            using var writer = SectionWriter.Create(path, ZkeyFile.Kind, 1, 15);
            writer.Begin(1);
            writer.Write(ZkeyFile.Plonk);
            WriteWires(writer);
            WritePolynomials(writer, domain, larger, k2);
            WritePowers(writer);
            WriteHeader(writer, k2);
            writer.Begin(Stamp);
            writer.Complete();
        }

        private void WriteWires(SectionWriter writer)
        {
            writer.Begin(PlonkKey.Additions);
            foreach (var addition in list.Additions)
            {
                writer.Write((uint)addition.Left.Wire);
                writer.Write((uint)addition.Right.Wire);
                writer.WriteRaw(addition.Left.Coefficient);
                writer.WriteRaw(addition.Right.Coefficient);
            }
            WriteMap(writer, PlonkKey.MapA, gate => gate.A);
            WriteMap(writer, PlonkKey.MapB, gate => gate.B);
            WriteMap(writer, PlonkKey.MapC, gate => gate.C);
        }

        private void WriteMap(SectionWriter writer, uint section, Func<GateList.Gate, int> wire)
        {
            writer.Begin(section);
            foreach (var gate in list.Gates) writer.Write((uint)wire(gate));
        }

        private void WritePolynomials(SectionWriter writer, Domain domain, Domain larger, Fr k2)
        {
            var selectors = new (uint Section, Func<GateList.Gate, Fr> Value)[]
            {
                (PlonkKey.Qm, gate => gate.Qm), (PlonkKey.Ql, gate => gate.Ql), (PlonkKey.Qr, gate => gate.Qr),
                (PlonkKey.Qo, gate => gate.Qo), (PlonkKey.Qc, gate => gate.Qc),
            };
            foreach (var (section, value) in selectors)
            {
                writer.Begin(section);
                var values = new Fr[domain.Size];
                for (var i = 0; i < list.Gates.Count; i++) values[i] = value(list.Gates[i]);
                commitments.Add(WritePolynomial(writer, values, domain, larger));
            }
            writer.Begin(PlonkKey.Sigma);
            foreach (var values in Permutation(domain, k2))
            {
                commitments.Add(WritePolynomial(writer, values, domain, larger));
            }
            writer.Begin(PlonkKey.Lagrange);
            for (var i = 0; i < Math.Max(1, publics); i++)
            {
                var values = new Fr[domain.Size];
                values[i] = Fr.One;
                WritePolynomial(writer, values, domain, larger);
            }
        }

        /// <summary>Writes coefficients and the values on four times as many points; answers the commitment.</summary>
        private AffinePoint<Fq> WritePolynomial(SectionWriter writer, Fr[] values, Domain domain, Domain larger)
        {
            domain.ToCoefficients(values);
            writer.WriteRaw<Fr>(values);
            var extended = new Fr[larger.Size];
            values.CopyTo(extended, 0);
            larger.ToValues(extended);
            writer.WriteRaw<Fr>(extended);
            var at = Fr.Zero;
            for (var i = values.Length - 1; i >= 0; i--) at = (at * tau) + values[i];
            return CurvePoint<Fq>.Multiply(G1.Generator, at).ToAffine();
        }

        /// <summary>
        /// Each place of a wire leads to the next place of the same wire, and the last one to the first.
        /// </summary>
        private Fr[][] Permutation(Domain domain, Fr k2)
        {
            var size = domain.Size;
            var columns = new[] { new Fr[size], new Fr[size], new Fr[size] };
            var first = new (int Column, int Row, Fr Name)[list.Wires];
            var last = new Fr[list.Wires];
            Fr[] cosets = [Fr.One, k1, k2];
            var root = Fr.One;
            for (var row = 0; row < size; row++, root *= domain.Root)
            {
                var gate = row < list.Gates.Count ? list.Gates[row] : new GateList.Gate(0, 0, 0);
                for (var column = 0; column < 3; column++)
                {
                    var wire = column == 0 ? gate.A : column == 1 ? gate.B : gate.C;
                    var name = root * cosets[column];
                    if (last[wire].IsZero) first[wire] = (column, row, name);
                    else columns[column][row] = last[wire];
                    last[wire] = name;
                }
            }
            for (var wire = 0; wire < list.Wires; wire++)
            {
                if (!last[wire].IsZero) columns[first[wire].Column][first[wire].Row] = last[wire];
            }
            return columns;
        }

        private void WritePowers(SectionWriter writer)
        {
            var scalars = new Fr[(1 << power) + PlonkKey.MorePowers];
            scalars[0] = Fr.One;
            for (var i = 1; i < scalars.Length; i++) scalars[i] = scalars[i - 1] * tau;
            using var points = new NativeArray<AffinePoint<Fq>>(scalars.Length);
            FixedBase.Multiply(G1.Generator, scalars, points.Span);
            writer.Begin(PlonkKey.SecretPowers);
            writer.WriteRaw<AffinePoint<Fq>>(points.Span);
        }

        private void WriteHeader(SectionWriter writer, Fr k2)
        {
            writer.Begin(2);
            writer.WritePrime<BasePrime>();
            writer.WritePrime<ScalarPrime>();
            writer.Write((uint)list.Wires);
            writer.Write((uint)publics);
            writer.Write(1u << power);
            writer.Write((uint)list.Additions.Count);
            writer.Write((uint)list.Gates.Count);
            writer.WriteRaw(k1);
            writer.WriteRaw(k2);
            foreach (var commitment in commitments) writer.WriteRaw(commitment);
            writer.WriteRaw(CurvePoint<Fq2>.Multiply(G2.Generator, tau).ToAffine());
        }

        /// <summary>The smallest number whose coset of the domain is none of those of one and of the others.</summary>
        private static Fr Outside(int power, Fr[] others)
        {
            for (var k = Fr.FromUInt64(2); ; k += Fr.One)
            {
                if (!others.Append(Fr.One).Any(other => (k * other.Inverse()).Pow(BigInteger.One << power) == Fr.One))
                {
                    return k;
                }
            }
        }

        private static Fr Random()
        {
            Span<byte> bytes = stackalloc byte[64];
            RandomNumberGenerator.Fill(bytes);
            return Fr.FromBigInteger(new BigInteger(bytes, isUnsigned: true));
        }
    }
}
