using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Groth16;

namespace Stun.Zk.Solidity;

/// <summary>
/// The contract that verifies Groth16 proofs of one key. What is not canonical is refused before it reaches the
/// precompiles of the curve (EIP-196, EIP-197): public values at or above the prime of scalars, coordinates at or
/// above that of the curve, proofs of another length. That points lie on the curve and in the group the pairing itself
/// demands.
/// </summary>
public static class Groth16Contract
{
    /// <summary>A proof as the contract takes it: A, B and C in eight words, of B the parts with u first.</summary>
    public const int ProofBytes = 256;

    /// <summary>A contract that verifies proofs beside their public values.</summary>
    /// <param name="name">The name that the contract gets.</param>
    public static string Write(string name, Groth16VerificationKey key) => Body(key).Alone(name);

    /// <summary>The points of a proof as the contract takes them.</summary>
    public static byte[] Encode(Groth16Proof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var bytes = new byte[ProofBytes];
        Fq[] words =
        [
            proof.A.X, proof.A.Y, proof.B.X.C1, proof.B.X.C0, proof.B.Y.C1, proof.B.Y.C0, proof.C.X, proof.C.Y,
        ];
        for (var i = 0; i < words.Length; i++) words[i].WriteBigEndian(bytes.AsSpan(i * Fq.ByteCount));
        return bytes;
    }

    internal static VerifierBody Body(Groth16VerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new VerifierBody("Groth16", $"{Constants}\n{Check(key)}", ProofBytes, key.PublicCount);
    }

    private static string Constants => $"""
            uint256 private constant R = {SolidityText.Hex(Fr.Modulus)};
            uint256 private constant Q = {SolidityText.Hex(Fq.Modulus)};
            uint256 private constant PROOF_LENGTH = {ProofBytes};

        """;

    /// <summary>The functions that check a proof against public values in memory.</summary>
    private static string Check(Groth16VerificationKey key) => $$"""
            /// @dev e(-A, B) e(alpha, beta) e(inputs, gamma) e(C, delta) = 1, the four pairs one after the other at m.
            function _holds(bytes calldata proof, uint256[{{key.PublicCount}}] memory publics)
                private
                view
                returns (bool holds)
            {
                if (!_isCanonical(proof)) return false;
                assembly ("memory-safe") {
                    // Adds (x, y) * value to the point at m; 0 if the value is not canonical.
                    function accumulate(m, x, y, value) -> done {
                        mstore(add(m, 64), x)
                        mstore(add(m, 96), y)
                        mstore(add(m, 128), value)
                        done := lt(value, {{SolidityText.Hex(Fr.Modulus)}})
                        done := and(done, staticcall(gas(), 7, add(m, 64), 96, add(m, 64), 64))
                        done := and(done, staticcall(gas(), 6, m, 128, m, 64))
                    }
                    let m := mload(0x40)
                    let p := proof.offset
                    let inputs := add(m, 384)
                    holds := 1
                    mstore(inputs, {{SolidityText.Hex(key.Inputs[0].X)}})
                    mstore(add(inputs, 32), {{SolidityText.Hex(key.Inputs[0].Y)}})
        {{Sum(key)}}
                    mstore(m, calldataload(p))
                    mstore(add(m, 32), sub(Q, calldataload(add(p, 32))))
                    calldatacopy(add(m, 64), add(p, 64), 128)
        {{Store(192, key.Alpha.X, key.Alpha.Y)}}
        {{Store(256, key.Beta)}}
        {{Store(448, key.Gamma)}}
                    calldatacopy(add(m, 576), add(p, 192), 64)
        {{Store(640, key.Delta)}}
                    holds := and(holds, staticcall(gas(), 8, m, 768, m, 32))
                    holds := and(holds, eq(mload(m), 1))
                }
            }

            /// @dev The right length, every coordinate below the prime of the curve, A and C on it, neither A nor B
            /// infinity. Of B the pairing sees whether it is of its group.
            function _isCanonical(bytes calldata proof) private pure returns (bool canonical) {
                if (proof.length != PROOF_LENGTH) return false;
                assembly ("memory-safe") {
        {{SolidityText.OnCurve}}
                    let p := proof.offset
                    canonical := 1
                    for { let at := 0 } lt(at, PROOF_LENGTH) { at := add(at, 32) } {
                        canonical := and(canonical, lt(calldataload(add(p, at)), Q))
                    }
                    canonical := and(canonical, onCurve(calldataload(p), calldataload(add(p, 32))))
                    canonical := and(canonical, onCurve(calldataload(add(p, 192)), calldataload(add(p, 224))))
                    let a := or(calldataload(p), calldataload(add(p, 32)))
                    let b := or(calldataload(add(p, 64)), calldataload(add(p, 96)))
                    b := or(b, or(calldataload(add(p, 128)), calldataload(add(p, 160))))
                    canonical := and(canonical, and(gt(a, 0), gt(b, 0)))
                }
            }
        """;

    private static string Sum(Groth16VerificationKey key)
    {
        List<string> lines = [];
        for (var i = 1; i < key.Inputs.Length; i++)
        {
            lines.Add("holds := and(holds, accumulate(inputs,");
            lines.Add($"    {SolidityText.Hex(key.Inputs[i].X)},");
            lines.Add($"    {SolidityText.Hex(key.Inputs[i].Y)},");
            lines.Add($"    mload(add(publics, {32 * (i - 1)}))))");
        }
        return Indented(lines);
    }

    private static string Store(int at, AffinePoint<Fq2> point) =>
        Store(at, point.X.C1, point.X.C0, point.Y.C1, point.Y.C0);

    private static string Store(int at, params ReadOnlySpan<Fq> words)
    {
        List<string> lines = [];
        for (var i = 0; i < words.Length; i++)
            lines.Add($"mstore(add(m, {at + 32 * i}), {SolidityText.Hex(words[i])})");
        return Indented(lines);
    }

    private static string Indented(List<string> lines) =>
        string.Join('\n', lines.Select(line => new string(' ', 12) + line));
}
