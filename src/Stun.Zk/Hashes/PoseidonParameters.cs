using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Zk.Hashes;

/// <summary>
/// The numbers of Poseidon over BN254 for one width, made by the procedure that its authors published (Grassi et al.,
/// "Poseidon", appendix F: the shift register of Grain, seeded with the parameters themselves). So nobody needs to
/// trust a table; known answers check the procedure.
/// </summary>
public sealed class PoseidonParameters
{
    /// <summary>How many values one permutation can absorb.</summary>
    public const int ArityMax = 16;

    internal const int FullRounds = 8;

    private const int FieldBits = 254;

    /// <summary>For the widths 2 to 17: what the authors' script asks for at 128 bits of security.</summary>
    private static readonly int[] PartialRoundsOfWidth =
        [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];

    private static readonly Lazy<PoseidonParameters>[] Made =
        [.. Enumerable.Range(0, ArityMax).Select(i => new Lazy<PoseidonParameters>(() => Make(i + 2)))];

    private PoseidonParameters(int width, Fr[] constants, Fr[] matrix)
    {
        Width = width;
        Constants = constants;
        Matrix = matrix;
    }

    /// <summary>How many elements the state has: one more than the values that go in.</summary>
    public int Width { get; }

    public int PartialRounds => PartialRoundsOfWidth[Width - 2];

    public int Rounds => FullRounds + PartialRounds;

    /// <summary>What each round adds, round by round.</summary>
    internal Fr[] Constants { get; }

    /// <summary>The mixing matrix, row by row.</summary>
    internal Fr[] Matrix { get; }

    public static PoseidonParameters ForArity(int arity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arity, ArityMax);
        return Made[arity - 1].Value;
    }

    /// <summary>The first half of the full rounds comes before the partial ones, the other after them.</summary>
    internal bool IsFull(int round) => round < FullRounds / 2 || round >= FullRounds / 2 + PartialRounds;

    private static PoseidonParameters Make(int width)
    {
        var partial = PartialRoundsOfWidth[width - 2];
        var register = new GrainRegister(FieldBits, width, FullRounds, partial);
        var constants = new Fr[width * (FullRounds + partial)];
        for (var i = 0; i < constants.Length; i++) constants[i] = Fr.FromBigInteger(NextBelowPrime(register));
        return new PoseidonParameters(width, constants, MakeMatrix(register, width));
    }

    private static BigInteger NextBelowPrime(GrainRegister register)
    {
        while (true)
        {
            var number = register.Next(FieldBits);
            if (number < Fr.Modulus) return number;
        }
    }

    /// <summary>A Cauchy matrix of the next numbers, which here are reduced rather than drawn again.</summary>
    private static Fr[] MakeMatrix(GrainRegister register, int width)
    {
        var drawn = new Fr[2 * width];
        do
        {
            for (var i = 0; i < drawn.Length; i++) drawn[i] = Fr.FromBigInteger(register.Next(FieldBits));
        }
        while (drawn.Distinct().Count() != drawn.Length);
        var matrix = new Fr[width * width];
        for (var row = 0; row < width; row++)
            for (var column = 0; column < width; column++)
                matrix[row * width + column] = (drawn[row] + drawn[width + column]).Inverse();
        return matrix;
    }
}
