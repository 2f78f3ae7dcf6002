// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Escrow} from "../src/Escrow.sol";
import {Staking} from "../src/Staking.sol";
import {StunToken} from "../src/StunToken.sol";
import {Challenge, Judged, Place, Posted, TaskOrder, Verdict} from "../src/Types.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Does anything that anybody can do, in any order, and keeps its own simple books beside it.
contract Handler is Fixture {
    struct Known {
        Posted batch;
        Challenge open;
        TaskOrder order;
        Verdict verdict;
        bytes moves;
        bool settled;
        bool voided;
    }

    Known[] private _known;
    TaskOrder[] private _orders;
    mapping(bytes16 task => uint256 times) public paid;
    mapping(address account => uint256 amount) public putIn;
    mapping(address account => uint256 amount) public tookOut;
    address[] public accounts;
    uint256 public bonds;
    uint256 public held;
    uint256 public settledTwice;
    uint256 public exitsRefused;
    mapping(bytes16 task => uint256 amount) private _heldFor;
    mapping(bytes16 task => uint256 amount) private _bondOf;
    uint64 private _next;

    constructor() {
        deploy(3, 2);
        accounts.push(REQUESTER);
        accounts.push(PROVIDER);
        accounts.push(CREATOR);
        accounts.push(TREASURY);
        accounts.push(CHALLENGER);
        for (uint256 i = 0; i < accounts.length; ++i) readyToPay(accounts[i], 1_000_000 * ONE);
        stakeFor(PROVIDER, 1_000_000);
        vm.prank(REQUESTER);
        escrow.deposit(1_000_000);
        putIn[REQUESTER] = 1_000_000;
    }

    function parts() external view returns (address, address, address) {
        return (address(token), address(escrow), address(staking));
    }

    function count() external view returns (uint256) {
        return accounts.length;
    }

    function deposit(uint256 who, uint96 amount) external {
        address account = accounts[who % accounts.length];
        amount = amount % 1_000_000 + 1;
        vm.prank(account);
        escrow.deposit(amount);
        putIn[account] += amount;
    }

    function askExit(uint256 who, uint96 amount) external {
        address account = accounts[who % accounts.length];
        uint256 most = balance(account);
        if (most == 0) return;
        vm.prank(account);
        escrow.askExit(amount % most + 1);
    }

    /// @dev Whatever else is going on, a pause too: who may leave leaves.
    function withdraw(uint256 who) external {
        address account = accounts[who % accounts.length];
        (uint96 left, uint96 exiting, uint64 exitAt) = escrow.accounts(account);
        uint256 owed = escrow.claimable(account);
        if (exiting != 0 && block.timestamp >= exitAt) owed += exiting < left ? exiting : left;
        if (owed == 0) return;
        uint256 before = token.balanceOf(account);
        vm.prank(account);
        try escrow.withdraw() {
            tookOut[account] += token.balanceOf(account) - before;
            if (token.balanceOf(account) - before != owed) ++exitsRefused;
        } catch {
            ++exitsRefused;
        }
    }

    function post(uint96 pay, bool again, uint256 which) external {
        if (escrow.pausedUntil() > block.timestamp) return;
        Known storage known = _known.push();
        TaskOrder memory order;
        if (again && _orders.length > 0) order = _orders[which % _orders.length];
        else order = fresh(uint128(pay % 10_000 + 1));
        Verdict memory verdict = paidTo(PROVIDER, order.priceLimit, order);
        known.order = order;
        known.verdict.task = verdict.task;
        known.verdict.result = verdict.result;
        known.verdict.findings.push(verdict.findings[0]);
        known.moves = movesOf(order.priceLimit);
        known.batch = postLine(lineOf(order, verdict), known.moves);
    }

    function movesOf(uint256 pay) private view returns (bytes memory all) {
        uint256 treasury = pay * 15 / 100;
        uint256 creator = pay * 5 / 100;
        uint256 credits = 1 + (treasury > 0 ? 1 : 0) + (creator > 0 ? 1 : 0);
        all = bytes.concat(counts(1, credits, 0, 0), move(REQUESTER, pay), move(PROVIDER, pay - treasury - creator));
        if (creator > 0) all = bytes.concat(all, move(CREATOR, creator));
        if (treasury > 0) all = bytes.concat(all, move(TREASURY, treasury));
    }

    function fresh(uint128 limit) private returns (TaskOrder memory order) {
        order = orderOf(REQUESTER, _next++, limit);
        order.deadline = uint64((block.timestamp + 10 days) * 1e6);
        _orders.push(order);
    }

    /// @dev Doubles are voided by whoever sees them, before anything is settled: that is what the window is for.
    function settle(uint256 which) external {
        if (_known.length == 0) return;
        Known storage known = _known[which % _known.length];
        sweepDoubles();
        try escrow.settle(known.batch, known.moves) {
            if (known.settled || known.voided) ++settledTwice;
            known.settled = true;
            ++paid[known.verdict.task];
        } catch {}
    }

    function voidUncovered(uint256 which) external {
        if (_known.length == 0) return;
        Known storage known = _known[which % _known.length];
        try escrow.voidUncovered(known.batch, known.moves) {
            known.voided = true;
        } catch {}
    }

    function sweepDoubles() public {
        for (uint256 i = 0; i < _known.length; ++i) {
            Known storage later_ = _known[i];
            if (later_.settled || later_.voided) continue;
            Place memory here = only(lineOf(later_.order, later_.verdict));
            try court.voidSpent(later_.batch, here) {
                later_.voided = true;
                continue;
            } catch {}
            for (uint256 j = 0; j < i; ++j) {
                if (_known[j].verdict.task != later_.verdict.task || _known[j].voided) continue;
                Place memory there = only(lineOf(_known[j].order, _known[j].verdict));
                try court.voidDouble(later_.batch, here, _known[j].batch, there) {
                    later_.voided = true;
                    break;
                } catch {}
            }
        }
    }

    function demand(uint256 which) external {
        if (_known.length == 0) return;
        Known storage known = _known[which % _known.length];
        uint96 bond = escrow.terms().challengeBond;
        vm.prank(CHALLENGER);
        try court.demand(known.batch, 0) {
            known.open = Challenge(2, CHALLENGER, bond, 0, 0, uint64(block.timestamp + 2 hours));
            bonds += bond;
        } catch {}
    }

    function answer(uint256 which) external {
        if (_known.length == 0) return;
        Known storage known = _known[which % _known.length];
        Judged memory judged = judgedOf(known.order, known.verdict);
        vm.prank(PROVIDER);
        try court.answerDemand(known.batch, known.open, judged, new bytes32[](0)) {
            bonds -= known.open.bond;
            known.batch.payableAt = uint64(block.timestamp + 1 hours);
        } catch {}
    }

    function voidBatch(uint256 which) external {
        if (_known.length == 0) return;
        Known storage known = _known[which % _known.length];
        try court.voidBatch(known.batch, known.open) {
            bonds -= known.open.bond;
            known.voided = true;
        } catch {}
    }

    function claim(uint256 which) external {
        if (_orders.length == 0) return;
        TaskOrder memory order = _orders[which % _orders.length];
        Judged memory judged = judgedOf(order, paidTo(PROVIDER, order.priceLimit, order));
        try tasks.claim(order, judged.orderSignature, judged.verdict, judged.signatures) {} catch {}
    }

    /// @dev A claim of what a batch contains is refuted by whoever sees it.
    function payClaim(uint256 which) external {
        if (_orders.length == 0) return;
        TaskOrder memory order = _orders[which % _orders.length];
        Verdict memory verdict = paidTo(PROVIDER, order.priceLimit, order);
        for (uint256 i = 0; i < _known.length; ++i) {
            if (_known[i].verdict.task != verdict.task || _known[i].voided) continue;
            try tasks.refute(verdict.task, _known[i].batch, only(lineOf(order, verdict))) {} catch {}
        }
        try tasks.payClaim(order, verdict) {
            ++paid[verdict.task];
        } catch {}
    }

    function submit(uint96 limit) external {
        TaskOrder memory order = fresh(limit % 10_000 + 1);
        vm.prank(REQUESTER);
        try tasks.submitTask(order, 0) {
            held += order.priceLimit;
            _heldFor[taskOf(order)] = order.priceLimit;
        } catch {}
    }

    function complete(uint256 which, bool fraud) external {
        if (_orders.length == 0) return;
        TaskOrder memory order = _orders[which % _orders.length];
        Verdict memory verdict = fraud ? fraudBy(PROVIDER, order) : paidTo(PROVIDER, order.priceLimit, order);
        (,,,,, uint16 round,,,,) = tasks.holds(verdict.task);
        verdict.round = _bondOf[verdict.task] != 0 ? round + 1 : 0;
        returnHeld(order, verdict.task);
        bytes memory signatures = quorumOf(digestOf(verdictHash(verdict)), 2);
        try tasks.completeTask(order, verdict, signatures, "") {
            if (verdict.round == 1) ended(verdict.task);
        } catch {}
    }

    function dispute(uint256 which) external {
        if (_orders.length == 0) return;
        TaskOrder memory order = _orders[which % _orders.length];
        vm.prank(CHALLENGER);
        try tasks.dispute(order, 0) {
            bonds += 10 * ONE;
            _bondOf[taskOf(order)] = 10 * ONE;
        } catch {}
    }

    function settleTask(uint256 which, bool fraud) external {
        if (_orders.length == 0) return;
        TaskOrder memory order = _orders[which % _orders.length];
        Verdict memory verdict = fraud ? fraudBy(PROVIDER, order) : paidTo(PROVIDER, order.priceLimit, order);
        returnHeld(order, verdict.task);
        try tasks.settleTask(order, verdict) {
            ended(verdict.task);
        } catch {}
    }

    /// @dev Money held for what a batch contains is given back by whoever sees it, as claims of it are refuted.
    function returnHeld(TaskOrder memory order, bytes16 task) private {
        for (uint256 i = 0; i < _known.length; ++i) {
            if (_known[i].verdict.task != task || _known[i].voided) continue;
            try tasks.returnTask(order, _known[i].batch, only(lineOf(order, _known[i].verdict))) {
                held -= _heldFor[task];
                bonds -= _bondOf[task];
                (_heldFor[task], _bondOf[task]) = (0, 0);
            } catch {}
        }
    }

    function expire(uint256 which) external {
        if (_orders.length == 0) return;
        TaskOrder memory order = _orders[which % _orders.length];
        try tasks.expireTask(order) {
            held -= _heldFor[taskOf(order)];
            _heldFor[taskOf(order)] = 0;
        } catch {}
    }

    function ended(bytes16 task) private {
        ++paid[task];
        held -= _heldFor[task];
        bonds -= _bondOf[task];
        (_heldFor[task], _bondOf[task]) = (0, 0);
    }

    function pause(uint256 duration) external {
        vm.prank(GUARDIAN);
        try escrow.pause(duration % 7 days + 1) {} catch {}
    }

    function unstake(uint96 amount) external {
        vm.startPrank(PROVIDER);
        try staking.beginUnstake(amount % 1_000 + 1) {} catch {}
        try staking.finishUnstake() {} catch {}
        vm.stopPrank();
    }

    function wait_(uint256 time) external {
        sweepDoubles();
        vm.warp(block.timestamp + time % 2 days + 1);
    }

    function mostTimesPaid() external view returns (uint256 most) {
        for (uint256 i = 0; i < _orders.length; ++i) {
            uint256 times = paid[taskOf(_orders[i])];
            if (times > most) most = times;
        }
    }
}

contract InvariantsTest is Fixture {
    Handler internal handler;

    function setUp() public {
        handler = new Handler();
        (address token_, address escrow_, address staking_) = handler.parts();
        token = StunToken(token_);
        escrow = Escrow(escrow_);
        staking = Staking(staking_);
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_tokens_held_are_balances_claimables_task_money_and_bonds() public view {
        uint256 sum = handler.bonds() + handler.held();
        for (uint256 i = 0; i < handler.count(); ++i) {
            address account = handler.accounts(i);
            sum += escrow.balanceOf(account) + escrow.claimable(account);
        }
        vm.assertEq(token.balanceOf(address(escrow)), sum);
    }

    function invariant_a_task_is_paid_at_most_once() public view {
        vm.assertLe(handler.mostTimesPaid(), 1);
        vm.assertEq(handler.settledTwice(), 0);
    }

    function invariant_whoever_may_leave_leaves_with_what_is_owed() public view {
        vm.assertEq(handler.exitsRefused(), 0);
    }

    function invariant_stakes_are_covered() public view {
        vm.assertEq(token.balanceOf(address(staking)), staking.slashable(PROVIDER));
    }

    function invariant_settled_is_never_ahead_of_posted() public view {
        vm.assertLe(escrow.nextToSettle(), escrow.nextToPost());
    }
}
