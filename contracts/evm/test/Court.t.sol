// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Court} from "../src/Court.sol";
import {Escrow} from "../src/Escrow.sol";
import {EscrowTerms} from "../src/EscrowTerms.sol";
import {Tally} from "../src/Tally.sol";
import {Challenge, Judged, Line, Place, Posted, Shares, TaskOrder, Unsigned, Verdict} from "../src/Types.sol";
import {Division} from "../src/libraries/Division.sol";
import {MerklePath} from "../src/libraries/MerklePath.sol";
import {Signatures} from "../src/libraries/Signatures.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Fixture} from "./Fixture.sol";

abstract contract CourtFixture is Fixture {
    TaskOrder[] internal orders;
    Posted internal batch;
    bytes internal moves;

    function setUp() public virtual {
        deploy(3, 2);
        fund(REQUESTER, 10_000 * ONE);
        readyToPay(CHALLENGER, 10_000 * ONE);
    }

    /// @dev A batch of so many tasks, each of 100 units to the provider.
    function honest(uint256 count) internal {
        delete orders;
        bytes32[] memory items = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            orders.push(orderOf(REQUESTER, uint64(i), 100));
            items[i] = TypedData.hash(lineOf(orders[i], verdictAt(i)));
        }
        moves = onePay(100 * count);
        batch = post(rootOf(items), uint32(count), moves);
    }

    function verdictAt(uint256 i) internal view returns (Verdict memory) {
        return paidTo(PROVIDER, 100, orders[i]);
    }

    function placeAt(uint256 index) internal view returns (Place memory) {
        bytes32[] memory items = new bytes32[](orders.length);
        for (uint256 i = 0; i < items.length; ++i) items[i] = TypedData.hash(lineOf(orders[i], verdictAt(i)));
        return Place(uint32(index), lineOf(orders[index], verdictAt(index)), pathOf(items, index));
    }

    function challenged(uint256 index) internal returns (Challenge memory open) {
        Place memory place = placeAt(index);
        bytes32 line = TypedData.hash(place.line);
        vm.prank(CHALLENGER);
        court.challenge(batch, uint32(index), line, place.path);
        return Challenge(
            1, CHALLENGER, uint96(100 * ONE), uint32(index), line, uint64(block.timestamp + 2 hours)
        );
    }

    function demanded(uint256 index) internal returns (Challenge memory open) {
        vm.prank(CHALLENGER);
        court.demand(batch, uint32(index));
        return Challenge(2, CHALLENGER, uint96(100 * ONE), uint32(index), 0, uint64(block.timestamp + 2 hours));
    }

    function contested() internal returns (Challenge memory open) {
        vm.prank(CHALLENGER);
        court.contest(batch);
        return Challenge(3, CHALLENGER, uint96(500 * ONE), 0, 0, uint64(block.timestamp + 6 hours));
    }

    function linesOf(uint256 from, uint256 count) internal view returns (Unsigned[] memory lines) {
        lines = new Unsigned[](count);
        for (uint256 i = 0; i < count; ++i) lines[i] = Unsigned(orders[from + i], verdictAt(from + i));
    }
}

contract CourtTest is CourtFixture {
    function test_a_challenge_is_answered_with_what_stands_behind_the_line() public {
        honest(5);
        Challenge memory open = challenged(4);
        vm.assertEq(statusOf(0), 2);
        vm.assertEq(token.balanceOf(CHALLENGER), 9_900 * ONE);
        later(1 hours);
        // Whoever waits for the money waits for the answer.
        vm.expectRevert(Escrow.BatchUnknown.selector);
        escrow.settle(batch, moves);
        Judged memory judged = judgedOf(orders[4], verdictAt(4));
        vm.prank(OTHER);
        court.answer(batch, open, judged);
        vm.assertEq(escrow.claimable(OTHER), 50 * ONE);
        vm.assertEq(escrow.claimable(TREASURY), 50 * ONE);
        // The window begins anew.
        batch.payableAt = uint64(block.timestamp + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(Escrow.WindowOpen.selector, batch.payableAt));
        escrow.settle(batch, moves);
        later(1 hours);
        escrow.settle(batch, moves);
        vm.assertEq(balance(PROVIDER), 400);
    }

    function test_each_line_of_a_tree_of_any_size_can_be_challenged() public {
        for (uint256 count = 1; count < 9; ++count) {
            honest(count);
            challenged(count - 1);
            honest(count);
            challenged(0);
        }
    }

    function test_a_challenge_of_a_line_that_is_not_there_is_refused() public {
        honest(3);
        Place memory place = placeAt(1);
        bytes32 line = TypedData.hash(place.line);
        vm.startPrank(CHALLENGER);
        vm.expectRevert(MerklePath.BadPath.selector);
        court.challenge(batch, 0, line, place.path);
        vm.expectRevert(MerklePath.BadPath.selector);
        court.challenge(batch, 3, line, place.path);
        vm.expectRevert(MerklePath.BadPath.selector);
        court.challenge(batch, 1, keccak256("another"), place.path);
        bytes32[] memory short = new bytes32[](place.path.length - 1);
        vm.expectRevert(MerklePath.BadPath.selector);
        court.challenge(batch, 1, line, short);
        bytes32[] memory long = new bytes32[](place.path.length + 1);
        for (uint256 i = 0; i < place.path.length; ++i) long[i] = place.path[i];
        vm.expectRevert(MerklePath.BadPath.selector);
        court.challenge(batch, 1, line, long);
        vm.expectRevert(Court.IndexOutOfRange.selector);
        court.demand(batch, 3);
    }

    function test_a_batch_of_one_line_has_no_second() public {
        honest(1);
        bytes32 line = TypedData.hash(placeAt(0).line);
        vm.expectRevert(MerklePath.BadPath.selector);
        vm.prank(CHALLENGER);
        court.challenge(batch, 1, line, new bytes32[](0));
    }

    function test_an_inner_node_is_never_taken_for_a_line() public {
        honest(2);
        Place memory place = placeAt(0);
        // As if the tree had one line, whose hash is the root's two children put together.
        Posted memory twisted = batch;
        twisted.tasks = 1;
        vm.expectRevert();
        court.challenge(twisted, 0, TypedData.hash(place.line), new bytes32[](0));
    }

    function test_a_challenge_costs_a_bond() public {
        honest(1);
        Place memory place = placeAt(0);
        vm.prank(STRANGER);
        vm.expectRevert();
        court.challenge(batch, 0, TypedData.hash(place.line), place.path);
    }

    function test_a_bond_comes_from_what_was_released_if_there_is_enough() public {
        honest(1);
        vm.startPrank(CHALLENGER);
        escrow.lodge(150 * ONE);
        court.demand(batch, 0);
        vm.assertEq(escrow.claimable(CHALLENGER), 50 * ONE);
        vm.assertEq(token.balanceOf(CHALLENGER), 9_850 * ONE);
    }

    function test_a_challenge_comes_within_the_window() public {
        honest(1);
        later(1 hours);
        vm.expectRevert(Court.WindowClosed.selector);
        vm.prank(CHALLENGER);
        court.demand(batch, 0);
    }

    function test_windows_stay_open_while_settling_is_paused() public {
        honest(1);
        later(59 minutes);
        vm.prank(GUARDIAN);
        escrow.pause(1 days);
        later(2 hours);
        demanded(0);
        vm.assertEq(statusOf(0), 2);
    }

    function test_a_settled_batch_is_never_challenged_even_in_a_pause() public {
        honest(1);
        later(1 hours);
        escrow.settle(batch, moves);
        vm.prank(GUARDIAN);
        escrow.pause(1 days);
        vm.prank(CHALLENGER);
        vm.expectRevert(Escrow.BatchUnknown.selector);
        court.demand(batch, 0);
    }

    function test_one_challenge_at_a_time() public {
        honest(2);
        challenged(0);
        vm.prank(CHALLENGER);
        vm.expectRevert(Escrow.BatchUnknown.selector);
        court.demand(batch, 1);
    }

    function test_a_batch_whose_challenge_is_not_answered_is_voided_and_the_bond_comes_back() public {
        honest(2);
        Challenge memory open = challenged(0);
        later(2 hours);
        vm.expectRevert(abi.encodeWithSelector(Court.StillToBeAnswered.selector, open.answerBy));
        court.voidBatch(batch, open);
        later(1);
        Judged memory judged = judgedOf(orders[0], verdictAt(0));
        vm.expectRevert(Court.TooLate.selector);
        court.answer(batch, open, judged);
        vm.expectEmit(address(escrow));
        emit Escrow.BatchVoided(0);
        court.voidBatch(batch, open);
        vm.assertEq(escrow.claimable(CHALLENGER), 100 * ONE);
        vm.expectRevert(Escrow.BatchUnknown.selector);
        court.voidBatch(batch, open);
        vm.expectRevert(Escrow.BatchUnknown.selector);
        escrow.settle(batch, moves);
        vm.assertEq(balance(PROVIDER), 0);
    }

    function test_an_answer_must_be_the_line_that_was_asked_for() public {
        honest(2);
        Challenge memory open = challenged(0);
        Judged memory judged = judgedOf(orders[1], verdictAt(1));
        vm.expectRevert(Court.LineDiffers.selector);
        court.answer(batch, open, judged);
    }

    function test_an_answer_needs_the_signature_of_the_requester() public {
        honest(1);
        Challenge memory open = challenged(0);
        Judged memory judged = judgedOf(orders[0], verdictAt(0));
        judged.orderSignature = compact(77, digestOf(orderHash(orders[0])));
        vm.expectRevert(Court.OrderNotSigned.selector);
        court.answer(batch, open, judged);
        judged.orderSignature = hex"0011";
        vm.expectRevert(Signatures.BadSignature.selector);
        court.answer(batch, open, judged);
    }

    function test_an_answer_needs_a_quorum() public {
        honest(1);
        Challenge memory open = challenged(0);
        Judged memory judged = judgedOf(orders[0], verdictAt(0));
        judged.signatures = quorumOf(digestOf(verdictHash(verdictAt(0))), 1);
        vm.expectRevert(EscrowTerms.TooFewSignatures.selector);
        court.answer(batch, open, judged);
    }

    function test_an_answer_that_charges_above_the_limit_is_none() public {
        TaskOrder memory order = orderOf(REQUESTER, 9, 100);
        Verdict memory greedy = paidTo(PROVIDER, 101, order);
        Line memory line = lineOf(order, greedy);
        batch = postLine(line, onePay(101));
        vm.prank(CHALLENGER);
        court.challenge(batch, 0, TypedData.hash(line), new bytes32[](0));
        Challenge memory open = Challenge(
            1, CHALLENGER, uint96(100 * ONE), 0, TypedData.hash(line), uint64(block.timestamp + 2 hours)
        );
        Judged memory judged = judgedOf(order, greedy);
        vm.expectRevert(Division.ChargedAboveLimit.selector);
        court.answer(batch, open, judged);
    }

    function test_an_answer_with_a_verdict_of_another_task_is_none() public {
        TaskOrder memory order = orderOf(REQUESTER, 9, 100);
        TaskOrder memory other = orderOf(REQUESTER, 10, 100);
        Verdict memory verdict = paidTo(PROVIDER, 100, other);
        Line memory line = Line(taskOf(order), orderHash(order), verdictHash(verdict));
        batch = postLine(line, onePay(100));
        vm.prank(CHALLENGER);
        court.challenge(batch, 0, TypedData.hash(line), new bytes32[](0));
        Challenge memory open = Challenge(
            1, CHALLENGER, uint96(100 * ONE), 0, TypedData.hash(line), uint64(block.timestamp + 2 hours)
        );
        Judged memory judged = judgedOf(order, verdict);
        vm.expectRevert(Court.TaskDiffers.selector);
        court.answer(batch, open, judged);
    }

    function test_a_demand_is_answered_with_the_line_and_its_path() public {
        honest(5);
        Challenge memory open = demanded(3);
        Place memory place = placeAt(3);
        Judged memory judged = judgedOf(orders[3], verdictAt(3));
        Judged memory wrong = judgedOf(orders[2], verdictAt(2));
        vm.expectRevert(MerklePath.BadPath.selector);
        court.answerDemand(batch, open, wrong, place.path);
        vm.expectRevert(Court.ChallengeUnknown.selector);
        court.answer(batch, open, judged);
        court.answerDemand(batch, open, judged, place.path);
        vm.assertEq(statusOf(0), 1);
        vm.expectRevert(Court.ChallengeUnknown.selector);
        court.answerDemand(batch, open, judged, place.path);
    }

    // ---- Contests

    function test_a_contest_is_answered_by_adding_up_in_several_calls() public {
        honest(7);
        Challenge memory open = contested();
        vm.startPrank(OTHER);
        court.addLines(batch, open, linesOf(0, 3), moves);
        vm.expectRevert(abi.encodeWithSelector(Tally.LinesMissing.selector, 3));
        court.answerContest(batch, open, moves);
        vm.stopPrank();
        // Somebody else's sums are his own.
        vm.prank(STRANGER);
        court.addLines(batch, open, linesOf(4, 3), moves);
        vm.startPrank(OTHER);
        court.addLines(batch, open, linesOf(3, 4), moves);
        Unsigned[] memory more = linesOf(0, 1);
        vm.expectRevert(Tally.TooManyLines.selector);
        court.addLines(batch, open, more, moves);
        court.answerContest(batch, open, moves);
        vm.stopPrank();
        vm.assertEq(escrow.claimable(OTHER), 250 * ONE);
        batch.payableAt = uint64(block.timestamp + 1 hours);
        later(1 hours);
        escrow.settle(batch, moves);
        vm.assertEq(balance(PROVIDER), 560);
    }

    function test_lines_in_another_order_do_not_answer_a_contest() public {
        honest(4);
        Challenge memory open = contested();
        court.addLines(batch, open, linesOf(2, 2), moves);
        court.addLines(batch, open, linesOf(0, 2), moves);
        vm.expectRevert(Tally.RootDiffers.selector);
        court.answerContest(batch, open, moves);
    }

    function contestOf(bytes memory odd, bytes4 reason) private {
        orders.push(orderOf(REQUESTER, 1, 100));
        batch = postLine(lineOf(orders[0], verdictAt(0)), odd);
        Challenge memory open = contested();
        court.addLines(batch, open, linesOf(0, 1), odd);
        vm.expectRevert(reason);
        court.answerContest(batch, open, odd);
        later(6 hours + 1);
        court.voidBatch(batch, open);
    }

    function test_moves_that_pay_more_than_the_lines_are_voided() public {
        contestOf(onePay(200), Tally.MovesDiffer.selector);
    }

    function test_moves_that_forget_an_account_are_voided() public {
        contestOf(
            bytes.concat(counts(1, 2, 0, 0), move(REQUESTER, 100), move(PROVIDER, 80), move(TREASURY, 20)),
            Tally.MovesDiffer.selector
        );
    }

    function test_moves_with_a_stranger_among_them_are_voided() public {
        contestOf(
            bytes.concat(
                counts(1, 4, 0, 0),
                move(REQUESTER, 101),
                move(PROVIDER, 80),
                bytes.concat(move(CREATOR, 5), move(TREASURY, 15), move(STRANGER, 1))
            ),
            Tally.MovesDiffer.selector
        );
    }

    function test_moves_that_leave_an_account_out_are_voided() public {
        contestOf(
            bytes.concat(counts(1, 2, 0, 0), move(REQUESTER, 100), move(PROVIDER, 80), move(CREATOR, 5)),
            Tally.MovesDiffer.selector
        );
    }

    function test_moves_out_of_order_are_voided() public {
        contestOf(
            bytes.concat(
                counts(1, 3, 0, 0),
                bytes.concat(move(REQUESTER, 100), move(CREATOR, 5), move(PROVIDER, 80), move(TREASURY, 15))
            ),
            Tally.MovesDiffer.selector
        );
    }

    function test_moves_of_nothing_are_voided() public {
        contestOf(
            bytes.concat(
                counts(1, 4, 0, 0),
                move(REQUESTER, 100),
                move(address(1), 0),
                bytes.concat(move(PROVIDER, 80), move(CREATOR, 5), move(TREASURY, 15))
            ),
            Tally.MovesDiffer.selector
        );
    }

    function test_a_slash_that_no_line_speaks_of_is_voided() public {
        stakeFor(OTHER, 1_000);
        bytes memory odd = bytes.concat(
            counts(1, 3, 0, 1),
            move(REQUESTER, 100),
            bytes.concat(move(PROVIDER, 80), move(CREATOR, 5), move(TREASURY, 1_015)),
            move(OTHER, 0),
            move(REQUESTER, 1_000)
        );
        contestOf(odd, Tally.SlashDiffers.selector);
        vm.assertEq(staking.slashable(OTHER), 1_000);
    }

    function fraudBatch(uint256 toRequester, uint256 toTreasury) private returns (bytes memory some) {
        orders.push(orderOf(REQUESTER, 1, 100));
        bytes memory credits = REQUESTER < TREASURY
            ? bytes.concat(move(REQUESTER, toRequester), move(TREASURY, toTreasury))
            : bytes.concat(move(TREASURY, toTreasury), move(REQUESTER, toRequester));
        some = bytes.concat(counts(0, 2, 0, 1), credits, move(PROVIDER, toRequester), move(REQUESTER, toTreasury));
        batch = postLine(lineOf(orders[0], fraudBy(PROVIDER, orders[0])), some);
    }

    function test_a_slash_is_added_up_too() public {
        bytes memory some = fraudBatch(100, 1_900);
        Challenge memory open = contested();
        court.addLines(batch, open, unsigned(orders[0], fraudBy(PROVIDER, orders[0])), some);
        court.answerContest(batch, open, some);
        vm.assertEq(statusOf(0), 1);
    }

    function refusedSlash(uint256 toRequester, uint256 toTreasury) private {
        bytes memory some = fraudBatch(toRequester, toTreasury);
        Challenge memory open = contested();
        Unsigned[] memory lines = unsigned(orders[0], fraudBy(PROVIDER, orders[0]));
        vm.expectRevert(Tally.SlashDiffers.selector);
        court.addLines(batch, open, lines, some);
    }

    function test_a_slash_above_the_multiple_is_no_sum_of_lines() public {
        refusedSlash(100, 1_901);
    }

    function test_a_requester_is_not_made_rich_by_a_fraud() public {
        refusedSlash(101, 1_000);
    }

    function test_a_requester_has_no_more_than_its_share_of_a_slash() public {
        refusedSlash(51, 50);
    }

    function test_a_batch_without_lines_moves_nothing_between_accounts() public {
        bytes memory some = bytes.concat(counts(1, 1, 0, 0), move(REQUESTER, 1), move(PROVIDER, 1));
        batch = post(0, 0, some);
        Challenge memory open = contested();
        vm.expectRevert(Tally.MovesDiffer.selector);
        court.answerContest(batch, open, some);
        later(6 hours + 1);
        court.voidBatch(batch, open);
        some = bytes.concat(counts(0, 0, 1, 0), move(REQUESTER, 1));
        batch = post(0, 0, some);
        open = contested();
        court.answerContest(batch, open, some);
        vm.assertEq(statusOf(1), 1);
    }

    function test_other_moves_than_those_of_the_batch_answer_nothing() public {
        honest(1);
        Challenge memory open = contested();
        Unsigned[] memory lines = linesOf(0, 1);
        bytes memory other = onePay(99);
        vm.expectRevert(Tally.MovesDiffer.selector);
        court.addLines(batch, open, lines, other);
        court.addLines(batch, open, lines, moves);
        vm.expectRevert(Tally.MovesDiffer.selector);
        court.answerContest(batch, open, other);
        vm.assertEq(court.addedUp(keccak256("nothing")), 0);
    }

    function test_a_contest_takes_no_line_with_a_verdict_of_another_task() public {
        honest(2);
        Challenge memory open = contested();
        Unsigned[] memory lines = linesOf(0, 1);
        lines[0].verdict = verdictAt(1);
        vm.expectRevert(Tally.VerdictOfAnotherTask.selector);
        court.addLines(batch, open, lines, moves);
    }

    function test_the_shares_of_a_batch_are_those_it_was_made_under() public {
        honest(1);
        Challenge memory open = contested();
        vm.startPrank(OWNER);
        (bool done,) = address(escrow).call(abi.encodeCall(escrow.setShares, (changed())));
        vm.stopPrank();
        vm.assertTrue(done);
        court.addLines(batch, open, linesOf(0, 1), moves);
        court.answerContest(batch, open, moves);
    }

    function changed() private view returns (Shares memory shares) {
        shares = someShares();
        (shares.from, shares.treasuryPpm) = (escrow.nextToPost(), 100_000);
    }

    // ---- Doubles

    function test_a_task_in_two_batches_voids_the_later_one() public {
        honest(3);
        Posted memory first = batch;
        Place memory there = placeAt(1);
        TaskOrder memory again = orders[1];
        delete orders;
        orders.push(again);
        Line memory line = lineOf(again, verdictAt(0));
        Posted memory second = postLine(line, onePay(100));
        Place memory here = only(line);
        vm.expectRevert(Court.NotDouble.selector);
        court.voidDouble(first, there, second, here);
        court.voidDouble(second, here, first, there);
        vm.assertEq(statusOf(1), 3);
        vm.assertEq(statusOf(0), 1);
    }

    function test_a_task_twice_in_one_batch_voids_it() public {
        TaskOrder memory order = orderOf(REQUESTER, 1, 100);
        Line memory line = lineOf(order, paidTo(PROVIDER, 100, order));
        bytes32[] memory items = new bytes32[](2);
        (items[0], items[1]) = (TypedData.hash(line), TypedData.hash(line));
        Posted memory double = post(rootOf(items), 2, onePay(200));
        Place memory first = Place(0, line, pathOf(items, 0));
        Place memory second = Place(1, line, pathOf(items, 1));
        vm.expectRevert(Court.NotDouble.selector);
        court.voidDouble(double, first, double, first);
        court.voidDouble(double, second, double, first);
        vm.assertEq(statusOf(0), 3);
    }

    function test_two_different_tasks_are_no_double() public {
        honest(2);
        Place memory first = placeAt(0);
        Place memory second = placeAt(1);
        vm.expectRevert(Court.NotDouble.selector);
        court.voidDouble(batch, second, batch, first);
    }

    function test_a_void_batch_does_not_void_the_next() public {
        honest(1);
        Posted memory first = batch;
        Challenge memory open = demanded(0);
        later(2 hours + 1);
        court.voidBatch(first, open);
        Place memory place = placeAt(0);
        Posted memory second = postLine(place.line, moves);
        vm.expectRevert(abi.encodeWithSelector(Court.BatchNotInState.selector, 0));
        court.voidDouble(second, place, first, place);
        later(1 hours);
        escrow.settle(second, moves);
        vm.assertEq(balance(PROVIDER), 80);
    }

    function test_a_double_of_a_settled_task_is_void() public {
        honest(1);
        Posted memory first = batch;
        Place memory place = placeAt(0);
        later(1 hours);
        escrow.settle(first, moves);
        Posted memory second = postLine(place.line, moves);
        court.voidDouble(second, place, first, place);
        vm.assertEq(statusOf(1), 3);
        vm.assertEq(balance(PROVIDER), 80);
    }

    function test_a_double_is_voided_within_the_window_only() public {
        honest(1);
        Place memory place = placeAt(0);
        Posted memory second = postLine(place.line, moves);
        later(1 hours);
        vm.expectRevert(Court.WindowClosed.selector);
        court.voidDouble(second, place, batch, place);
    }

    function test_a_task_that_was_paid_alone_voids_a_batch_that_holds_it() public {
        TaskOrder memory order = orderOf(REQUESTER, 1, 100);
        Verdict memory verdict = paidTo(PROVIDER, 100, order);
        Judged memory judged = judgedOf(order, verdict);
        tasks.claim(order, judged.orderSignature, verdict, judged.signatures);
        Line memory line = lineOf(order, verdict);
        Posted memory posted = postLine(line, onePay(100));
        vm.expectRevert(Court.NotDouble.selector);
        court.voidSpent(posted, only(line));
        later(1 days);
        tasks.payClaim(order, verdict);
        posted = postLine(line, onePay(100));
        court.voidSpent(posted, only(line));
        vm.assertEq(statusOf(1), 3);
    }
}

/// @notice What somebody can do who has stolen M keys of the validators, and what stops it.
contract StolenKeysTest is CourtFixture {
    bytes internal theft;

    function setUp() public override {
        super.setUp();
        theft = bytes.concat(counts(1, 1, 0, 0), move(REQUESTER, 1_000 * ONE), move(STRANGER, 1_000 * ONE));
    }

    function test_a_bogus_batch_of_a_line_nobody_ordered_is_voided_by_challenge() public {
        TaskOrder memory order = orderOf(REQUESTER, 1, 1_000 * ONE);
        Verdict memory verdict = paidTo(STRANGER, 1_000 * ONE, order);
        Line memory line = lineOf(order, verdict);
        batch = postLine(line, theft);
        vm.prank(CHALLENGER);
        court.challenge(batch, 0, TypedData.hash(line), new bytes32[](0));
        Challenge memory open = Challenge(
            1, CHALLENGER, uint96(100 * ONE), 0, TypedData.hash(line), uint64(block.timestamp + 2 hours)
        );
        // The thief has the validators' signatures, but not the requester's.
        Judged memory judged = judgedOf(order, verdict);
        judged.orderSignature = compact(keys[0], digestOf(orderHash(order)));
        vm.expectRevert(Court.OrderNotSigned.selector);
        court.answer(batch, open, judged);
        ends(open, 2 hours);
    }

    function test_a_bogus_batch_that_nobody_can_see_into_is_voided_by_demand() public {
        batch = post(keccak256("nothing behind it"), 1_000, theft);
        ends(demanded(0), 2 hours);
    }

    function test_bogus_moves_over_true_lines_are_voided_by_contest() public {
        orders.push(orderOf(REQUESTER, 1, 100));
        batch = postLine(lineOf(orders[0], verdictAt(0)), theft);
        Challenge memory open = contested();
        court.addLines(batch, open, linesOf(0, 1), theft);
        vm.expectRevert(Tally.MovesDiffer.selector);
        court.answerContest(batch, open, theft);
        ends(open, 6 hours);
    }

    function test_a_true_task_paid_a_second_time_is_voided_as_a_double() public {
        honest(1);
        Place memory place = placeAt(0);
        Posted memory again = postLine(place.line, moves);
        court.voidDouble(again, place, batch, place);
        vm.assertEq(statusOf(1), 3);
        later(2 hours);
        vm.expectRevert();
        escrow.settle(again, moves);
    }

    function test_the_guardian_and_governance_end_it() public {
        batch = post(keccak256("nothing behind it"), 1, theft);
        vm.prank(GUARDIAN);
        escrow.pause(7 days);
        address[] memory fresh = new address[](1);
        fresh[0] = vm.addr(4);
        vm.prank(OWNER);
        escrow.setValidators(fresh, 1);
        later(6 days);
        ends(demanded(0), 2 hours);
    }

    function ends(Challenge memory open, uint256 time) private {
        later(time + 1);
        court.voidBatch(batch, open);
        vm.assertEq(balance(STRANGER), 0);
        vm.assertEq(balance(REQUESTER), 10_000 * ONE);
        vm.assertEq(escrow.claimable(CHALLENGER), open.bond);
        vm.expectRevert();
        escrow.settle(batch, theft);
    }
}
