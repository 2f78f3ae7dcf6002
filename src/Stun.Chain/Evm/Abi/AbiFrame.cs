namespace Stun.Chain.Evm.Abi;

/// <summary>
/// Where a tuple or an array stands: its offsets count from <paramref name="Start"/>, and its next field is written or
/// read at <paramref name="Next"/>. A writer or reader hands out the frame that it leaves, to be given back at the end.
/// </summary>
public readonly record struct AbiFrame(int Start, int Next);
