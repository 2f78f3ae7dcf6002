// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {EscrowTerms} from "./EscrowTerms.sol";
import {Batch, PENDING, Posted, Shares, Terms, VOIDED} from "./Types.sol";
import {IEscrow, IStaking} from "./interfaces/IModules.sol";
import {Division} from "./libraries/Division.sol";
import {HotWord} from "./libraries/HotWord.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {TypedData} from "./libraries/TypedData.sol";
import {IERC1363Receiver} from "@openzeppelin/contracts/interfaces/IERC1363Receiver.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Keeps the money of the network in one currency, and carries out what validators have judged, in batches.
/// @dev docs/protocol/settlement.md says what a batch is. Three contracts share the task: this one keeps all money and
/// the word of each batch; `Court` hears challenges; `TaskEscrow` serves those who do without the book. The two are
/// named once, when the three are deployed, and all signatures name this one.
///
/// Invariant: tokens held >= balances + claimables + money of tasks on the chain + bonds.
contract Escrow is EscrowTerms, IERC1363Receiver, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev One word. `exiting` is the part of the balance that its owner wants back without the book's help.
    struct Account {
        uint96 balance;
        uint96 exiting;
        uint64 exitAt;
    }

    /// @dev An account's word lies at its address times 2^96 plus 96 ones, not in a mapping: a batch of forty accounts
    /// would pay for forty hashes. Nothing else can lie there: mappings and lists lie at hashes, of which none ends with 96
    /// ones, and the other variables at small numbers.
    uint256 private constant MAX96 = 0xFFFFFFFFFFFFFFFFFFFFFFFF;

    IERC20 public immutable TOKEN;
    IStaking private immutable STAKING;

    /// @notice Released to its owner: nobody else touches it, `withdraw` pays it.
    mapping(address owner => uint256 amount) public claimable;

    /// @notice Taken by a forced exit before a batch released it: set off against what batches release later. Else money
    /// that is on its way out through the book could leave twice, and its batch could never be settled.
    mapping(address owner => uint256 amount) public prepaid;

    /// @notice Who has funded an account that may order tasks and nothing else.
    mapping(address account => address sponsor) public sponsorOf;

    /// @notice A byte of status and 31 bytes of hash over all else that there is to know of a batch.
    mapping(uint64 number => uint256 word) public batchWord;

    event Deposited(address indexed owner, uint256 amount);
    event SponsorAccepted(address indexed account, address indexed sponsor);
    event ExitAsked(address indexed owner, uint256 amount, uint256 at);
    event Exited(address indexed owner, uint256 amount);
    event Released(address indexed owner, uint256 amount);
    event Withdrawn(address indexed owner, uint256 amount);
    event BatchPosted(uint64 indexed number, bytes32 root, uint32 tasks, bytes32 moves, uint64 payableAt);
    event BatchSettled(uint64 indexed number);
    event BatchVoided(uint64 indexed number);
    event Lodged(address indexed owner, uint256 amount);
    event Debited(address indexed account, uint256 amount);
    event Credited(address indexed account, uint256 amount);
    event SlashedAlone(address indexed provider, uint256 amount);

    error BadBatch();
    error BadMoves();
    error BatchOutOfOrder(uint64 expected);
    error BatchUnknown();
    error InsufficientBalance();
    error MovesDiffer();
    error NotReceivedInFull(uint256 received);
    error NotTheSponsor();
    error NotTheToken();
    error NothingToWithdraw();
    error OverCap();
    error SlashUncovered(address provider);
    error Sponsored(address account);
    error Tried();
    error WindowOpen(uint64 until);
    error ZeroAmount();

    constructor(
        IERC20 token,
        IStaking staking_,
        address owner_,
        address guardian_,
        address deployer,
        address[] memory validators_,
        uint8 quorum_,
        Terms memory terms_,
        Shares memory shares_
    ) EscrowTerms(owner_, guardian_, deployer, validators_, quorum_, terms_, shares_) {
        TOKEN = token;
        STAKING = staking_;
    }

    // ---- Money in

    function deposit(uint256 amount) external nonReentrant {
        _deposit(msg.sender, msg.sender, amount);
    }

    /// @notice Funds an account of somebody else; whoever owns it owns what was put in.
    function depositFor(address account, uint256 amount) external nonReentrant {
        _deposit(msg.sender, account, amount);
    }

    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external nonReentrant {
        // Somebody may have used the permit already: what counts is whether the transfer goes through.
        try IERC20Permit(address(TOKEN)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(msg.sender, msg.sender, amount);
    }

    /// @notice Puts money where `withdraw` pays it from, and a bond or the price of a task is taken from first.
    function lodge(uint256 amount) external nonReentrant {
        _receive(msg.sender, amount);
        _requireBelowCap();
        claimable[msg.sender] += amount;
        emit Lodged(msg.sender, amount);
    }

    /// @notice Funds an account whose money goes to tasks, or back to its sponsor. Without the account's signature,
    /// given once, anybody could make himself the heir of a stranger.
    function depositAllowance(address account, uint256 amount, bytes calldata consent) external nonReentrant {
        if (sponsorOf[account] == address(0)) {
            bytes32 digest = TypedData.digest(
                domainSeparator(), keccak256(abi.encode(TypedData.ALLOWANCE_TYPE, account, msg.sender))
            );
            if (account == msg.sender || sponsorOf[msg.sender] != address(0)) revert Sponsored(account);
            if (Signatures.signer(digest, consent) != account) revert Signatures.BadSignature();
            if (_at(account).balance != 0) revert Sponsored(account);
            sponsorOf[account] = msg.sender;
            emit SponsorAccepted(account, msg.sender);
        } else if (sponsorOf[account] != msg.sender) {
            revert NotTheSponsor();
        }
        _fund(msg.sender, account, amount);
    }

    /// @notice A transfer in the manner of ERC-1363. The data may name the account to be funded, in one word.
    function onTransferReceived(address, address from, uint256 value, bytes calldata data)
        external
        nonReentrant
        returns (bytes4)
    {
        _onReceived(from, value, data);
        return IERC1363Receiver.onTransferReceived.selector;
    }

    /// @notice The same in the manner of ERC-677.
    function onTokenTransfer(address from, uint256 value, bytes calldata data) external nonReentrant {
        _onReceived(from, value, data);
    }

    // ---- Money out, never paused

    /// @notice Asks for a part of the balance without the book's help; replaces what was asked before, 0 takes it back.
    function askExit(uint256 amount) external {
        if (sponsorOf[msg.sender] != address(0)) revert Sponsored(msg.sender);
        _askExit(msg.sender, amount);
    }

    /// @notice The same, by the sponsor of an account.
    function askExitOf(address account, uint256 amount) external {
        if (sponsorOf[account] != msg.sender) revert NotTheSponsor();
        _askExit(account, amount);
    }

    /// @notice Pays what was released, and of an exit whose delay is over what is left of it by now.
    function withdraw() external nonReentrant {
        if (sponsorOf[msg.sender] == address(0)) _exit(msg.sender, msg.sender);
        _payOut(msg.sender);
    }

    /// @notice The same for the sponsor of an account.
    function withdrawOf(address account) external nonReentrant {
        if (sponsorOf[account] != msg.sender) revert NotTheSponsor();
        _exit(account, msg.sender);
        _payOut(msg.sender);
    }

    // ---- Batches

    function post(Batch calldata batch, bytes calldata signatures) external {
        _hot = _post(_hot, batch, signatures);
    }

    /// @notice Carries out the batch whose turn it is, once its window is over.
    function settle(Posted calldata batch, bytes calldata moves) external {
        _requireCalm();
        HotWord state = _hot;
        _requireOpen(state);
        _settle(state, batch, moves);
    }

    /// @notice Posts a batch and settles older ones in one transaction: how the book works when all goes well.
    function postAndSettle(
        Batch calldata batch,
        bytes calldata signatures,
        Posted[] calldata older,
        bytes[] calldata moves
    ) external {
        HotWord state = _post(_hot, batch, signatures);
        uint256 count = older.length;
        if (count != moves.length) revert BadBatch();
        if (count == 0) _hot = state;
        for (uint256 i = 0; i < count; ++i) {
            state = _settle(state, older[i], moves[i]);
        }
    }

    /// @notice Voids the batch whose turn it is if a debit, a withdrawal or a slash in it has nothing to be taken from:
    /// it could never be settled, and would hold up all that come after it.
    function voidUncovered(Posted calldata batch, bytes calldata moves) external {
        _requireCalm();
        HotWord state = _hot;
        _requireOpen(state);
        state = _requireTurn(state, batch);
        if (keccak256(moves) != batch.moves) revert MovesDiffer();
        try this.tryMoves(moves) {}
        catch (bytes memory reason) {
            bytes4 why = bytes4(reason);
            // Moves without form void their batch too: no other moves have its hash.
            if (
                why != InsufficientBalance.selector && why != SlashUncovered.selector && why != BadMoves.selector
            ) revert BadBatch();
        }
        _hot = state.addSettled();
        batchWord[batch.number] = TypedData.word(VOIDED, batch);
        emit BatchVoided(batch.number);
    }

    /// @dev Only for `voidUncovered`: carries moves out and always reverts, with the reason.
    function tryMoves(bytes calldata moves) external {
        if (msg.sender != address(this)) revert NotAModule();
        _move(moves);
        revert Tried();
    }

    // ---- For the court and the tasks on the chain

    /// @inheritdoc IEscrow
    function changeBatch(uint64 number, uint256 from, uint256 to) external {
        _changeBatch(number, from, to);
        if (to >> 248 == VOIDED) emit BatchVoided(number);
    }

    /// @inheritdoc IEscrow
    function openChallenge(uint64 number, uint256 from, uint256 to, address challenger, uint256 bond)
        external
        nonReentrant
    {
        _changeBatch(number, from, to);
        // A full escrow keeps nobody from a challenge, and neither does a pause.
        _take(challenger, bond);
    }

    /// @inheritdoc IEscrow
    function take(address from, uint256 amount) external onlyModule nonReentrant {
        if (_take(from, amount)) _requireBelowCap();
    }

    /// @inheritdoc IEscrow
    function give(address to, uint256 amount) external onlyModule {
        _release(to, amount);
    }

    /// @inheritdoc IEscrow
    function debit(address account, uint256 amount) external onlyModule {
        if (_at(account).balance < amount) revert InsufficientBalance();
        _at(account).balance -= Division.to96(amount);
        emit Debited(account, amount);
    }

    /// @inheritdoc IEscrow
    function credit(address account, uint256 amount) external onlyModule {
        _at(account).balance += Division.to96(amount);
        emit Credited(account, amount);
    }

    /// @inheritdoc IEscrow
    function slash(address provider, uint256 amount)
        external
        onlyModule
        nonReentrant
        returns (uint256 fromUnbonding, uint256 fromStake)
    {
        (fromUnbonding, fromStake) = STAKING.slash(provider, amount);
        emit SlashedAlone(provider, fromUnbonding + fromStake);
    }

    // ---- What there is

    /// @notice The balance that the book may spend, the part that is leaving, and when it may leave.
    function accounts(address account) external view returns (uint96 balance, uint96 exiting, uint64 exitAt) {
        Account storage state = _at(account);
        return (state.balance, state.exiting, state.exitAt);
    }

    /// @inheritdoc IEscrow
    function balanceOf(address account) external view returns (uint256) {
        return _at(account).balance;
    }

    /// @inheritdoc IEscrow
    function staking() external view returns (IStaking) {
        return STAKING;
    }

    // ---- Inside

    function _changeBatch(uint64 number, uint256 from, uint256 to) private {
        if (msg.sender != court) revert NotAModule();
        if (number < _hot.nextToSettle() || batchWord[number] != from) revert BatchUnknown();
        batchWord[number] = to;
    }

    /// @dev Out of what was released to the payer, or by a transfer; says whether it was a transfer.
    function _take(address from, uint256 amount) private returns (bool transferred) {
        uint256 own = claimable[from];
        transferred = own < amount;
        if (transferred) _receive(from, amount);
        else claimable[from] = own - amount;
    }

    function _deposit(address from, address account, uint256 amount) private {
        if (sponsorOf[account] != address(0)) revert Sponsored(account);
        _fund(from, account, amount);
    }

    function _fund(address from, address account, uint256 amount) private {
        _requireOpen(_hot);
        if (amount == 0) revert ZeroAmount();
        _receive(from, amount);
        _requireBelowCap();
        _book(account, amount);
    }

    function _onReceived(address from, uint256 value, bytes calldata data) private {
        if (msg.sender != address(TOKEN)) revert NotTheToken();
        address account = data.length == 32 ? abi.decode(data, (address)) : from;
        if (sponsorOf[account] != address(0)) revert Sponsored(account);
        _requireOpen(_hot);
        if (value == 0) revert ZeroAmount();
        _requireBelowCap();
        _book(account, value);
    }

    function _receive(address from, uint256 amount) private {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.safeTransferFrom(from, address(this), amount);
        uint256 held = TOKEN.balanceOf(address(this));
        if (held - before != amount) revert NotReceivedInFull(held - before);
        if (held > MAX96) revert OverCap();
    }

    function _requireBelowCap() private view {
        if (TOKEN.balanceOf(address(this)) > _terms.depositCap) revert OverCap();
    }

    function _book(address account, uint256 amount) private {
        _at(account).balance += Division.to96(amount);
        emit Deposited(account, amount);
    }

    function _askExit(address account, uint256 amount) private {
        Account storage state = _at(account);
        if (amount > state.balance) revert InsufficientBalance();
        uint256 at = amount == 0 ? 0 : block.timestamp + _terms.exitDelay;
        (state.exiting, state.exitAt) = (Division.to96(amount), uint64(at));
        emit ExitAsked(account, amount, at);
    }

    function _exit(address account, address to) private {
        Account storage state = _at(account);
        if (state.exiting == 0 || block.timestamp < state.exitAt) return;
        uint96 amount = state.exiting < state.balance ? state.exiting : state.balance;
        (state.balance, state.exiting, state.exitAt) = (state.balance - amount, 0, 0);
        prepaid[account] += amount;
        claimable[to] += amount;
        emit Exited(account, amount);
    }

    function _payOut(address to) private {
        uint256 amount = claimable[to];
        if (amount == 0) revert NothingToWithdraw();
        claimable[to] = 0;
        TOKEN.safeTransfer(to, amount);
        emit Withdrawn(to, amount);
    }

    /// @dev What leaves an account with a sponsor goes to the sponsor.
    function _release(address account, uint256 amount) private {
        address sponsor = sponsorOf[account];
        claimable[sponsor == address(0) ? account : sponsor] += amount;
    }

    function _post(HotWord state, Batch calldata batch, bytes calldata signatures) private returns (HotWord) {
        _requireCalm();
        _requireOpen(state);
        uint64 number = batch.number;
        if (number != state.posted()) revert BatchOutOfOrder(state.posted());
        if ((batch.tasks == 0) != (batch.root == 0)) revert BadBatch();
        _checkQuorum(state, TypedData.digest(domainSeparator(), TypedData.hash(batch)), signatures);
        uint256 payableAt = block.timestamp + state.window();
        bytes32 topic = BatchPosted.selector;
        bytes32 hashed;
        // What is hashed, and behind its number what is told, lie in one piece: number, root, tasks, moves, payableAt.
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, batch, 128)
            mstore(add(at, 128), payableAt)
            hashed := keccak256(at, 160)
            log2(add(at, 32), 128, topic, mload(at))
        }
        batchWord[number] = TypedData.withStatus(PENDING, hashed);
        return state.addPosted();
    }

    /// @dev The state, with voided ones stepped over: that costs something only where there are any.
    function _requireTurn(HotWord state, Posted calldata batch) private view returns (HotWord) {
        uint64 number = batch.number;
        uint64 next = state.nextToSettle();
        while (next < number) {
            if (batchWord[next] >> 248 != VOIDED) revert BatchOutOfOrder(next);
            state = state.addSettled();
            next = state.nextToSettle();
        }
        if (number != next) revert BatchOutOfOrder(next);
        if (batchWord[number] != TypedData.wordOf(PENDING, batch)) revert BatchUnknown();
        uint64 payableAt = batch.payableAt;
        if (block.timestamp < payableAt) revert WindowOpen(payableAt);
        return state;
    }

    /// @dev The word of the batch stays as it is: that its number is behind says that it is settled.
    function _settle(HotWord state, Posted calldata batch, bytes calldata moves) private returns (HotWord) {
        state = _requireTurn(state, batch).addSettled();
        if (keccak256(moves) != batch.moves) revert MovesDiffer();
        _hot = state;
        _move(moves);
        emit BatchSettled(batch.number);
        return state;
    }

    /// @dev moves: a word of four counts, then debits, credits, withdrawals (address and amount in one word each), then
    /// slashes (two words each).
    function _move(bytes calldata moves) private {
        if (moves.length < 32) revert BadMoves();
        unchecked {
            uint256 at;
            uint256 counts;
            assembly {
                at := add(moves.offset, 32)
                counts := calldataload(moves.offset)
            }
            uint256 debits = 32 * (counts >> 192);
            uint256 credits = 32 * ((counts >> 128) & type(uint64).max);
            uint256 withdrawals = 32 * ((counts >> 64) & type(uint64).max);
            uint256 slashes = counts & type(uint64).max;
            // Four counts of 64 bits: their sum is nowhere near 256.
            if (moves.length != 32 + debits + credits + withdrawals + 64 * slashes) revert BadMoves();
            uint256 taken = _debitAll(at, at + debits);
            at += debits;
            uint256 given = _creditAll(at, at + credits);
            at += credits;
            if (withdrawals != 0) _withdrawAll(at, at + withdrawals);
            if (slashes != 0) taken += _slashAll(at + withdrawals, slashes);
            if (taken != given) revert BadMoves();
        }
    }

    /// @dev The two loops over accounts are what a batch costs: forty accounts, forty turns. So they check what keeps
    /// the money together, and leave the form (rising, no zeros) to a contest: other moves in another form do no more.
    function _debitAll(uint256 at, uint256 end) private returns (uint256 sum) {
        uint256 short = 0;
        assembly ("memory-safe") {
            for {} lt(at, end) { at := add(at, 32) } {
                let slot := calldataload(at)
                let amount := and(slot, MAX96)
                slot := or(slot, MAX96)
                let state := sload(slot)
                // Noted, not acted on: what was done until the end is undone with the rest.
                short := or(short, lt(and(state, MAX96), amount))
                sstore(slot, sub(state, amount))
                sum := add(sum, amount)
            }
        }
        if (short != 0) revert InsufficientBalance();
    }

    /// @dev A balance cannot run over into the bits beside it. All that is given was taken before, from balances and
    /// stakes (else `_move` undoes it), so no balance exceeds the tokens held here, and those never exceed 96 bits.
    function _creditAll(uint256 at, uint256 end) private returns (uint256 sum) {
        assembly ("memory-safe") {
            for {} lt(at, end) { at := add(at, 32) } {
                let slot := calldataload(at)
                let amount := and(slot, MAX96)
                slot := or(slot, MAX96)
                sstore(slot, add(sload(slot), amount))
                sum := add(sum, amount)
            }
        }
    }

    function _withdrawAll(uint256 at, uint256 end) private {
        for (; at < end; at += 32) {
            (address owner_, uint96 amount) = _moveAt(at);
            uint256 ahead = prepaid[owner_];
            if (ahead != 0) {
                uint96 part = ahead < amount ? uint96(ahead) : amount;
                prepaid[owner_] = ahead - part;
                amount -= part;
                if (amount == 0) continue;
            }
            Account storage state = _at(owner_);
            if (state.balance < amount) revert InsufficientBalance();
            state.balance -= amount;
            // What the book releases answers what was asked of the contract.
            state.exiting = state.exiting > amount ? state.exiting - amount : 0;
            if (state.exiting == 0) state.exitAt = 0;
            _release(owner_, amount);
            emit Released(owner_, amount);
        }
    }

    function _slashAll(uint256 at, uint256 count) private nonReentrant returns (uint256 sum) {
        for (uint256 i = 0; i < count; ++i) {
            (address provider, uint256 toRequester) = _moveAt(at + 64 * i);
            (, uint256 toTreasury) = _moveAt(at + 64 * i + 32);
            uint256 amount = toRequester + toTreasury;
            (uint256 fromUnbonding, uint256 fromStake) = STAKING.slash(provider, amount);
            if (fromUnbonding + fromStake != amount) revert SlashUncovered(provider);
            sum += amount;
        }
        if (TOKEN.balanceOf(address(this)) > MAX96) revert OverCap();
    }

    /// @dev Batches are read and written in one piece, so nobody may come in between: not from a token that calls while
    /// stake is slashed, or while money comes or goes. Looking is enough; taking the guard would cost every batch more.
    function _requireCalm() private view {
        if (_reentrancyGuardEntered()) revert ReentrancyGuardReentrantCall();
    }

    function _at(address account) private pure returns (Account storage state) {
        assembly ("memory-safe") {
            state.slot := or(shl(96, account), MAX96)
        }
    }

    function _moveAt(uint256 at) private pure returns (address account, uint96 amount) {
        uint256 move;
        assembly {
            move := calldataload(at)
        }
        return (address(uint160(move >> 96)), uint96(move));
    }
}
