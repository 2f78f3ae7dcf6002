using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Plonk;

/// <summary>
/// A proving key in the file form "zkey" for PLONK. The polynomials stay in the file until they are needed.
/// </summary>
public sealed class PlonkKey : IDisposable
{
    internal const uint Additions = 3;
    internal const uint MapA = 4;
    internal const uint MapB = 5;
    internal const uint MapC = 6;
    internal const uint Qm = 7;
    internal const uint Ql = 8;
    internal const uint Qr = 9;
    internal const uint Qo = 10;
    internal const uint Qc = 11;
    internal const uint Sigma = 12;
    internal const uint Lagrange = 13;
    internal const uint SecretPowers = 14;

    internal const int AdditionSize = 72;

    /// <summary>The powers of the secret are read as one piece of at most two GiB.</summary>
    internal const int PowerMax = 24;

    /// <summary>
    /// How many powers of the secret there are beyond the size: blinded polynomials are so much longer.
    /// </summary>
    internal const int MorePowers = 6;

    private PlonkKey(SectionedFile file)
    {
        File = file;
        ReadHeader();
    }

    /// <summary>All wires: those of the witness, and one for each addition.</summary>
    public int Wires { get; private set; }

    public int AdditionCount { get; private set; }

    public int GateCount { get; private set; }

    public PlonkVerificationKey VerificationKey { get; private set; } = null!;

    /// <summary>
    /// Whether the file says of itself that its secret is known: see <see cref="PlonkInsecureSetup"/>.
    /// </summary>
    public bool IsInsecure => File.Has(PlonkInsecureSetup.Stamp);

    public long FileLength => File.Length;

    internal SectionedFile File { get; }

    internal int Size => 1 << VerificationKey.Shape.Power;

    /// <exception cref="ZkException">The file is not a key of PLONK over BN254, or its parts do not fit.</exception>
    public static PlonkKey Open(string path) =>
        ZkeyFile.Open(path, ZkeyFile.Plonk, file => new PlonkKey(file));

    public void Dispose() => File.Dispose();

    /// <summary>Refuses a key whose parts do not belong together: see <see cref="PlonkKeyCheck"/>.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; it obeys within about a second.</exception>
    public void CheckParts(CancellationToken cancel = default) => new PlonkKeyCheck(this, cancel).Run();

    /// <summary>The coefficients of a selector.</summary>
    internal NativeArray<Fr> Coefficients(uint section) => Settled(File.Read<Fr>(section, 0, Size));

    /// <summary>The coefficients of a permutation, numbered from zero.</summary>
    internal NativeArray<Fr> Permutation(int number) =>
        Settled(File.Read<Fr>(Sigma, 32L * 5 * Size * number, Size));

    private NativeArray<Fr> Settled(NativeArray<Fr> values)
    {
        foreach (ref readonly var value in values.Span)
        {
            if (value.Value.IsBelow(Montgomery<ScalarPrime>.Prime)) continue;
            values.Dispose();
            throw new ZkException(ZkCodes.Number, $"{File.Path}: a coefficient is not below the prime of scalars.");
        }
        return values;
    }

    private void ReadHeader()
    {
        var path = File.Path;
        var header = File.Walk(2);
        header.RequirePrime<BasePrime>(path);
        header.RequirePrime<ScalarPrime>(path);
        Wires = header.TakeCount(path, "wires");
        var publics = header.TakeCount(path, "public values");
        var size = header.TakeCount(path, "points of the domain");
        AdditionCount = header.TakeCount(path, "additions");
        GateCount = header.TakeCount(path, "gates");
        if (!int.IsPow2(size) || size < 8) throw File.Shape($"{size} is no size of a domain");
        if (size > 1 << PowerMax)
        {
            throw new ZkException(ZkCodes.FileLimit,
                $"{path} is for a domain of 2^{int.Log2(size)} points; 2^{PowerMax} is the most.");
        }
        if (GateCount > size || publics > GateCount || (long)publics + AdditionCount >= Wires)
        {
            throw File.Shape($"{GateCount} gates, {publics} public values and {AdditionCount} additions do not fit");
        }
        var k1 = header.TakeMontgomeryScalar($"{path}: k1");
        var k2 = header.TakeMontgomeryScalar($"{path}: k2");
        var points = new AffinePoint<Fq>[8];
        for (var i = 0; i < points.Length; i++) points[i] = header.TakeG1($"{path}: commitment {i}");
        var secret = header.TakeG2($"{path}: X_2");
        if (header.Left != 0) throw File.Shape($"its header has {header.Left} bytes too many");
        RequireLengths(size, publics);
        VerificationKey = new PlonkVerificationKey(new PlonkShape(int.Log2(size), publics, k1, k2),
            new PlonkGatePoints(points[0], points[1], points[2], points[3], points[4], points[5], points[6], points[7]),
            secret);
    }

    private void RequireLengths(int size, int publics)
    {
        File.RequireLength(Additions, (long)AdditionSize * AdditionCount, "additions");
        for (var map = MapA; map <= MapC; map++) File.RequireLength(map, 4L * GateCount, "wires of gates");
        for (var selector = Qm; selector <= Qc; selector++) File.RequireLength(selector, 160L * size, "selector");
        File.RequireLength(Sigma, 480L * size, "permutations");
        File.RequireLength(Lagrange, 160L * size * Math.Max(1, publics), "Lagrange polynomials");
        File.RequireLength(SecretPowers, (long)G1.ByteCount * (size + MorePowers), "powers of the secret");
    }
}
