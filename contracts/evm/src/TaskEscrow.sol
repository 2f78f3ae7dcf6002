// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    COMPLETE,
    FRAUD,
    Finding,
    Line,
    PAID,
    PENDING,
    Place,
    Posted,
    Shares,
    TaskOrder,
    Terms,
    Verdict
} from "./Types.sol";
import {IEscrow, IProofVerifier, ISpent} from "./interfaces/IModules.sol";
import {Division} from "./libraries/Division.sol";
import {MerklePath} from "./libraries/MerklePath.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Tasks without the book: judged ones that no batch contains (claims), and ones that a requester, a contract for
/// instance, orders on the chain itself. The money is at the escrow.
///
///   submitTask ─► Held ── completeTask ─► Pending ── settleTask, after the window ─► Paid
///                  │                        └── dispute ─► Disputed ── next round, or time-out ─► Paid
///                  └── expireTask, after deadline and grace ─► Returned
contract TaskEscrow is ISpent {
    enum State {
        None,
        Held,
        Pending,
        Disputed,
        Paid,
        Returned
    }

    /// @dev Callers bring order and verdict along; `sharesOf` says under which shares the order was taken.
    struct Hold {
        bytes32 order;
        bytes32 verdict;
        bytes32 judgement;
        bytes32 circuit;
        State state;
        uint16 round;
        uint64 at;
        address disputedBy;
        uint96 bond;
        uint64 sharesOf;
    }

    struct Claim {
        bytes32 line;
        State state;
        uint16 round;
        uint64 payableAt;
        uint64 sharesOf;
    }

    uint256 private constant MICROS = 1_000_000;
    uint256 public constant RUN_TIME_MAX = 30 days;
    uint256 public constant DEADLINE_MAX = 90 days;

    IEscrow public immutable ESCROW;

    mapping(bytes16 task => Hold hold) public holds;
    mapping(bytes16 task => Claim claimed) public claims;
    mapping(bytes32 circuit => IProofVerifier verifier) public verifierOf;

    event VerifierChanged(bytes32 indexed circuit, address verifier);
    event TaskSubmitted(bytes16 indexed task, address indexed requester, uint256 amount, bytes32 spec, bytes32 circuit);
    event TaskCompleted(bytes16 indexed task, uint16 round, uint8 outcome, bytes32 result, uint256 payableAt);
    event TaskDisputed(bytes16 indexed task, uint16 round, address indexed by, uint256 endsAt);
    event TaskSettled(bytes16 indexed task, uint256 charged, uint256 refund);
    event TaskExpired(bytes16 indexed task, uint256 refund);
    event TaskReturned(bytes16 indexed task, uint64 batch, uint256 refund);
    event Paid(bytes16 indexed task, uint64 attempt, address indexed to, uint256 amount);
    event FraudSlashed(bytes16 indexed task, address indexed provider, uint256 toRequester, uint256 toTreasury);
    event Claimed(bytes16 indexed task, address indexed requester, uint256 charged, uint256 payableAt);
    event ClaimRefuted(bytes16 indexed task, uint64 batch);
    event ClaimPaid(
        bytes16 indexed task, address indexed requester, uint256 charged, uint256 treasury, address creator, uint256 toCreator
    );

    error AlreadyKnown(bytes16 task);
    error BatchNotInState(uint64 number);
    error DeadlineOutOfBounds();
    error LastsTooLong();
    error NoVerifier(bytes32 circuit);
    error NotClaimed(bytes16 task);
    error NotInState(State state);
    error NotTheGovernor();
    error NotTheOrder();
    error NotTheRequester();
    error NotTheVerdict();
    error OrderNotSigned();
    error PausedUntil(uint256 until);
    error ProofRefused();
    error RunTimeOutOfBounds();
    error StaleRound(uint16 expected);
    error StillOpen(uint256 until);
    error TaskDiffers();
    error WindowClosed();

    modifier whenOpen() {
        _requireOpen();
        _;
    }

    constructor(IEscrow escrow) {
        ESCROW = escrow;
    }

    /// @notice Names who checks proofs of a circuit; zero for nobody. Governance of the escrow does it.
    function setVerifier(bytes32 circuit, IProofVerifier verifier) external {
        if (msg.sender != Ownable(address(ESCROW)).owner()) revert NotTheGovernor();
        verifierOf[circuit] = verifier;
        emit VerifierChanged(circuit, address(verifier));
    }

    // ---- Tasks on the chain

    /// @notice Orders a task and hands in its price, which is approved to the escrow. With a circuit a result counts only
    /// with a proof that its verifier accepts.
    function submitTask(TaskOrder calldata order, bytes32 circuit) external whenOpen returns (bytes16 task) {
        if (order.requester != msg.sender) revert NotTheRequester();
        _requireTimes(order);
        if (circuit != 0 && address(verifierOf[circuit]) == address(0)) revert NoVerifier(circuit);
        bytes32 orderHash;
        (task, orderHash,) = _idOf(order);
        if (holds[task].state != State.None || claims[task].state != State.None) revert AlreadyKnown(task);
        Hold storage hold = holds[task];
        (hold.order, hold.circuit, hold.state, hold.sharesOf) = (orderHash, circuit, State.Held, ESCROW.nextToPost());
        ESCROW.take(msg.sender, Division.to96(order.priceLimit));
        emit TaskSubmitted(task, msg.sender, order.priceLimit, order.spec, circuit);
    }

    /// @notice Brings a verdict: the first one, which waits for its window, or the one that ends a dispute.
    function completeTask(
        TaskOrder calldata order,
        Verdict calldata verdict,
        bytes calldata signatures,
        bytes calldata proof
    ) external whenOpen {
        Hold storage hold = _holdOf(order, verdict.task);
        if (hold.state != State.Held && hold.state != State.Disputed) revert NotInState(hold.state);
        bool disputed = hold.state == State.Disputed;
        uint16 expected = disputed ? hold.round + 1 : 0;
        if (verdict.round != expected) revert StaleRound(expected);
        Division.charge(verdict, order.priceLimit);
        bytes32 verdictHash = TypedData.hash(verdict);
        ESCROW.checkQuorum(TypedData.digest(ESCROW.domainSeparator(), verdictHash), signatures);
        if (hold.circuit != 0 && verdict.outcome == COMPLETE) _checkProof(hold.circuit, order.spec, verdict, proof);
        bytes32 judgement = TypedData.judgement(verdict);
        if (disputed) {
            bool justified = judgement != hold.judgement;
            _pay(hold, order, verdict);
            _closeDispute(hold, justified);
            return;
        }
        uint256 payableAt = block.timestamp + ESCROW.terms().disputeWindow + 2 * _seconds(order.runTimeMax);
        (hold.verdict, hold.judgement, hold.state, hold.at) =
            (verdictHash, judgement, State.Pending, uint64(payableAt));
        emit TaskCompleted(verdict.task, verdict.round, verdict.outcome, verdict.result, payableAt);
    }

    /// @notice Stops the payout of a verdict within its window and asks for another round. Costs a bond, which is lost if
    /// the next round changes nothing.
    function dispute(TaskOrder calldata order, uint16 round) external {
        (bytes16 task, bytes32 orderHash,) = _idOf(order);
        Hold storage hold = holds[task];
        if (hold.order != orderHash) revert NotTheOrder();
        if (hold.state != State.Pending) revert NotInState(hold.state);
        if (hold.round != round) revert StaleRound(hold.round);
        if (block.timestamp >= hold.at) revert WindowClosed();
        Terms memory terms = ESCROW.terms();
        uint256 endsAt = block.timestamp + terms.disputeTimeout + 2 * _seconds(order.runTimeMax);
        (hold.state, hold.disputedBy, hold.bond, hold.at) =
            (State.Disputed, msg.sender, terms.disputeBond, uint64(endsAt));
        ESCROW.take(msg.sender, terms.disputeBond);
        emit TaskDisputed(task, round + 1, msg.sender, endsAt);
    }

    /// @notice Pays a verdict whose window is over, or whose dispute nobody has judged in time. Anyone may call it.
    function settleTask(TaskOrder calldata order, Verdict calldata verdict) external whenOpen {
        Hold storage hold = _holdOf(order, verdict.task);
        State state = hold.state;
        if (state != State.Pending && state != State.Disputed) revert NotInState(state);
        if (block.timestamp < hold.at) revert StillOpen(hold.at);
        if (hold.verdict != TypedData.hash(verdict)) revert NotTheVerdict();
        _pay(hold, order, verdict);
        // Nobody judged again in time: the first verdict stands, and who asked is not punished for silence.
        if (state == State.Disputed) _closeDispute(hold, true);
    }

    /// @notice Gives the money back when deadline and grace have passed without a verdict. Anyone may call it, any time.
    function expireTask(TaskOrder calldata order) external {
        (bytes16 task, bytes32 orderHash,) = _idOf(order);
        Hold storage hold = holds[task];
        if (hold.order != orderHash) revert NotTheOrder();
        if (hold.state != State.Held) revert NotInState(hold.state);
        uint256 at = _expiresAt(order, ESCROW.terms());
        if (block.timestamp < at) revert StillOpen(at);
        hold.state = State.Returned;
        ESCROW.give(order.requester, order.priceLimit);
        emit TaskExpired(task, order.priceLimit);
    }

    /// @notice Gives the money back because a batch contains the task: it is paid there.
    function returnTask(TaskOrder calldata order, Posted calldata batch, Place calldata place) external {
        Hold storage hold = _holdOf(order, place.line.task);
        if (hold.state == State.Paid || hold.state == State.Returned) revert NotInState(hold.state);
        _requireIn(batch, place);
        bool disputed = hold.state == State.Disputed;
        hold.state = State.Returned;
        ESCROW.give(order.requester, order.priceLimit);
        if (disputed) _closeDispute(hold, true);
        emit TaskReturned(place.line.task, batch.number, order.priceLimit);
    }

    // ---- Claims

    /// @notice Brings a judged task that no batch contains; it is paid from the requester's balance after a delay. A later
    /// round replaces an earlier one, and waits anew.
    function claim(
        TaskOrder calldata order,
        bytes calldata orderSignature,
        Verdict calldata verdict,
        bytes calldata signatures
    ) external whenOpen {
        (bytes16 task, bytes32 orderHash, bytes32 orderDigest) = _idOf(order);
        if (verdict.task != task) revert TaskDiffers();
        State hold = holds[task].state;
        if (hold != State.None && hold != State.Returned) revert AlreadyKnown(task);
        Claim storage claimed = claims[task];
        if (claimed.state == State.Paid || claimed.state == State.Returned) revert AlreadyKnown(task);
        if (claimed.state == State.Pending && verdict.round <= claimed.round) revert StaleRound(claimed.round + 1);
        if (Signatures.signer(orderDigest, orderSignature) != order.requester) revert OrderNotSigned();
        bytes32 verdictHash = TypedData.hash(verdict);
        ESCROW.checkQuorum(TypedData.digest(ESCROW.domainSeparator(), verdictHash), signatures);
        uint256 charged = Division.charge(verdict, order.priceLimit);
        uint256 payableAt = block.timestamp + ESCROW.terms().claimDelay;
        claims[task] = Claim(
            TypedData.hash(Line(task, orderHash, verdictHash)),
            State.Pending,
            verdict.round,
            uint64(payableAt),
            ESCROW.nextToPost()
        );
        emit Claimed(task, order.requester, charged, payableAt);
    }

    /// @notice Ends a claim: this batch contains the task. For ever, once the batch is settled; before that it may be
    /// voided, and the task claimed again.
    function refute(bytes16 task, Posted calldata batch, Place calldata place) external {
        if (claims[task].state != State.Pending || place.line.task != task) revert NotClaimed(task);
        _requireIn(batch, place);
        bool isSettled = batch.number < ESCROW.nextToSettle();
        delete claims[task];
        if (isSettled) claims[task].state = State.Returned;
        emit ClaimRefuted(task, batch.number);
    }

    /// @notice Pays a claim whose delay is over. Slashing is left to batches, which can be challenged.
    function payClaim(TaskOrder calldata order, Verdict calldata verdict) external whenOpen {
        (bytes16 task, bytes32 orderHash,) = _idOf(order);
        Claim storage claimed = claims[task];
        if (claimed.state != State.Pending) revert NotClaimed(task);
        if (claimed.line != TypedData.hash(Line(task, orderHash, TypedData.hash(verdict)))) revert NotTheVerdict();
        if (block.timestamp < claimed.payableAt) revert StillOpen(claimed.payableAt);
        claimed.state = State.Paid;
        uint256 charged = Division.charge(verdict, order.priceLimit);
        ESCROW.debit(order.requester, charged);
        Shares memory shares = ESCROW.sharesAt(claimed.sharesOf);
        (uint256 treasury, uint256 creator) = _divide(task, order, verdict, shares, true);
        emit ClaimPaid(task, order.requester, charged, treasury, order.modelCreator, creator);
    }

    /// @inheritdoc ISpent
    function isSpent(bytes16 task) external view returns (bool) {
        return holds[task].state == State.Paid || claims[task].state == State.Paid;
    }

    // ---- Inside

    function _pay(Hold storage hold, TaskOrder calldata order, Verdict calldata verdict) private {
        hold.state = State.Paid;
        uint256 charged = Division.charge(verdict, order.priceLimit);
        uint256 refund = order.priceLimit - charged;
        Shares memory shares = ESCROW.sharesAt(hold.sharesOf);
        _divide(verdict.task, order, verdict, shares, false);
        ESCROW.give(order.requester, refund);
        for (uint256 i = 0; i < verdict.findings.length; ++i) {
            if (verdict.findings[i].judgement == FRAUD) _slash(order, verdict, verdict.findings[i].provider, shares);
        }
        emit TaskSettled(verdict.task, charged, refund);
    }

    /// @dev To balances, which the book knows, for what it has judged; else to what their owners can fetch.
    function _divide(
        bytes16 task,
        TaskOrder calldata order,
        Verdict calldata verdict,
        Shares memory shares,
        bool toBalances
    ) private returns (uint256 treasury, uint256 creator) {
        for (uint256 i = 0; i < verdict.findings.length; ++i) {
            Finding calldata finding = verdict.findings[i];
            if (finding.judgement != PAID || finding.pay == 0) continue;
            (uint256 provider, uint256 toTreasury, uint256 toCreator) = Division.split(
                finding.pay, shares.treasuryPpm, shares.creatorPpm, order.modelCreator != address(0)
            );
            _hand(finding.provider, provider, toBalances);
            emit Paid(task, finding.attempt, finding.provider, provider);
            treasury += toTreasury;
            creator += toCreator;
        }
        _hand(shares.treasury, treasury, toBalances);
        _hand(order.modelCreator, creator, toBalances);
    }

    function _hand(address to, uint256 amount, bool toBalance) private {
        if (amount == 0) return;
        if (toBalance) ESCROW.credit(to, amount);
        else ESCROW.give(to, amount);
    }

    /// @dev From what is leaving first; each part is shared by itself, as the book does it.
    function _slash(TaskOrder calldata order, Verdict calldata verdict, address provider, Shares memory shares)
        private
    {
        (uint256 fromUnbonding, uint256 fromStake) =
            ESCROW.slash(provider, uint256(order.priceLimit) * shares.slashMultiple);
        uint256 toRequester = Division.compensation(fromUnbonding, shares.slashToRequesterPpm, order.priceLimit);
        toRequester += Division.compensation(fromStake, shares.slashToRequesterPpm, order.priceLimit - toRequester);
        uint256 toTreasury = fromUnbonding + fromStake - toRequester;
        ESCROW.give(order.requester, toRequester);
        ESCROW.give(shares.treasury, toTreasury);
        emit FraudSlashed(verdict.task, provider, toRequester, toTreasury);
    }

    function _closeDispute(Hold storage hold, bool justified) private {
        uint96 bond = hold.bond;
        hold.bond = 0;
        ESCROW.give(justified ? hold.disputedBy : ESCROW.currentShares().treasury, bond);
    }

    function _holdOf(TaskOrder calldata order, bytes16 named) private view returns (Hold storage hold) {
        (bytes16 task, bytes32 orderHash,) = _idOf(order);
        if (named != task) revert TaskDiffers();
        hold = holds[task];
        if (hold.order != orderHash) revert NotTheOrder();
    }

    function _checkProof(bytes32 circuit, bytes32 spec, Verdict calldata verdict, bytes calldata proof) private view {
        IProofVerifier verifier = verifierOf[circuit];
        if (address(verifier) == address(0)) revert NoVerifier(circuit);
        if (!verifier.verify(verdict.task, spec, verdict.result, _payee(verdict), proof)) revert ProofRefused();
    }

    /// @dev A proof is of one provider: a verdict that pays two cannot have one for both.
    function _payee(Verdict calldata verdict) private pure returns (address provider) {
        for (uint256 i = 0; i < verdict.findings.length; ++i) {
            Finding calldata finding = verdict.findings[i];
            if (finding.judgement != PAID) continue;
            if (provider != address(0) && finding.provider != provider) revert ProofRefused();
            provider = finding.provider;
        }
    }

    function _requireIn(Posted calldata batch, Place calldata place) private view {
        if (ESCROW.batchWord(batch.number) != TypedData.word(PENDING, batch)) revert BatchNotInState(batch.number);
        MerklePath.verify(batch.root, TypedData.hash(place.line), place.index, batch.tasks, place.path);
    }

    function _requireTimes(TaskOrder calldata order) private view {
        if (order.runTimeMax == 0 || order.runTimeMax > RUN_TIME_MAX * MICROS) revert RunTimeOutOfBounds();
        uint256 deadline = order.deadline / MICROS;
        if (deadline <= block.timestamp || deadline > block.timestamp + DEADLINE_MAX) revert DeadlineOutOfBounds();
        // Stake leaves after its delay: a cheat must be found out before.
        Terms memory terms = ESCROW.terms();
        uint256 lastWord = _expiresAt(order, terms) + terms.disputeWindow + terms.disputeTimeout
            + 4 * _seconds(order.runTimeMax);
        if (lastWord > block.timestamp + ESCROW.staking().unbondingDelay()) revert LastsTooLong();
    }

    function _requireOpen() private view {
        uint256 until = ESCROW.pausedUntil();
        if (block.timestamp < until) revert PausedUntil(until);
    }

    function _idOf(TaskOrder calldata order) private view returns (bytes16 task, bytes32 orderHash, bytes32 digest) {
        orderHash = TypedData.hash(order);
        digest = TypedData.digest(ESCROW.domainSeparator(), orderHash);
        task = TypedData.taskOf(digest);
    }

    function _expiresAt(TaskOrder calldata order, Terms memory terms) private pure returns (uint256) {
        return _seconds(order.deadline) + terms.expiryGrace + 2 * _seconds(order.runTimeMax);
    }

    /// @dev Whole seconds, rounded up: a chain knows no shorter times, and nobody's time is cut.
    function _seconds(uint256 micros) private pure returns (uint256) {
        return (micros + MICROS - 1) / MICROS;
    }
}
