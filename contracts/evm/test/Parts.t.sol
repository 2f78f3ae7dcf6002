// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Channel} from "../src/Channel.sol";
import {Guardian, IPausable} from "../src/Guardian.sol";
import {ModelRegistry} from "../src/ModelRegistry.sol";
import {ProviderRegistry} from "../src/ProviderRegistry.sol";
import {Reputation} from "../src/Reputation.sol";
import {Staking} from "../src/Staking.sol";
import {StunGovernor} from "../src/StunGovernor.sol";
import {StunTimelock} from "../src/StunTimelock.sol";
import {IERC677Receiver, StunToken} from "../src/StunToken.sol";
import {Shares} from "../src/Types.sol";
import {Division} from "../src/libraries/Division.sol";
import {MerklePath} from "../src/libraries/MerklePath.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Fixture} from "./Fixture.sol";
import {FeeToken} from "./Tokens.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC1363} from "@openzeppelin/contracts/interfaces/IERC1363.sol";
import {IERC1363Receiver} from "@openzeppelin/contracts/interfaces/IERC1363Receiver.sol";
import {IERC1363Spender} from "@openzeppelin/contracts/interfaces/IERC1363Spender.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

contract StakingTest is Fixture {
    function setUp() public {
        deploy(3, 2);
        stakeFor(PROVIDER, 1_000);
    }

    function test_stake_leaves_after_its_delay_and_all_that_leaves_waits_anew() public {
        vm.startPrank(PROVIDER);
        vm.expectRevert(Staking.ZeroAmount.selector);
        staking.beginUnstake(0);
        vm.expectRevert(abi.encodeWithSelector(Staking.InsufficientStake.selector, 1_000));
        staking.beginUnstake(1_001);
        vm.expectRevert(Staking.NothingUnbonding.selector);
        staking.finishUnstake();
        staking.beginUnstake(300);
        later(20 days);
        staking.beginUnstake(100);
        later(21 days - 1);
        vm.expectRevert(abi.encodeWithSelector(Staking.StillUnbonding.selector, START + 41 days));
        staking.finishUnstake();
        vm.assertEq(staking.slashable(PROVIDER), 1_000);
        vm.assertEq(staking.stakeOf(PROVIDER), 600);
        later(1);
        staking.finishUnstake();
        vm.assertEq(token.balanceOf(PROVIDER), 400);
        vm.assertEq(staking.slashable(PROVIDER), 600);
    }

    function test_only_the_escrow_slashes_and_from_what_is_leaving_first() public {
        vm.expectRevert(Staking.NotTheEscrow.selector);
        staking.slash(PROVIDER, 1);
        vm.prank(PROVIDER);
        staking.beginUnstake(300);
        vm.startPrank(address(escrow));
        (uint256 leaving, uint256 staying) = staking.slash(PROVIDER, 200);
        vm.assertEq(leaving, 200);
        vm.assertEq(staying, 0);
        (leaving, staying) = staking.slash(PROVIDER, 5_000);
        vm.assertEq(leaving, 100);
        vm.assertEq(staying, 700);
        (leaving, staying) = staking.slash(PROVIDER, 5_000);
        vm.assertEq(leaving + staying, 0);
        (uint32 count, uint96 amount) = staking.slashes(PROVIDER);
        vm.assertEq(count, 2);
        vm.assertEq(amount, 1_000);
        vm.assertEq(token.balanceOf(address(escrow)), 1_000);
        vm.assertEq(token.balanceOf(address(staking)), 0);
    }

    function test_stake_is_bounded_and_not_nothing() public {
        vm.startPrank(PROVIDER);
        vm.expectRevert(Staking.ZeroAmount.selector);
        staking.stake(0);
        vm.expectRevert(Staking.OverCap.selector);
        staking.stake(1 << 95);
    }

    function test_a_fee_on_the_way_is_refused() public {
        FeeToken odd = new FeeToken();
        Staking other = new Staking(IERC20(address(odd)), OWNER, address(this), 21 days);
        odd.approve(address(other), 100);
        vm.expectRevert(abi.encodeWithSelector(Staking.NotReceivedInFull.selector, 99));
        other.stake(100);
    }

    function test_the_delay_stays_within_bounds_and_is_governances() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        staking.setUnbondingDelay(2 days);
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(Staking.DelayOutOfBounds.selector, 1 days - 1));
        staking.setUnbondingDelay(1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(Staking.DelayOutOfBounds.selector, 90 days + 1));
        staking.setUnbondingDelay(90 days + 1);
        staking.setUnbondingDelay(2 days);
        vm.assertEq(staking.unbondingDelay(), 2 days);
    }

    function test_a_provider_is_eligible_with_a_profile_and_stake_for_the_work() public {
        ProviderRegistry registry = new ProviderRegistry(staking, OWNER, 20);
        vm.assertFalse(registry.isEligible(PROVIDER, 1));
        vm.startPrank(PROVIDER);
        vm.expectRevert(ProviderRegistry.NotRegistered.selector);
        registry.deregister();
        vm.expectRevert(ProviderRegistry.NoProfile.selector);
        registry.register(0, 7, "x");
        string memory long = string(new bytes(257));
        vm.expectRevert(ProviderRegistry.UriTooLong.selector);
        registry.register("profile", 7, long);
        registry.register("profile", 7, "where");
        vm.assertTrue(registry.isEligible(PROVIDER, 50));
        vm.assertFalse(registry.isEligible(PROVIDER, 51));
        uint64 since = registry.profileOf(PROVIDER).since;
        later(5);
        registry.register("other", 8, "there");
        vm.assertEq(registry.profileOf(PROVIDER).since, since);
        vm.assertEq(registry.profileOf(PROVIDER).region, 8);
        staking.beginUnstake(500);
        vm.assertFalse(registry.isEligible(PROVIDER, 50));
        registry.deregister();
        vm.assertFalse(registry.isEligible(PROVIDER, 1));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, PROVIDER));
        registry.setMultiple(1);
        vm.stopPrank();
        vm.startPrank(OWNER);
        vm.expectRevert(ProviderRegistry.MultipleOutOfBounds.selector);
        registry.setMultiple(0);
        vm.expectRevert(ProviderRegistry.MultipleOutOfBounds.selector);
        registry.setMultiple(1_001);
        registry.setMultiple(1);
        vm.assertEq(registry.multiple(), 1);
    }
}

contract ReputationTest is Fixture {
    Reputation internal reputation;
    bytes32[] internal items;

    function setUp() public {
        deploy(3, 2);
        reputation = new Reputation(escrow, staking);
        items.push(keccak256(abi.encode(PROVIDER, uint32(900_000))));
        items.push(keccak256(abi.encode(OTHER, uint32(1))));
        items.push(keccak256(abi.encode(STRANGER, uint32(1_000_001))));
    }

    function commit(uint64 epoch) private returns (bytes32 root) {
        root = rootOf(items);
        bytes32 structHash = keccak256(abi.encode(TypedData.SCORES_TYPE, epoch, root, uint32(3)));
        reputation.commit(epoch, root, 3, quorumOf(digestOf(structHash), 2));
    }

    function test_scores_are_committed_in_order_by_a_quorum_and_published_by_anybody() public {
        bytes32[] memory path = pathOf(items, 0);
        vm.expectRevert(Reputation.EpochUnknown.selector);
        reputation.publish(0, PROVIDER, 900_000, 0, path);
        commit(0);
        vm.expectRevert(MerklePath.BadPath.selector);
        reputation.publish(0, PROVIDER, 900_001, 0, path);
        reputation.publish(0, PROVIDER, 900_000, 0, path);
        (uint64 epoch, uint32 score, bool known) = reputation.scores(PROVIDER);
        vm.assertEq(epoch, 0);
        vm.assertEq(score, 900_000);
        vm.assertTrue(known);
        commit(1);
        reputation.publish(1, PROVIDER, 900_000, 0, path);
        vm.expectRevert(abi.encodeWithSelector(Reputation.OlderThanKnown.selector, 1));
        reputation.publish(0, PROVIDER, 900_000, 0, path);
        bytes32[] memory third = pathOf(items, 2);
        vm.expectRevert(Reputation.ScoreOutOfBounds.selector);
        reputation.publish(1, STRANGER, 1_000_001, 2, third);
    }

    function test_scores_without_a_quorum_or_out_of_turn_are_refused() public {
        bytes32 root = rootOf(items);
        bytes32 digest = digestOf(keccak256(abi.encode(TypedData.SCORES_TYPE, uint64(0), root, uint32(3))));
        bytes memory few = quorumOf(digest, 1);
        vm.expectRevert();
        reputation.commit(0, root, 3, few);
        bytes memory all = quorumOf(digest, 2);
        vm.expectRevert(abi.encodeWithSelector(Reputation.EpochOutOfOrder.selector, 0));
        reputation.commit(1, root, 3, all);
        vm.expectRevert(Reputation.NoScores.selector);
        reputation.commit(0, 0, 3, all);
        vm.expectRevert(Reputation.NoScores.selector);
        reputation.commit(0, root, 0, all);
        vm.expectRevert();
        reputation.commit(0, root, 2, all);
        reputation.commit(0, root, 3, all);
    }

    function test_slashes_can_be_read() public {
        stakeFor(PROVIDER, 100);
        vm.prank(address(escrow));
        staking.slash(PROVIDER, 40);
        (uint32 count, uint96 amount) = reputation.slashesOf(PROVIDER);
        vm.assertEq(count, 1);
        vm.assertEq(amount, 40);
    }
}

contract ModelRegistryTest is Fixture {
    function test_a_model_belongs_to_who_came_first_until_somebody_accepts_it() public {
        ModelRegistry registry = new ModelRegistry();
        vm.startPrank(CREATOR);
        vm.expectRevert(ModelRegistry.NoDigest.selector);
        registry.register(0, 1);
        vm.expectRevert(ModelRegistry.ShareOutOfBounds.selector);
        registry.register("m", 100_001);
        registry.register("m", 100_000);
        vm.expectRevert(abi.encodeWithSelector(ModelRegistry.AlreadyRegistered.selector, CREATOR));
        registry.register("m", 1);
        vm.expectRevert(ModelRegistry.ShareOutOfBounds.selector);
        registry.setShare("m", 100_001);
        registry.setShare("m", 7);
        registry.offer("m", OTHER);
        vm.expectRevert(ModelRegistry.NotOffered.selector);
        registry.accept("m");
        vm.stopPrank();
        vm.startPrank(OTHER);
        vm.expectRevert(ModelRegistry.NotTheCreator.selector);
        registry.setShare("m", 1);
        vm.expectRevert(ModelRegistry.NotTheCreator.selector);
        registry.offer("m", OTHER);
        registry.accept("m");
        (address creator, uint24 share) = registry.creatorOf("m");
        vm.assertEq(creator, OTHER);
        vm.assertEq(share, 7);
        vm.expectRevert(ModelRegistry.NotOffered.selector);
        registry.accept("m");
    }
}

contract ChannelTest is Fixture {
    Channel internal channel;

    function setUp() public {
        vm.warp(START);
        token = new StunToken(address(this));
        channel = new Channel(IERC20(address(token)), 1 days);
        give(REQUESTER, 1_000);
        vm.startPrank(REQUESTER);
        token.approve(address(channel), 1_000);
        channel.fund(PROVIDER, 100);
        vm.stopPrank();
    }

    function signed(uint256 key, uint96 cumulative) private view returns (bytes32 r, bytes32 s) {
        bytes32 structHash = keccak256(abi.encode(TypedData.VOUCHER_TYPE, REQUESTER, PROVIDER, cumulative));
        return abi.decode(
            compact(key, TypedData.digest(channel.domainSeparator(), structHash)), (bytes32, bytes32)
        );
    }

    function redeem(uint96 cumulative) private {
        (bytes32 r, bytes32 s) = signed(REQUESTER_KEY, cumulative);
        vm.prank(PROVIDER);
        channel.redeem(REQUESTER, cumulative, r, s);
    }

    function test_a_voucher_pays_what_it_says_beyond_the_last() public {
        redeem(30);
        redeem(70);
        vm.assertEq(channel.claimable(PROVIDER), 70);
        (bytes32 r, bytes32 s) = signed(REQUESTER_KEY, 70);
        vm.startPrank(PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(Channel.NothingNew.selector, 70));
        channel.redeem(REQUESTER, 70, r, s);
        channel.withdraw();
        vm.assertEq(token.balanceOf(PROVIDER), 70);
        vm.expectRevert(Channel.NothingToWithdraw.selector);
        channel.withdraw();
    }

    function test_a_voucher_above_the_funds_or_of_another_hand_is_refused() public {
        (bytes32 r, bytes32 s) = signed(REQUESTER_KEY, 101);
        vm.prank(PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(Channel.AboveFunds.selector, 100));
        channel.redeem(REQUESTER, 101, r, s);
        (r, s) = signed(77, 50);
        vm.prank(PROVIDER);
        vm.expectRevert(Channel.NotSigned.selector);
        channel.redeem(REQUESTER, 50, r, s);
        (r, s) = signed(REQUESTER_KEY, 50);
        vm.prank(OTHER);
        vm.expectRevert();
        channel.redeem(REQUESTER, 50, r, s);
    }

    function test_a_voucher_counts_on_one_chain_and_at_one_channel_only() public {
        (bytes32 r, bytes32 s) = signed(REQUESTER_KEY, 50);
        vm.chainId(1_234);
        vm.prank(PROVIDER);
        vm.expectRevert(Channel.NotSigned.selector);
        channel.redeem(REQUESTER, 50, r, s);
        vm.chainId(31_337);
        Channel other = new Channel(IERC20(address(token)), 1 days);
        vm.startPrank(REQUESTER);
        token.approve(address(other), 100);
        other.fund(PROVIDER, 100);
        vm.stopPrank();
        vm.prank(PROVIDER);
        vm.expectRevert(Channel.NotSigned.selector);
        other.redeem(REQUESTER, 50, r, s);
    }

    function test_the_rest_comes_back_after_a_delay_in_which_the_provider_redeems() public {
        vm.startPrank(REQUESTER);
        vm.expectRevert(Channel.NotClosing.selector);
        channel.refund(PROVIDER);
        channel.close(PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(Channel.Closing.selector, START + 1 days));
        channel.close(PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(Channel.Closing.selector, START + 1 days));
        channel.refund(PROVIDER);
        vm.stopPrank();
        redeem(40);
        later(1 days);
        vm.startPrank(REQUESTER);
        channel.refund(PROVIDER);
        vm.assertEq(token.balanceOf(REQUESTER), 960);
        vm.expectRevert(Channel.NothingToWithdraw.selector);
        channel.close(PROVIDER);
        // Used again, an old voucher is still worth nothing.
        channel.fund(PROVIDER, 10);
        vm.stopPrank();
        (bytes32 r, bytes32 s) = signed(REQUESTER_KEY, 40);
        vm.prank(PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(Channel.NothingNew.selector, 40));
        channel.redeem(REQUESTER, 40, r, s);
        redeem(50);
        vm.assertEq(channel.claimable(PROVIDER), 50);
    }

    function test_funding_keeps_a_channel_open() public {
        vm.startPrank(REQUESTER);
        channel.close(PROVIDER);
        channel.fund(PROVIDER, 1);
        later(2 days);
        vm.expectRevert(Channel.NotClosing.selector);
        channel.refund(PROVIDER);
        vm.expectRevert(Channel.ZeroAmount.selector);
        channel.fund(PROVIDER, 0);
        vm.expectRevert(Channel.OverCap.selector);
        channel.fund(PROVIDER, 1 << 95);
    }

    function test_delays_are_bounded_and_fees_on_the_way_refused() public {
        vm.expectRevert(Channel.DelayOutOfBounds.selector);
        new Channel(IERC20(address(token)), 1 hours - 1);
        vm.expectRevert(Channel.DelayOutOfBounds.selector);
        new Channel(IERC20(address(token)), 30 days + 1);
        FeeToken odd = new FeeToken();
        Channel other = new Channel(IERC20(address(odd)), 1 days);
        odd.approve(address(other), 100);
        vm.expectRevert(abi.encodeWithSelector(Channel.NotReceivedInFull.selector, 99));
        other.fund(PROVIDER, 100);
    }

    function testFuzz_a_channel_never_pays_more_than_was_put_in(uint96 first, uint96 second) public {
        first = 1 + first % 99;
        second = first + 1 + second % (100 - first);
        redeem(first);
        redeem(second);
        vm.prank(REQUESTER);
        if (second == 100) vm.expectRevert(Channel.NothingToWithdraw.selector);
        channel.close(PROVIDER);
        later(1 days);
        if (second < 100) {
            vm.prank(REQUESTER);
            channel.refund(PROVIDER);
        }
        vm.prank(PROVIDER);
        channel.withdraw();
        vm.assertEq(token.balanceOf(address(channel)), 0);
        vm.assertEq(token.balanceOf(PROVIDER), second);
    }
}

contract Receiver1363 is IERC1363Receiver, IERC1363Spender {
    uint256 public got;
    bytes4 public answer = IERC1363Receiver.onTransferReceived.selector;

    error NotToday();

    function onTransferReceived(address, address, uint256 value, bytes calldata data) external returns (bytes4) {
        if (data.length == 5) revert NotToday();
        got += value;
        return data.length == 6 ? bytes4(0) : answer;
    }

    function onApprovalReceived(address, uint256 value, bytes calldata data) external returns (bytes4) {
        got += value;
        return data.length == 6 ? bytes4(0) : IERC1363Spender.onApprovalReceived.selector;
    }
}

contract Receiver677 is IERC677Receiver {
    uint256 public got;
    address public from;

    function onTokenTransfer(address from_, uint256 value, bytes calldata) external {
        (got, from) = (got + value, from_);
    }
}

contract StunTokenTest is Fixture {
    function setUp() public {
        token = new StunToken(address(this));
    }

    function test_the_supply_is_fixed_and_the_treasurys() public view {
        vm.assertEq(token.totalSupply(), token.SUPPLY());
        vm.assertEq(token.balanceOf(address(this)), token.SUPPLY());
    }

    function test_receivers_of_both_manners_are_told() public {
        Receiver1363 newer = new Receiver1363();
        Receiver677 older = new Receiver677();
        token.transferAndCall(address(newer), 3);
        vm.assertEq(newer.got(), 3);
        token.transferAndCall(address(older), 4, "data");
        vm.assertEq(older.got(), 4);
        vm.assertEq(older.from(), address(this));
        token.approve(STRANGER, 20);
        vm.startPrank(STRANGER);
        token.transferFromAndCall(address(this), address(newer), 5);
        token.transferFromAndCall(address(this), address(older), 6, "");
        vm.stopPrank();
        vm.assertEq(newer.got(), 8);
        vm.assertEq(older.got(), 10);
        vm.assertEq(token.balanceOf(address(older)), 10);
    }

    function test_a_receiver_that_refuses_or_is_none_gets_nothing() public {
        Receiver1363 newer = new Receiver1363();
        vm.expectRevert(abi.encodeWithSelector(StunToken.ReceiverRefused.selector, STRANGER));
        token.transferAndCall(STRANGER, 3);
        vm.expectRevert(Receiver1363.NotToday.selector);
        token.transferAndCall(address(newer), 3, "fives");
        vm.expectRevert(abi.encodeWithSelector(StunToken.ReceiverRefused.selector, address(newer)));
        token.transferAndCall(address(newer), 3, "sixsix");
        ModelRegistry deaf = new ModelRegistry();
        vm.expectRevert();
        token.transferAndCall(address(deaf), 3);
        vm.assertEq(newer.got(), 0);
    }

    function test_a_spender_is_told_of_its_approval() public {
        Receiver1363 newer = new Receiver1363();
        token.approveAndCall(address(newer), 9);
        vm.assertEq(newer.got(), 9);
        vm.assertEq(token.allowance(address(this), address(newer)), 9);
        vm.expectRevert(abi.encodeWithSelector(StunToken.SpenderRefused.selector, address(newer)));
        token.approveAndCall(address(newer), 9, "sixsix");
    }

    function test_what_it_is_can_be_asked() public view {
        vm.assertTrue(token.supportsInterface(type(IERC1363).interfaceId));
        vm.assertTrue(token.supportsInterface(type(IERC165).interfaceId));
        vm.assertFalse(token.supportsInterface(0xffffffff));
        vm.assertEq(token.CLOCK_MODE(), "mode=timestamp");
        vm.assertEq(token.clock(), block.timestamp);
        vm.assertEq(token.nonces(address(this)), 0);
    }
}

contract GovernanceTest is Fixture {
    StunGovernor internal governor;
    StunTimelock internal timelock;
    Guardian internal guardians;

    function setUp() public {
        deploy(3, 2);
        timelock = new StunTimelock(2 days, new address[](0), new address[](1), address(this));
        governor = new StunGovernor(token, timelock, 1 days, 3 days, 1_000 * ONE, 4);
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(governor));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(governor));
        vm.prank(OWNER);
        escrow.transferOwnership(address(timelock));
        // Ownership is taken over by the timelock itself, as the first thing it does.
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(this));
        bytes memory accept = abi.encodeCall(escrow.acceptOwnership, ());
        timelock.schedule(address(escrow), 0, accept, 0, 0, 2 days);
        later(2 days);
        timelock.execute(address(escrow), 0, accept, 0, 0);
        timelock.revokeRole(timelock.PROPOSER_ROLE(), address(this));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), address(this));
        token.delegate(address(this));
        later(1);
    }

    function test_a_vote_changes_terms_after_the_delay_of_the_timelock() public {
        address[] memory targets = new address[](1);
        uint256[] memory values = new uint256[](1);
        bytes[] memory calls = new bytes[](1);
        Shares memory shares = someShares();
        (shares.from, shares.treasuryPpm) = (1, 100_000);
        targets[0] = address(escrow);
        calls[0] = abi.encodeCall(escrow.setShares, (shares));
        vm.prank(STRANGER);
        vm.expectRevert();
        governor.propose(targets, values, calls, "less for the treasury");
        uint256 id = governor.propose(targets, values, calls, "less for the treasury");
        later(1 days + 1);
        governor.castVote(id, 1);
        later(3 days + 1);
        vm.assertTrue(governor.proposalNeedsQueuing(id));
        governor.queue(targets, values, calls, keccak256("less for the treasury"));
        vm.expectRevert();
        governor.execute(targets, values, calls, keccak256("less for the treasury"));
        later(2 days);
        governor.execute(targets, values, calls, keccak256("less for the treasury"));
        vm.assertEq(escrow.sharesAt(1).treasuryPpm, 100_000);
        vm.assertEq(uint256(governor.state(id)), 7);
    }

    function test_a_proposal_that_was_queued_can_be_called_off_by_its_governor_only() public {
        address[] memory targets = new address[](1);
        uint256[] memory values = new uint256[](1);
        bytes[] memory calls = new bytes[](1);
        targets[0] = address(escrow);
        calls[0] = abi.encodeCall(escrow.setGuardian, (STRANGER));
        uint256 id = governor.propose(targets, values, calls, "x");
        vm.prank(STRANGER);
        vm.expectRevert();
        governor.cancel(targets, values, calls, keccak256("x"));
        governor.cancel(targets, values, calls, keccak256("x"));
        vm.assertEq(uint256(governor.state(id)), 2);
        vm.assertEq(governor.proposalThreshold(), 1_000 * ONE);
    }

    function test_a_timelock_has_a_least_delay() public {
        vm.expectRevert(StunTimelock.DelayTooShort.selector);
        new StunTimelock(1 days - 1, new address[](0), new address[](0), address(this));
    }

    function members(uint160 count) private pure returns (address[] memory all) {
        all = new address[](count);
        for (uint160 i = 0; i < count; ++i) all[i] = address(0x7000 + i);
    }

    function guard() private {
        guardians = new Guardian(members(3), 2);
        vm.prank(address(timelock));
        escrow.setGuardian(address(guardians));
    }

    function test_m_of_n_members_pause_and_can_do_nothing_else() public {
        guard();
        vm.expectRevert(Guardian.NotAMember.selector);
        guardians.approvePause(IPausable(address(escrow)), 1 days);
        vm.startPrank(address(0x7000));
        guardians.approvePause(IPausable(address(escrow)), 1 days);
        vm.expectRevert(Guardian.AlreadyApproved.selector);
        guardians.approvePause(IPausable(address(escrow)), 1 days);
        vm.stopPrank();
        vm.assertEq(escrow.pausedUntil(), 0);
        vm.prank(address(0x7001));
        // Another length is another thing to approve.
        guardians.approvePause(IPausable(address(escrow)), 2 days);
        vm.assertEq(escrow.pausedUntil(), 0);
        vm.prank(address(0x7002));
        guardians.approvePause(IPausable(address(escrow)), 1 days);
        vm.assertEq(escrow.pausedUntil(), block.timestamp + 1 days);
        vm.prank(address(0x7002));
        guardians.approveUnpause(IPausable(address(escrow)));
        vm.prank(address(0x7001));
        guardians.approveUnpause(IPausable(address(escrow)));
        vm.assertEq(escrow.pausedUntil(), block.timestamp);
        vm.assertEq(guardians.members().length, 3);
    }

    function test_approvals_of_yesterday_do_not_count() public {
        guard();
        vm.prank(address(0x7000));
        guardians.approvePause(IPausable(address(escrow)), 1 days);
        later(1 days + 1);
        vm.prank(address(0x7001));
        guardians.approvePause(IPausable(address(escrow)), 1 days);
        vm.assertEq(escrow.pausedUntil(), 0);
    }

    function test_guardians_are_more_than_half_and_rising() public {
        vm.expectRevert(Guardian.ThresholdOutOfBounds.selector);
        new Guardian(members(4), 2);
        vm.expectRevert(Guardian.ThresholdOutOfBounds.selector);
        new Guardian(members(4), 5);
        vm.expectRevert(Guardian.ThresholdOutOfBounds.selector);
        new Guardian(members(101), 60);
        address[] memory twice = members(2);
        twice[1] = twice[0];
        vm.expectRevert(Guardian.MembersNotRising.selector);
        new Guardian(twice, 2);
    }
}

contract DivisionTest is Fixture {
    function testFuzz_parts_make_the_whole(uint128 pay, uint32 treasuryPpm, uint32 creatorPpm, bool creator)
        public
        pure
    {
        treasuryPpm %= 200_001;
        creatorPpm %= 100_001;
        (uint256 provider, uint256 treasury, uint256 toCreator) =
            Division.split(pay, treasuryPpm, creatorPpm, creator);
        vm.assertEq(provider + treasury + toCreator, pay);
        vm.assertEq(treasury, uint256(pay) * treasuryPpm / 1_000_000);
        if (!creator) vm.assertEq(toCreator, 0);
        vm.assertGe(provider, uint256(pay) * 700_000 / 1_000_000);
    }

    function to96(uint256 amount) external pure returns (uint96) {
        return Division.to96(amount);
    }

    function test_an_amount_beyond_96_bits_is_refused() public {
        vm.assertEq(this.to96(type(uint96).max), type(uint96).max);
        vm.expectRevert(Division.AmountTooLarge.selector);
        this.to96(uint256(type(uint96).max) + 1);
    }
}
