// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Operator} from "../../src/operator/Operator.sol";
import {AnyConsumer, PlainConsumer} from "./Consumers.sol";
import {LegacyConsumer, LegacyOperator} from "./LegacyOperator.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What went wrong with operators before. Each body is run twice: on ours, where it must hold, and on one in
/// the old manner, where it must fail, and of what it is about: else it sees nothing.
abstract contract Defects is OperatorFixture {
    Operator internal subject;
    PlainConsumer internal asker;

    function judge(function() external body, string memory about) internal virtual;

    function test_cancelled_money_leaves_the_escrow() public {
        judge(this.cancelled, "escrow after a cancel");
    }

    function test_money_cancelled_by_number_leaves_the_escrow() public {
        judge(this.cancelledByNumber, "escrow after a cancel by number");
    }

    function test_rejected_money_leaves_the_escrow() public {
        judge(this.rejected, "escrow after a reject");
    }

    function test_a_node_cannot_reject_into_its_own_pocket() public {
        judge(this.rejectedToNode, "rejected to somebody else");
    }

    function test_nobody_but_the_customer_gets_the_refund() public {
        judge(this.refundToStranger, "refunded to somebody else");
    }

    function test_a_refund_needs_no_second_transaction() public {
        judge(this.refundAtOnce, "no refund with the answer");
    }

    function test_the_second_transaction_for_a_refund_is_harmless() public {
        judge(this.refundTwice, "the second refund reverted");
    }

    function test_an_answer_that_is_refused_is_not_earned() public {
        judge(this.earnedWhenRefused, "earned without a result");
    }

    function test_money_is_not_stuck_where_the_consumer_cannot_cancel() public {
        judge(this.stuck, "stuck");
    }

    function test_nobody_begins_the_count_of_requests_again() public {
        judge(this.countedAgain, "the count began again");
    }

    function cancelled() external {
        Seen memory asked = askOf(address(subject), PAYMENT, "");
        vm.warp(asked.until);
        consumer.act(
            address(subject),
            abi.encodeCall(subject.cancelOracleRequest, (asked.id, PAYMENT, asked.selector, asked.until))
        );
        requireWithdrawable(0, "escrow after a cancel");
    }

    function cancelledByNumber() external {
        Seen memory asked = askOf(address(subject), PAYMENT, "");
        vm.warp(asked.until);
        consumer.act(
            address(subject),
            abi.encodeCall(subject.cancelOracleRequestByRequester, (nonce, PAYMENT, asked.selector, asked.until))
        );
        requireWithdrawable(0, "escrow after a cancel by number");
    }

    function rejected() external {
        reject(askOf(address(subject), PAYMENT, ""), address(consumer));
        requireWithdrawable(0, "escrow after a reject");
    }

    function rejectedToNode() external {
        reject(askOf(address(subject), PAYMENT, ""), NODE);
        vm.assertEq(token.balanceOf(NODE), 0, "rejected to somebody else");
    }

    function refundToStranger() external {
        Seen memory asked = askOf(address(subject), PAYMENT, toRefund(CUSTOMER));
        callAs(NODE, address(subject), answerCall(asked, "", PAYMENT / 2));
        callAs(NODE, address(subject), abi.encodeCall(subject.processRefund, (asked.id, NODE)));
        vm.assertEq(token.balanceOf(NODE), 0, "refunded to somebody else");
    }

    function refundAtOnce() external {
        Seen memory asked = askOf(address(subject), PAYMENT, toRefund(CUSTOMER));
        callAs(NODE, address(subject), answerCall(asked, "", PAYMENT / 2));
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT / 2, "no refund with the answer");
    }

    function refundTwice() external {
        Seen memory asked = askOf(address(subject), PAYMENT, toRefund(CUSTOMER));
        callAs(NODE, address(subject), answerCall(asked, "", PAYMENT / 2));
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(NODE);
            (bool done,) = address(subject).call(abi.encodeCall(subject.processRefund, (asked.id, CUSTOMER)));
            vm.assertTrue(done, "the second refund reverted");
        }
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT / 2);
    }

    function earnedWhenRefused() external {
        Seen memory asked = askOf(address(subject), PAYMENT, "");
        consumer.set(AnyConsumer.Mode.Refuse);
        callAs(NODE, address(subject), answerCall(asked, "", 0));
        vm.assertEq(subject.withdrawable(), 0, "earned without a result");
    }

    function stuck() external {
        Seen memory asked = askOf(address(subject), PAYMENT, toRefund(CUSTOMER));
        vm.warp(asked.until);
        vm.prank(STRANGER);
        (bool done,) = address(subject).call(
            abi.encodeCall(
                subject.expireOracleRequest, (asked.id, PAYMENT, asked.callback, asked.selector, asked.until)
            )
        );
        vm.assertTrue(done, "stuck");
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT, "stuck");
    }

    function countedAgain() external {
        asker.ask(address(subject), SPEC, 1, "echo");
        vm.prank(STRANGER);
        (bool first,) = address(asker).call(abi.encodeWithSignature("__HpcClient_init()"));
        vm.prank(STRANGER);
        (bool second,) = address(asker).call(abi.encodeCall(asker.start, (address(token))));
        vm.assertFalse(first && second);
        vm.prank(STRANGER);
        (bool asked,) = address(asker).call(abi.encodeCall(asker.ask, (address(subject), SPEC, 1, "echo")));
        vm.assertTrue(asked, "the count began again");
    }

    function reject(Seen memory asked, address to) private {
        callAs(
            NODE,
            address(subject),
            abi.encodeCall(
                subject.rejectOracleRequest,
                (asked.id, PAYMENT, asked.callback, asked.selector, asked.until, to)
            )
        );
    }

    /// @dev Where accounts are wrong it may even fail to tell.
    function requireWithdrawable(uint256 amount, string memory about) private view {
        (bool told, bytes memory said) = address(subject).staticcall(abi.encodeCall(subject.withdrawable, ()));
        vm.assertTrue(told && abi.decode(said, (uint256)) == amount, about);
    }
}

contract MendedTest is Defects {
    function setUp() public {
        prepare();
        subject = operator;
        asker = new PlainConsumer(address(token));
        token.transfer(address(asker), PAYMENT);
    }

    function judge(function() external body, string memory) internal override {
        body();
    }
}

contract LegacyTest is Defects {
    function setUp() public {
        prepare();
        subject = Operator(address(new LegacyOperator(IERC20(address(token)), OWNER)));
        authorize(address(subject));
        asker = PlainConsumer(address(new LegacyConsumer(address(token))));
        token.transfer(address(asker), PAYMENT);
    }

    function judge(function() external body, string memory about) internal override {
        try body() {
            revert(string.concat("holds without a cure: ", about));
        } catch (bytes memory reason) {
            vm.assertTrue(vm.contains(string(reason), about), string(reason));
        }
    }
}
