// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {FRAUD, Finding, Line, PAID, Posted, Shares, TaskOrder, Unsigned} from "./Types.sol";
import {Division} from "./libraries/Division.sol";
import {MerklePath} from "./libraries/MerklePath.sol";
import {TypedData} from "./libraries/TypedData.sol";

/// @notice Adds up the lines of a batch in several calls: their Merkle root, and what they move.
/// @dev The root is built as a stack of whole subtrees. What accounts gain is kept by account, with a count of those that
/// are not zero: in the end the moves must clear every one of them.
abstract contract Tally {
    struct Sum {
        uint32 next;
        uint32 slashesUsed;
        uint64 unequal;
        bytes32[32] peaks;
    }

    /// @dev What is the same for all lines of one call.
    struct Frame {
        bytes32 id;
        bytes32 domain;
        Shares shares;
    }

    mapping(bytes32 sum => Sum state) private _sums;
    mapping(bytes32 sum => mapping(address account => int256 gained)) private _gained;

    error LinesMissing(uint32 next);
    error MovesDiffer();
    error RootDiffers();
    error SlashDiffers();
    error TooManyLines();
    error VerdictOfAnotherTask();

    /// @notice How many lines a caller has added up for an open contest.
    function addedUp(bytes32 sum) external view returns (uint32) {
        return _sums[sum].next;
    }

    function _add(Frame memory frame, Unsigned[] calldata lines, Posted calldata batch, bytes calldata moves)
        internal
        returns (uint32)
    {
        if (keccak256(moves) != batch.moves) revert MovesDiffer();
        Sum storage sum = _sums[frame.id];
        if (lines.length > batch.tasks - sum.next) revert TooManyLines();
        for (uint256 i = 0; i < lines.length; ++i) {
            _push(sum, _leafOf(lines[i], frame.domain));
            _addLine(frame, lines[i], moves);
        }
        return sum.next;
    }

    function _finish(bytes32 id, Posted calldata batch, bytes calldata moves) internal {
        if (keccak256(moves) != batch.moves) revert MovesDiffer();
        Sum storage sum = _sums[id];
        if (sum.next != batch.tasks) revert LinesMissing(sum.next);
        if (_root(sum) != batch.root) revert RootDiffers();
        (uint256 debits, uint256 credits,, uint256 slashes) = _counts(moves);
        if (sum.slashesUsed != slashes) revert SlashDiffers();
        address last = address(0);
        for (uint256 i = 0; i < debits + credits; ++i) {
            (address account, uint256 amount) = _moveAt(moves, i);
            if (i == debits) last = address(0);
            if (account <= last || amount == 0) revert MovesDiffer();
            last = account;
            int256 gained = i < debits ? -int256(amount) : int256(amount);
            if (_gained[id][account] != gained) revert MovesDiffer();
            _gain(id, account, -gained);
        }
        if (sum.unequal != 0) revert MovesDiffer();
        delete _sums[id];
    }

    function _leafOf(Unsigned calldata line, bytes32 domain) private pure returns (bytes32) {
        bytes32 order = TypedData.hash(line.order);
        bytes16 task = TypedData.taskOf(TypedData.digest(domain, order));
        if (line.verdict.task != task) revert VerdictOfAnotherTask();
        Division.charge(line.verdict, line.order.priceLimit);
        return MerklePath.leaf(TypedData.hash(Line(task, order, TypedData.hash(line.verdict))));
    }

    function _addLine(Frame memory frame, Unsigned calldata line, bytes calldata moves) private {
        for (uint256 i = 0; i < line.verdict.findings.length; ++i) {
            Finding calldata finding = line.verdict.findings[i];
            if (finding.judgement == PAID) _addPay(frame, line.order, finding);
            else if (finding.judgement == FRAUD) _addSlash(frame, line.order, finding.provider, moves);
        }
    }

    function _addPay(Frame memory frame, TaskOrder calldata order, Finding calldata finding) private {
        Shares memory shares = frame.shares;
        (uint256 provider, uint256 treasury, uint256 creator) = Division.split(
            finding.pay, shares.treasuryPpm, shares.creatorPpm, order.modelCreator != address(0)
        );
        // Pays of 128 bits: their signed sums stay far from 255.
        _gain(frame.id, order.requester, -int256(uint256(finding.pay)));
        _gain(frame.id, finding.provider, int256(provider));
        _gain(frame.id, shares.treasury, int256(treasury));
        _gain(frame.id, order.modelCreator, int256(creator));
    }

    /// @dev What was really taken depends on the stake of that moment, so it is not in the line. The moves say it; it may
    /// not exceed what a fraud costs, and nobody may be made rich by it. A fraud of which nothing was taken has no entry.
    function _addSlash(Frame memory frame, TaskOrder calldata order, address provider, bytes calldata moves) private {
        Sum storage sum = _sums[frame.id];
        uint256 at = _slashAt(moves, sum.slashesUsed);
        if (at == 0) return;
        (address from, uint256 toRequester) = _moveAt(moves, at - 1);
        (address requester, uint256 toTreasury) = _moveAt(moves, at);
        if (from != provider || requester != order.requester) return;
        uint256 taken = toRequester + toTreasury;
        Shares memory shares = frame.shares;
        if (
            taken > uint256(order.priceLimit) * shares.slashMultiple
                || toRequester > Division.compensation(taken, shares.slashToRequesterPpm, order.priceLimit)
        ) revert SlashDiffers();
        sum.slashesUsed += 1;
        _gain(frame.id, requester, int256(toRequester));
        _gain(frame.id, shares.treasury, int256(toTreasury));
    }

    /// @dev Where the second word of a slash stands among the moves; 0 if there is no such slash.
    function _slashAt(bytes calldata moves, uint256 index) private pure returns (uint256) {
        (uint256 debits, uint256 credits, uint256 withdrawals, uint256 slashes) = _counts(moves);
        return index >= slashes ? 0 : debits + credits + withdrawals + 2 * index + 1;
    }

    function _gain(bytes32 id, address account, int256 amount) private {
        if (amount == 0) return;
        Sum storage sum = _sums[id];
        int256 before = _gained[id][account];
        int256 now_ = before + amount;
        _gained[id][account] = now_;
        if (before == 0) sum.unequal += 1;
        else if (now_ == 0) sum.unequal -= 1;
    }

    /// @dev Bit i of the count says whether a whole subtree of 2^i leaves stands on the stack.
    function _push(Sum storage sum, bytes32 node) private {
        uint256 count = sum.next;
        uint256 level = 0;
        for (; (count >> level) & 1 == 1; ++level) {
            node = MerklePath.node(sum.peaks[level], node);
        }
        sum.peaks[level] = node;
        sum.next += 1;
    }

    function _root(Sum storage sum) private view returns (bytes32 node) {
        uint256 count = sum.next;
        bool started = false;
        for (uint256 level = 0; count >> level != 0; ++level) {
            if ((count >> level) & 1 == 0) continue;
            node = started ? MerklePath.node(sum.peaks[level], node) : sum.peaks[level];
            started = true;
        }
    }

    function _counts(bytes calldata moves)
        private
        pure
        returns (uint256 debits, uint256 credits, uint256 withdrawals, uint256 slashes)
    {
        uint256 counts = uint256(bytes32(moves[:32]));
        uint256 mask = type(uint64).max;
        (debits, credits, withdrawals, slashes) =
            (counts >> 192, (counts >> 128) & mask, (counts >> 64) & mask, counts & mask);
    }

    function _moveAt(bytes calldata moves, uint256 index) private pure returns (address account, uint256 amount) {
        uint256 move = uint256(bytes32(moves[32 * (1 + index):32 * (2 + index)]));
        return (address(uint160(move >> 96)), uint96(move));
    }
}
