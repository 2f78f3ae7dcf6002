using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Sums;

/// <summary>
/// Multiples of one point, one addition after the other, for any machine: each byte of a scalar picks one of 255
/// precomputed points. <see cref="FixedBase"/> takes it where there are no lanes, or where they would not pay.
/// </summary>
internal sealed class ScalarMultiples<T> where T : unmanaged, IField<T>
{
    private const int Windows = 32;
    private const int Row = 255;
    private const int Piece = 1024;

    private readonly AffinePoint<T>[] table = new AffinePoint<T>[Windows * Row];

    public ScalarMultiples(in AffinePoint<T> basis)
    {
        var points = new CurvePoint<T>[Windows * Row];
        var current = basis;
        for (var window = 0; window < Windows; window++)
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
        Span<byte> bytes = stackalloc byte[Fr.ByteCount];
        for (var i = 0; i < scalars.Length; i++)
        {
            scalars[i].WriteLittleEndian(bytes);
            for (var window = 0; window < Windows; window++)
            {
                if (bytes[window] != 0) sums[i].Add(table[(window * Row) + bytes[window] - 1]);
            }
        }
        CurvePoint<T>.ToAffine(sums, results);
    }
}
