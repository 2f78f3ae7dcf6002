using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Sums;

namespace Stun.Zk.Groth16;

/// <summary>
/// A proving key in the file form "zkey" for Groth16. The header is read and checked at once; the points, nearly all
/// of the file, stay in it until the prover asks for one section.
/// </summary>
public sealed class Groth16Key : IDisposable
{
    internal const uint Coefficients = 4;
    internal const uint PointsA = 5;
    internal const uint PointsB1 = 6;
    internal const uint PointsB2 = 7;
    internal const uint PointsC = 8;
    internal const uint PointsH = 9;
    internal const uint Contributions = 10;

    internal const int CoefficientSize = 44;

    private Groth16Key(SectionedFile file)
    {
        File = file;
        ReadHeader();
    }

    /// <summary>All wires, the constant included.</summary>
    public int Wires { get; private set; }

    public int PublicCount { get; private set; }

    /// <summary>The power of two that is the number of points of the domain.</summary>
    public int Power { get; private set; }

    /// <summary>How many coefficients the two matrices have together.</summary>
    public long CoefficientCount { get; private set; }

    public Groth16VerificationKey VerificationKey { get; private set; } = null!;

    /// <summary>Whether the file says of itself that its secret is known: see <see cref="InsecureSetup"/>.</summary>
    public bool IsInsecure { get; private set; }

    public long FileLength => File.Length;

    internal SectionedFile File { get; }

    internal AffinePoint<Fq> Beta1 { get; private set; }

    internal AffinePoint<Fq> Delta1 { get; private set; }

    /// <exception cref="ZkException">The file is not a key of Groth16 over BN254, or its parts do not fit.</exception>
    public static Groth16Key Open(string path) =>
        ZkeyFile.Open(path, ZkeyFile.Groth16, file => new Groth16Key(file));

    public void Dispose() => File.Dispose();

    /// <summary>
    /// Goes through all points of the file, and refuses the first that is not of its group; then refuses if those of B
    /// are not the same multiples in both groups. A prover that checks its own proof needs it no more than once.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled; it obeys within about a second.</exception>
    public void CheckPoints(CancellationToken cancel = default)
    {
        foreach (var id in (ReadOnlySpan<uint>)[PointsA, PointsC, PointsH]) CheckG1(id, cancel).Dispose();
        using var one = CheckG1(PointsB1, cancel);
        using var two = File.Read<AffinePoint<Fq2>>(PointsB2);
        for (var i = 0; i < two.Length; i++)
        {
            if ((i & 0xFFF) == 0) cancel.ThrowIfCancellationRequested();
            var place = $"{File.Path}: point {i} of section {PointsB2}";
            Points.RequireCanonical(two.Span[i], place);
            Points.RequireG2(two.Span[i], place);
        }
        using var factors = Points.RandomFactors(one.Length);
        var left = MultiScalarSum.OfCanonical<Fq>(one.Span, factors.Span, cancel).ToAffine();
        var right = MultiScalarSum.OfCanonical<Fq2>(two.Span, factors.Span, cancel).ToAffine();
        if (Pairing.ProductIsOne([-left, G1.Generator], [new G2Lines(G2.Generator), new G2Lines(right)])) return;
        throw File.Shape($"sections {PointsB1} and {PointsB2} are not the same multiples in both groups");
    }

    private NativeArray<AffinePoint<Fq>> CheckG1(uint id, CancellationToken cancel)
    {
        var points = File.Read<AffinePoint<Fq>>(id);
        try
        {
            for (var i = 0; i < points.Length; i++)
            {
                if ((i & 0xFFFF) == 0) cancel.ThrowIfCancellationRequested();
                var place = $"{File.Path}: point {i} of section {id}";
                Points.RequireCanonical(points.Span[i], place);
                Points.RequireG1(points.Span[i], place);
            }
            return points;
        }
        catch
        {
            points.Dispose();
            throw;
        }
    }

    private void ReadHeader()
    {
        var path = File.Path;
        var header = File.Walk(2);
        header.RequirePrime<BasePrime>(path);
        header.RequirePrime<ScalarPrime>(path);
        Wires = header.TakeCount(path, "wires");
        PublicCount = header.TakeCount(path, "public values");
        var size = header.TakeCount(path, "points of the domain");
        if (Wires <= PublicCount) throw File.Shape($"{Wires} wires cannot hold {PublicCount} public values");
        if (!int.IsPow2(size)) throw File.Shape($"{size} is no size of a domain");
        if (size > 1 << InsecureSetup.PowerMax)
        {
            throw new ZkException(ZkCodes.FileLimit,
                $"{path} is for a domain of 2^{int.Log2(size)} points; 2^{InsecureSetup.PowerMax} is the most.");
        }
        Power = int.Log2(size);
        var alpha = header.TakeG1($"{path}: alpha");
        Beta1 = header.TakeG1($"{path}: beta in G1");
        var beta = header.TakeG2($"{path}: beta");
        var gamma = header.TakeG2($"{path}: gamma");
        Delta1 = header.TakeG1($"{path}: delta in G1");
        var delta = header.TakeG2($"{path}: delta");
        if (header.Left != 0) throw File.Shape($"its header has {header.Left} bytes too many");
        RequireLengths(size);
        var inputs = new AffinePoint<Fq>[PublicCount + 1];
        var cursor = File.Walk(3);
        for (var i = 0; i < inputs.Length; i++) inputs[i] = cursor.TakeG1($"{path}: input {i}");
        VerificationKey = new Groth16VerificationKey(alpha, beta, gamma, delta, inputs);
        RequireSameFactor("beta", Beta1, beta);
        RequireSameFactor("delta", Delta1, delta);
        ReadContributions();
    }

    /// <summary>
    /// Both groups have to have the same multiple of their generators. Otherwise no proof would hold, and one that a
    /// prover were talked into could show more of its witness than a proof may.
    /// </summary>
    private void RequireSameFactor(string name, AffinePoint<Fq> one, AffinePoint<Fq2> two)
    {
        Points.RequireFinite(one, $"{File.Path}: {name} in G1");
        if (Pairing.ProductIsOne([-one, G1.Generator], [new G2Lines(G2.Generator), new G2Lines(two)])) return;
        throw File.Shape($"{name} is not the same multiple of the generator in both groups");
    }

    private void RequireLengths(int size)
    {
        File.RequireLength(3, (long)G1.ByteCount * (PublicCount + 1), "inputs");
        var count = File.Walk(Coefficients).TakeUInt32();
        CoefficientCount = count;
        File.RequireLength(Coefficients, 4 + ((long)CoefficientSize * count), "coefficients");
        File.RequireLength(PointsA, (long)G1.ByteCount * Wires, "A");
        File.RequireLength(PointsB1, (long)G1.ByteCount * Wires, "B in G1");
        File.RequireLength(PointsB2, (long)G2.ByteCount * Wires, "B in G2");
        File.RequireLength(PointsC, (long)G1.ByteCount * (Wires - PublicCount - 1), "C");
        File.RequireLength(PointsH, (long)G1.ByteCount * size, "H");
    }

    private void ReadContributions()
    {
        if (!File.Has(Contributions)) return;
        var section = File.Walk(Contributions);
        if (section.Left < InsecureSetup.Stamp.Length) return;
        IsInsecure = section.Take(InsecureSetup.Stamp.Length).SequenceEqual(InsecureSetup.Stamp);
    }
}
