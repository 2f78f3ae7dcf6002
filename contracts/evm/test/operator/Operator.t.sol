// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AuthorizedSenders} from "../../src/operator/AuthorizedSenders.sol";
import {Operator} from "../../src/operator/Operator.sol";
import {IOperator} from "../../src/operator/OperatorConsumer.sol";
import {OperatorRequests} from "../../src/operator/OperatorRequests.sol";
import {OperatorVault} from "../../src/operator/OperatorVault.sol";
import {AnyConsumer, CancellingConsumer, PlainConsumer} from "./Consumers.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract OperatorRequestTest is OperatorFixture {
    function setUp() public {
        prepare();
    }

    function requestOf(address callback, uint256 number, uint256 version) private pure returns (bytes memory) {
        return abi.encodeCall(
            IOperator.oracleRequest,
            (address(0), 0, SPEC, callback, AnyConsumer.told.selector, number, version, hex"6161")
        );
    }

    function refusedFrom(uint256 amount, bytes memory request, bytes memory reason) private {
        bytes memory transfer = abi.encodeCall(token.transferAndCall, (address(operator), amount, request));
        vm.expectRevert(reason);
        consumer.act(address(token), transfer);
    }

    function test_a_request_is_told_as_its_consumer_wrote_it() public {
        Seen memory asked = askWith(address(operator), PAYMENT, requestOf(address(consumer), 1, 1));
        vm.assertEq(asked.specId, SPEC);
        vm.assertEq(asked.requester, address(consumer));
        vm.assertEq(asked.id, keccak256(abi.encodePacked(address(consumer), uint256(1))));
        vm.assertEq(asked.payment, PAYMENT);
        vm.assertEq(asked.callback, address(consumer));
        vm.assertEq(bytes32(asked.selector), bytes32(AnyConsumer.told.selector));
        vm.assertEq(asked.until, START + 300);
        vm.assertEq(asked.version, 1);
        vm.assertEq(asked.data, hex"6161");
        requireHeld(PAYMENT, 0);
        vm.assertEq(uint256(operator.stateOf(asked.id)), uint256(OperatorRequests.State.Open));
        vm.assertEq(uint256(operator.stateOf(SPEC)), uint256(OperatorRequests.State.None));
    }

    function test_an_operator_request_calls_its_sender_back() public {
        Seen memory asked = askWith(
            address(operator),
            0,
            abi.encodeCall(
                Operator.operatorRequest, (STRANGER, 77, SPEC, AnyConsumer.told.selector, 9, 2, hex"6161")
            )
        );
        vm.assertEq(asked.requester, address(consumer));
        vm.assertEq(asked.callback, address(consumer));
        vm.assertEq(asked.payment, 0);
        vm.assertEq(asked.version, 2);
        vm.assertTrue(fulfil(NODE, asked, "yes", 0));
        vm.assertEq(consumer.last(), "yes");
    }

    /// @dev Older operators took it, told the sender in its place, and kept the money: nobody could answer.
    function test_nobody_else_than_the_sender_is_called_back() public {
        address[3] memory others = [STRANGER, address(token), address(operator)];
        for (uint256 i = 0; i < 3; ++i) {
            refusedFrom(
                1,
                requestOf(others[i], 1, 1),
                abi.encodeWithSelector(OperatorRequests.CallbackForbidden.selector, others[i])
            );
        }
    }

    function test_only_the_token_brings_requests() public {
        bytes memory request = requestOf(address(consumer), 1, 1);
        vm.expectRevert(abi.encodeWithSelector(Operator.NotTheToken.selector, address(this)));
        operator.onTokenTransfer(address(consumer), PAYMENT, request);
        vm.expectRevert(abi.encodeWithSelector(Operator.NotTheToken.selector, address(this)));
        operator.oracleRequest(address(consumer), 1, SPEC, address(consumer), 0x01020304, 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(Operator.NotTheToken.selector, address(this)));
        operator.operatorRequest(address(consumer), 1, SPEC, 0x01020304, 1, 1, "");
    }

    function test_a_token_may_use_the_forms_themselves() public {
        vm.recordLogs();
        vm.prank(address(token));
        operator.oracleRequest(address(consumer), 0, SPEC, address(consumer), AnyConsumer.told.selector, 1, 1, "");
        vm.assertEq(seen().callback, address(consumer));
        vm.recordLogs();
        vm.prank(address(token));
        operator.operatorRequest(address(consumer), 0, SPEC, AnyConsumer.told.selector, 2, 2, "");
        vm.assertEq(seen().callback, address(consumer));
    }

    function test_another_call_than_a_request_is_refused() public {
        bytes memory reason = abi.encodeWithSelector(Operator.UnknownCall.selector, OperatorVault.withdraw.selector);
        refusedFrom(1, abi.encodeCall(OperatorVault.withdraw, (address(consumer), 1)), reason);
        refusedFrom(1, hex"404299", abi.encodeWithSelector(Operator.UnknownCall.selector, bytes4(0)));
    }

    function test_a_number_is_used_once_at_a_time() public {
        Seen memory asked = ask("");
        bytes memory again = requestOf(address(consumer), nonce, 1);
        refusedFrom(1, again, abi.encodeWithSelector(OperatorRequests.NotUnique.selector, asked.id));
    }

    function test_payment_and_version_have_bounds() public {
        vm.prank(address(token));
        vm.expectRevert(OperatorRequests.PaymentTooLarge.selector);
        operator.onTokenTransfer(address(consumer), uint256(1) << 96, requestOf(address(consumer), 1, 1));
        refusedFrom(
            1,
            requestOf(address(consumer), 1, 256),
            abi.encodeWithSelector(OperatorRequests.DataVersionOutOfBounds.selector)
        );
        askWith(address(operator), PAYMENT, requestOf(address(consumer), 1, 255));
    }

    function test_an_address_that_cannot_take_a_refund_is_not_bound() public {
        address[4] memory useless = [address(token), address(operator), address(0), address(consumer)];
        for (uint256 i = 0; i < useless.length; ++i) {
            Seen memory asked = ask(toRefund(useless[i]));
            vm.assertEq(operator.refundToOf(asked.id), address(0));
            uint256 before = token.balanceOf(address(consumer));
            fulfil(NODE, asked, "", PAYMENT);
            vm.assertEq(token.balanceOf(address(consumer)), before + PAYMENT);
        }
    }

    function test_an_operator_needs_a_token() public {
        vm.expectRevert(abi.encodeWithSelector(Operator.NoCodeAt.selector, STRANGER));
        new Operator(IERC20(STRANGER), OWNER);
    }

    function test_what_deployments_of_proxies_call_says_that_all_is_done() public {
        vm.assertEq(operator.getChainlinkToken(), address(token));
        vm.assertEq(operator.getExpiryTime(), 300);
        vm.assertEq(operator.typeAndVersion(), "Operator/HPC 1.0.0");
        operator.initialize(address(token), OWNER);
        vm.expectRevert(Operator.AnotherDeployment.selector);
        operator.initialize(address(token), STRANGER);
        vm.expectRevert(Operator.AnotherDeployment.selector);
        operator.initialize(STRANGER, OWNER);
    }
}

contract OperatorAnswerTest is OperatorFixture {
    function setUp() public {
        prepare();
    }

    function refused(address node, bytes memory call_, bytes memory reason) private {
        vm.expectRevert(reason);
        this.forward(node, call_);
    }

    function forward(address node, bytes calldata call_) external {
        asNode(node, call_);
    }

    function test_an_answer_is_brought_and_its_payment_earned() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        vm.expectEmit(address(operator));
        emit OperatorRequests.OracleResponse(asked.id);
        vm.expectEmit(address(operator));
        emit OperatorVault.RefundPaid(asked.id, CUSTOMER, PAYMENT / 4);
        vm.expectEmit(address(operator));
        emit OperatorRequests.CallbackAccepted(asked.id, PAYMENT - PAYMENT / 4);
        vm.assertTrue(fulfil(NODE, asked, "yes", PAYMENT / 4));
        vm.assertEq(consumer.last(), "yes");
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT / 4);
        vm.assertEq(operator.withdrawable(), PAYMENT - PAYMENT / 4);
        requireHeld(0, 0);
        vm.assertEq(operator.refundToOf(asked.id), address(0));
        bytes memory reason = abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id);
        refused(NODE, answerCall(asked, "yes", 0), reason);
    }

    function test_an_answer_of_one_word_reaches_a_plain_consumer() public {
        PlainConsumer plain = new PlainConsumer(address(token));
        token.transfer(address(plain), PAYMENT);
        vm.recordLogs();
        plain.ask(address(operator), SPEC, PAYMENT, "echo");
        Seen memory asked = seen();
        vm.prank(NODE);
        vm.assertTrue(
            operator.fulfillOracleRequest(asked.id, PAYMENT, asked.callback, asked.selector, asked.until, "yes")
        );
        vm.assertEq(plain.answer(), "yes");
        vm.assertEq(plain.pendingAt(asked.id), address(0));
    }

    function test_an_answer_without_refund_is_brought_too() public {
        Seen memory asked = ask("");
        asNode(
            NODE,
            abi.encodeCall(
                operator.fulfillOracleRequest2,
                (asked.id, PAYMENT, asked.callback, asked.selector, asked.until, answer(asked, "yes"))
            )
        );
        vm.assertEq(consumer.last(), "yes");
        vm.assertEq(operator.withdrawable(), PAYMENT);
    }

    function test_only_nodes_answer_reject_and_extend() public {
        Seen memory asked = ask("");
        bytes memory reason = abi.encodeWithSelector(AuthorizedSenders.NotAuthorized.selector, STRANGER);
        refused(STRANGER, answerCall(asked, "", 0), reason);
        (bytes32 id, address to, bytes4 fn, uint256 until) = (asked.id, asked.callback, asked.selector, asked.until);
        refused(STRANGER, abi.encodeCall(operator.fulfillOracleRequest, (id, PAYMENT, to, fn, until, 0)), reason);
        refused(
            STRANGER,
            abi.encodeCall(operator.fulfillOracleRequest2, (id, PAYMENT, to, fn, until, answer(asked, ""))),
            reason
        );
        refused(
            STRANGER, abi.encodeCall(operator.rejectOracleRequest, (id, PAYMENT, to, fn, until, STRANGER)), reason
        );
        refused(
            STRANGER, abi.encodeCall(operator.extendOracleRequest, (id, PAYMENT, to, fn, until, until + 1)), reason
        );
    }

    function test_an_answer_names_all_of_its_request() public {
        Seen memory asked = ask("");
        bytes memory reason = abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id);
        asked.payment += 1;
        refused(NODE, answerCall(asked, "", 0), reason);
        asked.payment -= 1;
        asked.until += 1;
        refused(NODE, answerCall(asked, "", 0), reason);
        asked.until -= 1;
        asked.callback = STRANGER;
        refused(NODE, answerCall(asked, "", 0), reason);
        asked.callback = address(consumer);
        asked.selector = 0x01020304;
        refused(NODE, answerCall(asked, "", 0), reason);
        asked.selector = AnyConsumer.told.selector;
        vm.assertTrue(fulfil(NODE, asked, "", 0));
    }

    function test_the_first_word_of_an_answer_is_the_id_of_its_request() public {
        Seen memory asked = ask("");
        bytes memory reason = abi.encodeWithSelector(Operator.ResponseDiffers.selector, asked.id);
        (bytes32 id, address to, bytes4 fn, uint256 until) = (asked.id, asked.callback, asked.selector, asked.until);
        bytes memory other = abi.encode(SPEC, bytes("yes"));
        refused(
            NODE,
            abi.encodeCall(operator.fulfillOracleRequest2AndRefund, (id, PAYMENT, to, fn, until, other, 0)),
            reason
        );
        refused(NODE, abi.encodeCall(operator.fulfillOracleRequest2, (id, PAYMENT, to, fn, until, other)), reason);
        refused(NODE, abi.encodeCall(operator.fulfillOracleRequest2, (id, PAYMENT, to, fn, until, "short")), reason);
    }

    /// @dev The data a word later, where the id would be looked for without it: 0x104 and 0xe4 are the only places.
    function test_an_answer_lies_where_all_nodes_put_it() public {
        Seen memory asked = ask("");
        bytes memory reason = abi.encodeWithSelector(Operator.ResponseDiffers.selector, asked.id);
        bytes memory data = answer(asked, "yes");
        bytes memory head = abi.encode(asked.id, PAYMENT, asked.callback, bytes32(asked.selector), asked.until);
        bytes memory moved = bytes.concat(abi.encode(asked.id, data.length), data);
        refused(
            NODE,
            bytes.concat(Operator.fulfillOracleRequest2AndRefund.selector, head, abi.encode(0x100, 0), moved),
            reason
        );
        refused(NODE, bytes.concat(Operator.fulfillOracleRequest2.selector, head, abi.encode(0xe0), moved), reason);
    }

    function test_a_request_for_bytes_is_not_answered_by_a_word() public {
        Seen memory asked = askWith(
            address(operator),
            PAYMENT,
            abi.encodeCall(Operator.operatorRequest, (address(0), 0, SPEC, AnyConsumer.told.selector, 1, 2, ""))
        );
        refused(
            NODE,
            abi.encodeCall(
                operator.fulfillOracleRequest,
                (asked.id, PAYMENT, asked.callback, asked.selector, asked.until, bytes32(0))
            ),
            abi.encodeWithSelector(OperatorRequests.DataVersionOutOfBounds.selector)
        );
    }

    function test_no_more_is_refunded_than_was_paid() public {
        Seen memory asked = ask("");
        refused(
            NODE,
            answerCall(asked, "", PAYMENT + 1),
            abi.encodeWithSelector(OperatorRequests.RefundAbovePayment.selector, PAYMENT)
        );
    }

    function test_a_refund_that_the_token_refuses_is_owed_and_stops_nobody() public {
        token.refuse(CUSTOMER, true);
        Seen memory asked = ask(toRefund(CUSTOMER));
        vm.expectEmit(address(operator));
        emit OperatorVault.RefundOwed(asked.id, CUSTOMER, PAYMENT / 2);
        vm.assertTrue(fulfil(NODE, asked, "yes", PAYMENT / 2));
        requireHeld(0, PAYMENT / 2);
        operator.processRefund(asked.id, CUSTOMER);
        requireHeld(0, PAYMENT / 2);
        token.refuse(CUSTOMER, false);
        operator.processRefund(asked.id, STRANGER);
        vm.assertEq(token.balanceOf(STRANGER), 0);
        operator.processRefund(asked.id, CUSTOMER);
        operator.processRefund(asked.id, CUSTOMER);
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT / 2);
        requireHeld(0, 0);
    }

    function test_the_owner_takes_what_is_earned_and_no_more() public {
        fulfil(NODE, ask(""), "", 0);
        ask("");
        vm.expectRevert(abi.encodeWithSelector(OperatorVault.AboveWithdrawable.selector, PAYMENT));
        this.withdrawAs(OWNER, PAYMENT + 1);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, NODE));
        this.withdrawAs(NODE, 1);
        this.withdrawAs(OWNER, PAYMENT);
        vm.assertEq(token.balanceOf(STRANGER), PAYMENT);
        requireHeld(PAYMENT, 0);
    }

    function withdrawAs(address who, uint256 amount) external {
        vm.prank(who);
        operator.withdraw(STRANGER, amount);
    }

    function test_a_rejected_payment_goes_to_whom_it_is_bound() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        vm.expectEmit(address(operator));
        emit OperatorRequests.CancelOracleRequest(asked.id);
        vm.prank(NODE);
        operator.rejectOracleRequest(asked.id, PAYMENT, asked.callback, asked.selector, asked.until, STRANGER);
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
        requireHeld(0, 0);
    }
}

contract OperatorExpiryTest is OperatorFixture {
    function setUp() public {
        prepare();
    }

    function extendTo(address node, Seen memory asked, uint256 to) private {
        asNode(
            node,
            abi.encodeCall(
                operator.extendOracleRequest,
                (asked.id, PAYMENT, asked.callback, asked.selector, asked.until, to)
            )
        );
        asked.until = to;
    }

    function extendToAs(address node, Seen memory asked, uint256 to) external {
        extendTo(node, asked, to);
    }

    function notExtended(Seen memory asked, uint256 to, uint256 latest) private {
        vm.expectRevert(abi.encodeWithSelector(Operator.ExtensionOutOfBounds.selector, latest));
        this.extendToAs(NODE, asked, to);
    }

    function test_a_consumer_cancels_after_the_expiration() public {
        CancellingConsumer plain = new CancellingConsumer(address(token));
        token.transfer(address(plain), PAYMENT);
        vm.recordLogs();
        bytes32 id = plain.ask(address(operator), SPEC, PAYMENT, "echo");
        Seen memory asked = seen();
        vm.warp(asked.until - 1);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotExpired.selector, asked.until));
        plain.cancel(id, PAYMENT, asked.until);
        vm.warp(asked.until);
        vm.expectEmit(address(operator));
        emit OperatorRequests.CancelOracleRequest(id);
        plain.cancel(id, PAYMENT, asked.until);
        vm.assertEq(token.balanceOf(address(plain)), PAYMENT);
        requireHeld(0, 0);
    }

    function test_nobody_cancels_for_another() public {
        Seen memory asked = ask("");
        vm.warp(asked.until);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        operator.cancelOracleRequest(asked.id, PAYMENT, asked.selector, asked.until);
    }

    function test_what_is_cancelled_goes_to_whom_it_is_bound() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        vm.warp(asked.until);
        consumer.act(
            address(operator),
            abi.encodeCall(operator.cancelOracleRequestByRequester, (nonce, PAYMENT, asked.selector, asked.until))
        );
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
    }

    function test_anybody_returns_an_expired_payment_and_once() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotExpired.selector, asked.until));
        expire(asked);
        vm.warp(asked.until);
        vm.expectEmit(address(operator));
        emit OperatorRequests.OracleRequestExpired(asked.id, CUSTOMER, PAYMENT);
        expire(asked);
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
        requireHeld(0, 0);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        expire(asked);
    }

    function test_without_a_bound_address_the_consumer_gets_the_expired_payment() public {
        Seen memory asked = ask("");
        uint256 before = token.balanceOf(address(consumer));
        vm.warp(asked.until);
        expire(asked);
        vm.assertEq(token.balanceOf(address(consumer)), before + PAYMENT);
    }

    function test_a_late_answer_counts_until_somebody_returns_the_payment() public {
        Seen memory asked = ask("");
        vm.warp(asked.until + 1 days);
        vm.assertTrue(fulfil(NODE, asked, "late", 0));
    }

    function test_a_number_can_be_used_again_when_its_request_is_over() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        vm.warp(asked.until);
        expire(asked);
        --nonce;
        Seen memory again = ask("");
        vm.assertEq(again.id, asked.id);
        vm.assertEq(operator.refundToOf(again.id), address(0));
        vm.assertTrue(fulfil(NODE, again, "", 0));
    }

    function test_an_extended_request_is_known_by_its_new_expiration() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        uint256 old = asked.until;
        vm.expectEmit(address(operator));
        emit Operator.OracleRequestExtended(asked.id, NODE, START + 1 hours);
        extendTo(NODE, asked, START + 1 hours);
        vm.warp(old);
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotExpired.selector, START + 1 hours));
        expire(asked);
        asked.until = old;
        vm.expectRevert(abi.encodeWithSelector(OperatorRequests.NotTheRequest.selector, asked.id));
        expire(asked);
        asked.until = START + 1 hours;
        vm.assertTrue(fulfil(NODE, asked, "", PAYMENT));
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
    }

    function test_an_extension_reaches_an_hour_ahead_and_not_back() public {
        Seen memory asked = ask("");
        notExtended(asked, START + 1 hours + 1, START + 1 hours);
        notExtended(asked, asked.until, START + 1 hours);
        vm.warp(asked.until);
        notExtended(asked, asked.until + 1, asked.until + 1 hours);
        vm.warp(asked.until - 1);
        extendTo(NODE, asked, asked.until + 1);
        vm.assertTrue(fulfil(NODE, asked, "", 0));
    }

    function test_no_extension_reaches_further_than_a_day() public {
        Seen memory asked = ask("");
        for (uint256 i = 1; i <= 23; ++i) {
            extendTo(i % 2 == 0 ? NODE : SECOND, asked, block.timestamp + 1 hours);
            vm.warp(asked.until - 1);
        }
        extendTo(NODE, asked, block.timestamp + 60);
        vm.warp(asked.until - 1);
        notExtended(asked, START + 1 days + 1, START + 1 days);
        extendTo(NODE, asked, START + 1 days);
        vm.warp(START + 1 days - 1);
        notExtended(asked, START + 1 days + 1, START + 1 days);
        vm.warp(START + 1 days);
        expire(asked);
        requireHeld(0, 0);
    }

    function test_an_extended_request_without_bound_address_returns_to_its_consumer() public {
        Seen memory asked = ask("");
        uint256 before = token.balanceOf(address(consumer));
        extendTo(NODE, asked, START + 400);
        vm.warp(START + 400);
        expire(asked);
        vm.assertEq(token.balanceOf(address(consumer)), before + PAYMENT);
    }

    function test_a_payment_that_the_token_refuses_to_return_is_owed() public {
        Seen memory asked = ask(toRefund(CUSTOMER));
        token.refuse(CUSTOMER, true);
        vm.warp(asked.until);
        expire(asked);
        requireHeld(0, PAYMENT);
        token.refuse(CUSTOMER, false);
        operator.processRefund(asked.id, CUSTOMER);
        vm.assertEq(token.balanceOf(CUSTOMER), PAYMENT);
    }
}

contract OperatorOwnerTest is OperatorFixture {
    function setUp() public {
        prepare();
    }

    function set(address who, address[] memory nodes) private {
        callAs(who, address(operator), abi.encodeCall(operator.setAuthorizedSenders, (nodes)));
    }

    function setAs(address who, address[] memory nodes) external {
        set(who, nodes);
    }

    function test_senders_are_replaced_by_the_owner_alone() public {
        vm.assertEq(operator.getAuthorizedSenders().length, 3);
        address[] memory nodes = new address[](1);
        nodes[0] = STRANGER;
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, NODE));
        this.setAs(NODE, nodes);
        vm.expectEmit(address(operator));
        emit AuthorizedSenders.AuthorizedSendersChanged(nodes, OWNER);
        set(OWNER, nodes);
        vm.assertFalse(operator.isAuthorizedSender(NODE));
        vm.assertTrue(operator.isAuthorizedSender(STRANGER));
        vm.assertEq(operator.getAuthorizedSenders()[0], STRANGER);
    }

    function test_a_list_of_senders_has_bounds_and_no_doubles() public {
        vm.expectRevert(AuthorizedSenders.SendersOutOfBounds.selector);
        this.setAs(OWNER, new address[](0));
        vm.expectRevert(AuthorizedSenders.SendersOutOfBounds.selector);
        this.setAs(OWNER, new address[](65));
        address[] memory nodes = new address[](2);
        (nodes[0], nodes[1]) = (SECOND, SECOND);
        vm.expectRevert(abi.encodeWithSelector(AuthorizedSenders.SenderTwice.selector, SECOND));
        this.setAs(OWNER, nodes);
    }

    function test_ownership_goes_over_in_two_steps_and_never_to_nobody() public {
        vm.expectEmit(address(operator));
        emit AuthorizedSenders.OwnershipTransferRequested(OWNER, CUSTOMER);
        vm.prank(OWNER);
        operator.transferOwnership(CUSTOMER);
        vm.assertEq(operator.owner(), OWNER);
        vm.prank(CUSTOMER);
        operator.acceptOwnership();
        vm.assertEq(operator.owner(), CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        operator.transferOwnership(STRANGER);
        vm.prank(CUSTOMER);
        vm.expectRevert(AuthorizedSenders.NotWithoutOwner.selector);
        operator.renounceOwnership();
    }
}
