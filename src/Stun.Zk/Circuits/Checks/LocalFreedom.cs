using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Checks;

/// <summary>
/// Makes the constraints linear around the witness, a row for each with the derivative by every wire that is not
/// given, and asks for directions in which all rows stay zero. A wire that some direction moves is not fixed, however
/// many wires must move with it: this finds what no change of one or two wires can.
/// </summary>
internal static class LocalFreedom
{
    public static IEnumerable<LooseSignal> Find(CheckedWires wires)
    {
        var rows = Derivatives(wires);
        var open = new HashSet<int>();
        for (var wire = 1; wire < wires.Witness.Length; wire++)
            if (!wires.IsGiven(wire))
                open.Add(wire);
        Peel(rows, open);
        var pivots = Eliminate(rows);
        // What is no pivot can be chosen, and a pivot whose row names such a wire moves with it.
        foreach (var wire in open.Order())
        {
            var isMoved = !pivots.TryGetValue(wire, out var row) || row.Keys.Any(other => !pivots.ContainsKey(other));
            if (isMoved && !wires.MayMove(wire))
                yield return new LooseSignal(wires.Circuit.WireName(wire), Looseness.InDirection,
                    "Near the witness the constraints leave it a direction to move in.");
        }
    }

    private static List<Dictionary<int, Fr>> Derivatives(CheckedWires wires)
    {
        var system = wires.System;
        List<Dictionary<int, Fr>> rows = [];
        for (var i = 0; i < system.Count; i++)
        {
            Dictionary<int, Fr> row = [];
            Add(row, system.A(i), wires.Evaluate(system.B(i)));
            Add(row, system.B(i), wires.Evaluate(system.A(i)));
            Add(row, system.C(i), -Fr.One);
            foreach (var wire in row.Keys.Where(wire => wires.IsGiven(wire) || row[wire].IsZero).ToList())
                row.Remove(wire);
            if (row.Count > 0) rows.Add(row);
        }
        return rows;
    }

    private static void Add(Dictionary<int, Fr> row, ReadOnlySpan<Term> terms, Fr factor)
    {
        foreach (ref readonly var term in terms)
            row[term.Wire] = row.GetValueOrDefault(term.Wire) + term.Coefficient * factor;
    }

    /// <summary>
    /// A row with one wire left fixes it, and it is no longer open in any other row. Most of a circuit goes this way,
    /// in the order in which a witness is computed.
    /// </summary>
    private static void Peel(List<Dictionary<int, Fr>> rows, HashSet<int> open)
    {
        Dictionary<int, List<Dictionary<int, Fr>>> rowsOf = [];
        foreach (var row in rows)
            foreach (var wire in row.Keys)
                (rowsOf.TryGetValue(wire, out var list) ? list : rowsOf[wire] = []).Add(row);
        Queue<Dictionary<int, Fr>> single = new(rows.Where(row => row.Count == 1));
        while (single.TryDequeue(out var row))
        {
            if (row.Count == 0) continue;
            var wire = row.Keys.First();
            open.Remove(wire);
            foreach (var other in rowsOf[wire])
                if (other.Remove(wire) && other.Count == 1)
                    single.Enqueue(other);
        }
        rows.RemoveAll(row => row.Count == 0);
    }

    /// <summary>Gauss and Jordan: each pivot's row, as the other wires that the pivot is a sum of.</summary>
    private static Dictionary<int, Dictionary<int, Fr>> Eliminate(List<Dictionary<int, Fr>> rows)
    {
        Dictionary<int, Dictionary<int, Fr>> pivots = [];
        foreach (var row in rows.OrderBy(row => row.Count).ToList())
        {
            Substitute(row, pivots);
            if (row.Count == 0) continue;
            var pivot = row.Keys.Max();
            var factor = -row[pivot].Inverse();
            row.Remove(pivot);
            foreach (var wire in row.Keys.ToList()) row[wire] *= factor;
            foreach (var earlier in pivots.Values)
                if (earlier.Remove(pivot, out var coefficient))
                    AddMultiple(earlier, row, coefficient);
            pivots[pivot] = row;
        }
        return pivots;
    }

    private static void Substitute(Dictionary<int, Fr> row, Dictionary<int, Dictionary<int, Fr>> pivots)
    {
        foreach (var wire in row.Keys.Where(pivots.ContainsKey).ToList())
            if (row.Remove(wire, out var coefficient))
                AddMultiple(row, pivots[wire], coefficient);
    }

    private static void AddMultiple(Dictionary<int, Fr> to, Dictionary<int, Fr> row, Fr factor)
    {
        foreach (var (wire, coefficient) in row)
        {
            var sum = to.GetValueOrDefault(wire) + coefficient * factor;
            if (sum.IsZero) to.Remove(wire);
            else to[wire] = sum;
        }
    }
}
