// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Signatures of 64 bytes (EIP-2098): r, then s with the parity of y in its top bit.
library Signatures {
    uint256 internal constant SIZE = 64;

    /// @dev Half of the order of the curve: of each pair of equivalent signatures only the lower one counts.
    uint256 private constant S_MAX = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    error BadSignature();

    /// @notice Who signed; zero is refused, and so is a high s.
    function signer(bytes32 digest, bytes32 r, bytes32 parityAndS) internal pure returns (address who) {
        uint256 s = uint256(parityAndS) & (type(uint256).max >> 1);
        if (s > S_MAX) revert BadSignature();
        who = ecrecover(digest, uint8(uint256(parityAndS) >> 255) + 27, r, bytes32(s));
        if (who == address(0)) revert BadSignature();
    }

    function signer(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        if (signature.length != SIZE) revert BadSignature();
        return signer(digest, bytes32(signature[:32]), bytes32(signature[32:]));
    }
}
