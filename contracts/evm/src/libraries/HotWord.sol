// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What each post and each settlement reads and writes, in one word: it is loaded once and stored once. A struct
/// would be taken apart and put together again field by field.
/// @dev From the right: batches posted (64), next to settle (64), paused until (40), window (32), quorum (8),
/// generation of the validators (32), whether the sister contracts are named (8).
type HotWord is uint256;

using {
    posted, nextToSettle, pausedUntil, window, quorum, generation, isConnected, addPosted, addSettled, withPause,
    withWindow, withValidators, withConnected
} for HotWord global;

function posted(HotWord hot) pure returns (uint64) {
    return uint64(HotWord.unwrap(hot));
}

function nextToSettle(HotWord hot) pure returns (uint64) {
    return uint64(HotWord.unwrap(hot) >> 64);
}

function pausedUntil(HotWord hot) pure returns (uint256) {
    return (HotWord.unwrap(hot) >> 128) & 0xFFFFFFFFFF;
}

function window(HotWord hot) pure returns (uint256) {
    return (HotWord.unwrap(hot) >> 168) & 0xFFFFFFFF;
}

function quorum(HotWord hot) pure returns (uint256) {
    return (HotWord.unwrap(hot) >> 200) & 0xFF;
}

function generation(HotWord hot) pure returns (uint256) {
    return (HotWord.unwrap(hot) >> 208) & 0xFFFFFFFF;
}

function isConnected(HotWord hot) pure returns (bool) {
    return HotWord.unwrap(hot) >> 240 != 0;
}

/// @dev 2^64 batches will never be: the two counts do not run over.
function addPosted(HotWord hot) pure returns (HotWord) {
    unchecked {
        return HotWord.wrap(HotWord.unwrap(hot) + 1);
    }
}

function addSettled(HotWord hot) pure returns (HotWord) {
    unchecked {
        return HotWord.wrap(HotWord.unwrap(hot) + (1 << 64));
    }
}

function withPause(HotWord hot, uint40 until) pure returns (HotWord) {
    return HotWord.wrap((HotWord.unwrap(hot) & ~(uint256(0xFFFFFFFFFF) << 128)) | (uint256(until) << 128));
}

function withWindow(HotWord hot, uint32 window_) pure returns (HotWord) {
    return HotWord.wrap((HotWord.unwrap(hot) & ~(uint256(0xFFFFFFFF) << 168)) | (uint256(window_) << 168));
}

function withValidators(HotWord hot, uint32 generation_, uint8 quorum_) pure returns (HotWord) {
    uint256 cleared = HotWord.unwrap(hot) & ~(uint256(0xFFFFFFFFFF) << 200);
    return HotWord.wrap(cleared | (uint256(generation_) << 208) | (uint256(quorum_) << 200));
}

function withConnected(HotWord hot) pure returns (HotWord) {
    return HotWord.wrap(HotWord.unwrap(hot) | (1 << 240));
}
