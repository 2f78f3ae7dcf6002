namespace Stun.Chain.Evm.Reading;

/// <summary>What one of many calls gave: its value, or what the contract said when it refused.</summary>
public readonly record struct MulticallResult(bool Succeeded, ReadOnlyMemory<byte> Data);
