namespace Stun.Zk.Circuits;

/// <summary>A circuit that is wrong in itself, or values that do not fit the inputs it names.</summary>
public sealed class CircuitException(string message) : Exception(message);
