// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Escrow} from "../src/Escrow.sol";
import {EscrowTerms} from "../src/EscrowTerms.sol";
import {Staking} from "../src/Staking.sol";
import {Batch, Posted, Shares, Terms} from "../src/Types.sol";
import {Fixture} from "./Fixture.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract EscrowTermsTest is Fixture {
    function setUp() public {
        deploy(3, 2);
        readyToPay(REQUESTER, 1_000);
        vm.prank(REQUESTER);
        escrow.deposit(500);
    }

    // ---- Pause

    function test_a_pause_stops_what_comes_in_and_nothing_that_goes_out() public {
        bytes memory moves = onePay(100);
        Posted memory batch = post(keccak256("r"), 1, moves);
        vm.prank(REQUESTER);
        escrow.askExit(400);
        later(3 days - 1 hours);
        vm.prank(GUARDIAN);
        escrow.pause(7 days);
        uint256 until = escrow.pausedUntil();
        bytes memory paused = abi.encodeWithSelector(EscrowTerms.PausedUntil.selector, until);
        vm.startPrank(REQUESTER);
        vm.expectRevert(paused);
        escrow.deposit(1);
        vm.expectRevert(paused);
        escrow.depositFor(OTHER, 1);
        vm.expectRevert(paused);
        token.transferAndCall(address(escrow), 1);
        vm.expectRevert();
        tasks.submitTask(orderOf(REQUESTER, 1, 5), 0);
        vm.stopPrank();
        Batch memory next = Batch(1, 0, 0, keccak256(counts(0, 0, 0, 0)));
        bytes memory signatures = signBatch(next);
        vm.expectRevert(paused);
        escrow.post(next, signatures);
        vm.expectRevert(paused);
        escrow.settle(batch, moves);
        vm.expectRevert(paused);
        escrow.voidUncovered(batch, moves);
        // What goes out.
        later(1 hours);
        vm.startPrank(REQUESTER);
        escrow.withdraw();
        escrow.askExit(100);
        vm.stopPrank();
        vm.assertEq(token.balanceOf(REQUESTER), 900);
        // And it ends by itself.
        vm.warp(until);
        escrow.settle(batch, moves);
        vm.assertEq(balance(PROVIDER), 80);
    }

    function test_a_pause_is_bounded_and_cannot_follow_another_at_once() public {
        vm.startPrank(GUARDIAN);
        vm.expectRevert(EscrowTerms.PauseTooLong.selector);
        escrow.pause(7 days + 1);
        vm.expectRevert(EscrowTerms.PauseTooLong.selector);
        escrow.pause(0);
        escrow.pause(7 days);
        uint256 from = block.timestamp + 14 days;
        vm.expectRevert(abi.encodeWithSelector(EscrowTerms.PauseTooSoon.selector, from));
        escrow.pause(1);
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(EscrowTerms.PauseTooSoon.selector, from));
        escrow.pause(1);
        vm.warp(from);
        escrow.pause(1);
    }

    function test_a_pause_can_end_early_and_the_next_has_to_wait_all_the_same() public {
        vm.startPrank(GUARDIAN);
        vm.expectRevert(EscrowTerms.NotPaused.selector);
        escrow.unpause();
        escrow.pause(7 days);
        escrow.unpause();
        vm.expectRevert();
        escrow.pause(1);
        vm.stopPrank();
        vm.prank(REQUESTER);
        escrow.deposit(1);
        vm.assertEq(balance(REQUESTER), 501);
    }

    function test_only_guardian_and_owner_pause() public {
        vm.startPrank(STRANGER);
        vm.expectRevert(EscrowTerms.NotTheGuardian.selector);
        escrow.pause(1);
        vm.expectRevert(EscrowTerms.NotTheGuardian.selector);
        escrow.unpause();
        vm.stopPrank();
        vm.startPrank(OWNER);
        escrow.pause(1 days);
        escrow.unpause();
    }

    // ---- Governance

    function test_only_governance_changes_terms_shares_validators_and_guardian() public {
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER);
        address[] memory one_ = new address[](1);
        one_[0] = STRANGER;
        vm.startPrank(STRANGER);
        vm.expectRevert(refused);
        escrow.setTerms(someTerms());
        vm.expectRevert(refused);
        escrow.setShares(someShares());
        vm.expectRevert(refused);
        escrow.setValidators(one_, 1);
        vm.expectRevert(refused);
        escrow.setGuardian(STRANGER);
        vm.stopPrank();
        vm.prank(OWNER);
        escrow.setGuardian(STRANGER);
        vm.assertEq(escrow.guardian(), STRANGER);
    }

    function refusedTerms(Terms memory terms) private {
        vm.prank(OWNER);
        vm.expectRevert(EscrowTerms.TermsOutOfBounds.selector);
        escrow.setTerms(terms);
    }

    function test_terms_stay_within_their_bounds() public {
        Terms memory t = someTerms();
        t.window = 59;
        refusedTerms(t);
        t = someTerms();
        t.window = 14 days + 1;
        refusedTerms(t);
        t = someTerms();
        t.answerWindow = 59;
        refusedTerms(t);
        t = someTerms();
        t.contestWindow = 59;
        refusedTerms(t);
        t = someTerms();
        t.disputeWindow = 59;
        refusedTerms(t);
        t = someTerms();
        t.disputeTimeout = 59;
        refusedTerms(t);
        t = someTerms();
        t.expiryGrace = 14 days + 1;
        refusedTerms(t);
        t = someTerms();
        t.depositCap = uint96(1 << 95) + 1;
        refusedTerms(t);
        t.depositCap = 0;
        refusedTerms(t);
        t = someTerms();
        t.claimDelay = 3 hours - 1;
        refusedTerms(t);
        t = someTerms();
        t.exitDelay = t.claimDelay;
        refusedTerms(t);
        t = someTerms();
        t.exitDelay = 90 days + 1;
        refusedTerms(t);
        t = someTerms();
        t.challengeBond = 0;
        refusedTerms(t);
        t = someTerms();
        t.contestBond = t.challengeBond - 1;
        refusedTerms(t);
        t = someTerms();
        t.window = 2 hours;
        vm.prank(OWNER);
        escrow.setTerms(t);
        vm.assertEq(escrow.terms().window, 2 hours);
        Posted memory batch = post(0, 0, counts(0, 0, 0, 0));
        batch.payableAt += 1 hours;
        later(2 hours);
        escrow.settle(batch, counts(0, 0, 0, 0));
    }

    function refusedShares(Shares memory shares) private {
        vm.prank(OWNER);
        vm.expectRevert(EscrowTerms.SharesOutOfBounds.selector);
        escrow.setShares(shares);
    }

    function test_shares_stay_under_their_caps_and_never_change_the_past() public {
        Shares memory s = someShares();
        refusedShares(s);
        s.from = 5;
        s.treasuryPpm = 200_001;
        refusedShares(s);
        s.treasuryPpm = 200_000;
        s.creatorPpm = 100_001;
        refusedShares(s);
        s.creatorPpm = 100_000;
        s.slashToRequesterPpm = 1_000_001;
        refusedShares(s);
        s.slashToRequesterPpm = 1_000_000;
        s.slashMultiple = 1_001;
        refusedShares(s);
        s.slashMultiple = 1_000;
        s.treasury = address(0);
        refusedShares(s);
        s.treasury = OTHER;
        vm.prank(OWNER);
        escrow.setShares(s);
        vm.assertEq(escrow.sharesAt(4).treasuryPpm, 150_000);
        vm.assertEq(escrow.sharesAt(5).treasuryPpm, 200_000);
        vm.assertEq(escrow.currentShares().treasury, TREASURY);
        refusedShares(s);
        for (uint256 i = 0; i < 7; ++i) post(0, 0, counts(0, 0, 0, 0));
        vm.assertEq(escrow.currentShares().treasury, OTHER);
        s.from = 6;
        refusedShares(s);
        s.from = 7;
        vm.prank(OWNER);
        escrow.setShares(s);
    }

    function test_a_quorum_is_more_than_half_of_the_validators() public {
        address[] memory four = new address[](4);
        for (uint160 i = 0; i < 4; ++i) four[i] = address(i + 1);
        vm.startPrank(OWNER);
        vm.expectRevert(EscrowTerms.QuorumOutOfBounds.selector);
        escrow.setValidators(four, 2);
        vm.expectRevert(EscrowTerms.QuorumOutOfBounds.selector);
        escrow.setValidators(four, 5);
        vm.expectRevert(EscrowTerms.QuorumOutOfBounds.selector);
        escrow.setValidators(new address[](0), 0);
        vm.expectRevert(EscrowTerms.QuorumOutOfBounds.selector);
        escrow.setValidators(new address[](101), 60);
        four[1] = four[0];
        vm.expectRevert(EscrowTerms.ValidatorsNotRising.selector);
        escrow.setValidators(four, 3);
        four[0] = address(0);
        vm.expectRevert(EscrowTerms.ValidatorsNotRising.selector);
        escrow.setValidators(four, 3);
    }

    function test_validators_that_were_replaced_count_no_more() public {
        Batch memory batch = Batch(0, keccak256("r"), 1, keccak256("moves"));
        bytes memory old = signBatch(batch);
        address[] memory next = new address[](1);
        next[0] = vm.addr(4);
        vm.prank(OWNER);
        escrow.setValidators(next, 1);
        vm.expectRevert();
        escrow.post(batch, old);
        delete keys;
        keys.push(4);
        escrow.post(batch, signBatch(batch));
        vm.assertFalse(escrow.isValidator(STRANGER));
    }

    // ---- Deployment

    function test_sister_contracts_are_named_once_and_by_the_deployer() public {
        vm.expectRevert(EscrowTerms.AlreadyConnected.selector);
        escrow.connect(STRANGER, STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(EscrowTerms.NotTheDeployer.selector);
        escrow.connect(STRANGER, STRANGER);
        vm.expectRevert(Staking.AlreadyConnected.selector);
        staking.connect(STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(Staking.NotTheDeployer.selector);
        staking.connect(STRANGER);
    }

    function test_only_sister_contracts_move_money_beside_batches() public {
        vm.startPrank(STRANGER);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.take(REQUESTER, 1);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.give(STRANGER, 1);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.debit(REQUESTER, 1);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.credit(STRANGER, 1);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.slash(PROVIDER, 1);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.changeBatch(0, 0, 1);
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.openChallenge(0, 0, 1, REQUESTER, 1);
        vm.stopPrank();
        vm.prank(address(tasks));
        vm.expectRevert(EscrowTerms.NotAModule.selector);
        escrow.changeBatch(0, 0, 1);
    }

    function test_the_treasury_must_be_somebody_from_the_beginning() public {
        Shares memory shares = someShares();
        shares.treasury = address(0);
        address[] memory named = new address[](1);
        named[0] = STRANGER;
        vm.expectRevert(EscrowTerms.SharesOutOfBounds.selector);
        new Escrow(IERC20(address(token)), staking, OWNER, GUARDIAN, address(this), named, 1, someTerms(), shares);
    }
}
