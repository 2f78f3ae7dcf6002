// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Shares, Terms} from "./Types.sol";
import {IEscrow} from "./interfaces/IModules.sol";
import {HotWord} from "./libraries/HotWord.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// @notice Who judges, and under which terms: validators, times, bonds, shares, the pause. Governance owns it, within
/// bounds that governance cannot move.
abstract contract EscrowTerms is IEscrow, Ownable2Step {
    uint256 public constant WINDOW_MIN = 1 minutes;
    uint256 public constant WINDOW_MAX = 14 days;
    uint256 public constant DELAY_MAX = 90 days;
    uint256 public constant TREASURY_PPM_MAX = 200_000;
    uint256 public constant CREATOR_PPM_MAX = 100_000;
    uint256 public constant SLASH_MULTIPLE_MAX = 1_000;
    uint256 public constant VALIDATORS_MAX = 100;
    uint256 public constant DEPOSIT_CAP_MAX = 1 << 95;

    /// @notice A pause ends by itself, and the next one must wait for as long as the longest.
    uint256 public constant PAUSE_MAX = 7 days;

    address private immutable DEPLOYER;
    uint256 private immutable CHAIN_ID;
    bytes32 private immutable SEPARATOR;

    HotWord internal _hot;
    address public court;
    address public taskEscrow;
    address public guardian;
    uint64 public pausableFrom;
    Terms internal _terms;
    Shares[] private _shares;
    address[] private _validators;

    /// @dev In which generation an address was named a validator: naming new ones forgets the old ones at once.
    mapping(address validator => uint256 generation) private _generationOf;

    event Connected(address court, address taskEscrow);
    event GuardianChanged(address guardian);
    event Paused(address by, uint256 until);
    event Unpaused(address by);
    event SharesChanged(Shares shares);
    event TermsChanged(Terms terms);
    event ValidatorsChanged(address[] validators, uint8 quorum);

    error AlreadyConnected();
    error NotAModule();
    error NotTheDeployer();
    error NotTheGuardian();
    error NotPaused();
    error PausedUntil(uint256 until);
    error PauseTooLong();
    error PauseTooSoon(uint256 from);
    error QuorumOutOfBounds();
    error SharesOutOfBounds();
    error TermsOutOfBounds();
    error TooFewSignatures();
    error ValidatorsNotRising();
    error NotAValidator(address signer);

    modifier onlyModule() {
        _requireModule();
        _;
    }

    constructor(
        address owner_,
        address guardian_,
        address deployer,
        address[] memory validators_,
        uint8 quorum_,
        Terms memory terms_,
        Shares memory shares_
    ) Ownable(owner_) {
        // Not whoever calls: that is a factory which makes contracts at addresses known beforehand, for everybody.
        DEPLOYER = deployer;
        CHAIN_ID = block.chainid;
        SEPARATOR = TypedData.separator(address(this));
        guardian = guardian_;
        _setTerms(terms_);
        _setValidators(validators_, quorum_);
        shares_.from = 0;
        _addShares(shares_);
    }

    /// @notice Names the sister contracts, once and for all. Who deploys does it, before any money comes.
    function connect(address court_, address taskEscrow_) external {
        if (msg.sender != DEPLOYER) revert NotTheDeployer();
        if (_hot.isConnected()) revert AlreadyConnected();
        (court, taskEscrow, _hot) = (court_, taskEscrow_, _hot.withConnected());
        emit Connected(court_, taskEscrow_);
    }

    // ---- Governance

    /// @notice New validators count at once, and the old ones no more: also for answers about batches already posted.
    function setValidators(address[] calldata validators_, uint8 quorum_) external onlyOwner {
        _setValidators(validators_, quorum_);
    }

    function setTerms(Terms calldata terms_) external onlyOwner {
        _setTerms(terms_);
    }

    /// @notice New shares count from a batch on that is not posted yet.
    function setShares(Shares calldata shares_) external onlyOwner {
        if (shares_.from < _hot.posted() || shares_.from <= _shares[_shares.length - 1].from) revert SharesOutOfBounds();
        _addShares(shares_);
    }

    function setGuardian(address guardian_) external onlyOwner {
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }

    // ---- Pause

    /// @notice Stops deposits, posting, settling and new tasks for a limited time. Exits, withdrawals and challenges go on,
    /// and windows stay open until it is over.
    function pause(uint256 duration) external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotTheGuardian();
        if (duration == 0 || duration > PAUSE_MAX) revert PauseTooLong();
        if (block.timestamp < pausableFrom) revert PauseTooSoon(pausableFrom);
        uint256 until = block.timestamp + duration;
        _hot = _hot.withPause(uint40(until));
        pausableFrom = uint64(until + PAUSE_MAX);
        emit Paused(msg.sender, until);
    }

    /// @notice Ends a pause early; the next one still has to wait.
    function unpause() external {
        if (msg.sender != guardian && msg.sender != owner()) revert NotTheGuardian();
        if (block.timestamp >= _hot.pausedUntil()) revert NotPaused();
        _hot = _hot.withPause(uint40(block.timestamp));
        emit Unpaused(msg.sender);
    }

    // ---- Signatures

    /// @notice Reverts unless at least M of the N validators have signed: 64 bytes each, signers strictly rising.
    function checkQuorum(bytes32 digest, bytes calldata signatures) external view {
        _checkQuorum(_hot, digest, signatures);
    }

    /// @notice What binds every signature to this chain and this contract.
    function domainSeparator() public view returns (bytes32) {
        return block.chainid == CHAIN_ID ? SEPARATOR : TypedData.separator(address(this));
    }

    // ---- What holds

    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @dev The first word of the terms and the pause: all that a challenge needs.
    function challengeTerms()
        external
        view
        returns (uint256 window, uint256 answerWindow, uint256 contestWindow, uint256 bond, uint256 until)
    {
        return (
            _terms.window, _terms.answerWindow, _terms.contestWindow, _terms.challengeBond, _hot.pausedUntil()
        );
    }

    /// @notice The shares that hold for a batch.
    function sharesAt(uint64 number) public view returns (Shares memory) {
        uint256 i = _shares.length - 1;
        while (_shares[i].from > number) --i;
        return _shares[i];
    }

    /// @notice The shares that would hold for a batch posted now: they divide what is judged without a batch.
    function currentShares() external view returns (Shares memory) {
        return sharesAt(_hot.posted());
    }

    function pausedUntil() external view returns (uint256) {
        return _hot.pausedUntil();
    }

    function nextToPost() external view returns (uint64) {
        return _hot.posted();
    }

    function nextToSettle() external view returns (uint64) {
        return _hot.nextToSettle();
    }

    function quorum() external view returns (uint256) {
        return _hot.quorum();
    }

    function validators() external view returns (address[] memory) {
        return _validators;
    }

    function isValidator(address who) external view returns (bool) {
        return _generationOf[who] == _hot.generation();
    }

    // ---- Inside

    function _checkQuorum(HotWord state, bytes32 digest, bytes calldata signatures) internal view {
        uint256 size = signatures.length;
        if (size % Signatures.SIZE != 0) revert Signatures.BadSignature();
        if (size < Signatures.SIZE * state.quorum()) revert TooFewSignatures();
        address last = address(0);
        uint256 current = state.generation();
        for (uint256 at = 0; at < size;) {
            bytes32 r;
            bytes32 parityAndS;
            assembly ("memory-safe") {
                r := calldataload(add(signatures.offset, at))
                parityAndS := calldataload(add(signatures.offset, add(at, 32)))
            }
            address signer = Signatures.signer(digest, r, parityAndS);
            // Strictly rising: nobody is counted twice.
            if (signer <= last) revert ValidatorsNotRising();
            if (_generationOf[signer] != current) revert NotAValidator(signer);
            last = signer;
            unchecked {
                at += Signatures.SIZE;
            }
        }
    }

    function _requireOpen(HotWord state) internal view {
        if (block.timestamp < state.pausedUntil()) revert PausedUntil(state.pausedUntil());
    }

    function _requireModule() private view {
        if (msg.sender != court && msg.sender != taskEscrow) revert NotAModule();
    }

    function _setValidators(address[] memory validators_, uint8 quorum_) private {
        uint256 count = validators_.length;
        if (count == 0 || count > VALIDATORS_MAX || quorum_ > count || 2 * uint256(quorum_) <= count) {
            revert QuorumOutOfBounds();
        }
        uint32 generation = uint32(_hot.generation() + 1);
        address last = address(0);
        for (uint256 i = 0; i < count; ++i) {
            if (validators_[i] <= last) revert ValidatorsNotRising();
            last = validators_[i];
            _generationOf[last] = generation;
        }
        _validators = validators_;
        _hot = _hot.withValidators(generation, quorum_);
        emit ValidatorsChanged(validators_, quorum_);
    }

    function _setTerms(Terms memory t) private {
        _requireWindow(t.window);
        _requireWindow(t.answerWindow);
        _requireWindow(t.contestWindow);
        _requireWindow(t.disputeWindow);
        _requireWindow(t.disputeTimeout);
        if (t.expiryGrace > WINDOW_MAX || t.depositCap > DEPOSIT_CAP_MAX || t.depositCap == 0) revert TermsOutOfBounds();
        // A batch that holds a claimed task, or spends what is leaving, must have time to be posted and judged first.
        uint256 judged = uint256(t.window) + t.answerWindow;
        if (t.claimDelay < judged || t.exitDelay <= t.claimDelay || t.exitDelay > DELAY_MAX) revert TermsOutOfBounds();
        if (t.challengeBond == 0 || t.contestBond < t.challengeBond) revert TermsOutOfBounds();
        _terms = t;
        _hot = _hot.withWindow(t.window);
        emit TermsChanged(t);
    }

    function _requireWindow(uint256 window) private pure {
        if (window < WINDOW_MIN || window > WINDOW_MAX) revert TermsOutOfBounds();
    }

    function _addShares(Shares memory s) private {
        if (
            s.treasuryPpm > TREASURY_PPM_MAX || s.creatorPpm > CREATOR_PPM_MAX || s.slashToRequesterPpm > 1_000_000
                || s.slashMultiple > SLASH_MULTIPLE_MAX || s.treasury == address(0)
        ) revert SharesOutOfBounds();
        _shares.push(s);
        emit SharesChanged(s);
    }
}
