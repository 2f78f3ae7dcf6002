using System.Numerics;
using Stun.Zk.Fields;

namespace Stun.Zk.Circuits.Checks;

/// <summary>
/// Plays a prover who does not keep to the hints. Everything but hints follows from constraints, so a second witness
/// begins with another value of a hint: it is put in, what follows is computed again, and every constraint is checked
/// as soon as its wires are known. What arrives at the end is a real second witness.
/// </summary>
internal sealed class HintDeviation
{
    private const int NamedMax = 12;

    private readonly CheckedWires wires;
    private readonly Draw draw;
    private readonly Fr[] honest;
    private readonly List<int>[] readyAt;
    private int end;

    private HintDeviation(CheckedWires wires, Draw draw)
    {
        this.wires = wires;
        this.draw = draw;
        honest = [.. wires.Witness];
        readyAt = ConstraintsByStep(wires);
    }

    public static IEnumerable<LooseSignal> Find(CheckedWires wires, Draw draw)
    {
        var search = new HintDeviation(wires, draw);
        foreach (var (index, step) in wires.Circuit.Steps.Index())
            if (step is Step.Hint hint)
                foreach (var loose in search.Try(index, hint))
                    yield return loose;
    }

    private IEnumerable<LooseSignal> Try(int index, Step.Hint hint)
    {
        var first = wires.Circuit.Layout.PositionOf(hint.First);
        var values = honest[first..(first + hint.Count)];
        foreach (var other in Others(values))
        {
            if (other.AsSpan().SequenceEqual(values)) continue;
            List<int> moved = [];
            if (Follow(index, first, other))
                moved = [.. Enumerable.Range(0, honest.Length)
                    .Where(wire => wires.Witness[wire] != honest[wire] && !wires.Circuit.IsFree(wire))];
            Restore(first);
            if (moved.Count == 0) continue;
            // Outputs come first: they are what a verifier believes.
            return moved.Take(NamedMax).Select(wire => new LooseSignal(
                wires.Circuit.WireName(wire), Looseness.ByDeviation,
                $"Another value of '{wires.Circuit.WireName(first)}' gives another witness that is accepted."));
        }
        return [];
    }

    /// <summary>Inner wires are made in the order of the steps, so that only a stretch of them has changed.</summary>
    private void Restore(int first)
    {
        honest.AsSpan(first, end - first).CopyTo(wires.Witness.AsSpan(first));
        var outputs = wires.System.Wires.Outputs;
        honest.AsSpan(1, outputs).CopyTo(wires.Witness.AsSpan(1));
    }

    private bool Follow(int index, int first, Fr[] values)
    {
        values.CopyTo(wires.Witness, first);
        end = first + values.Length;
        if (!readyAt[index].All(wires.Holds)) return false;
        var steps = wires.Circuit.Steps;
        for (var next = index + 1; next < steps.Count; next++)
        {
            wires.Circuit.RunStep(steps[next], wires.Witness);
            end = Math.Max(end, StretchOf(wires.Circuit.Layout, steps[next]).End);
            if (!readyAt[next].All(wires.Holds)) return false;
        }
        return true;
    }

    private IEnumerable<Fr[]> Others(Fr[] values)
    {
        if (values.All(value => value.IsZero || value == Fr.One))
            foreach (var bits in OtherBits(values))
                yield return bits;
        for (var i = 0; i < values.Length; i++)
            foreach (var value in (Fr[])[Fr.Zero, Fr.One, values[i] + Fr.One, values[i] - Fr.One, -values[i],
                values[i].Doubled(), draw.NextScalar()])
                yield return With(values, i, value);
        for (var i = 0; i + 1 < values.Length; i++)
            yield return With(With(values, i, values[i + 1]), i + 1, values[i]);
        yield return [.. values.Select(_ => draw.NextScalar())];
        yield return [.. values.Select(value => -value)];
    }

    /// <summary>Other bits of the same number in the field, then of numbers near it, then any.</summary>
    private IEnumerable<Fr[]> OtherBits(Fr[] values)
    {
        var number = BigInteger.Zero;
        for (var i = values.Length - 1; i >= 0; i--) number = (number << 1) | (values[i].IsZero ? 0 : 1);
        foreach (var other in (BigInteger[])
            [number + Fr.Modulus, number - Fr.Modulus, number + 1, number - 1, Fr.Modulus - number])
            if (other >= 0 && other >> values.Length == 0)
                yield return BitsOf(other, values.Length);
        for (var i = 0; i < 4; i++) yield return BitsOf(draw.NextScalar().ToBigInteger(), values.Length);
    }

    private static Fr[] BitsOf(BigInteger number, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (number >> i).IsEven ? Fr.Zero : Fr.One)];

    private static Fr[] With(Fr[] values, int index, Fr value)
    {
        Fr[] changed = [.. values];
        changed[index] = value;
        return changed;
    }

    private static (int First, int End) StretchOf(WireLayout layout, Step step)
    {
        var (wire, count) = step switch
        {
            Step.Hint hint => (hint.First, hint.Count),
            Step.Product product => (product.Wire, 1),
            _ => throw new InvalidOperationException("A step is a product or a hint."),
        };
        var first = layout.PositionOf(wire);
        return (first, first + count);
    }

    /// <summary>For each step the constraints that can be checked once it is done.</summary>
    private static List<int>[] ConstraintsByStep(CheckedWires wires)
    {
        var steps = wires.Circuit.Steps;
        var layout = wires.Circuit.Layout;
        var madeBy = new int[wires.Witness.Length];
        Array.Fill(madeBy, -1);
        foreach (var (index, step) in steps.Index())
        {
            var (first, end) = StretchOf(layout, step);
            madeBy.AsSpan(first, end - first).Fill(index);
        }
        var ready = new List<int>[steps.Count];
        for (var i = 0; i < ready.Length; i++) ready[i] = [];
        for (var i = 0; i < wires.System.Count; i++)
        {
            var last = Math.Max(Last(wires.System.A(i)), Math.Max(Last(wires.System.B(i)), Last(wires.System.C(i))));
            if (last >= 0) ready[last].Add(i);
        }
        return ready;

        int Last(ReadOnlySpan<Term> terms)
        {
            var last = -1;
            foreach (ref readonly var term in terms) last = Math.Max(last, madeBy[term.Wire]);
            return last;
        }
    }
}
