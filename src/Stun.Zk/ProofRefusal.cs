namespace Stun.Zk;

/// <summary>Why a proof was not accepted: one of <see cref="ZkCodes"/>, and what was wrong.</summary>
public sealed record ProofRefusal(string Code, string What);
