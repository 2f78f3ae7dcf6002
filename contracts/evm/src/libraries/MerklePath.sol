// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice Merkle trees of keccak-256, hashed as in RFC 6962: leaves and inner nodes under different prefixes, so that
/// an inner node is never taken for a leaf; a node that stands alone is carried up unchanged.
library MerklePath {
    error BadPath();

    function leaf(bytes32 item) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(bytes1(0x00), item));
    }

    /// @dev Assembly in free memory: a path of depth 20 would otherwise pay for twenty arrays.
    function node(bytes32 left, bytes32 right) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore8(at, 1)
            mstore(add(at, 1), left)
            mstore(add(at, 33), right)
            hash := keccak256(at, 65)
        }
    }

    /// @notice Reverts unless `item` is number `index` of the `count` items under `root`.
    /// @dev Assembly as in `node`: a challenge walks twenty levels.
    function verify(bytes32 root, bytes32 item, uint256 index, uint256 count, bytes32[] calldata path) internal pure {
        if (index >= count) revert BadPath();
        bytes32 at = leaf(item);
        bool good;
        assembly ("memory-safe") {
            let pair := mload(0x40)
            mstore8(pair, 1)
            let next := path.offset
            let end := add(next, shl(5, path.length))
            for {} gt(count, 1) { count := shr(1, add(count, 1)) } {
                // A node that stands alone has no sibling, and goes up as it is.
                if lt(xor(index, 1), count) {
                    // Past the end of a path that is too short: `next` and `end` differ from here on.
                    let other := calldataload(next)
                    next := add(next, 32)
                    let left := shl(5, and(index, 1))
                    mstore(add(add(pair, 1), left), at)
                    mstore(sub(add(pair, 33), left), other)
                    at := keccak256(pair, 65)
                }
                index := shr(1, index)
            }
            good := and(eq(next, end), eq(at, root))
        }
        if (!good) revert BadPath();
    }
}
