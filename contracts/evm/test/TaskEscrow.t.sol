// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Escrow} from "../src/Escrow.sol";
import {EscrowTerms} from "../src/EscrowTerms.sol";
import {TaskEscrow} from "../src/TaskEscrow.sol";
import {Finding, Judged, Line, PAID, Place, Posted, TaskOrder, UNPAID, Verdict} from "../src/Types.sol";
import {IProofVerifier} from "../src/interfaces/IModules.sol";
import {Division} from "../src/libraries/Division.sol";
import {MerklePath} from "../src/libraries/MerklePath.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Takes the digest of task, spec, result and provider for a proof: enough to see that all four reach it.
contract DigestVerifier is IProofVerifier {
    function verify(bytes16 task, bytes32 spec, bytes32 result, address provider, bytes calldata proof)
        external
        pure
        returns (bool)
    {
        return proof.length == 32 && bytes32(proof) == keccak256(abi.encode(task, spec, result, provider));
    }
}

abstract contract TaskFixture is Fixture {
    TaskOrder internal order;
    bytes16 internal task;

    function setUp() public virtual {
        deploy(3, 2);
        readyToPay(REQUESTER, 1_000_000);
        readyToPay(CHALLENGER, 100 * ONE);
        order = orderOf(REQUESTER, 1, 1_000);
        task = taskOf(order);
    }

    function signed(Verdict memory verdict) internal view returns (bytes memory) {
        return quorumOf(digestOf(verdictHash(verdict)), 2);
    }

    function stateOf(bytes16 some) internal view returns (TaskEscrow.State state) {
        (,,,, state,,,,,) = tasks.holds(some);
    }

    function assertState(TaskEscrow.State state) internal view {
        vm.assertEq(uint256(stateOf(task)), uint256(state));
    }
}

contract TaskEscrowTest is TaskFixture {
    function submit() private {
        vm.prank(REQUESTER);
        tasks.submitTask(order, 0);
    }

    function complete(Verdict memory verdict) private {
        tasks.completeTask(order, verdict, signed(verdict), "");
    }

    function test_a_task_on_the_chain_is_held_judged_and_paid() public {
        vm.expectEmit(address(tasks));
        emit TaskEscrow.TaskSubmitted(task, REQUESTER, 1_000, order.spec, 0);
        submit();
        vm.assertEq(token.balanceOf(REQUESTER), 999_000);
        assertState(TaskEscrow.State.Held);
        Verdict memory verdict = paidTo(PROVIDER, 600, order);
        complete(verdict);
        assertState(TaskEscrow.State.Pending);
        uint256 window = 60 + 120;
        later(window - 1);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StillOpen.selector, START + window));
        tasks.settleTask(order, verdict);
        later(1);
        tasks.settleTask(order, verdict);
        vm.assertEq(escrow.claimable(PROVIDER), 480);
        vm.assertEq(escrow.claimable(TREASURY), 90);
        vm.assertEq(escrow.claimable(CREATOR), 30);
        vm.assertEq(escrow.claimable(REQUESTER), 400);
        vm.assertTrue(tasks.isSpent(task));
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotInState.selector, TaskEscrow.State.Paid));
        tasks.settleTask(order, verdict);
    }

    function test_without_a_creator_the_provider_has_that_share_too() public {
        order.modelCreator = address(0);
        submit();
        Verdict memory verdict = paidTo(PROVIDER, 1_000, order);
        complete(verdict);
        later(180);
        tasks.settleTask(order, verdict);
        vm.assertEq(escrow.claimable(PROVIDER), 850);
        vm.assertEq(escrow.claimable(TREASURY), 150);
    }

    function test_only_the_requester_submits_and_only_once() public {
        vm.expectRevert(TaskEscrow.NotTheRequester.selector);
        tasks.submitTask(order, 0);
        submit();
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.AlreadyKnown.selector, task));
        submit();
    }

    function refusedTimes(bytes4 reason) private {
        vm.prank(REQUESTER);
        vm.expectRevert(reason);
        tasks.submitTask(order, 0);
    }

    function test_an_order_that_lasts_too_long_or_not_at_all_is_refused() public {
        order.runTimeMax = 0;
        refusedTimes(TaskEscrow.RunTimeOutOfBounds.selector);
        order.runTimeMax = 30 days * 1e6 + 1;
        refusedTimes(TaskEscrow.RunTimeOutOfBounds.selector);
        order.runTimeMax = 60e6;
        order.deadline = uint64(block.timestamp * 1e6);
        refusedTimes(TaskEscrow.DeadlineOutOfBounds.selector);
        order.deadline = uint64((block.timestamp + 91 days) * 1e6);
        refusedTimes(TaskEscrow.DeadlineOutOfBounds.selector);
        order.deadline = uint64((block.timestamp + 21 days) * 1e6);
        refusedTimes(TaskEscrow.LastsTooLong.selector);
    }

    function test_a_verdict_needs_its_quorum_its_task_and_its_limit() public {
        submit();
        Verdict memory verdict = paidTo(PROVIDER, 600, order);
        bytes memory few = quorumOf(digestOf(verdictHash(verdict)), 1);
        vm.expectRevert(EscrowTerms.TooFewSignatures.selector);
        tasks.completeTask(order, verdict, few, "");
        Verdict memory greedy = paidTo(PROVIDER, 1_001, order);
        bytes memory all = signed(greedy);
        vm.expectRevert(Division.ChargedAboveLimit.selector);
        tasks.completeTask(order, greedy, all, "");
        TaskOrder memory other = orderOf(REQUESTER, 2, 1_000);
        vm.expectRevert(TaskEscrow.TaskDiffers.selector);
        tasks.completeTask(other, verdict, all, "");
        Verdict memory ofOther = paidTo(PROVIDER, 1, other);
        vm.expectRevert(TaskEscrow.NotTheOrder.selector);
        tasks.completeTask(other, ofOther, all, "");
        verdict.round = 1;
        all = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StaleRound.selector, 0));
        tasks.completeTask(order, verdict, all, "");
        verdict.round = 0;
        complete(verdict);
        all = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotInState.selector, TaskEscrow.State.Pending));
        tasks.completeTask(order, verdict, all, "");
    }

    function test_all_attempts_together_stay_within_the_limit() public {
        submit();
        Verdict memory verdict = paidTo(PROVIDER, 600, order);
        Finding memory first = verdict.findings[0];
        verdict.findings = new Finding[](2);
        (verdict.findings[0], verdict.findings[1]) = (first, first);
        bytes memory all = signed(verdict);
        vm.expectRevert(Division.ChargedAboveLimit.selector);
        tasks.completeTask(order, verdict, all, "");
    }

    function test_another_verdict_than_the_posted_one_is_not_paid() public {
        submit();
        complete(paidTo(PROVIDER, 600, order));
        later(180);
        Verdict memory other = paidTo(OTHER, 600, order);
        vm.expectRevert(TaskEscrow.NotTheVerdict.selector);
        tasks.settleTask(order, other);
    }

    function disputed() private returns (Verdict memory first) {
        submit();
        first = paidTo(PROVIDER, 600, order);
        complete(first);
        vm.prank(CHALLENGER);
        tasks.dispute(order, 0);
        assertState(TaskEscrow.State.Disputed);
        vm.assertEq(token.balanceOf(CHALLENGER), 90 * ONE);
    }

    function test_a_dispute_that_changes_something_returns_its_bond_and_pays_the_later_round() public {
        disputed();
        Verdict memory second = paidTo(OTHER, 500, order);
        second.round = 1;
        complete(second);
        vm.assertEq(escrow.claimable(OTHER), 400);
        vm.assertEq(escrow.claimable(PROVIDER), 0);
        vm.assertEq(escrow.claimable(CHALLENGER), 10 * ONE);
        assertState(TaskEscrow.State.Paid);
    }

    function test_a_dispute_that_changes_nothing_forfeits_its_bond() public {
        Verdict memory same = disputed();
        same.round = 1;
        complete(same);
        vm.assertEq(escrow.claimable(CHALLENGER), 0);
        vm.assertEq(escrow.claimable(TREASURY), 10 * ONE + 90);
    }

    function test_a_dispute_that_nobody_judges_leaves_the_first_verdict() public {
        Verdict memory first = disputed();
        uint256 time = 600 + 120;
        later(time - 1);
        vm.expectRevert();
        tasks.settleTask(order, first);
        later(1);
        tasks.settleTask(order, first);
        vm.assertEq(escrow.claimable(PROVIDER), 480);
        vm.assertEq(escrow.claimable(CHALLENGER), 10 * ONE);
    }

    function test_a_dispute_comes_in_time_for_the_right_round_and_once() public {
        submit();
        vm.startPrank(CHALLENGER);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotInState.selector, TaskEscrow.State.Held));
        tasks.dispute(order, 0);
        vm.stopPrank();
        complete(paidTo(PROVIDER, 600, order));
        vm.startPrank(CHALLENGER);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StaleRound.selector, 0));
        tasks.dispute(order, 1);
        TaskOrder memory other = orderOf(REQUESTER, 2, 1_000);
        vm.expectRevert(TaskEscrow.NotTheOrder.selector);
        tasks.dispute(other, 0);
        later(180);
        vm.expectRevert(TaskEscrow.WindowClosed.selector);
        tasks.dispute(order, 0);
        later(0);
        vm.warp(block.timestamp - 1);
        tasks.dispute(order, 0);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotInState.selector, TaskEscrow.State.Disputed));
        tasks.dispute(order, 0);
    }

    function test_a_fraud_is_slashed_and_its_requester_made_good() public {
        stakeFor(PROVIDER, 30_000);
        vm.prank(PROVIDER);
        staking.beginUnstake(1_000);
        submit();
        Verdict memory verdict = fraudBy(PROVIDER, order);
        complete(verdict);
        later(180);
        tasks.settleTask(order, verdict);
        // 20 times the limit: 1,000 of what was leaving and 19,000 of the rest; half of it, but no more than the limit.
        vm.assertEq(staking.slashable(PROVIDER), 10_000);
        vm.assertEq(escrow.claimable(REQUESTER), 2_000);
        vm.assertEq(escrow.claimable(TREASURY), 19_000);
        (uint32 count, uint96 amount) = staking.slashes(PROVIDER);
        vm.assertEq(count, 1);
        vm.assertEq(amount, 20_000);
    }

    function test_a_slash_shares_each_part_by_itself() public {
        stakeFor(PROVIDER, 6);
        vm.prank(PROVIDER);
        staking.beginUnstake(3);
        submit();
        Verdict memory verdict = fraudBy(PROVIDER, order);
        complete(verdict);
        later(180);
        tasks.settleTask(order, verdict);
        vm.assertEq(escrow.claimable(REQUESTER), 1_002);
        vm.assertEq(escrow.claimable(TREASURY), 4);
    }

    function test_a_task_without_a_verdict_gives_the_money_back() public {
        submit();
        uint256 at = order.deadline / 1e6 + 900 + 120;
        vm.warp(at - 1);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StillOpen.selector, at));
        tasks.expireTask(order);
        vm.warp(at);
        TaskOrder memory other = orderOf(REQUESTER, 2, 1_000);
        vm.expectRevert(TaskEscrow.NotTheOrder.selector);
        tasks.expireTask(other);
        tasks.expireTask(order);
        vm.assertEq(escrow.claimable(REQUESTER), 1_000);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotInState.selector, TaskEscrow.State.Returned));
        tasks.expireTask(order);
        vm.prank(REQUESTER);
        escrow.withdraw();
        vm.assertEq(token.balanceOf(REQUESTER), 1_000_000);
    }

    function test_a_task_that_a_batch_contains_is_paid_there_and_returned_here() public {
        Verdict memory verdict = disputed();
        Line memory line = lineOf(order, verdict);
        Posted memory posted = postLine(line, onePay(600));
        Place memory place = only(line);
        Posted memory changed = posted;
        changed.payableAt += 1;
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.BatchNotInState.selector, 0));
        tasks.returnTask(order, changed, place);
        changed.payableAt -= 1;
        tasks.returnTask(order, posted, place);
        vm.assertEq(escrow.claimable(REQUESTER), 1_000);
        vm.assertEq(escrow.claimable(CHALLENGER), 10 * ONE);
        assertState(TaskEscrow.State.Returned);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotInState.selector, TaskEscrow.State.Returned));
        tasks.returnTask(order, posted, place);
    }

    function test_a_task_with_a_circuit_counts_with_its_proof_only() public {
        vm.prank(STRANGER);
        vm.expectRevert(TaskEscrow.NotTheGovernor.selector);
        tasks.setVerifier("circuit", IProofVerifier(address(1)));
        vm.prank(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NoVerifier.selector, bytes32("circuit")));
        tasks.submitTask(order, "circuit");
        DigestVerifier verifier = new DigestVerifier();
        vm.prank(OWNER);
        tasks.setVerifier("circuit", verifier);
        vm.prank(REQUESTER);
        tasks.submitTask(order, "circuit");
        Verdict memory verdict = paidTo(PROVIDER, 600, order);
        bytes memory all = signed(verdict);
        vm.expectRevert(TaskEscrow.ProofRefused.selector);
        tasks.completeTask(order, verdict, all, "no proof");
        vm.prank(OWNER);
        tasks.setVerifier("circuit", IProofVerifier(address(0)));
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NoVerifier.selector, bytes32("circuit")));
        tasks.completeTask(order, verdict, all, "");
        vm.prank(OWNER);
        tasks.setVerifier("circuit", verifier);
        tasks.completeTask(order, verdict, all, proofOf(PROVIDER, verdict));
        assertState(TaskEscrow.State.Pending);
    }

    function proofOf(address provider, Verdict memory verdict) private view returns (bytes memory) {
        return abi.encode(keccak256(abi.encode(task, order.spec, verdict.result, provider)));
    }

    function test_a_proof_of_one_provider_never_pays_another() public {
        DigestVerifier verifier = new DigestVerifier();
        vm.prank(OWNER);
        tasks.setVerifier("circuit", verifier);
        vm.prank(REQUESTER);
        tasks.submitTask(order, "circuit");
        Verdict memory other = paidTo(STRANGER, 600, order);
        bytes memory all = signed(other);
        bytes memory proof = proofOf(PROVIDER, other);
        vm.expectRevert(TaskEscrow.ProofRefused.selector);
        tasks.completeTask(order, other, all, proof);

        // Nor does one of two, whichever of them comes first; who is not paid does not matter.
        Verdict memory both = paidTo(PROVIDER, 300, order);
        Finding memory first = both.findings[0];
        both.findings = new Finding[](2);
        both.findings[0] = first;
        both.findings[1] = Finding(first.attempt + 1, STRANGER, PAID, 300);
        all = signed(both);
        vm.expectRevert(TaskEscrow.ProofRefused.selector);
        tasks.completeTask(order, both, all, proofOf(PROVIDER, both));
        vm.expectRevert(TaskEscrow.ProofRefused.selector);
        tasks.completeTask(order, both, all, proofOf(STRANGER, both));
        both.findings[1] = Finding(first.attempt + 1, STRANGER, UNPAID, 0);
        all = signed(both);
        tasks.completeTask(order, both, all, proofOf(PROVIDER, both));
        assertState(TaskEscrow.State.Pending);
    }

    function test_a_failed_task_with_a_circuit_needs_no_proof() public {
        DigestVerifier verifier = new DigestVerifier();
        vm.prank(OWNER);
        tasks.setVerifier("circuit", verifier);
        vm.prank(REQUESTER);
        tasks.submitTask(order, "circuit");
        Verdict memory verdict = paidTo(PROVIDER, 0, order);
        verdict.outcome = 1;
        complete(verdict);
        later(180);
        tasks.settleTask(order, verdict);
        vm.assertEq(escrow.claimable(REQUESTER), 1_000);
    }

    function test_in_a_pause_verdicts_wait_and_expiry_does_not() public {
        submit();
        Verdict memory verdict = paidTo(PROVIDER, 600, order);
        bytes memory all = signed(verdict);
        vm.prank(GUARDIAN);
        escrow.pause(7 days);
        bytes memory paused = abi.encodeWithSelector(TaskEscrow.PausedUntil.selector, block.timestamp + 7 days);
        vm.expectRevert(paused);
        tasks.completeTask(order, verdict, all, "");
        vm.expectRevert(paused);
        tasks.settleTask(order, verdict);
        later(2 hours);
        tasks.expireTask(order);
        vm.assertEq(escrow.claimable(REQUESTER), 1_000);
    }

    function testFuzz_a_settled_task_gives_out_what_was_held(uint96 limit, uint96 pay, bool creator) public {
        vm.assume(limit <= 1e24 && pay <= limit && limit > 0);
        readyToPay(REQUESTER, limit);
        order.priceLimit = limit;
        if (!creator) order.modelCreator = address(0);
        submit();
        Verdict memory verdict = paidTo(PROVIDER, pay, order);
        complete(verdict);
        later(180);
        tasks.settleTask(order, verdict);
        uint256 sum = escrow.claimable(PROVIDER) + escrow.claimable(TREASURY) + escrow.claimable(CREATOR);
        vm.assertEq(sum, pay);
        vm.assertEq(escrow.claimable(REQUESTER), limit - pay);
        vm.assertLe(escrow.claimable(TREASURY), uint256(pay) * 20 / 100);
    }
}

contract ClaimTest is TaskFixture {
    Verdict internal verdict;
    bytes internal orderSignature;

    function setUp() public override {
        super.setUp();
        vm.prank(REQUESTER);
        escrow.deposit(10_000);
        orderSignature = compact(REQUESTER_KEY, digestOf(orderHash(order)));
        Verdict memory some = paidTo(PROVIDER, 1_000, order);
        verdict.task = some.task;
        verdict.result = some.result;
        verdict.findings.push(some.findings[0]);
    }

    function claim() private {
        tasks.claim(order, orderSignature, verdict, signed(verdict));
    }

    function test_a_judged_task_without_a_batch_is_paid_after_its_delay() public {
        vm.expectEmit(address(tasks));
        emit TaskEscrow.Claimed(task, REQUESTER, 1_000, block.timestamp + 1 days);
        claim();
        vm.prank(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.AlreadyKnown.selector, task));
        tasks.submitTask(order, 0);
        later(1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StillOpen.selector, START + 1 days));
        tasks.payClaim(order, verdict);
        later(1);
        vm.expectEmit(address(tasks));
        emit TaskEscrow.ClaimPaid(task, REQUESTER, 1_000, 150, CREATOR, 50);
        tasks.payClaim(order, verdict);
        vm.assertEq(balance(REQUESTER), 9_000);
        vm.assertEq(balance(PROVIDER), 800);
        vm.assertEq(balance(TREASURY), 150);
        vm.assertEq(balance(CREATOR), 50);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotClaimed.selector, task));
        tasks.payClaim(order, verdict);
        bytes memory all = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.AlreadyKnown.selector, task));
        tasks.claim(order, orderSignature, verdict, all);
    }

    function test_a_claim_needs_both_signatures_its_task_and_its_limit() public {
        bytes memory all = signed(verdict);
        bytes memory forged = compact(77, digestOf(orderHash(order)));
        vm.expectRevert(TaskEscrow.OrderNotSigned.selector);
        tasks.claim(order, forged, verdict, all);
        bytes memory few = quorumOf(digestOf(verdictHash(verdict)), 1);
        vm.expectRevert(EscrowTerms.TooFewSignatures.selector);
        tasks.claim(order, orderSignature, verdict, few);
        Verdict memory greedy = paidTo(PROVIDER, 1_001, order);
        all = signed(greedy);
        vm.expectRevert(Division.ChargedAboveLimit.selector);
        tasks.claim(order, orderSignature, greedy, all);
        greedy.task = bytes16(0);
        vm.expectRevert(TaskEscrow.TaskDiffers.selector);
        tasks.claim(order, orderSignature, greedy, all);
    }

    function test_a_claim_of_a_task_in_a_batch_is_refuted() public {
        claim();
        Line memory line = lineOf(order, verdict);
        Posted memory posted = postLine(line, onePay(1_000));
        Place memory place = only(line);
        bytes16 other = bytes16(uint128(1));
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotClaimed.selector, other));
        tasks.refute(other, posted, place);
        Place memory wrong = only(Line(task, line.order, 0));
        vm.expectRevert(MerklePath.BadPath.selector);
        tasks.refute(task, posted, wrong);
        tasks.refute(task, posted, place);
        later(1 days);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.NotClaimed.selector, task));
        tasks.payClaim(order, verdict);
        // The batch might still be voided: the task may be claimed again until it is settled.
        claim();
        escrow.settle(posted, onePay(1_000));
        tasks.refute(task, posted, place);
        vm.assertEq(balance(PROVIDER), 800);
    }

    function test_a_claim_refuted_by_a_settled_batch_is_over_for_ever() public {
        Line memory line = lineOf(order, verdict);
        Posted memory posted = postLine(line, onePay(1_000));
        later(1 days);
        escrow.settle(posted, onePay(1_000));
        claim();
        tasks.refute(task, posted, only(line));
        vm.assertFalse(tasks.isSpent(task));
        bytes memory again = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.AlreadyKnown.selector, task));
        tasks.claim(order, orderSignature, verdict, again);
        verdict.round = 1;
        again = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.AlreadyKnown.selector, task));
        tasks.claim(order, orderSignature, verdict, again);
    }

    function test_a_later_round_replaces_a_claim_and_waits_anew() public {
        claim();
        bytes memory all = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StaleRound.selector, 1));
        tasks.claim(order, orderSignature, verdict, all);
        later(23 hours);
        Verdict memory first = verdict;
        verdict.round = 1;
        claim();
        later(2 hours);
        vm.expectRevert(TaskEscrow.NotTheVerdict.selector);
        tasks.payClaim(order, first);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.StillOpen.selector, START + 47 hours));
        tasks.payClaim(order, verdict);
        later(22 hours);
        tasks.payClaim(order, verdict);
    }

    function test_a_claim_takes_no_more_than_there_is() public {
        vm.startPrank(REQUESTER);
        escrow.askExit(9_500);
        vm.stopPrank();
        later(3 days);
        vm.prank(REQUESTER);
        escrow.withdraw();
        claim();
        later(1 days);
        vm.expectRevert(Escrow.InsufficientBalance.selector);
        tasks.payClaim(order, verdict);
        fund(REQUESTER, 500);
        tasks.payClaim(order, verdict);
        vm.assertEq(balance(REQUESTER), 0);
    }

    function test_a_task_held_on_the_chain_is_not_claimed_beside_it() public {
        vm.prank(REQUESTER);
        tasks.submitTask(order, 0);
        bytes memory all = signed(verdict);
        vm.expectRevert(abi.encodeWithSelector(TaskEscrow.AlreadyKnown.selector, task));
        tasks.claim(order, orderSignature, verdict, all);
        later(2 hours);
        tasks.expireTask(order);
        claim();
    }

    function test_claims_wait_in_a_pause() public {
        claim();
        vm.prank(GUARDIAN);
        escrow.pause(7 days);
        later(2 days);
        bytes memory paused = abi.encodeWithSelector(TaskEscrow.PausedUntil.selector, START + 7 days);
        vm.expectRevert(paused);
        tasks.payClaim(order, verdict);
        bytes memory all = signed(verdict);
        vm.expectRevert(paused);
        tasks.claim(order, orderSignature, verdict, all);
    }

    function test_a_claim_slashes_nobody() public {
        stakeFor(PROVIDER, 30_000);
        Verdict memory fraud = fraudBy(PROVIDER, order);
        tasks.claim(order, orderSignature, fraud, signed(fraud));
        later(1 days);
        tasks.payClaim(order, fraud);
        vm.assertEq(staking.slashable(PROVIDER), 30_000);
        vm.assertEq(balance(REQUESTER), 10_000);
    }
}
