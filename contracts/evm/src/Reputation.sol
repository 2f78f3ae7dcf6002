// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Staking} from "./Staking.sol";
import {IEscrow} from "./interfaces/IModules.sol";
import {MerklePath} from "./libraries/MerklePath.sol";
import {TypedData} from "./libraries/TypedData.sol";

/// @notice How providers have done: one root of scores for each epoch, signed by M of N validators. Whoever wants a score
/// on the chain publishes it with its path; contracts read it, and the record of slashes beside it.
contract Reputation {
    struct Epoch {
        bytes32 root;
        uint32 count;
        uint64 committedAt;
    }

    struct Score {
        uint64 epoch;
        uint32 scorePpm;
        bool known;
    }

    uint256 public constant SCORE_MAX = 1_000_000;

    IEscrow public immutable ESCROW;
    Staking public immutable STAKING;

    uint64 public nextEpoch;
    mapping(uint64 number => Epoch epoch) public epochs;
    mapping(address provider => Score score) public scores;

    event ScoresCommitted(uint64 indexed epoch, bytes32 root, uint32 count);
    event ScorePublished(address indexed provider, uint64 indexed epoch, uint32 scorePpm);

    error EpochOutOfOrder(uint64 expected);
    error EpochUnknown();
    error NoScores();
    error OlderThanKnown(uint64 known);
    error ScoreOutOfBounds();

    constructor(IEscrow escrow, Staking staking) {
        (ESCROW, STAKING) = (escrow, staking);
    }

    /// @notice Takes the root of an epoch; signatures are over `Scores(epoch,root,count)` in the escrow's domain.
    function commit(uint64 epoch, bytes32 root, uint32 count, bytes calldata signatures) external {
        if (epoch != nextEpoch) revert EpochOutOfOrder(nextEpoch);
        if (root == 0 || count == 0) revert NoScores();
        bytes32 structHash = keccak256(abi.encode(TypedData.SCORES_TYPE, epoch, root, count));
        ESCROW.checkQuorum(TypedData.digest(ESCROW.domainSeparator(), structHash), signatures);
        nextEpoch = epoch + 1;
        epochs[epoch] = Epoch(root, count, uint64(block.timestamp));
        emit ScoresCommitted(epoch, root, count);
    }

    /// @notice Shows the score of a provider in an epoch. An older one than is known is refused.
    function publish(uint64 epoch, address provider, uint32 scorePpm, uint32 index, bytes32[] calldata path) external {
        Epoch memory committed = epochs[epoch];
        if (committed.count == 0) revert EpochUnknown();
        if (scorePpm > SCORE_MAX) revert ScoreOutOfBounds();
        Score memory known = scores[provider];
        if (known.known && known.epoch > epoch) revert OlderThanKnown(known.epoch);
        MerklePath.verify(
            committed.root, keccak256(abi.encode(provider, scorePpm)), index, committed.count, path
        );
        scores[provider] = Score(epoch, scorePpm, true);
        emit ScorePublished(provider, epoch, scorePpm);
    }

    /// @notice How often a provider was slashed, and of how much in all.
    function slashesOf(address provider) external view returns (uint32 count, uint96 amount) {
        return STAKING.slashes(provider);
    }
}
