using Stun.Zk.Curves;
using Stun.Zk.Fields;

namespace Stun.Zk.Groth16;

/// <summary>
/// A proof of Groth16: three points. It is malleable: (-A, -B, C), and for whoever knows the key also other
/// randomisations, prove the same. So a proof is no name of itself: never use one as a nonce or a key of a table.
/// </summary>
public sealed record Groth16Proof(AffinePoint<Fq> A, AffinePoint<Fq2> B, AffinePoint<Fq> C);
