using Stun.Zk.Fields;

namespace Stun.Zk.Curves;

/// <summary>
/// A point by its two coordinates. The point at infinity is (0, 0), which lies on neither curve: files and contracts
/// write it so too.
/// </summary>
public readonly record struct AffinePoint<T>(T X, T Y) where T : struct, IField<T>
{
    public static AffinePoint<T> Infinity => default;

    public bool IsInfinity => X.IsZero && Y.IsZero;

    public static AffinePoint<T> operator -(AffinePoint<T> point) => new(point.X, -point.Y);
}
