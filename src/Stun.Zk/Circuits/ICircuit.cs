namespace Stun.Zk.Circuits;

/// <summary>
/// A statement that can be proved, described once: constraints and the computation of a witness both follow from it.
/// Two descriptions that define the same in the same order give the same constraint system, wire by wire.
/// </summary>
public interface ICircuit
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>
    /// Names the inputs, constrains them and names the outputs. It must not depend on anything but the circuit's own
    /// parameters: it runs once, before any value is known.
    /// </summary>
    void Define(CircuitBuilder builder);
}
