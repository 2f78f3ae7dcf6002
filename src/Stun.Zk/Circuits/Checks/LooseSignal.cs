namespace Stun.Zk.Circuits.Checks;

/// <summary>How a signal was found to be loose.</summary>
public enum Looseness
{
    /// <summary>The wire can take another value, and every constraint still holds.</summary>
    Alone,

    /// <summary>Two wires can move together, and every constraint still holds.</summary>
    InPair,

    /// <summary>The constraints, made linear around the witness, leave the wire a direction to move in.</summary>
    InDirection,

    /// <summary>Another value of a hint was followed to the end and gave another witness that is accepted.</summary>
    ByDeviation,
}

/// <summary>A signal that the inputs do not fix: a prover may choose it.</summary>
/// <param name="Name">The path of its parts, as the description of the circuit names them.</param>
/// <param name="Reason">What was found, in words.</param>
public sealed record LooseSignal(string Name, Looseness Looseness, string Reason);
