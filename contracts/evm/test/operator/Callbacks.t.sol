// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Operator} from "../../src/operator/Operator.sol";
import {IOperator} from "../../src/operator/OperatorConsumer.sol";
import {OperatorRequests} from "../../src/operator/OperatorRequests.sol";
import {AnyConsumer} from "./Consumers.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";
import {Vm} from "../Vm.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Callbacks that refuse, and those that mean harm.
contract CallbackTest is OperatorFixture {
    bytes32 private constant REFUSED =
        keccak256("CallbackRefused(bytes32,uint256,uint256,bytes32,bytes)");

    Seen internal asked;
    uint256 internal until;

    function setUp() public {
        prepare();
    }

    function refuse(uint256 refund) private {
        asked = ask(toRefund(CUSTOMER));
        consumer.set(AnyConsumer.Mode.Refuse);
        vm.assertFalse(fulfil(NODE, asked, "yes", refund));
        until = block.timestamp + 1 days;
        asked.payment -= refund;
    }

    function cool() private {
        vm.cool(address(operator));
        vm.cool(address(token));
        vm.cool(address(consumer));
    }

    function retry(bytes memory result) private {
        operator.retryCallback(
            asked.id, asked.payment, asked.callback, asked.selector, until, answer(asked, result)
        );
    }

    function giveUp() private {
        operator.expireRetry(
            asked.id,
            asked.payment,
            asked.callback,
            asked.selector,
            until,
            keccak256(answer(asked, "yes"))
        );
    }

    function test_a_refused_answer_is_told_with_its_reason_and_kept_by_its_hash() public {
        asked = ask(toRefund(CUSTOMER));
        consumer.set(AnyConsumer.Mode.Refuse);
        vm.expectEmit(address(operator));
        emit OperatorRequests.CallbackRefused(
            asked.id,
            PAYMENT - 5,
            START + 1 days,
            keccak256(answer(asked, "yes")),
            abi.encodeWithSelector(AnyConsumer.NotNow.selector, 7)
        );
        vm.assertFalse(fulfil(NODE, asked, "yes", 5));
        vm.assertEq(token.balanceOf(CUSTOMER), 5);
        requireHeld(PAYMENT - 5, 0);
        vm.assertEq(operator.withdrawable(), 0);
        vm.assertEq(uint256(operator.stateOf(asked.id)), uint256(OperatorRequests.State.Refused));
    }

    function test_anybody_brings_a_refused_answer_again_and_it_is_earned() public {
        refuse(5);
        vm.expectRevert(
            abi.encodeWithSelector(
                Operator.StillRefused.selector, abi.encodeWithSelector(AnyConsumer.NotNow.selector, 7)
            )
        );
        retry("yes");
        consumer.set(AnyConsumer.Mode.Accept);
        vm.warp(until - 1);
        vm.expectEmit(address(operator));
        emit OperatorRequests.CallbackAccepted(asked.id, PAYMENT - 5);
        retry("yes");
        vm.assertEq(consumer.last(), "yes");
        requireHeld(0, 0);
        vm.assertEq(operator.withdrawable(), PAYMENT - 5);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        retry("yes");
    }

    function test_no_other_answer_is_brought_again() public {
        refuse(0);
        consumer.set(AnyConsumer.Mode.Accept);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        retry("no");
    }

    function test_after_the_window_what_was_kept_goes_back() public {
        refuse(5);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotExpired.selector, until));
        giveUp();
        vm.warp(until);
        consumer.set(AnyConsumer.Mode.Accept);
        vm.expectRevert(abi.encodeWithSelector(Operator.RetryOver.selector, until));
        retry("yes");
        vm.expectEmit(address(operator));
        emit OperatorRequests.RetryExpired(asked.id, CUSTOMER, PAYMENT - 5);
        giveUp();
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
        requireHeld(0, 0);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        giveUp();
    }

    function test_a_refused_answer_is_not_answered_cancelled_expired_or_extended_otherwise() public {
        refuse(0);
        consumer.set(AnyConsumer.Mode.Accept);
        asked.until = until;
        vm.warp(until);
        bytes memory reason = abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id);
        vm.expectRevert(reason);
        this.answerAs(NODE);
        vm.expectRevert(reason);
        expire(asked);
        vm.expectRevert(reason);
        consumer.act(
            address(operator),
            abi.encodeCall(operator.cancelOracleRequest, (asked.id, PAYMENT, asked.selector, until))
        );
        vm.prank(NODE);
        vm.expectRevert(reason);
        operator.extendOracleRequest(asked.id, PAYMENT, asked.callback, asked.selector, until, until + 1);
    }

    function answerAs(address node) external {
        fulfil(node, asked, "again", 0);
    }

    function test_an_open_request_is_no_refused_answer() public {
        asked = ask("");
        until = asked.until;
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        retry("yes");
    }

    /// @dev Whatever gas a node gives: the request stays open, or the callback has what it needs.
    function testFuzz_a_starved_callback_is_no_refusal(uint256 gas) public {
        asked = ask(toRefund(CUSTOMER));
        consumer.set(AnyConsumer.Mode.Heavy);
        gas = 30_000 + gas % 900_000;
        vm.prank(NODE);
        (bool done, bytes memory said) = address(operator).call{gas: gas}(answerCall(asked, "yes", 5));
        if (done) {
            vm.assertTrue(abi.decode(said, (bool)), "starved, and taken for a refusal");
            vm.assertEq(consumer.accepted(), 1);
        } else {
            vm.assertEq(uint256(operator.stateOf(asked.id)), uint256(OperatorRequests.State.Open));
            vm.assertEq(consumer.accepted(), 0);
        }
    }

    function test_with_little_gas_nobody_is_called() public {
        asked = ask("");
        cool();
        vm.prank(NODE);
        (bool done, bytes memory said) = address(operator).call{gas: 435_000}(answerCall(asked, "yes", 0));
        vm.assertFalse(done);
        vm.assertEq(said, abi.encodeWithSelector(OperatorRequests.TooLittleGas.selector, 430_000));
    }

    /// @dev What a stock node gives by default.
    function test_half_a_million_of_gas_is_enough_without_a_refund() public {
        asked = ask("");
        cool();
        vm.prank(NODE);
        (bool done,) = address(operator).call{gas: 470_000}(answerCall(asked, "yes", 0));
        vm.assertTrue(done);
    }

    function test_a_callback_that_burns_all_it_gets_stops_nobody() public {
        asked = ask(toRefund(CUSTOMER));
        consumer.set(AnyConsumer.Mode.BurnAndRefuse);
        vm.prank(NODE);
        (bool done, bytes memory said) = address(operator).call{gas: 520_000}(answerCall(asked, "yes", 5));
        vm.assertTrue(done && !abi.decode(said, (bool)));
        asked = ask(toRefund(CUSTOMER));
        consumer.set(AnyConsumer.Mode.BurnAndAccept);
        vm.prank(NODE);
        (done, said) = address(operator).call{gas: 520_000}(answerCall(asked, "yes", 5));
        vm.assertTrue(done && abi.decode(said, (bool)));
    }

    function test_a_flood_of_words_is_cut() public {
        asked = ask("");
        consumer.set(AnyConsumer.Mode.Flood);
        vm.recordLogs();
        vm.prank(NODE);
        (bool done,) = address(operator).call{gas: 1_000_000}(answerCall(asked, "yes", 0));
        vm.assertTrue(done);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        Vm.Log memory last = logs[logs.length - 1];
        vm.assertEq(last.topics[0], REFUSED);
        (,,, bytes memory reason) = abi.decode(last.data, (uint256, uint256, bytes32, bytes));
        vm.assertEq(reason.length, 256);
    }

    function calledOn(bytes memory data) private returns (bool) {
        asked = ask(toRefund(CUSTOMER));
        return calledOnFor(data);
    }

    function calledOnFor(bytes memory data) private returns (bool) {
        consumer.callOn(address(operator), data, AnyConsumer.Mode.CallOn);
        vm.assertTrue(fulfil(NODE, asked, "yes", 5));
        vm.assertEq(token.balanceOf(CUSTOMER), 5);
        vm.assertEq(operator.withdrawable(), PAYMENT - 5);
        return consumer.calledOn();
    }

    function test_a_callback_that_is_a_node_itself_answers_nothing_more() public {
        address[] memory nodes = new address[](2);
        (nodes[0], nodes[1]) = (NODE, address(consumer));
        vm.prank(OWNER);
        operator.setAuthorizedSenders(nodes);
        asked = ask(toRefund(CUSTOMER));
        vm.assertFalse(calledOnFor(answerCall(asked, "again", 5)));
        vm.assertEq(
            consumer.calledOnSaid(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function test_a_callback_cannot_expire_or_cancel_what_is_being_answered() public {
        asked = ask(toRefund(CUSTOMER));
        vm.warp(asked.until);
        vm.assertFalse(
            calledOnFor(
                abi.encodeCall(operator.cancelOracleRequest, (asked.id, PAYMENT, asked.selector, asked.until))
            )
        );
        vm.assertEq(
            consumer.calledOnSaid(), abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id)
        );
    }

    function test_a_callback_cannot_take_what_it_is_about_to_earn() public {
        vm.assertFalse(calledOn(abi.encodeCall(operator.withdrawShare, (address(consumer)))));
        vm.assertEq(
            consumer.calledOnSaid(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function again(uint256 number) private view returns (bytes memory) {
        bytes memory request = abi.encodeCall(
            IOperator.oracleRequest,
            (address(0), 0, SPEC, address(consumer), AnyConsumer.told.selector, number, 1, toRefund(STRANGER))
        );
        return abi.encodeCall(token.transferAndCall, (address(operator), PAYMENT, request));
    }

    function test_a_callback_asks_the_next_thing() public {
        asked = ask("");
        consumer.callOn(address(token), again(nonce + 1), AnyConsumer.Mode.CallOn);
        vm.recordLogs();
        fulfil(NODE, asked, "yes", 0);
        Seen memory next = seen();
        requireHeld(PAYMENT, 0);
        vm.assertEq(operator.withdrawable(), PAYMENT);
        consumer.set(AnyConsumer.Mode.Accept);
        vm.assertTrue(fulfil(NODE, next, "", PAYMENT));
        vm.assertEq(token.balanceOf(STRANGER), PAYMENT);
    }

    function test_a_callback_cannot_ask_under_the_number_that_is_being_answered() public {
        asked = ask("");
        consumer.callOn(address(token), again(nonce), AnyConsumer.Mode.CallOn);
        fulfil(NODE, asked, "yes", 0);
        vm.assertFalse(consumer.calledOn());
        vm.assertEq(
            consumer.calledOnSaid(), abi.encodeWithSelector(OperatorRequests.NotUnique.selector, asked.id)
        );
        requireHeld(0, 0);
    }

    function test_what_a_refusing_callback_asked_is_undone() public {
        asked = ask("");
        consumer.callOn(address(token), again(nonce + 1), AnyConsumer.Mode.CallOnAndRefuse);
        vm.assertFalse(fulfil(NODE, asked, "yes", 0));
        requireHeld(PAYMENT, 0);
    }
}

/// @notice The request is of an earlier transaction here: what is written costs what it costs in earnest.
contract BurntGasTest is OperatorFixture {
    Seen internal asked;

    function setUp() public {
        prepare();
        asked = ask(toRefund(CUSTOMER));
        consumer.set(AnyConsumer.Mode.BurnAndAccept);
    }

    function test_with_just_enough_gas_a_callback_that_burns_it_stops_nobody() public {
        vm.cool(address(operator));
        vm.cool(address(consumer));
        vm.prank(NODE);
        (bool done,) = address(operator).call{gas: 470_000}(answerCall(asked, "yes", 0));
        vm.assertTrue(done);
        vm.assertEq(operator.withdrawable(), PAYMENT);
    }
}
