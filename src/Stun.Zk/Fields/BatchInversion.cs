namespace Stun.Zk.Fields;

/// <summary>Many inverses for the price of one and three products each (Montgomery's trick).</summary>
public static class BatchInversion
{
    /// <summary>Replaces each element by its inverse; zeros stay zero.</summary>
    /// <param name="values">What is inverted in place.</param>
    /// <param name="scratch">Room for as many elements.</param>
    public static void Invert<T>(Span<T> values, Span<T> scratch) where T : struct, IField<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scratch.Length, values.Length);
        var product = T.One;
        for (var i = 0; i < values.Length; i++)
        {
            scratch[i] = product;
            if (!values[i].IsZero) product *= values[i];
        }
        var inverse = product.Inverse();
        for (var i = values.Length - 1; i >= 0; i--)
        {
            if (values[i].IsZero) continue;
            var next = inverse * values[i];
            values[i] = inverse * scratch[i];
            inverse = next;
        }
    }
}
