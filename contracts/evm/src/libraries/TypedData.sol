// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Batch, Challenge, Finding, Line, Posted, TaskOrder, Verdict} from "../Types.sol";

/// @notice What is signed and what is committed to: EIP-712 struct hashes, lines, words of batches.
/// @dev Strings and orders of fields are consensus with the node's own code; `contracts/spec/vectors` holds examples.
library TypedData {
    bytes32 internal constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    bytes32 internal constant ORDER_TYPE = keccak256(
        "TaskOrder(address requester,uint64 idempotencyKey,bytes32 spec,uint64 runTimeMax,uint128 priceLimit,"
        "uint64 deadline,uint8 priority,address modelCreator,uint64 home)"
    );

    bytes32 internal constant FINDING_TYPE =
        keccak256("Finding(uint64 attempt,address provider,uint8 judgement,uint128 pay)");

    bytes32 internal constant VERDICT_TYPE = keccak256(
        "Verdict(bytes16 task,uint16 round,uint8 outcome,bytes32 result,Finding[] findings,uint32 cheatPassPpb)"
        "Finding(uint64 attempt,address provider,uint8 judgement,uint128 pay)"
    );

    bytes32 internal constant BATCH_TYPE = keccak256("Batch(uint64 number,bytes32 root,uint32 tasks,bytes32 moves)");

    bytes32 internal constant ALLOWANCE_TYPE = keccak256("Allowance(address account,address sponsor)");

    bytes32 internal constant SCORES_TYPE = keccak256("Scores(uint64 epoch,bytes32 root,uint32 count)");

    bytes32 internal constant VOUCHER_TYPE =
        keccak256("Voucher(address requester,address provider,uint96 cumulative)");

    function separator(address verifyingContract) internal view returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPE, keccak256("Stun"), keccak256("1"), block.chainid, verifyingContract)
        );
    }

    function digest(bytes32 domain, bytes32 structHash) internal pure returns (bytes32 hashed) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, hex"1901")
            mstore(add(at, 2), domain)
            mstore(add(at, 34), structHash)
            hashed := keccak256(at, 66)
        }
    }

    function hash(TaskOrder calldata order) internal pure returns (bytes32) {
        return keccak256(abi.encode(ORDER_TYPE, order));
    }

    function hash(Verdict calldata verdict) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                VERDICT_TYPE,
                verdict.task,
                verdict.round,
                verdict.outcome,
                verdict.result,
                hash(verdict.findings),
                verdict.cheatPassPpb
            )
        );
    }

    /// @notice What two verdicts must share for a dispute to have changed nothing.
    function judgement(Verdict calldata verdict) internal pure returns (bytes32) {
        return keccak256(abi.encode(verdict.outcome, hash(verdict.findings)));
    }

    /// @dev The fields stand in calldata as they are hashed. Whoever calls has read number and tasks, and so refused bits
    /// that do not belong to them.
    function hash(Batch calldata batch) internal pure returns (bytes32 structHash) {
        bytes32 typeHash = BATCH_TYPE;
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore(at, typeHash)
            calldatacopy(add(at, 32), batch, 128)
            structHash := keccak256(at, 160)
        }
    }

    /// @dev Unlike its fields, a line is no typed data: nobody signs it.
    function hash(Line memory line) internal pure returns (bytes32) {
        return keccak256(abi.encode(line));
    }

    /// @notice The id of a task: the first half of the digest that its requester signs.
    function taskOf(bytes32 orderDigest) internal pure returns (bytes16) {
        return bytes16(orderDigest);
    }

    /// @notice The word that the escrow keeps for a batch: a byte of status, 31 bytes of the hash of all else.
    function word(uint8 status, Posted memory batch) internal pure returns (uint256) {
        return withStatus(status, keccak256(abi.encode(batch)));
    }

    /// @notice The same, of a batch that has not been taken from calldata yet. Posting and settling are the hot path.
    /// @dev A number or a count with bits that do not belong to it has another hash than anything posted.
    function wordOf(uint8 status, Posted calldata batch) internal pure returns (uint256) {
        bytes32 hashed;
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, batch, 160)
            hashed := keccak256(at, 160)
        }
        return withStatus(status, hashed);
    }

    function withStatus(uint8 status, bytes32 hashed) internal pure returns (uint256) {
        return (uint256(status) << 248) | (uint256(hashed) >> 8);
    }

    /// @notice The word of a batch under challenge; it binds the challenge too.
    function word(uint8 status, Posted memory batch, Challenge memory challenge) internal pure returns (uint256) {
        return withStatus(status, keccak256(abi.encode(batch, challenge)));
    }

    function hash(Finding[] calldata findings) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](findings.length);
        for (uint256 i = 0; i < findings.length; ++i) {
            hashes[i] = keccak256(abi.encode(FINDING_TYPE, findings[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
