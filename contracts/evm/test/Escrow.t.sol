// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Escrow} from "../src/Escrow.sol";
import {EscrowTerms} from "../src/EscrowTerms.sol";
import {Staking} from "../src/Staking.sol";
import {Batch, Posted, Terms} from "../src/Types.sol";
import {Signatures} from "../src/libraries/Signatures.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Fixture} from "./Fixture.sol";
import {FeeToken, ReentrantToken} from "./Tokens.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

contract EscrowMoneyTest is Fixture {
    function setUp() public {
        deploy(3, 2);
        readyToPay(REQUESTER, 1_000 * ONE);
    }

    function test_a_deposit_is_booked_in_full() public {
        vm.expectEmit(address(escrow));
        emit Escrow.Deposited(REQUESTER, 100 * ONE);
        vm.prank(REQUESTER);
        escrow.deposit(100 * ONE);
        vm.assertEq(balance(REQUESTER), 100 * ONE);
        vm.assertEq(token.balanceOf(address(escrow)), 100 * ONE);
    }

    function test_a_deposit_of_nothing_is_refused() public {
        vm.expectRevert(Escrow.ZeroAmount.selector);
        vm.prank(REQUESTER);
        escrow.deposit(0);
    }

    function test_a_deposit_for_another_belongs_to_the_other() public {
        vm.prank(REQUESTER);
        escrow.depositFor(OTHER, 5);
        vm.assertEq(balance(OTHER), 5);
        vm.assertEq(balance(REQUESTER), 0);
    }

    function test_a_permit_makes_one_transaction_of_two() public {
        vm.prank(REQUESTER);
        token.approve(address(escrow), 0);
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, REQUESTER, address(escrow), 7, 0, block.timestamp));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(REQUESTER_KEY, TypedData.digest(token.DOMAIN_SEPARATOR(), structHash));
        vm.prank(REQUESTER);
        escrow.depositWithPermit(7, block.timestamp, v, r, s);
        vm.assertEq(balance(REQUESTER), 7);
        // A permit that somebody has used already does no harm while the allowance stands.
        vm.startPrank(REQUESTER);
        token.approve(address(escrow), 7);
        escrow.depositWithPermit(7, block.timestamp, v, r, s);
        vm.assertEq(balance(REQUESTER), 14);
    }

    function test_a_transfer_that_tells_is_a_deposit() public {
        vm.startPrank(REQUESTER);
        token.transferAndCall(address(escrow), 3);
        vm.assertEq(balance(REQUESTER), 3);
        token.transferAndCall(address(escrow), 4, abi.encode(OTHER));
        vm.assertEq(balance(OTHER), 4);
    }

    function test_only_the_token_tells_of_transfers() public {
        vm.expectRevert(Escrow.NotTheToken.selector);
        escrow.onTransferReceived(REQUESTER, REQUESTER, 5, "");
        vm.expectRevert(Escrow.NotTheToken.selector);
        escrow.onTokenTransfer(REQUESTER, 5, "");
        vm.startPrank(address(token));
        vm.expectRevert(Escrow.ZeroAmount.selector);
        escrow.onTokenTransfer(REQUESTER, 0, "");
        give2();
        escrow.onTokenTransfer(REQUESTER, 5, "");
        vm.assertEq(balance(REQUESTER), 5);
    }

    function give2() private {
        vm.stopPrank();
        give(address(escrow), 5);
        vm.startPrank(address(token));
    }

    function test_the_cap_bounds_every_way_in() public {
        Terms memory terms = someTerms();
        terms.depositCap = 10;
        vm.prank(OWNER);
        escrow.setTerms(terms);
        vm.startPrank(REQUESTER);
        escrow.deposit(10);
        vm.expectRevert(Escrow.OverCap.selector);
        escrow.deposit(1);
        vm.expectRevert(Escrow.OverCap.selector);
        escrow.lodge(1);
        vm.expectRevert(Escrow.OverCap.selector);
        token.transferAndCall(address(escrow), 1);
        vm.expectRevert(Escrow.OverCap.selector);
        tasks.submitTask(orderOf(REQUESTER, 1, 5), 0);
    }

    function test_an_exit_pays_after_its_delay_and_no_earlier() public {
        vm.startPrank(REQUESTER);
        escrow.deposit(100);
        vm.expectEmit(address(escrow));
        emit Escrow.ExitAsked(REQUESTER, 60, block.timestamp + 3 days);
        escrow.askExit(60);
        later(3 days - 1);
        vm.expectRevert(Escrow.NothingToWithdraw.selector);
        escrow.withdraw();
        later(1);
        vm.expectEmit(address(escrow));
        emit Escrow.Exited(REQUESTER, 60);
        escrow.withdraw();
        vm.assertEq(balance(REQUESTER), 40);
        vm.assertEq(token.balanceOf(REQUESTER), 1_000 * ONE - 40);
        vm.expectRevert(Escrow.NothingToWithdraw.selector);
        escrow.withdraw();
    }

    function test_an_exit_above_the_balance_is_refused_and_one_of_nothing_takes_it_back() public {
        vm.startPrank(REQUESTER);
        escrow.deposit(100);
        vm.expectRevert(Escrow.InsufficientBalance.selector);
        escrow.askExit(101);
        escrow.askExit(100);
        escrow.askExit(0);
        (, uint96 exiting, uint64 exitAt) = escrow.accounts(REQUESTER);
        vm.assertEq(exiting, 0);
        vm.assertEq(exitAt, 0);
        later(4 days);
        vm.expectRevert(Escrow.NothingToWithdraw.selector);
        escrow.withdraw();
    }

    function test_an_exit_pays_what_batches_have_left() public {
        vm.startPrank(REQUESTER);
        escrow.deposit(100);
        escrow.askExit(100);
        vm.stopPrank();
        bytes memory moves = bytes.concat(counts(1, 1, 0, 0), move(REQUESTER, 30), move(PROVIDER, 30));
        Posted memory batch = post(keccak256("x"), 1, moves);
        later(1 hours);
        escrow.settle(batch, moves);
        later(3 days);
        vm.prank(REQUESTER);
        escrow.withdraw();
        vm.assertEq(token.balanceOf(REQUESTER), 1_000 * ONE - 30);
        vm.assertEq(balance(REQUESTER), 0);
    }

    function test_what_the_book_releases_answers_what_was_asked() public {
        vm.startPrank(REQUESTER);
        escrow.deposit(100);
        escrow.askExit(50);
        vm.stopPrank();
        bytes memory moves = bytes.concat(counts(0, 0, 1, 0), move(REQUESTER, 20));
        Posted memory batch = post(0, 0, moves);
        later(1 hours);
        escrow.settle(batch, moves);
        (uint96 left, uint96 exiting, uint64 exitAt) = escrow.accounts(REQUESTER);
        vm.assertEq(left, 80);
        vm.assertEq(exiting, 30);
        vm.assertGe(exitAt, 1);
        moves = bytes.concat(counts(0, 0, 1, 0), move(REQUESTER, 40));
        batch = post(0, 0, moves);
        later(1 hours);
        escrow.settle(batch, moves);
        (left, exiting, exitAt) = escrow.accounts(REQUESTER);
        vm.assertEq(left, 40);
        vm.assertEq(exiting, 0);
        vm.assertEq(exitAt, 0);
        vm.assertEq(escrow.claimable(REQUESTER), 60);
        vm.prank(REQUESTER);
        escrow.withdraw();
        vm.assertEq(token.balanceOf(REQUESTER), 1_000 * ONE - 40);
    }

    function test_what_is_lodged_can_be_fetched_at_once() public {
        vm.startPrank(REQUESTER);
        escrow.lodge(9);
        vm.assertEq(escrow.claimable(REQUESTER), 9);
        escrow.withdraw();
        vm.assertEq(token.balanceOf(REQUESTER), 1_000 * ONE);
    }

    // ---- Allowances

    function consent(uint256 key, address sponsor) private view returns (bytes memory) {
        return compact(
            key, digestOf(keccak256(abi.encode(TypedData.ALLOWANCE_TYPE, vm.addr(key), sponsor)))
        );
    }

    function test_an_allowance_leaves_to_its_sponsor_alone() public {
        address key = vm.addr(77);
        bytes memory signed = consent(77, REQUESTER);
        vm.startPrank(REQUESTER);
        escrow.depositAllowance(key, 50, signed);
        escrow.depositAllowance(key, 50, "");
        vm.stopPrank();
        vm.assertEq(balance(key), 100);
        vm.startPrank(key);
        vm.expectRevert(abi.encodeWithSelector(Escrow.Sponsored.selector, key));
        escrow.askExit(1);
        vm.expectRevert(Escrow.NothingToWithdraw.selector);
        escrow.withdraw();
        vm.stopPrank();
        vm.startPrank(STRANGER);
        vm.expectRevert(Escrow.NotTheSponsor.selector);
        escrow.askExitOf(key, 1);
        vm.expectRevert(Escrow.NotTheSponsor.selector);
        escrow.withdrawOf(key);
        vm.expectRevert(Escrow.NotTheSponsor.selector);
        escrow.depositAllowance(key, 1, "");
        vm.stopPrank();
        vm.startPrank(REQUESTER);
        escrow.askExitOf(key, 70);
        later(3 days);
        escrow.withdrawOf(key);
        vm.assertEq(token.balanceOf(REQUESTER), 1_000 * ONE - 30);
        vm.stopPrank();
        // By a batch too; what the exit has taken already is set off.
        bytes memory moves = bytes.concat(counts(0, 0, 1, 0), move(key, 100));
        Posted memory batch = post(0, 0, moves);
        later(1 hours);
        escrow.settle(batch, moves);
        vm.assertEq(escrow.claimable(REQUESTER), 30);
        vm.assertEq(escrow.claimable(key), 0);
    }

    function test_nobody_becomes_the_sponsor_of_an_account_that_has_not_agreed() public {
        address key = vm.addr(77);
        bytes memory forged = consent(78, REQUESTER);
        bytes memory good = consent(77, REQUESTER);
        bytes memory forAnother = consent(77, OTHER);
        vm.startPrank(REQUESTER);
        vm.expectRevert(Signatures.BadSignature.selector);
        escrow.depositAllowance(key, 50, forged);
        vm.expectRevert(Signatures.BadSignature.selector);
        escrow.depositAllowance(key, 50, forAnother);
        escrow.depositFor(key, 1);
        // It has money of its own, which would be the sponsor's from now on.
        vm.expectRevert(abi.encodeWithSelector(Escrow.Sponsored.selector, key));
        escrow.depositAllowance(key, 50, good);
        bytes memory own = consent(REQUESTER_KEY, REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(Escrow.Sponsored.selector, REQUESTER));
        escrow.depositAllowance(REQUESTER, 50, own);
    }

    function test_an_account_with_a_sponsor_takes_no_other_deposit_and_sponsors_nobody() public {
        address key = vm.addr(77);
        bytes memory signed = consent(77, REQUESTER);
        vm.startPrank(REQUESTER);
        escrow.depositAllowance(key, 50, signed);
        vm.expectRevert(abi.encodeWithSelector(Escrow.Sponsored.selector, key));
        escrow.depositFor(key, 1);
        vm.expectRevert(abi.encodeWithSelector(Escrow.Sponsored.selector, key));
        token.transferAndCall(address(escrow), 1, abi.encode(key));
        vm.stopPrank();
        address third = vm.addr(79);
        bytes memory chained = consent(79, key);
        vm.prank(key);
        vm.expectRevert(abi.encodeWithSelector(Escrow.Sponsored.selector, third));
        escrow.depositAllowance(third, 1, chained);
    }

    // ---- Odd tokens

    function test_a_token_that_takes_a_fee_is_refused() public {
        FeeToken odd = new FeeToken();
        deployAgain(IERC20(address(odd)));
        odd.approve(address(escrow), 100);
        vm.expectRevert(abi.encodeWithSelector(Escrow.NotReceivedInFull.selector, 99));
        escrow.deposit(100);
        odd.approve(address(staking), 100);
        vm.expectRevert();
        staking.stake(100);
    }

    function test_a_reentrant_token_gets_nothing_twice() public {
        ReentrantToken odd = new ReentrantToken();
        deployAgain(IERC20(address(odd)));
        odd.approve(address(escrow), type(uint256).max);
        escrow.deposit(100);
        escrow.lodge(100);
        // In the middle of a deposit another one would be measured with the first.
        bytes4 refused = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        odd.arm(address(escrow), abi.encodeCall(escrow.depositFor, (address(odd), 50)));
        vm.expectRevert(refused);
        escrow.deposit(50);
        // In the middle of a payout another one finds nothing left.
        odd.arm(address(escrow), abi.encodeCall(escrow.withdraw, ()));
        vm.expectRevert(refused);
        escrow.withdraw();
        odd.arm(address(0), "");
        escrow.withdraw();
        vm.assertEq(odd.balanceOf(address(escrow)), 100);
    }

    function test_a_token_that_calls_while_stake_is_slashed_settles_nothing_in_between() public {
        ReentrantToken odd = new ReentrantToken();
        deployAgain(IERC20(address(odd)));
        odd.approve(address(escrow), type(uint256).max);
        odd.approve(address(staking), type(uint256).max);
        escrow.depositFor(REQUESTER, 1_000);
        staking.stake(100);
        address me = address(this);
        bytes memory first =
            bytes.concat(counts(0, 1, 0, 1), move(TREASURY, 100), move(me, 0), move(REQUESTER, 100));
        bytes memory second = onePay(100);
        Posted[] memory older = new Posted[](2);
        bytes[] memory all = new bytes[](2);
        (older[0], all[0]) = (post(keccak256("r"), 1, first), first);
        (older[1], all[1]) = (post(keccak256("s"), 1, second), second);
        Batch memory next = Batch(2, 0, 0, keccak256("none"));
        bytes memory signatures = signBatch(next);
        later(1 hours);
        bytes4 refused = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        odd.arm(address(escrow), abi.encodeCall(escrow.settle, (older[1], second)));
        vm.expectRevert(refused);
        escrow.postAndSettle(next, signatures, older, all);
        odd.arm(address(escrow), abi.encodeCall(escrow.post, (next, signatures)));
        vm.expectRevert(refused);
        escrow.settle(older[0], first);
        odd.arm(address(0), "");
        escrow.postAndSettle(next, signatures, older, all);
        vm.assertEq(balance(PROVIDER), 80);
    }

    function deployAgain(IERC20 currency) private {
        staking = new StakingOf(currency, OWNER);
        deployEscrow(currency, 3, 2);
    }
}

contract StakingOf is Staking {
    constructor(IERC20 token, address owner_) Staking(token, owner_, msg.sender, 21 days) {}
}

contract EscrowBatchTest is Fixture {
    bytes internal moves;

    function setUp() public {
        deploy(3, 2);
        fund(REQUESTER, 1_000);
        moves = onePay(100);
    }

    function batchOf(bytes memory some) internal view returns (Batch memory) {
        return Batch(escrow.nextToPost(), keccak256("root"), 1, keccak256(some));
    }

    function test_a_batch_is_posted_and_settled_and_money_is_where_it_belongs() public {
        Batch memory batch = batchOf(moves);
        bytes memory signatures = signBatch(batch);
        vm.expectEmit(address(escrow));
        emit Escrow.BatchPosted(0, batch.root, 1, batch.moves, uint64(block.timestamp + 1 hours));
        escrow.post(batch, signatures);
        Posted memory posted = Posted(0, batch.root, 1, batch.moves, uint64(block.timestamp + 1 hours));
        vm.assertEq(escrow.batchWord(0), TypedData.word(1, posted));
        later(1 hours);
        vm.expectEmit(address(escrow));
        emit Escrow.BatchSettled(0);
        escrow.settle(posted, moves);
        vm.assertEq(balance(REQUESTER), 900);
        vm.assertEq(balance(PROVIDER), 80);
        vm.assertEq(balance(TREASURY), 15);
        vm.assertEq(balance(CREATOR), 5);
        vm.assertEq(escrow.nextToSettle(), 1);
    }

    function test_nothing_is_settled_before_its_window_is_over_and_nothing_twice() public {
        Posted memory batch = post(keccak256("r"), 1, moves);
        later(1 hours - 1);
        vm.expectRevert(abi.encodeWithSelector(Escrow.WindowOpen.selector, batch.payableAt));
        escrow.settle(batch, moves);
        later(1);
        escrow.settle(batch, moves);
        vm.expectRevert(abi.encodeWithSelector(Escrow.BatchOutOfOrder.selector, 1));
        escrow.settle(batch, moves);
    }

    function test_batches_are_posted_without_gaps() public {
        Batch memory batch = batchOf(moves);
        batch.number = 1;
        bytes memory signatures = signBatch(batch);
        vm.expectRevert(abi.encodeWithSelector(Escrow.BatchOutOfOrder.selector, 0));
        escrow.post(batch, signatures);
        batch.number = 0;
        signatures = signBatch(batch);
        escrow.post(batch, signatures);
        vm.expectRevert(abi.encodeWithSelector(Escrow.BatchOutOfOrder.selector, 1));
        escrow.post(batch, signatures);
    }

    function test_batches_are_settled_in_order() public {
        Posted memory first = post(keccak256("r"), 1, moves);
        Posted memory second = post(keccak256("s"), 1, moves);
        later(1 hours);
        vm.expectRevert(abi.encodeWithSelector(Escrow.BatchOutOfOrder.selector, 0));
        escrow.settle(second, moves);
        escrow.settle(first, moves);
        escrow.settle(second, moves);
        vm.assertEq(balance(PROVIDER), 160);
    }

    function test_a_batch_without_tasks_has_no_root_and_one_with_tasks_has_one() public {
        Batch memory batch = batchOf(moves);
        batch.tasks = 0;
        bytes memory signatures = signBatch(batch);
        vm.expectRevert(Escrow.BadBatch.selector);
        escrow.post(batch, signatures);
        (batch.tasks, batch.root) = (1, 0);
        signatures = signBatch(batch);
        vm.expectRevert(Escrow.BadBatch.selector);
        escrow.post(batch, signatures);
    }

    function test_a_batch_that_was_changed_after_posting_is_unknown() public {
        Posted memory batch = post(keccak256("r"), 1, moves);
        later(1 hours);
        batch.payableAt -= 1;
        vm.expectRevert(Escrow.BatchUnknown.selector);
        escrow.settle(batch, moves);
        batch.payableAt += 1;
        vm.expectRevert(Escrow.MovesDiffer.selector);
        escrow.settle(batch, onePay(101));
    }

    function test_posting_and_settling_go_together() public {
        Posted[] memory older = new Posted[](2);
        bytes[] memory all = new bytes[](2);
        (older[0], all[0]) = (post(keccak256("r"), 1, moves), moves);
        (older[1], all[1]) = (post(keccak256("s"), 1, moves), moves);
        later(1 hours);
        Batch memory next = batchOf(moves);
        bytes memory signatures = signBatch(next);
        bytes[] memory short = new bytes[](1);
        vm.expectRevert(Escrow.BadBatch.selector);
        escrow.postAndSettle(next, signatures, older, short);
        escrow.postAndSettle(next, signatures, older, all);
        vm.assertEq(escrow.nextToPost(), 3);
        vm.assertEq(escrow.nextToSettle(), 2);
        vm.assertEq(balance(PROVIDER), 160);
        next = batchOf(moves);
        signatures = signBatch(next);
        escrow.postAndSettle(next, signatures, new Posted[](0), new bytes[](0));
        vm.assertEq(escrow.nextToPost(), 4);
    }

    function settleOdd(bytes memory odd, bytes4 reason) private {
        Posted memory batch = post(keccak256("r"), 1, odd);
        later(1 hours);
        vm.expectPartialRevert(reason);
        escrow.settle(batch, odd);
    }

    function test_moves_that_make_money_from_nothing_are_refused() public {
        settleOdd(
            bytes.concat(counts(1, 1, 0, 0), move(REQUESTER, 99), move(PROVIDER, 100)), Escrow.BadMoves.selector
        );
    }

    function test_moves_that_lose_money_are_refused() public {
        settleOdd(
            bytes.concat(counts(1, 1, 0, 0), move(REQUESTER, 100), move(PROVIDER, 99)), Escrow.BadMoves.selector
        );
    }

    function test_moves_of_another_length_than_they_say_are_refused() public {
        settleOdd(bytes.concat(counts(1, 2, 0, 0), move(REQUESTER, 9), move(PROVIDER, 9)), Escrow.BadMoves.selector);
        settleOddLater(hex"00");
    }

    function settleOddLater(bytes memory odd) private {
        // The first one is in the way until it is voided.
        bytes memory first = bytes.concat(counts(1, 2, 0, 0), move(REQUESTER, 9), move(PROVIDER, 9));
        Posted memory stuck = Posted(0, keccak256("r"), 1, keccak256(first), uint64(block.timestamp));
        escrow.voidUncovered(stuck, first);
        settleOdd(odd, Escrow.BadMoves.selector);
    }

    function test_nobody_pays_more_than_there_is() public {
        settleOdd(onePay(1_001), Escrow.InsufficientBalance.selector);
    }

    function test_nothing_is_withdrawn_that_is_not_there() public {
        settleOdd(
            bytes.concat(counts(1, 1, 1, 0), move(REQUESTER, 9), move(PROVIDER, 9), move(REQUESTER, 992)),
            Escrow.InsufficientBalance.selector
        );
    }

    function test_a_withdrawal_comes_after_debits_and_credits() public {
        bytes memory some =
            bytes.concat(counts(1, 1, 1, 0), move(REQUESTER, 9), move(PROVIDER, 9), move(PROVIDER, 9));
        Posted memory batch = post(keccak256("r"), 1, some);
        later(1 hours);
        vm.expectEmit(address(escrow));
        emit Escrow.Released(PROVIDER, 9);
        escrow.settle(batch, some);
        vm.assertEq(balance(PROVIDER), 0);
        vm.assertEq(escrow.claimable(PROVIDER), 9);
    }

    /// The book releases what was asked for, and its batch is on its way when the owner's own way is free.
    function test_an_exit_that_was_faster_than_the_batch_is_set_off_against_it() public {
        vm.prank(REQUESTER);
        escrow.askExit(100);
        later(3 days - 10 minutes);
        bytes memory first = bytes.concat(counts(0, 0, 1, 0), move(REQUESTER, 60));
        Posted memory batch = post(0, 0, first);
        later(10 minutes);
        vm.prank(REQUESTER);
        escrow.withdraw();
        vm.assertEq(escrow.prepaid(REQUESTER), 100);
        uint256 left = balance(REQUESTER);
        later(1 hours);
        escrow.settle(batch, first);
        vm.assertEq(escrow.prepaid(REQUESTER), 40);
        bytes memory second = bytes.concat(counts(0, 0, 1, 0), move(REQUESTER, 45));
        batch = post(0, 0, second);
        later(1 hours);
        escrow.settle(batch, second);
        vm.assertEq(escrow.prepaid(REQUESTER), 0);
        vm.assertEq(balance(REQUESTER), left - 5);
        vm.assertEq(escrow.claimable(REQUESTER), 5);
    }

    function test_a_slash_takes_stake_and_its_parts_are_credited() public {
        stakeFor(PROVIDER, 100);
        bytes memory some = bytes.concat(
            counts(0, 2, 0, 1),
            REQUESTER < TREASURY ? move(REQUESTER, 30) : move(TREASURY, 70),
            REQUESTER < TREASURY ? move(TREASURY, 70) : move(REQUESTER, 30),
            move(PROVIDER, 30),
            move(REQUESTER, 70)
        );
        Posted memory batch = post(keccak256("r"), 1, some);
        later(1 hours);
        escrow.settle(batch, some);
        vm.assertEq(balance(REQUESTER), 1_030);
        vm.assertEq(balance(TREASURY), 70);
        vm.assertEq(staking.slashable(PROVIDER), 0);
        vm.assertEq(token.balanceOf(address(escrow)), 1_100);
    }

    function test_a_slash_above_the_stake_is_refused_and_its_batch_can_be_voided() public {
        stakeFor(PROVIDER, 99);
        bytes memory some = bytes.concat(
            counts(0, 1, 0, 1), move(TREASURY, 100), move(PROVIDER, 0), move(REQUESTER, 100)
        );
        Posted memory batch = post(keccak256("r"), 1, some);
        later(1 hours);
        vm.expectRevert(abi.encodeWithSelector(Escrow.SlashUncovered.selector, PROVIDER));
        escrow.settle(batch, some);
        escrow.voidUncovered(batch, some);
        vm.assertEq(statusOf(0), 3);
        vm.assertEq(staking.slashable(PROVIDER), 99);
    }

    function test_a_batch_that_can_be_settled_is_not_voided_for_want_of_cover() public {
        Posted memory batch = post(keccak256("r"), 1, moves);
        vm.expectRevert(abi.encodeWithSelector(Escrow.WindowOpen.selector, batch.payableAt));
        escrow.voidUncovered(batch, moves);
        later(1 hours);
        vm.expectRevert(Escrow.BadBatch.selector);
        escrow.voidUncovered(batch, moves);
        vm.expectRevert(Escrow.MovesDiffer.selector);
        escrow.voidUncovered(batch, onePay(99));
        escrow.settle(batch, moves);
    }

    function test_a_voided_batch_is_stepped_over() public {
        bytes memory odd = onePay(5_000);
        Posted memory first = post(keccak256("r"), 1, odd);
        later(1 hours);
        escrow.voidUncovered(first, odd);
        Posted memory second = post(keccak256("s"), 1, moves);
        later(1 hours);
        escrow.settle(second, moves);
        vm.assertEq(escrow.nextToSettle(), 2);
    }

    function test_trying_moves_is_for_the_escrow_itself() public {
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.tryMoves(moves);
    }

    function testFuzz_settling_conserves_money(uint96 pay, uint96 more) public {
        vm.assume(pay > 0 && pay <= 1e26 && more <= 1e26);
        fund(REQUESTER, uint256(pay) + more);
        uint256 before = balance(REQUESTER) + balance(PROVIDER);
        bytes memory some = bytes.concat(counts(1, 1, 0, 0), move(REQUESTER, pay), move(PROVIDER, pay));
        Posted memory batch = post(keccak256("r"), 1, some);
        later(1 hours);
        escrow.settle(batch, some);
        vm.assertEq(balance(REQUESTER) + balance(PROVIDER), before);
        vm.assertEq(balance(PROVIDER), pay);
    }

    // ---- Signatures

    function test_a_minority_of_validators_moves_no_money() public {
        Batch memory batch = batchOf(moves);
        bytes32 digest = digestOf(
            keccak256(abi.encode(TypedData.BATCH_TYPE, batch.number, batch.root, batch.tasks, batch.moves))
        );
        vm.expectRevert(EscrowTerms.TooFewSignatures.selector);
        escrow.post(batch, compact(keys[0], digest));
        vm.expectRevert(EscrowTerms.ValidatorsNotRising.selector);
        escrow.post(batch, bytes.concat(compact(keys[0], digest), compact(keys[0], digest)));
        vm.expectRevert(EscrowTerms.ValidatorsNotRising.selector);
        escrow.post(batch, bytes.concat(compact(keys[1], digest), compact(keys[0], digest)));
        bytes memory withStranger = vm.addr(keys[0]) < vm.addr(4)
            ? bytes.concat(compact(keys[0], digest), compact(4, digest))
            : bytes.concat(compact(4, digest), compact(keys[0], digest));
        vm.expectRevert(abi.encodeWithSelector(EscrowTerms.NotAValidator.selector, vm.addr(4)));
        escrow.post(batch, withStranger);
        vm.expectRevert(Signatures.BadSignature.selector);
        escrow.post(batch, bytes.concat(compact(keys[0], digest), hex"00"));
        escrow.post(batch, bytes.concat(compact(keys[0], digest), compact(keys[2], digest)));
    }

    function test_a_signature_of_another_chain_or_escrow_counts_nowhere_else() public {
        Batch memory batch = batchOf(moves);
        bytes memory signatures = signBatch(batch);
        vm.chainId(1_234);
        vm.expectRevert();
        escrow.post(batch, signatures);
        vm.chainId(31_337);
        Escrow first = escrow;
        staking = new StakingOf(IERC20(address(token)), OWNER);
        deployEscrow(IERC20(address(token)), 3, 2);
        vm.expectRevert();
        escrow.post(batch, signatures);
        first.post(batch, signatures);
    }

    function test_a_signature_has_one_form_only() public {
        Batch memory batch = batchOf(moves);
        bytes32 digest = digestOf(
            keccak256(abi.encode(TypedData.BATCH_TYPE, batch.number, batch.root, batch.tasks, batch.moves))
        );
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[0], digest);
        // The other one of the pair: minus s, the other parity. It has its top bit set, so the parity has no room.
        uint256 high = order - uint256(s);
        bytes memory twisted = abi.encodePacked(r, bytes32(high | (uint256(28 - v) << 255)));
        vm.expectRevert();
        escrow.post(batch, bytes.concat(twisted, compact(keys[1], digest)));
        // Just above half of the order.
        bytes memory above = abi.encodePacked(r, bytes32(uint256(order / 2 + 1)));
        vm.expectRevert(Signatures.BadSignature.selector);
        escrow.post(batch, bytes.concat(above, compact(keys[1], digest)));
    }

    function test_a_signature_that_recovers_nobody_is_refused() public {
        Batch memory batch = batchOf(moves);
        bytes memory nobody = abi.encodePacked(bytes32(0), bytes32(uint256(1)));
        vm.expectRevert(Signatures.BadSignature.selector);
        escrow.post(batch, bytes.concat(nobody, nobody));
    }

    function test_others_can_check_a_quorum_too() public {
        bytes32 digest = keccak256("anything");
        escrow.checkQuorum(digest, quorumOf(digest, 2));
        bytes memory few = quorumOf(digest, 1);
        vm.expectRevert(EscrowTerms.TooFewSignatures.selector);
        escrow.checkQuorum(digest, few);
        vm.assertTrue(escrow.isValidator(vm.addr(keys[0])));
        vm.assertFalse(escrow.isValidator(STRANGER));
        vm.assertEq(escrow.validators().length, 3);
    }
}
