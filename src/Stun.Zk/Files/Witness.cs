using Stun.Zk.Fields;

namespace Stun.Zk.Files;

/// <summary>
/// The values of all wires of a circuit, as the file form "wtns" has them (version 2): canonical numbers. They are the
/// secret of a proof; whoever has this has them all.
/// </summary>
public sealed class Witness : IDisposable
{
    private const string Kind = "wtns";

    private readonly NativeArray<Limbs> values;

    private Witness(NativeArray<Limbs> values) => this.values = values;

    public int Count => values.Length;

    /// <summary>The values as canonical numbers.</summary>
    internal ReadOnlySpan<Limbs> Values => values.Span;

    public Fr this[int wire] =>
        Fr.TryFromCanonical(Values[wire], out var value) ? value : throw new InvalidOperationException();

    public static Witness From(ReadOnlySpan<Fr> wires)
    {
        var values = new NativeArray<Limbs>(wires.Length, cleared: false);
        for (var i = 0; i < wires.Length; i++) values.Span[i] = wires[i].ToCanonical();
        return new Witness(values);
    }

    /// <exception cref="ZkException">The file is not a witness of BN254 in that form.</exception>
    public static Witness Read(string path)
    {
        using var file = SectionedFile.Open(path, Kind, 2);
        var header = file.Walk(1);
        header.RequirePrime<ScalarPrime>(path);
        var count = header.TakeCount(path, "wires");
        if (header.Left != 0) throw file.Shape($"its header has {header.Left} bytes too many");
        file.RequireLength(2, 32L * count, "values");
        var values = file.Read<Limbs>(2);
        try
        {
            RequireCanonical(values.Span, path);
            return new Witness(values);
        }
        catch
        {
            values.Dispose();
            throw;
        }
    }

    public void Write(string path)
    {
        using var writer = SectionWriter.Create(path, Kind, 2, 2);
        writer.Begin(1);
        writer.WritePrime<ScalarPrime>();
        writer.Write((uint)Count);
        writer.Begin(2);
        writer.WriteRaw(Values);
        writer.Complete();
    }

    public void Dispose() => values.Dispose();

    private static void RequireCanonical(ReadOnlySpan<Limbs> values, string path)
    {
        var prime = Montgomery<ScalarPrime>.Prime;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsBelow(prime)) continue;
            throw new ZkException(ZkCodes.Number, $"{path}: the value of wire {i} is not below the prime of scalars.");
        }
        if (values.Length == 0 || values[0] != new Limbs(1, 0, 0, 0))
        {
            throw new ZkException(ZkCodes.Witness, $"{path}: wire 0 must be there and have the value 1.");
        }
    }
}
