namespace Stun.Protocol;

/// <summary>
/// Bytes that are no value of the wire's types, or a value that the wire does not carry. Says what and where; the only
/// exception that foreign bytes can cause.
/// </summary>
public sealed class WireException(string reason) : Exception(reason);
