using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Lanes;

namespace Stun.Zk.Sums;

/// <summary>
/// Sums of multiples of points: what nearly all of a prover's time goes to. Eight additions go side by side where the
/// machine has AVX-512 or, at half the speed, AVX2; one after the other where it has neither.
/// </summary>
public static class MultiScalarSum
{
    // Below that, batches are too small to pay.
    private const int LanesFrom = 256;

    // Digits are kept in 16 bits, sign and all.
    private const int WidthMax = 15;

    /// <summary>Whether this machine computes with eight numbers side by side.</summary>
    public static bool HasLanes => Avx2.IsSupported;

    /// <summary>The sum of all points, each times its scalar.</summary>
    public static AffinePoint<T> Of<T>(ReadOnlySpan<AffinePoint<T>> points, ReadOnlySpan<Fr> scalars)
        where T : unmanaged, IField<T>
    {
        var canonical = new Limbs[scalars.Length];
        for (var i = 0; i < scalars.Length; i++) canonical[i] = scalars[i].ToCanonical();
        return OfCanonical<T>(points, canonical).ToAffine();
    }

    /// <param name="points">The points; infinities among them do no harm.</param>
    /// <param name="scalars">As many canonical numbers.</param>
    /// <param name="cancel">Ends the sum in the middle, by its exception.</param>
    internal static CurvePoint<T> OfCanonical<T>(ReadOnlySpan<AffinePoint<T>> points, ReadOnlySpan<Limbs> scalars,
        CancellationToken cancel = default) where T : unmanaged, IField<T> =>
        OfCanonical(points, scalars, HasLanes, cancel);

    /// <summary>With or without lanes, so that tests can compare.</summary>
    internal static CurvePoint<T> OfCanonical<T>(ReadOnlySpan<AffinePoint<T>> points, ReadOnlySpan<Limbs> scalars,
        bool lanes, CancellationToken cancel = default) where T : unmanaged, IField<T>
    {
        if (points.Length != scalars.Length)
        {
            throw new ArgumentException($"{points.Length} points have {scalars.Length} scalars.", nameof(scalars));
        }
        if (!lanes || points.Length < LanesFrom) return ScalarSum.Of(points, scalars, cancel);
        var bits = Digits.BitsOf(scalars);
        if (bits == 0) return default;
        var digits = Digits.For(points.Length, bits, WidthMax);
        using var shifted = new NativeArray<Limbs>(points.Length, cleared: false);
        var half = digits.Shifted(default);
        for (var i = 0; i < points.Length; i++)
        {
            // The shifted zero has no digits: infinity, whatever its scalar, adds nothing.
            shifted.Span[i] = points[i].IsInfinity ? half : Digits.Sum(scalars[i], half);
        }
        if (typeof(T) == typeof(Fq))
        {
            var sum = LaneSum<BaseLanes, Fq>.Of(Cast<T, Fq>(points), shifted.Span, digits, cancel);
            return Unsafe.As<CurvePoint<Fq>, CurvePoint<T>>(ref sum);
        }
        var sum2 = LaneSum<ExtensionLanes, Fq2>.Of(Cast<T, Fq2>(points), shifted.Span, digits,
            cancel);
        return Unsafe.As<CurvePoint<Fq2>, CurvePoint<T>>(ref sum2);
    }

    private static ReadOnlySpan<AffinePoint<TTo>> Cast<TFrom, TTo>(ReadOnlySpan<AffinePoint<TFrom>> points)
        where TFrom : unmanaged, IField<TFrom> where TTo : unmanaged, IField<TTo> =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<AffinePoint<TFrom>, AffinePoint<TTo>>(points);
}
