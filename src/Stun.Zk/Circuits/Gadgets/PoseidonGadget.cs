using System.Collections.Concurrent;
using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Zk.Circuits.Gadgets;

/// <summary>
/// Poseidon inside of a circuit: three constraints for each fifth power. In the partial rounds only one element of the
/// state is powered, so that all others stay sums over the wires before; those sums depend on the width alone and are
/// made once, as a plan.
/// </summary>
public static class PoseidonGadget
{
    private static readonly ConcurrentDictionary<int, PartialPlan> Plans = new();

    /// <summary>The hash of 1 to 16 values, as <see cref="Poseidon.Hash"/> gives it.</summary>
    public static Signal Hash(CircuitBuilder builder, params ReadOnlySpan<Signal> values)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var parameters = PoseidonParameters.ForArity(values.Length);
        using var scope = builder.Within("poseidon");
        Signal[] state = [builder.Zero, .. values];
        var half = PoseidonParameters.FullRounds / 2;
        var powers = FullRound(builder, parameters, state, 0);
        for (var round = 1; round < half; round++)
            powers = FullRound(builder, parameters, Mix(builder, parameters, powers), round);
        state = PartialRounds(builder, parameters, powers);
        for (var round = half + parameters.PartialRounds; round < parameters.Rounds; round++)
            state = Mix(builder, parameters, FullRound(builder, parameters, state, round));
        return state[0];
    }

    /// <summary>The hash of a list of any length, as <see cref="Poseidon.HashList"/> gives it.</summary>
    public static Signal HashList(CircuitBuilder builder, IReadOnlyList<Signal> values)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(values);
        var hash = builder.Constant(values.Count);
        if (values.Count == 0) return Hash(builder, hash);
        for (var at = 0; at < values.Count; at += Poseidon.ListChunk)
        {
            var chunk = new Signal[Poseidon.ListChunk + 1];
            chunk[0] = hash;
            for (var i = 0; i < Poseidon.ListChunk; i++)
                chunk[i + 1] = at + i < values.Count ? values[at + i] : builder.Zero;
            hash = Hash(builder, chunk);
        }
        return hash;
    }

    private static Signal[] FullRound(
        CircuitBuilder builder, PoseidonParameters parameters, Signal[] state, int round)
    {
        var powers = new Signal[state.Length];
        for (var i = 0; i < state.Length; i++)
            powers[i] = FifthPower(builder, state[i] + parameters.Constants[round * state.Length + i]);
        return powers;
    }

    private static Signal[] Mix(CircuitBuilder builder, PoseidonParameters parameters, Signal[] powers)
    {
        var width = parameters.Width;
        var mixed = new Signal[width];
        for (var i = 0; i < width; i++)
            mixed[i] = builder.Sum(powers, parameters.Matrix.AsSpan(i * width, width));
        return mixed;
    }

    /// <summary>From the powers of the last full round to the state after the last partial one.</summary>
    private static Signal[] PartialRounds(CircuitBuilder builder, PoseidonParameters parameters, Signal[] powers)
    {
        var plan = Plans.GetOrAdd(parameters.Width, _ => new PartialPlan(parameters));
        var basis = new Signal[plan.BasisCount];
        powers.CopyTo(basis, 0);
        for (var round = 0; round < parameters.PartialRounds; round++)
        {
            var known = parameters.Width + round;
            basis[known] = FifthPower(builder, Combine(builder, basis, known, plan.Powered[round]));
        }
        var state = new Signal[parameters.Width];
        for (var i = 0; i < state.Length; i++) state[i] = Combine(builder, basis, basis.Length, plan.Last[i]);
        return state;
    }

    private static Signal Combine(CircuitBuilder builder, Signal[] basis, int count, Fr[] row) =>
        builder.Sum(basis.AsSpan(0, count), row.AsSpan(0, count)) + row[^1];

    private static Signal FifthPower(CircuitBuilder builder, Signal value)
    {
        var square = builder.Multiply(value, value, "square");
        var fourth = builder.Multiply(square, square, "fourth");
        return builder.Multiply(fourth, value, "fifth");
    }

    /// <summary>
    /// The sums of the partial rounds over a basis: the powers of the last full round before them, then the power of
    /// each partial round. The last place of a row is its constant.
    /// </summary>
    private sealed class PartialPlan
    {
        public PartialPlan(PoseidonParameters parameters)
        {
            var (width, rounds) = (parameters.Width, parameters.PartialRounds);
            BasisCount = width + rounds;
            var constantAt = BasisCount;
            var state = new Fr[width][];
            for (var i = 0; i < width; i++)
            {
                state[i] = new Fr[BasisCount + 1];
                parameters.Matrix.AsSpan(i * width, width).CopyTo(state[i]);
            }
            Powered = new Fr[rounds][];
            for (var round = 0; round < rounds; round++)
            {
                var at = (PoseidonParameters.FullRounds / 2 + round) * width;
                for (var i = 0; i < width; i++) state[i][constantAt] += parameters.Constants[at + i];
                Powered[round] = state[0];
                state[0] = new Fr[BasisCount + 1];
                state[0][width + round] = Fr.One;
                state = Mixed(parameters, state);
            }
            Last = state;
        }

        public int BasisCount { get; }

        public Fr[][] Powered { get; }

        public Fr[][] Last { get; }

        private static Fr[][] Mixed(PoseidonParameters parameters, Fr[][] state)
        {
            var mixed = new Fr[state.Length][];
            for (var i = 0; i < mixed.Length; i++)
            {
                mixed[i] = new Fr[state[0].Length];
                for (var j = 0; j < state.Length; j++)
                    AddMultiple(mixed[i], state[j], parameters.Matrix[i * state.Length + j]);
            }
            return mixed;
        }

        private static void AddMultiple(Fr[] to, Fr[] row, Fr factor)
        {
            for (var i = 0; i < row.Length; i++)
                if (!row[i].IsZero) to[i] += row[i] * factor;
        }
    }
}
