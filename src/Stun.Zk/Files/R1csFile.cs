using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Stun.Zk.Circuits;
using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>
/// Circuits as circom's compiler writes them: form "r1cs", version 1 (specified in iden3/r1csfile,
/// doc/r1cs_bin_format.md).
/// </summary>
public static class R1csFile
{
    private const string Kind = "r1cs";

    /// <exception cref="ZkException">The file is not a circuit of BN254 in that form.</exception>
    public static ConstraintSystem Read(string path)
    {
        using var file = SectionedFile.Open(path, Kind, 1);
        var header = file.Walk(1);
        header.RequirePrime<ScalarPrime>(path);
        var wires = header.TakeCount(path, "wires");
        var outputs = header.TakeCount(path, "outputs");
        var publics = header.TakeCount(path, "public inputs");
        var privates = header.TakeCount(path, "private inputs");
        header.TakeUInt64();
        var constraints = header.TakeCount(path, "constraints");
        if (header.Left != 0) throw file.Shape($"its header has {header.Left} bytes too many");
        if (1L + outputs + publics + privates > wires)
        {
            throw file.Shape($"{wires} wires cannot hold {outputs} outputs and {publics} + {privates} inputs");
        }
        if (file.Has(4) && file.LengthOf(4) > 4)
        {
            throw new ZkException(ZkCodes.Circuit, $"{path} uses custom gates of PLONK, which are not supported.");
        }
        file.RequireLength(3, 8L * wires, "labels");
        // Each combination has at least its count, so that a short file cannot ask for many constraints.
        if (file.LengthOf(2) < 12L * constraints)
            throw file.Shape($"its constraints end before {constraints} are read");
        return ReadConstraints(file, new WireCounts(wires, outputs, publics, privates), constraints);
    }

    public static void Write(string path, ConstraintSystem system)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 18);
        Write(stream, system);
    }

    public static void Write(Stream stream, ConstraintSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        using var writer = new SectionWriter(stream, Kind, 1, 3);
        writer.Begin(1);
        writer.WritePrime<ScalarPrime>();
        writer.Write((uint)system.Wires.Wires);
        writer.Write((uint)system.Wires.Outputs);
        writer.Write((uint)system.Wires.PublicInputs);
        writer.Write((uint)system.Wires.PrivateInputs);
        writer.Write((ulong)system.Wires.Wires);
        writer.Write((uint)system.Count);
        writer.Begin(2);
        for (var i = 0; i < system.Count; i++)
        {
            WriteCombination(writer, system.A(i));
            WriteCombination(writer, system.B(i));
            WriteCombination(writer, system.C(i));
        }
        writer.Begin(3);
        for (var wire = 0; wire < system.Wires.Wires; wire++) writer.Write((ulong)wire);
    }

    private static ConstraintSystem ReadConstraints(SectionedFile file, WireCounts wires, int constraints)
    {
        var system = new ConstraintSystem(wires);
        var cursor = file.Walk(2);
        var parts = new List<Term>[] { [], [], [] };
        for (var i = 0; i < constraints; i++)
        {
            foreach (var part in parts) ReadCombination(file, cursor, wires.Wires, part);
            system.Add(CollectionsMarshal.AsSpan(parts[0]), CollectionsMarshal.AsSpan(parts[1]),
                CollectionsMarshal.AsSpan(parts[2]));
        }
        if (cursor.Left != 0) throw file.Shape($"{cursor.Left} bytes follow its last constraint");
        return system;
    }

    private static void ReadCombination(SectionedFile file, SectionedFile.Cursor cursor, int wires, List<Term> terms)
    {
        terms.Clear();
        var count = cursor.TakeUInt32();
        if (36L * count > cursor.Left) throw file.Shape($"a combination of {count} terms goes beyond its section");
        for (var i = 0; i < count; i++)
        {
            var term = cursor.Take(36);
            var wire = BinaryPrimitives.ReadUInt32LittleEndian(term);
            if (wire >= wires) throw file.Shape($"a term names wire {wire} of {wires}");
            if (!Fr.TryReadLittleEndian(term[4..], out var coefficient))
            {
                throw new ZkException(ZkCodes.Number,
                    $"{file.Path}: a coefficient is not below the prime of scalars.");
            }
            terms.Add(new Term((int)wire, coefficient));
        }
    }

    private static void WriteCombination(SectionWriter writer, ReadOnlySpan<Term> terms)
    {
        writer.Write((uint)terms.Length);
        foreach (var term in terms)
        {
            writer.Write((uint)term.Wire);
            writer.WriteRaw(term.Coefficient.ToCanonical());
        }
    }
}
