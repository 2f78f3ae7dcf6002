using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Sums;

/// <summary>
/// Multiples of one point, one addition after the other, for any machine: each digit of a scalar picks one of the
/// precomputed points. <see cref="FixedBase"/> takes it where there are no lanes, or where they would not pay.
/// </summary>
internal sealed class ScalarMultiples<T> where T : unmanaged, IField<T>
{
    private const int Piece = 1024;

    private readonly int width;
    private readonly AffinePoint<T>[] table;

    /// <param name="basis">The point.</param>
    /// <param name="width">Bits of a digit, 4 or 8: the one for few multiples, the other for many. The first takes
    /// 960 points, the second 8,160 and half the additions.</param>
    public ScalarMultiples(in AffinePoint<T> basis, int width)
    {
        this.width = width;
        var windows = (Fr.ByteCount * 8) / width;
        table = new AffinePoint<T>[windows * Row];
        var points = new CurvePoint<T>[windows * Row];
        var current = basis;
        for (var window = 0; window < windows; window++)
        {
            CurvePoint<T> multiple = default;
            for (var i = 0; i < Row; i++)
            {
                multiple.Add(current);
                points[(window * Row) + i] = multiple;
            }
            multiple.Add(current);
            current = multiple.ToAffine();
        }
        CurvePoint<T>.ToAffine(points, table);
    }

    private int Row => (1 << width) - 1;

    public void AddTo(ref CurvePoint<T> sum, in Fr scalar)
    {
        Span<byte> bytes = stackalloc byte[Fr.ByteCount];
        scalar.WriteLittleEndian(bytes);
        var (window, row) = (0, Row);
        foreach (var digits in bytes)
        {
            for (var rest = 0; rest < 8; rest += width, window++)
            {
                var digit = (digits >> rest) & row;
                if (digit != 0) sum.Add(table[(window * row) + digit - 1]);
            }
        }
    }

    /// <summary>The multiples by all scalars, on all processors.</summary>
    public unsafe void Multiply(ReadOnlySpan<Fr> scalars, Span<AffinePoint<T>> results)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(results.Length, scalars.Length);
        fixed (Fr* scalar = scalars)
        fixed (AffinePoint<T>* result = results)
        {
            var input = (IntPtr)scalar;
            var output = (IntPtr)result;
            var count = scalars.Length;
            Parallel.For(0, (count + Piece - 1) / Piece, piece =>
            {
                var length = Math.Min(Piece, count - (piece * Piece));
                MultiplyPiece(new ReadOnlySpan<Fr>((Fr*)input + (piece * Piece), length),
                    new Span<AffinePoint<T>>((AffinePoint<T>*)output + (piece * Piece), length));
            });
        }
    }

    private void MultiplyPiece(ReadOnlySpan<Fr> scalars, Span<AffinePoint<T>> results)
    {
        var sums = new CurvePoint<T>[scalars.Length];
        for (var i = 0; i < scalars.Length; i++) AddTo(ref sums[i], scalars[i]);
        CurvePoint<T>.ToAffine(sums, results);
    }
}
