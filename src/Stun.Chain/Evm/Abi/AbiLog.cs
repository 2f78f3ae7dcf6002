namespace Stun.Chain.Evm.Abi;

/// <summary>What a contract logged: up to four topics, of which the first names the event, and its data.</summary>
public readonly record struct AbiLog(Address Contract, ValueList<Digest> Topics, ReadOnlyMemory<byte> Data);
