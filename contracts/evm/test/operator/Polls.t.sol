// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {OperatorPolls} from "../../src/operator/OperatorPolls.sol";
import {OperatorRequests} from "../../src/operator/OperatorRequests.sol";
import {OperatorVault} from "../../src/operator/OperatorVault.sol";
import {RequestPairs} from "../../src/operator/RequestPairs.sol";
import {AnyConsumer} from "./Consumers.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";

contract OperatorPollTest is OperatorFixture {
    address private constant FOURTH = address(0x9107);

    Seen internal asked;

    function setUp() public {
        prepare();
    }

    function named(string memory quorum, string memory nodes) private pure returns (bytes memory) {
        return bytes.concat(toRefund(CUSTOMER), pair("quorum", quorum), pair("nodes", nodes));
    }

    function all() private pure returns (string memory) {
        return string.concat(text(NODE), ",", text(SECOND), ",", text(THIRD));
    }

    function askAs(bytes memory data) external returns (Seen memory) {
        return ask(data);
    }

    function notAsked(bytes memory data, bytes memory reason) private {
        vm.expectRevert(reason);
        this.askAs(data);
    }

    function fulfilAs(address node, bytes memory result, uint256 refund) external returns (bool) {
        return fulfil(node, asked, result, refund);
    }

    function rejectAs(address node) public {
        vm.prank(node);
        operator.rejectOracleRequest(asked.id, PAYMENT, asked.callback, asked.selector, asked.until, node);
    }

    function test_the_last_of_a_quorum_carries_the_answer_out() public {
        asked = ask(named("2", all()));
        vm.assertFalse(fulfil(NODE, asked, "yes", 10));
        vm.assertEq(consumer.accepted(), 0);
        requireHeld(PAYMENT, 0);
        vm.expectEmit(address(operator));
        emit OperatorPolls.Voted(
            asked.id, THIRD, keccak256(abi.encode(keccak256(answer(asked, "yes")), uint256(10))), 2, 2
        );
        vm.assertTrue(fulfil(THIRD, asked, "yes", 10));
        vm.assertEq(consumer.last(), "yes");
        vm.assertEq(token.balanceOf(CUSTOMER), 10);
        uint256 each = (PAYMENT - 10) / 2;
        requireHeld(0, 2 * each);
        vm.assertEq(operator.shares(NODE), each);
        vm.assertEq(operator.shares(SECOND), 0);
        vm.assertEq(operator.shares(THIRD), each);
        (uint256 quorum, address[] memory nodes, address[] memory voted) = operator.pollOf(asked.id);
        vm.assertEq(quorum + nodes.length + voted.length, 0);
    }

    function test_who_voted_for_something_else_has_no_share() public {
        asked = ask(named("2", all()));
        fulfil(NODE, asked, "yes", 0);
        fulfil(SECOND, asked, "no", 0);
        vm.assertTrue(fulfil(THIRD, asked, "yes", 0));
        vm.assertEq(operator.shares(SECOND), 0);
        requireHeld(0, PAYMENT);
    }

    function test_what_does_not_divide_is_the_operators() public {
        asked = ask(named("3", all()));
        fulfil(NODE, asked, "yes", 0);
        fulfil(SECOND, asked, "yes", 0);
        fulfil(THIRD, asked, "yes", 0);
        vm.assertEq(operator.withdrawable(), PAYMENT % 3);
        asked = ask(named("2", all()));
        fulfil(NODE, asked, "yes", PAYMENT - 1);
        fulfil(SECOND, asked, "yes", PAYMENT - 1);
        vm.assertEq(operator.withdrawable(), PAYMENT % 3 + 1);
    }

    function test_a_node_takes_its_share_and_once() public {
        asked = ask(named("1", text(SECOND)));
        fulfil(SECOND, asked, "yes", 0);
        vm.prank(SECOND);
        operator.withdrawShare(STRANGER);
        vm.assertEq(token.balanceOf(STRANGER), PAYMENT);
        requireHeld(0, 0);
        vm.expectRevert(OperatorVault.NothingToWithdraw.selector);
        this.withdrawShareAs(SECOND);
    }

    function withdrawShareAs(address node) external {
        vm.prank(node);
        operator.withdrawShare(node);
    }

    function test_only_equal_answers_and_refunds_count_together() public {
        asked = ask(named("2", all()));
        fulfil(NODE, asked, "yes", 10);
        vm.assertFalse(fulfil(SECOND, asked, "yes", 11));
        vm.assertFalse(fulfil(THIRD, asked, "no", 10));
        vm.assertEq(consumer.accepted(), 0);
        vm.warp(asked.until);
        expire(asked);
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
        requireHeld(0, 0);
    }

    function test_a_node_votes_once() public {
        asked = ask(named("2", all()));
        fulfil(NODE, asked, "yes", 0);
        (uint256 quorum, address[] memory nodes, address[] memory voted) = operator.pollOf(asked.id);
        vm.assertEq(quorum, 2);
        vm.assertEq(nodes.length, 3);
        vm.assertEq(voted.length, 1);
        vm.assertEq(voted[0], NODE);
        vm.expectRevert(abi.encodeWithSelector(OperatorPolls.VotedBefore.selector, NODE));
        this.fulfilAs(NODE, "yes", 0);
        vm.expectRevert(abi.encodeWithSelector(OperatorPolls.VotedBefore.selector, NODE));
        this.fulfilAs(NODE, "no", 0);
    }

    function test_who_is_not_named_does_not_vote_reject_or_extend() public {
        asked = ask(named("2", string.concat(text(NODE), ",", text(SECOND))));
        bytes memory reason = abi.encodeWithSelector(OperatorPolls.NotNamed.selector, THIRD);
        vm.expectRevert(reason);
        this.fulfilAs(THIRD, "yes", 0);
        vm.expectRevert(reason);
        this.rejectAs(THIRD);
        vm.prank(THIRD);
        vm.expectRevert(reason);
        operator.extendOracleRequest(
            asked.id, PAYMENT, asked.callback, asked.selector, asked.until, asked.until + 1
        );
    }

    function test_votes_outlast_an_extension() public {
        asked = ask(named("2", all()));
        fulfil(NODE, asked, "yes", 0);
        vm.prank(SECOND);
        operator.extendOracleRequest(
            asked.id, PAYMENT, asked.callback, asked.selector, asked.until, asked.until + 60
        );
        asked.until += 60;
        vm.assertTrue(fulfil(SECOND, asked, "yes", 0));
    }

    function test_a_quorum_without_names_is_of_all_who_are_authorized() public {
        asked = ask(pair("quorum", "3"));
        (, address[] memory nodes,) = operator.pollOf(asked.id);
        vm.assertEq(nodes.length, 3);
        fulfil(NODE, asked, "yes", 0);
        fulfil(SECOND, asked, "yes", 0);
        vm.assertTrue(fulfil(THIRD, asked, "yes", 0));
    }

    function test_a_quorum_of_one_without_names_is_no_poll() public {
        asked = ask(pair("quorum", "1"));
        vm.assertTrue(fulfil(SECOND, asked, "yes", 0));
        vm.assertEq(operator.withdrawable(), PAYMENT);
    }

    function test_a_quorum_that_can_never_be_full_is_refused() public {
        bytes4 reason = OperatorPolls.TooFewNodes.selector;
        notAsked(named("4", all()), abi.encodeWithSelector(reason, 3, 4));
        notAsked(
            named("3", string.concat(text(NODE), ",", text(SECOND), ",", text(FOURTH))),
            abi.encodeWithSelector(reason, 2, 3)
        );
        notAsked(named("2", text(NODE)), abi.encodeWithSelector(reason, 1, 2));
        notAsked(pair("quorum", "4"), abi.encodeWithSelector(reason, 3, 4));
    }

    function test_a_quorum_without_names_needs_a_short_list() public {
        address[] memory many = new address[](17);
        for (uint160 i = 0; i < 17; ++i) many[i] = address(i + 1);
        vm.prank(OWNER);
        operator.setAuthorizedSenders(many);
        notAsked(pair("quorum", "2"), abi.encodeWithSelector(RequestPairs.BadNodes.selector));
    }

    function test_a_named_node_that_is_no_longer_authorized_does_not_vote() public {
        asked = ask(named("2", all()));
        address[] memory rest = new address[](1);
        rest[0] = SECOND;
        vm.prank(OWNER);
        operator.setAuthorizedSenders(rest);
        vm.expectRevert();
        this.fulfilAs(NODE, "yes", 0);
    }

    function test_one_of_a_quorum_cannot_reject_alone() public {
        asked = ask(named("2", all()));
        rejectAs(NODE);
        requireHeld(PAYMENT, 0);
        rejectAs(SECOND);
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
        requireHeld(0, 0);
    }

    function test_old_votes_do_not_count_for_a_later_request_of_the_same_number() public {
        asked = ask(named("2", all()));
        fulfil(NODE, asked, "yes", 0);
        vm.warp(asked.until);
        expire(asked);
        --nonce;
        asked = ask(named("2", all()));
        vm.assertFalse(fulfil(SECOND, asked, "yes", 0));
        vm.assertEq(consumer.accepted(), 0);
        vm.assertTrue(fulfil(NODE, asked, "yes", 0));
    }

    function test_who_agreed_is_paid_when_the_callback_accepts_later() public {
        asked = ask(named("2", all()));
        consumer.set(AnyConsumer.Mode.Refuse);
        fulfil(NODE, asked, "yes", 0);
        vm.assertFalse(fulfil(SECOND, asked, "yes", 0));
        requireHeld(PAYMENT, 0);
        consumer.set(AnyConsumer.Mode.Accept);
        operator.retryCallback(
            asked.id, PAYMENT, asked.callback, asked.selector, START + 1 days, answer(asked, "yes")
        );
        vm.assertEq(operator.shares(NODE), PAYMENT / 2);
        vm.assertEq(operator.shares(SECOND), PAYMENT / 2);
        requireHeld(0, PAYMENT);
    }

    function test_who_agreed_is_not_paid_when_the_callback_never_accepts() public {
        asked = ask(named("2", all()));
        consumer.set(AnyConsumer.Mode.Refuse);
        fulfil(NODE, asked, "yes", 0);
        fulfil(SECOND, asked, "yes", 0);
        vm.warp(START + 1 days);
        operator.expireRetry(
            asked.id, PAYMENT, asked.callback, asked.selector, START + 1 days, keccak256(answer(asked, "yes"))
        );
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
        requireHeld(0, 0);
        (uint256 quorum,,) = operator.pollOf(asked.id);
        vm.assertEq(quorum, 0);
    }

    /// @dev 16 shares to write down behind a callback that leaves nothing.
    function test_a_callback_that_burns_all_it_gets_keeps_no_share_from_a_node() public {
        address[] memory many = new address[](16);
        for (uint160 i = 0; i < 16; ++i) many[i] = address(0xA000 + i);
        vm.prank(OWNER);
        operator.setAuthorizedSenders(many);
        asked = ask(pair("quorum", "16"));
        for (uint256 i = 0; i < 15; ++i) fulfil(many[i], asked, "yes", 0);
        consumer.set(AnyConsumer.Mode.BurnAndAccept);
        vm.cool(address(operator));
        vm.prank(many[15]);
        (bool done,) = address(operator).call{gas: 2_000_000}(answerCall(asked, "yes", 0));
        vm.assertTrue(done);
        vm.assertEq(operator.shares(many[0]), PAYMENT / 16);
        vm.assertEq(uint256(operator.stateOf(asked.id)), uint256(OperatorRequests.State.None));
    }
}
