// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Tally} from "./Tally.sol";
import {
    CHALLENGED,
    Challenge,
    Judged,
    Line,
    OF_INDEX,
    OF_LINE,
    OF_MOVES,
    PENDING,
    Place,
    Posted,
    Unsigned,
    VOIDED
} from "./Types.sol";
import {IEscrow, ISpent} from "./interfaces/IModules.sol";
import {Division} from "./libraries/Division.sol";
import {MerklePath} from "./libraries/MerklePath.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TypedData} from "./libraries/TypedData.sol";

/// @notice Hears challenges of batches in their window, and decides them by what is shown to it alone.
/// @dev It keeps no money and no batch: words of batches and bonds are the escrow's. What is open is bound by the word
/// of its batch; callers bring it along.
contract Court is Tally {
    IEscrow public immutable ESCROW;

    /// @notice Of a bond that is lost the treasury has this part. If who answers had it all, a batch could be held up
    /// for ever by somebody who challenges and answers himself.
    uint256 public constant LOST_TO_TREASURY_PPM = 500_000;

    event BatchChallenged(
        uint64 indexed number,
        uint8 kind,
        address indexed challenger,
        uint96 bond,
        uint32 index,
        bytes32 line,
        uint64 answerBy
    );
    event BatchAnswered(uint64 indexed number, address indexed by, uint64 payableAt);
    event LinesAdded(uint64 indexed number, address indexed by, uint32 next);

    error BatchNotInState(uint64 number);
    error ChallengeUnknown();
    error IndexOutOfRange();
    error LineDiffers();
    error NotDouble();
    error OrderNotSigned();
    error StillToBeAnswered(uint64 until);
    error TaskDiffers();
    error TooLate();
    error WindowClosed();

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    // ---- Challenges

    /// @notice This line is in the batch: show what stands behind it.
    function challenge(Posted calldata batch, uint32 index, bytes32 line, bytes32[] calldata path) external {
        MerklePath.verify(batch.root, line, index, batch.tasks, path);
        _open(batch, OF_LINE, index, line);
    }

    /// @notice Nobody can see this line: show it, and what stands behind it.
    function demand(Posted calldata batch, uint32 index) external {
        if (index >= batch.tasks) revert IndexOutOfRange();
        _open(batch, OF_INDEX, index, 0);
    }

    /// @notice The moves are not the sum of the lines: add them up.
    function contest(Posted calldata batch) external {
        _open(batch, OF_MOVES, 0, 0);
    }

    // ---- Answers

    /// @notice Answers a challenge of a line that is known.
    function answer(Posted calldata batch, Challenge calldata open, Judged calldata judged) external {
        _requireOpen(batch, open, OF_LINE);
        if (_lineOf(judged) != open.line) revert LineDiffers();
        _close(batch, open);
    }

    /// @notice Answers a demand: the line as well as what stands behind it.
    function answerDemand(
        Posted calldata batch,
        Challenge calldata open,
        Judged calldata judged,
        bytes32[] calldata path
    ) external {
        _requireOpen(batch, open, OF_INDEX);
        MerklePath.verify(batch.root, _lineOf(judged), open.index, batch.tasks, path);
        _close(batch, open);
    }

    /// @notice Adds lines up, in their order, in as many calls as it takes. Every caller adds up for himself: nobody can
    /// spoil another's sum, or take the bond for it.
    function addLines(Posted calldata batch, Challenge calldata open, Unsigned[] calldata lines, bytes calldata moves)
        external
    {
        _requireOpen(batch, open, OF_MOVES);
        Frame memory frame =
            Frame(_sumOf(batch, open), ESCROW.domainSeparator(), ESCROW.sharesAt(batch.number));
        uint32 next = _add(frame, lines, batch, moves);
        emit LinesAdded(batch.number, msg.sender, next);
    }

    /// @notice Answers a contest, once all lines are added up: they must give the root and the moves.
    function answerContest(Posted calldata batch, Challenge calldata open, bytes calldata moves) external {
        _requireOpen(batch, open, OF_MOVES);
        _finish(_sumOf(batch, open), batch, moves);
        _close(batch, open);
    }

    // ---- Voiding

    /// @notice Voids a batch whose challenge was not answered in time; the bond goes back.
    function voidBatch(Posted calldata batch, Challenge calldata open) external {
        uint256 word = TypedData.word(CHALLENGED, batch, open);
        if (block.timestamp <= open.answerBy) revert StillToBeAnswered(open.answerBy);
        ESCROW.changeBatch(batch.number, word, TypedData.word(VOIDED, batch));
        ESCROW.give(open.challenger, open.bond);
    }

    /// @notice Voids a batch that holds a task a second time: in an earlier batch, or further down in this one.
    function voidDouble(
        Posted calldata batch,
        Place calldata place,
        Posted calldata other,
        Place calldata otherPlace
    ) external {
        if (place.line.task != otherPlace.line.task) revert NotDouble();
        if (other.number > batch.number) revert NotDouble();
        if (other.number == batch.number && otherPlace.index == place.index) revert NotDouble();
        _requireStanding(other);
        _requireIn(other, otherPlace);
        _voidFor(batch, place);
    }

    /// @notice Voids a batch that holds a task which was paid without a batch.
    function voidSpent(Posted calldata batch, Place calldata place) external {
        if (!ISpent(ESCROW.taskEscrow()).isSpent(place.line.task)) revert NotDouble();
        _voidFor(batch, place);
    }

    // ---- Inside

    function _open(Posted calldata batch, uint8 kind, uint32 index, bytes32 line) private {
        (, uint256 answerWindow, uint256 contestWindow, uint256 bond, uint256 pausedUntil) = ESCROW.challengeTerms();
        _requireWindow(batch, pausedUntil);
        if (kind == OF_MOVES) bond = ESCROW.terms().contestBond;
        uint256 answerBy = block.timestamp + (kind == OF_MOVES ? contestWindow : answerWindow);
        Challenge memory opened =
            Challenge(kind, msg.sender, Division.to96(bond), index, line, uint64(answerBy));
        ESCROW.openChallenge(
            batch.number, TypedData.word(PENDING, batch), TypedData.word(CHALLENGED, batch, opened), msg.sender, bond
        );
        emit BatchChallenged(batch.number, kind, msg.sender, opened.bond, index, line, opened.answerBy);
    }

    /// @dev The window begins anew: who answered one challenge has not answered the next.
    function _close(Posted calldata batch, Challenge calldata open) private {
        (uint256 window,,,,) = ESCROW.challengeTerms();
        Posted memory again = batch;
        again.payableAt = uint64(block.timestamp + window);
        ESCROW.changeBatch(
            batch.number, TypedData.word(CHALLENGED, batch, open), TypedData.word(PENDING, again)
        );
        uint256 lost = (uint256(open.bond) * LOST_TO_TREASURY_PPM) / Division.PPM;
        ESCROW.give(ESCROW.currentShares().treasury, lost);
        ESCROW.give(msg.sender, open.bond - lost);
        emit BatchAnswered(batch.number, msg.sender, again.payableAt);
    }

    function _voidFor(Posted calldata batch, Place calldata place) private {
        (,,,, uint256 pausedUntil) = ESCROW.challengeTerms();
        _requireWindow(batch, pausedUntil);
        _requireIn(batch, place);
        ESCROW.changeBatch(batch.number, TypedData.word(PENDING, batch), TypedData.word(VOIDED, batch));
    }

    /// @dev Nothing is settled during a pause, so the window stays open until it is over.
    function _requireWindow(Posted calldata batch, uint256 pausedUntil) private view {
        if (block.timestamp >= batch.payableAt && block.timestamp >= pausedUntil) revert WindowClosed();
    }

    function _requireOpen(Posted calldata batch, Challenge calldata open, uint8 kind) private view {
        if (open.kind != kind || ESCROW.batchWord(batch.number) != TypedData.word(CHALLENGED, batch, open)) {
            revert ChallengeUnknown();
        }
        if (block.timestamp > open.answerBy) revert TooLate();
    }

    function _requireStanding(Posted calldata batch) private view {
        if (ESCROW.batchWord(batch.number) != TypedData.word(PENDING, batch)) revert BatchNotInState(batch.number);
    }

    function _requireIn(Posted calldata batch, Place calldata place) private pure {
        MerklePath.verify(batch.root, TypedData.hash(place.line), place.index, batch.tasks, place.path);
    }

    /// @dev The line, if all behind it is in order: signed by its requester, judged by a quorum, within its limit.
    function _lineOf(Judged calldata judged) private view returns (bytes32) {
        bytes32 domain = ESCROW.domainSeparator();
        bytes32 order = TypedData.hash(judged.order);
        bytes32 orderDigest = TypedData.digest(domain, order);
        bytes16 task = TypedData.taskOf(orderDigest);
        if (judged.verdict.task != task) revert TaskDiffers();
        if (Signatures.signer(orderDigest, judged.orderSignature) != judged.order.requester) revert OrderNotSigned();
        bytes32 verdict = TypedData.hash(judged.verdict);
        ESCROW.checkQuorum(TypedData.digest(domain, verdict), judged.signatures);
        Division.charge(judged.verdict, judged.order.priceLimit);
        return TypedData.hash(Line(task, order, verdict));
    }

    function _sumOf(Posted calldata batch, Challenge calldata open) private view returns (bytes32) {
        return keccak256(abi.encode(TypedData.word(CHALLENGED, batch, open), msg.sender));
    }
}
