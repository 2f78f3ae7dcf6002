using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Plonk;

namespace Stun.Zk.Solidity;

/// <summary>
/// The contract that verifies PLONK proofs of one key: the steps of <see cref="PlonkVerifier"/>, with the precompiles
/// of the curve. Numbers that are not canonical are refused before anything is computed.
/// </summary>
public static class PlonkContract
{
    /// <summary>A proof as the contract takes it: nine points, then six values.</summary>
    public const int ProofBytes = 768;

    private const int ValuesAt = 576;

    /// <summary>A contract that verifies proofs beside their public values.</summary>
    public static string Write(string name, PlonkVerificationKey key) => Body(key).Alone(name);

    /// <summary>Points and values of a proof as the contract takes them.</summary>
    public static byte[] Encode(PlonkProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var bytes = new byte[ProofBytes];
        var at = 0;
        foreach (var (_, point) in proof.Commitments.Named)
        {
            point.X.WriteBigEndian(bytes.AsSpan(at));
            point.Y.WriteBigEndian(bytes.AsSpan(at + Fq.ByteCount));
            at += G1.ByteCount;
        }
        var values = proof.Values;
        foreach (var value in (Fr[])[values.A, values.B, values.C, values.S1, values.S2, values.Zw])
        {
            value.WriteBigEndian(bytes.AsSpan(at));
            at += Fr.ByteCount;
        }
        return bytes;
    }

    internal static VerifierBody Body(PlonkVerificationKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new VerifierBody("PLONK", $"{Constants(key)}\n{Checks(key)}\n{Linear(key)}\n{Sums(key)}{Pairing(key)}",
            ProofBytes, key.PublicCount);
    }

    private static string Constants(PlonkVerificationKey key) => $$"""
            uint256 private constant R = {{SolidityText.Hex(Fr.Modulus)}};
            uint256 private constant Q = {{SolidityText.Hex(Fq.Modulus)}};
            uint256 private constant PROOF_LENGTH = {{ProofBytes}};
            uint256 private constant VALUES_AT = {{ValuesAt}};
            uint256 private constant POWER = {{key.Shape.Power}};
            uint256 private constant ROOT = {{SolidityText.Hex(Fr.RootOfUnity(key.Shape.Power))}};
            uint256 private constant K1 = {{SolidityText.Hex(key.Shape.K1)}};
            uint256 private constant K2 = {{SolidityText.Hex(key.Shape.K2)}};

            /// @dev What is drawn from all that was said before it.
            struct Drawn {
                uint256 beta;
                uint256 gamma;
                uint256 alpha;
                uint256 xi;
                uint256 v;
                uint256 u;
            }

            /// @dev The values of wires and permutations at xi, and of the product one step on.
            struct Values {
                uint256 a;
                uint256 b;
                uint256 c;
                uint256 s1;
                uint256 s2;
                uint256 zw;
            }

            /// @dev What the commitments are combined with, so that the combination vanishes at xi.
            struct Linear {
                uint256 xiToSize;
                uint256 ofZ;
                uint256 ofS3;
                uint256 constantPart;
            }

        """;

    private static string Checks(PlonkVerificationKey key) => $$"""
            function _holds(bytes calldata proof, uint256[{{key.PublicCount}}] memory publics)
                private
                view
                returns (bool)
            {
                if (!_isCanonical(proof)) return false;
                for (uint256 i = 0; i < {{key.PublicCount}}; ++i) {
                    if (publics[i] >= R) return false;
                }
                Drawn memory drawn = _draw(proof, publics);
                Values memory values = abi.decode(proof[VALUES_AT:], (Values));
                return _pairs(proof, drawn, values, _linear(publics, drawn, values));
            }

            /// @dev The right length, points of the curve with coordinates below its prime, values below R.
            function _isCanonical(bytes calldata proof) private pure returns (bool canonical) {
                if (proof.length != PROOF_LENGTH) return false;
                assembly ("memory-safe") {
        {{SolidityText.OnCurve}}
                    let p := proof.offset
                    canonical := 1
                    for { let at := 0 } lt(at, VALUES_AT) { at := add(at, 32) } {
                        canonical := and(canonical, lt(calldataload(add(p, at)), Q))
                    }
                    for { let at := p } lt(at, add(p, VALUES_AT)) { at := add(at, 64) } {
                        canonical := and(canonical, onCurve(calldataload(at), calldataload(add(at, 32))))
                    }
                    for { let at := VALUES_AT } lt(at, PROOF_LENGTH) { at := add(at, 32) } {
                        canonical := and(canonical, lt(calldataload(add(p, at)), R))
                    }
                }
            }

            function _draw(bytes calldata proof, uint256[{{key.PublicCount}}] memory publics)
                private
                pure
                returns (Drawn memory drawn)
            {
                bytes memory gates ={{SolidityText.HexLiteral(GateBytes(key), "            ")}};
                drawn.beta = uint256(keccak256(abi.encodePacked(gates, publics, proof[:192]))) % R;
                drawn.gamma = uint256(keccak256(abi.encode(drawn.beta))) % R;
                drawn.alpha = uint256(keccak256(abi.encodePacked(drawn.beta, drawn.gamma, proof[192:256]))) % R;
                drawn.xi = uint256(keccak256(abi.encodePacked(drawn.alpha, proof[256:448]))) % R;
                drawn.v = uint256(keccak256(abi.encodePacked(drawn.xi, proof[VALUES_AT:]))) % R;
                drawn.u = uint256(keccak256(proof[448:VALUES_AT])) % R;
            }

        """;

    private static string Linear(PlonkVerificationKey key) => $$"""
            function _linear(uint256[{{key.PublicCount}}] memory publics, Drawn memory drawn, Values memory values)
                private
                view
                returns (Linear memory linear)
            {
                linear.xiToSize = drawn.xi;
                for (uint256 i = 0; i < POWER; ++i) {
                    linear.xiToSize = mulmod(linear.xiToSize, linear.xiToSize, R);
                }
                (uint256 first, uint256 inputs) = _inputs(publics, drawn.xi, addmod(linear.xiToSize, R - 1, R));
                uint256 start = mulmod(first, mulmod(drawn.alpha, drawn.alpha, R), R);
                uint256 betaXi = mulmod(drawn.beta, drawn.xi, R);
                uint256 product = addmod(values.a + drawn.gamma, betaXi, R);
                product = mulmod(product, addmod(values.b + drawn.gamma, mulmod(betaXi, K1, R), R), R);
                product = mulmod(product, addmod(values.c + drawn.gamma, mulmod(betaXi, K2, R), R), R);
                linear.ofZ = addmod(mulmod(product, drawn.alpha, R), start, R);
                product = addmod(values.a + drawn.gamma, mulmod(drawn.beta, values.s1, R), R);
                product = mulmod(product, addmod(values.b + drawn.gamma, mulmod(drawn.beta, values.s2, R), R), R);
                product = mulmod(mulmod(product, values.zw, R), drawn.alpha, R);
                linear.ofS3 = mulmod(R - product, drawn.beta, R);
                product = mulmod(product, addmod(values.c, drawn.gamma, R), R);
                linear.constantPart = addmod(inputs + (R - start), R - product, R);
            }

            /// @dev The first Lagrange polynomial at xi, and minus the sum of public values times theirs.
            function _inputs(uint256[{{key.PublicCount}}] memory publics, uint256 xi, uint256 vanishing)
                private
                view
                returns (uint256 first, uint256 inputs)
            {
                uint256 at = 1;
                for (uint256 i = 0; i < {{Math.Max(1, key.PublicCount)}}; ++i) {
                    uint256 value = _inverse(mulmod(1 << POWER, addmod(xi, R - at, R), R));
                    value = mulmod(mulmod(value, vanishing, R), at, R);
                    if (i == 0) first = value;
        {{(key.PublicCount == 0 ? "" : "            inputs = addmod(inputs, R - mulmod(publics[i], value, R), R);")}}
                    at = mulmod(at, ROOT, R);
                }
            }

            function _inverse(uint256 value) private view returns (uint256 inverse) {
                assembly ("memory-safe") {
                    let m := mload(0x40)
                    mstore(m, 32)
                    mstore(add(m, 32), 32)
                    mstore(add(m, 64), 32)
                    mstore(add(m, 96), value)
                    mstore(add(m, 128), sub(R, 2))
                    mstore(add(m, 160), R)
                    if iszero(staticcall(gas(), 5, m, 192, m, 32)) { revert(0, 0) }
                    inverse := mload(m)
                }
            }

        """;

    private static string Sums(PlonkVerificationKey key) => $$"""
            /// @dev e(Wxi + u Wxiw, X) = e(xi Wxi + u xi w Wxiw + F - E, 1). The sum stands in the first two words.
            function _pairs(bytes calldata proof, Drawn memory drawn, Values memory values, Linear memory linear)
                private
                view
                returns (bool holds)
            {
                uint256[5] memory sum;
                holds = _addOfKey(sum, values, linear, drawn);
                holds = _addOfProof(sum, proof, linear, drawn) && holds;
                uint256 w = mulmod(mulmod(drawn.u, drawn.xi, R), ROOT, R);
                holds = _add(sum, _word(proof, 448), _word(proof, 480), drawn.xi) && holds;
                holds = _add(sum, _word(proof, 512), _word(proof, 544), w) && holds;
                uint256[5] memory left;
                holds = _add(left, _word(proof, 448), _word(proof, 480), 1) && holds;
                holds = _add(left, _word(proof, 512), _word(proof, 544), drawn.u) && holds;
                if (!holds) return false;
                return _pairingHolds(left[0], (Q - left[1]) % Q, sum[0], sum[1]);
            }

            function _addOfKey(uint256[5] memory sum, Values memory values, Linear memory linear, Drawn memory drawn)
                private
                view
                returns (bool holds)
            {
                uint256 v = drawn.v;
                uint256 power = v;
                uint256 opened = addmod(mulmod(drawn.u, values.zw, R), R - linear.constantPart, R);
                opened = addmod(opened, mulmod(power, values.a, R), R);
                power = mulmod(power, v, R);
                opened = addmod(opened, mulmod(power, values.b, R), R);
                power = mulmod(power, v, R);
                opened = addmod(opened, mulmod(power, values.c, R), R);
                power = mulmod(power, v, R);
                opened = addmod(opened, mulmod(power, values.s1, R), R);
                holds = {{Add(key.Gates.S1, "power")}};
                power = mulmod(power, v, R);
                opened = addmod(opened, mulmod(power, values.s2, R), R);
                holds = {{Add(key.Gates.S2, "power")}} && holds;
                holds = {{Add(key.Gates.Qm, "mulmod(values.a, values.b, R)")}} && holds;
                holds = {{Add(key.Gates.Ql, "values.a")}} && holds;
                holds = {{Add(key.Gates.Qr, "values.b")}} && holds;
                holds = {{Add(key.Gates.Qo, "values.c")}} && holds;
                holds = {{Add(key.Gates.Qc, "1")}} && holds;
                holds = {{Add(key.Gates.S3, "linear.ofS3")}} && holds;
                holds = {{Add(G1.Generator, "(R - opened) % R")}} && holds;
            }
        """;

    private static string Pairing(PlonkVerificationKey key) => $$"""


            function _addOfProof(uint256[5] memory sum, bytes calldata proof, Linear memory linear, Drawn memory drawn)
                private
                view
                returns (bool holds)
            {
                uint256 factor = drawn.v;
                holds = _add(sum, _word(proof, 0), _word(proof, 32), factor);
                factor = mulmod(factor, drawn.v, R);
                holds = _add(sum, _word(proof, 64), _word(proof, 96), factor) && holds;
                factor = mulmod(factor, drawn.v, R);
                holds = _add(sum, _word(proof, 128), _word(proof, 160), factor) && holds;
                holds = _add(sum, _word(proof, 192), _word(proof, 224), addmod(linear.ofZ, drawn.u, R)) && holds;
                factor = addmod(1, R - linear.xiToSize, R);
                holds = _add(sum, _word(proof, 256), _word(proof, 288), factor) && holds;
                factor = mulmod(factor, linear.xiToSize, R);
                holds = _add(sum, _word(proof, 320), _word(proof, 352), factor) && holds;
                factor = mulmod(factor, linear.xiToSize, R);
                holds = _add(sum, _word(proof, 384), _word(proof, 416), factor) && holds;
            }

            function _word(bytes calldata proof, uint256 at) private pure returns (uint256 word) {
                assembly ("memory-safe") {
                    word := calldataload(add(proof.offset, at))
                }
            }

            /// @dev Adds (x, y) * factor; false for what is no point of the curve.
            function _add(uint256[5] memory sum, uint256 x, uint256 y, uint256 factor)
                private
                view
                returns (bool done)
            {
                assembly ("memory-safe") {
                    mstore(add(sum, 64), x)
                    mstore(add(sum, 96), y)
                    mstore(add(sum, 128), factor)
                    done := staticcall(gas(), 7, add(sum, 64), 96, add(sum, 64), 64)
                    done := and(done, staticcall(gas(), 6, sum, 128, sum, 64))
                }
            }

            function _pairingHolds(uint256 leftX, uint256 leftY, uint256 rightX, uint256 rightY)
                private
                view
                returns (bool holds)
            {
                uint256[12] memory pairs = [
                    leftX,
                    leftY,
        {{Words(key.Secret)}},
                    rightX,
                    rightY,
        {{Words(G2.Generator)}}
                ];
                assembly ("memory-safe") {
                    holds := staticcall(gas(), 8, pairs, 384, pairs, 32)
                    holds := and(holds, eq(mload(pairs), 1))
                }
            }
        """;

    private static byte[] GateBytes(PlonkVerificationKey key)
    {
        var bytes = new byte[8 * G1.ByteCount];
        foreach (var (i, (_, point)) in key.Gates.Named.Index())
        {
            point.X.WriteBigEndian(bytes.AsSpan(i * G1.ByteCount));
            point.Y.WriteBigEndian(bytes.AsSpan(i * G1.ByteCount + Fq.ByteCount));
        }
        return bytes;
    }

    private static string Add(AffinePoint<Fq> point, string factor) =>
        $"_add(\n                sum,\n                {SolidityText.Hex(point.X)},\n                "
        + $"{SolidityText.Hex(point.Y)},\n                {factor}\n            )";

    private static string Words(AffinePoint<Fq2> point) => string.Join(",\n", ((Fq[])
        [point.X.C1, point.X.C0, point.Y.C1, point.Y.C0]).Select(word => "            " + SolidityText.Hex(word)));
}
