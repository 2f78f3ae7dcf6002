using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Checks;

/// <summary>
/// Changes one wire at a time, then two that meet in a constraint, and looks whether any constraint minds. Only the
/// constraints of the changed wires need to be looked at.
/// </summary>
internal static class WireMutation
{
    /// <summary>Pairs grow with the square of a constraint's length; beyond this, the search by directions has to
    /// do.</summary>
    private const int PairMax = 20_000;

    public static IEnumerable<LooseSignal> Find(CheckedWires wires, Draw draw)
    {
        for (var wire = 1; wire < wires.Witness.Length; wire++)
        {
            if (wires.MayMove(wire)) continue;
            if (wires.ConstraintsOf(wire).Count == 0)
                yield return Loose(wires, wire, Looseness.Alone, "No constraint knows it.");
            else if (OtherValue(wires, wire, draw) is { } value)
                yield return Loose(wires, wire, Looseness.Alone, $"It may be {value} as well.");
        }
        foreach (var (first, second) in Pairs(wires))
            if (MovesTogether(wires, first, second, draw) is { } how)
            {
                yield return Loose(wires, first, Looseness.InPair, $"{how} '{wires.Circuit.WireName(second)}'.");
                yield return Loose(wires, second, Looseness.InPair, $"{how} '{wires.Circuit.WireName(first)}'.");
            }
    }

    private static LooseSignal Loose(CheckedWires wires, int wire, Looseness looseness, string reason) =>
        new(wires.Circuit.WireName(wire), looseness, reason);

    private static Fr? OtherValue(CheckedWires wires, int wire, Draw draw)
    {
        var honest = wires.Witness[wire];
        Fr[] others =
        [
            Fr.Zero, Fr.One, honest + Fr.One, honest - Fr.One, -honest, honest.Doubled(), draw.NextScalar(),
        ];
        foreach (var other in others)
            if (Passes(wires, wire, other))
                return other;
        return null;
    }

    private static bool Passes(CheckedWires wires, int wire, Fr value)
    {
        var honest = wires.Witness[wire];
        if (value == honest) return false;
        wires.Witness[wire] = value;
        var passes = wires.ConstraintsOf(wire).All(wires.Holds);
        wires.Witness[wire] = honest;
        return passes;
    }

    private static IEnumerable<(int First, int Second)> Pairs(CheckedWires wires)
    {
        HashSet<(int, int)> seen = [];
        for (var i = 0; i < wires.System.Count; i++)
        {
            int[] moving = [.. Moving(wires, i)];
            // Long sums are left to the search by directions.
            if (moving.Length > 8) continue;
            for (var a = 0; a < moving.Length; a++)
                for (var b = a + 1; b < moving.Length; b++)
                    if (seen.Count < PairMax && seen.Add((moving[a], moving[b])))
                        yield return (moving[a], moving[b]);
        }
    }

    private static SortedSet<int> Moving(CheckedWires wires, int constraint)
    {
        SortedSet<int> moving = [];
        foreach (var term in wires.System.A(constraint)) moving.Add(term.Wire);
        foreach (var term in wires.System.B(constraint)) moving.Add(term.Wire);
        foreach (var term in wires.System.C(constraint)) moving.Add(term.Wire);
        moving.RemoveWhere(wires.MayMove);
        return moving;
    }

    private static string? MovesTogether(CheckedWires wires, int first, int second, Draw draw)
    {
        var (a, b) = (wires.Witness[first], wires.Witness[second]);
        var step = draw.NextScalar();
        (Fr A, Fr B, string How)[] moves =
        [
            (b, a, "It can change places with"), (a + step, b + step, "It can rise together with"),
            (a + step, b - step, "It can rise by what is taken from"),
            (-a, -b, "It can change its sign together with"),
            (step, step.Inverse() * a * b, "Only its product is fixed, with"),
        ];
        foreach (var move in moves)
        {
            if (move.A == a && move.B == b) continue;
            (wires.Witness[first], wires.Witness[second]) = (move.A, move.B);
            var holds = wires.ConstraintsOf(first).All(wires.Holds) && wires.ConstraintsOf(second).All(wires.Holds);
            (wires.Witness[first], wires.Witness[second]) = (a, b);
            if (holds) return move.How;
        }
        return null;
    }
}
