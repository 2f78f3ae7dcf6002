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
    function verify(bytes32 root, bytes32 item, uint256 index, uint256 count, bytes32[] calldata path) internal pure {
        if (index >= count) revert BadPath();
        bytes32 at = leaf(item);
        uint256 used = 0;
        for (; count > 1; count = (count + 1) >> 1) {
            uint256 sibling = index ^ 1;
            if (sibling < count) {
                if (used == path.length) revert BadPath();
                bytes32 other = path[used++];
                at = sibling > index ? node(at, other) : node(other, at);
            }
            index >>= 1;
        }
        if (used != path.length || at != root) revert BadPath();
    }
}
