// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev What contracts of this folder pass to each other. The signed ones are consensus: see TypedData.sol.

/// @notice A requester's binding order. Times are microseconds, as everywhere outside of a chain.
struct TaskOrder {
    address requester;
    uint64 idempotencyKey;
    bytes32 spec;
    uint64 runTimeMax;
    uint128 priceLimit;
    uint64 deadline;
    uint8 priority;
    address modelCreator;
    uint64 home;
}

struct Finding {
    uint64 attempt;
    address provider;
    uint8 judgement;
    uint128 pay;
}

struct Verdict {
    bytes16 task;
    uint16 round;
    uint8 outcome;
    bytes32 result;
    Finding[] findings;
    uint32 cheatPassPpb;
}

/// @notice What M of N validators sign.
struct Batch {
    uint64 number;
    bytes32 root;
    uint32 tasks;
    bytes32 moves;
}

/// @notice A batch as it was posted. Callers bring it along; the escrow keeps its hash only.
struct Posted {
    uint64 number;
    bytes32 root;
    uint32 tasks;
    bytes32 moves;
    uint64 payableAt;
}

/// @notice One leaf of a batch: a task, the struct hashes of its order and its verdict.
struct Line {
    bytes16 task;
    bytes32 order;
    bytes32 verdict;
}

/// @notice What stands behind a line, with everybody's signatures.
struct Judged {
    TaskOrder order;
    bytes orderSignature;
    Verdict verdict;
    bytes signatures;
}

/// @notice Where a line stands in a batch, and the path that shows it.
struct Place {
    uint32 index;
    Line line;
    bytes32[] path;
}

/// @notice What stands behind a line, without signatures: enough to add up.
struct Unsigned {
    TaskOrder order;
    Verdict verdict;
}

/// @notice An open challenge. Callers bring it along, as they do the batch.
struct Challenge {
    uint8 kind;
    address challenger;
    uint96 bond;
    uint32 index;
    bytes32 line;
    uint64 answerBy;
}

/// @notice Times in seconds, bonds in the escrow's currency. Each group of four rows fills a word.
struct Terms {
    uint32 window;
    uint32 answerWindow;
    uint32 contestWindow;
    uint32 exitDelay;
    uint96 challengeBond;
    uint32 claimDelay;
    uint96 contestBond;
    uint96 disputeBond;
    uint32 disputeWindow;
    uint32 disputeTimeout;
    uint32 expiryGrace;
    uint96 depositCap;
}

/// @notice How money is divided, from a batch on. Batches keep the shares under which they were made.
struct Shares {
    uint64 from;
    uint24 treasuryPpm;
    uint24 creatorPpm;
    uint24 slashToRequesterPpm;
    uint32 slashMultiple;
    address treasury;
}

/// @dev Status of a batch: the top byte of its word. A batch is settled when its word says pending and its number is
/// below the next one to be settled: a write of its own would cost every batch 2,900 gas.
uint8 constant PENDING = 1;
uint8 constant CHALLENGED = 2;
uint8 constant VOIDED = 3;

/// @dev Kinds of challenges.
uint8 constant OF_LINE = 1;
uint8 constant OF_INDEX = 2;
uint8 constant OF_MOVES = 3;

/// @dev Judgements of a finding.
uint8 constant PAID = 0;
uint8 constant UNPAID = 1;
uint8 constant FRAUD = 2;

/// @dev Outcome of a task that ran to its end.
uint8 constant COMPLETE = 0;
