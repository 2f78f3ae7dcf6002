namespace Stun.Zk.Circuits;

/// <summary>How large a circuit may become while it is described, and until when.</summary>
/// <param name="Wires">Without those of outputs, each of which comes from another wire.</param>
public sealed record CircuitLimits(int Constraints, int Wires)
{
    /// <summary>Ends its compiling and solving, within about a second.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>What a key of this project can be for: see the limit of a domain.</summary>
    public static CircuitLimits Most { get; } = new(1 << 24, 1 << 24);
}
