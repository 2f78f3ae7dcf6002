namespace Stun.Engine.Settlement;

/// <summary>
/// Whether this address signed this digest. A pure function, as ecrecover is to a contract: the escrow may not wait
/// for an answer in the middle of a transaction.
/// </summary>
public delegate bool SignatureCheck(Address signer, Digest digest, Signature signature);
