using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;

namespace Stun.Zk.Lanes;

/// <summary>
/// Adds pairs of affine points, eight at a time. An addition needs one inverse; those of a whole batch are got from one
/// by Montgomery's trick, so that an addition costs six products, and points stay affine, which is what memory and the
/// next addition want.
/// </summary>
/// <remarks>
/// Addresses are those of points, coordinates in the form of lanes. The lowest bit of an operand's address says that
/// its negative is meant. Targets may be operands of the same pair, and of no other.
/// </remarks>
internal sealed unsafe class BatchAdder<TLanes, T> : IDisposable
    where TLanes : unmanaged, ILanes<TLanes, T> where T : unmanaged, IField<T>
{
    /// <summary>How many pairs wait at most: what they need between the two passes stays in the second cache.</summary>
    public const int Capacity = 4096;

    private const int Groups = Capacity / 8;

    private readonly NativeArray<nint> left = new(Capacity);
    private readonly NativeArray<nint> right = new(Capacity);
    private readonly NativeArray<nint> target = new(Capacity);
    private readonly NativeArray<TLanes> differences = new(Groups);
    private readonly NativeArray<TLanes> prefixes = new(Groups);
    private readonly NativeArray<Vector512<ulong>> joins = new(Groups);
    private readonly NativeArray<AffinePoint<T>> dummies = new(4);

    // What a pass works on. Not on the stack, where vectors would lie across two cache lines each.
    private readonly NativeArray<TLanes> work = new(10);
    private readonly List<(nint Target, AffinePoint<T> Sum)> odd = [];
    private readonly int wordsOfCoordinate = sizeof(T) / sizeof(ulong);
    private int count;

    public BatchAdder()
    {
        // A batch is filled up with the addition of two numbers that differ in X; nobody looks at the sum.
        SetOne(One);
        dummies.Span[0] = new AffinePoint<T>(T.One, T.One);
        dummies.Span[1] = new AffinePoint<T>(T.One.Doubled(), T.One);
    }

    private TLanes* Product => work.Pointer;

    private TLanes* One => work.Pointer + 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(nint leftPoint, nint rightPoint, nint targetPoint)
    {
        left.Pointer[count] = leftPoint;
        right.Pointer[count] = rightPoint;
        target.Pointer[count] = targetPoint;
        if (++count == Capacity) Flush();
    }

    /// <summary>Carries out all additions that wait.</summary>
    public void Flush()
    {
        if (count == 0) return;
        while (count % 8 != 0)
        {
            left.Pointer[count] = (nint)dummies.Pointer;
            right.Pointer[count] = (nint)(dummies.Pointer + 1);
            target.Pointer[count] = (nint)(dummies.Pointer + 2);
            count++;
        }
        var groups = count / 8;
        Begin(groups);
        if (TryInvert(Product)) Finish(groups);
        else AddSlowly();
        foreach (var (place, sum) in odd) *(AffinePoint<T>*)place = sum;
        odd.Clear();
        count = 0;
    }

    public void Dispose()
    {
        left.Dispose();
        right.Dispose();
        target.Dispose();
        differences.Dispose();
        prefixes.Dispose();
        joins.Dispose();
        dummies.Dispose();
        work.Dispose();
    }

    /// <summary>First pass: the differences of X, and the product of all of them, lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Begin(int groups)
    {
        TLanes* x1 = work.Pointer + 2, x2 = work.Pointer + 3, product = Product;
        *product = *One;
        for (var g = 0; g < groups; g++)
        {
            nint* l = left.Pointer + (8 * g), r = right.Pointer + (8 * g);
            TLanes.Load(x1, l, 0);
            TLanes.Load(x2, r, 0);
            var difference = differences.Pointer + g;
            TLanes.Subtract(difference, x2, x1);
            joins.Pointer[g] = Vector512<ulong>.Zero;
            var suspects = Vector512.Equals(TLanes.Bits(x1), Vector512<ulong>.Zero)
                | Vector512.Equals(TLanes.Bits(x2), Vector512<ulong>.Zero)
                | Vector512.Equals(TLanes.Difference(x1, x2), Vector512<ulong>.Zero);
            if (suspects != Vector512<ulong>.Zero) SetAside(g, suspects, difference);
            prefixes.Pointer[g] = *product;
            TLanes.Multiply(product, product, difference);
        }
    }

    /// <summary>Second pass, backwards: each inverse, the slope, the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish(int groups)
    {
        TLanes* inverse = Product, x1 = work.Pointer + 2, x2 = work.Pointer + 3, y1 = work.Pointer + 4;
        TLanes* y2 = work.Pointer + 5, x3 = work.Pointer + 6, y3 = work.Pointer + 7, slope = work.Pointer + 8;
        var words = wordsOfCoordinate;
        for (var g = groups - 1; g >= 0; g--)
        {
            nint* l = left.Pointer + (8 * g), r = right.Pointer + (8 * g);
            TLanes.Load(x1, l, 0);
            TLanes.Load(x2, r, 0);
            LoadY(y1, l);
            LoadY(y2, r);
            TLanes.Multiply(prefixes.Pointer + g, prefixes.Pointer + g, inverse);
            TLanes.Multiply(inverse, inverse, differences.Pointer + g);
            TLanes.Subtract(slope, y2, y1);
            TLanes.Multiply(slope, slope, prefixes.Pointer + g);
            TLanes.Square(x3, slope);
            TLanes.Subtract(x3, x3, x1);
            TLanes.Subtract(x3, x3, x2);
            TLanes.Reduce(x3);
            TLanes.Subtract(y3, x1, x3);
            TLanes.Multiply(y3, y3, slope);
            TLanes.Subtract(y3, y3, y1);
            TLanes.Reduce(y3);
            var join = joins.Pointer[g];
            if (join != Vector512<ulong>.Zero)
            {
                // One of the two is infinity, all of whose words are zero.
                var leftInfinite = Vector512.Equals(TLanes.Bits(x1) | TLanes.Bits(y1), Vector512<ulong>.Zero);
                TLanes.Replace(x1, leftInfinite, x2);
                TLanes.Replace(y1, leftInfinite, y2);
                TLanes.Replace(x3, join, x1);
                TLanes.Replace(y3, join, y1);
            }
            TLanes.Store(x3, target.Pointer + (8 * g), 0);
            TLanes.Store(y3, target.Pointer + (8 * g), words);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void LoadY(TLanes* y, nint* addresses)
    {
        TLanes.Load(y, addresses, wordsOfCoordinate);
        var tags = Vector512.Load((ulong*)addresses) & Vector512<ulong>.One;
        if (tags == Vector512<ulong>.Zero) return;
        // A coordinate Y of infinity becomes a multiple of p where its tag is set: such operands are never tagged.
        var negative = work.Pointer + 8;
        *negative = default;
        TLanes.Subtract(negative, negative, y);
        TLanes.Reduce(negative);
        TLanes.Replace(y, Vector512<ulong>.Zero - tags, negative);
    }

    /// <summary>
    /// Lanes in which one operand is infinity are marked; those in which both have the same X are added at once, one by
    /// one, for they are doublings or cancel. The difference of both becomes one.
    /// </summary>
    private void SetAside(int group, Vector512<ulong> suspects, TLanes* difference)
    {
        var mask = Vector512<ulong>.Zero;
        var join = Vector512<ulong>.Zero;
        for (var lane = 0; lane < 8; lane++)
        {
            if (suspects[lane] == 0) continue;
            var index = (8 * group) + lane;
            bool leftInfinite = Point(left.Pointer[index]).IsInfinity, rightInfinite =
                Point(right.Pointer[index]).IsInfinity;
            if (leftInfinite || rightInfinite) join = join.WithElement(lane, ulong.MaxValue);
            else if (SameX(index)) odd.Add((target.Pointer[index], SlowSum(index)));
            else continue;
            mask = mask.WithElement(lane, ulong.MaxValue);
        }
        joins.Pointer[group] = join;
        TLanes.Replace(difference, mask, One);
    }

    private bool SameX(int index) => Point(left.Pointer[index]).X.Equals(Point(right.Pointer[index]).X);

    /// <summary>
    /// Two equal coordinates that differ by p in their bits made the product zero. That has a chance of one in
    /// millions;
    /// then the whole batch is added one by one.
    /// </summary>
    private void AddSlowly()
    {
        odd.Clear();
        for (var i = 0; i < count; i++) odd.Add((target.Pointer[i], SlowSum(i)));
    }

    private AffinePoint<T> SlowSum(int index)
    {
        var sum = CurvePoint<T>.From(Signed(left.Pointer[index]));
        sum.Add(Signed(right.Pointer[index]));
        return Entered(sum.ToAffine());
    }

    public static AffinePoint<T> Entered(in AffinePoint<T> point) =>
        new(TLanes.Entered(point.X), TLanes.Entered(point.Y));

    /// <summary>The point at an address, in the form of the scalar fields.</summary>
    public static AffinePoint<T> Left(in AffinePoint<T> point) => new(TLanes.Left(point.X), TLanes.Left(point.Y));

    private static ref AffinePoint<T> Point(nint address) => ref *(AffinePoint<T>*)(address & ~(nint)1);

    private static AffinePoint<T> Signed(nint address)
    {
        var point = Left(Point(address));
        return (address & 1) == 0 ? point : -point;
    }

    private static void SetOne(TLanes* one)
    {
        var number = TLanes.Entered(T.One);
        var addresses = stackalloc nint[8];
        for (var i = 0; i < 8; i++) addresses[i] = (nint)(&number);
        TLanes.Load(one, addresses, 0);
    }

    /// <summary>The inverses of eight products, by one inversion of scalars; false if one of them is zero.</summary>
    private static bool TryInvert(TLanes* product)
    {
        var values = stackalloc T[8];
        var addresses = stackalloc nint[8];
        for (var i = 0; i < 8; i++) addresses[i] = (nint)(values + i);
        TLanes.Reduce(product);
        TLanes.Store(product, addresses, 0);
        Span<T> scalars = stackalloc T[8], scratch = stackalloc T[8];
        for (var i = 0; i < 8; i++)
        {
            scalars[i] = TLanes.Left(values[i]);
            if (scalars[i].IsZero) return false;
        }
        BatchInversion.Invert(scalars, scratch);
        for (var i = 0; i < 8; i++) values[i] = TLanes.Entered(scalars[i]);
        TLanes.Load(product, addresses, 0);
        return true;
    }
}
