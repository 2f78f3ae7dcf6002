// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Signatures of 64 bytes (EIP-2098): r, then s with the parity of y in its top bit.
library Signatures {
    uint256 internal constant SIZE = 64;

    /// @dev Half of the order of the curve: of each pair of equivalent signatures only the lower one counts.
    uint256 private constant S_MAX = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    error BadSignature();

    /// @notice Who signed; zero is refused, and so is a high s.
    /// @dev Assembly: each signature of each batch comes through here. The precompile at 1 answers with nothing where
    /// there is no such key, so the word of the answer is cleared first.
    function signer(bytes32 digest, bytes32 r, bytes32 parityAndS) internal view returns (address who) {
        bool high;
        assembly ("memory-safe") {
            let s := and(parityAndS, 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF)
            high := gt(s, S_MAX)
            let at := mload(0x40)
            mstore(at, digest)
            mstore(add(at, 32), add(27, shr(255, parityAndS)))
            mstore(add(at, 64), r)
            mstore(add(at, 96), s)
            mstore(0, 0)
            pop(staticcall(gas(), 1, at, 128, 0, 32))
            who := mload(0)
        }
        if (high || who == address(0)) revert BadSignature();
    }

    function signer(bytes32 digest, bytes calldata signature) internal view returns (address) {
        if (signature.length != SIZE) revert BadSignature();
        return signer(digest, bytes32(signature[:32]), bytes32(signature[32:]));
    }
}
