using Stun.Zk.Fields;

namespace Stun.Zk.Circuits;

internal enum WireKind
{
    One = 0,
    Output = 1,
    Public = 2,
    Private = 3,
    Inner = 4,
}

/// <summary>
/// Where the wires of each kind begin. A builder does not know how many of a kind will come, so it names a wire by its
/// kind and its number within the kind; the order of such names is already the order of the finished circuit.
/// </summary>
internal readonly struct WireLayout(int outputs, int publics, int privates, int inners)
{
    private const int KindShift = 28;
    private const int IndexMask = (1 << KindShift) - 1;

    public int Count => 1 + outputs + publics + privates + inners;

    public static int Name(WireKind kind, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, IndexMask);
        return (int)kind << KindShift | index;
    }

    public static WireKind KindOf(int wire) => (WireKind)(wire >> KindShift);

    public int PositionOf(int wire) => (wire & IndexMask) + KindOf(wire) switch
    {
        WireKind.One => 0,
        WireKind.Output => 1,
        WireKind.Public => 1 + outputs,
        WireKind.Private => 1 + outputs + publics,
        _ => 1 + outputs + publics + privates,
    };

    public Fr Evaluate(ReadOnlySpan<Term> terms, ReadOnlySpan<Fr> witness)
    {
        var sum = Fr.Zero;
        foreach (ref readonly var term in terms) sum += term.Coefficient * witness[PositionOf(term.Wire)];
        return sum;
    }
}
