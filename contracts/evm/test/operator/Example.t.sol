// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {StunToken} from "../../src/StunToken.sol";
import {ExampleConsumer} from "../../src/operator/ExampleConsumer.sol";
import {Operator} from "../../src/operator/Operator.sol";
import {OperatorConsumer} from "../../src/operator/OperatorConsumer.sol";
import {CancellingConsumer, PlainConsumer} from "./Consumers.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract ExampleConsumerTest is OperatorFixture {
    string private constant JOB = "a3fa982792ad486785be5d89ac333ab5";

    ExampleConsumer private _example;

    function setUp() public {
        prepare();
        _example = new ExampleConsumer();
        _example.initialize(address(operator), JOB, PAYMENT, address(token));
        token.transfer(address(_example), PAYMENT);
        token.transfer(CUSTOMER, 10 * PAYMENT);
        vm.prank(CUSTOMER);
        token.approve(address(_example), type(uint256).max);
    }

    function asked(string memory data) private returns (Seen memory) {
        vm.recordLogs();
        vm.prank(CUSTOMER);
        _example.doTransferAndRequest("echo", data, "", "", "", PAYMENT);
        return seen();
    }

    function test_it_says_what_it_was_told() public view {
        vm.assertEq(_example.oracleId(), address(operator));
        vm.assertEq(_example.jobId(), JOB);
        vm.assertEq(_example.fee(), PAYMENT);
        vm.assertEq(_example.getToken(), address(token));
        vm.assertEq(_example.getChainlinkToken(), address(token));
        vm.assertEq(_example.typeAndVersion(), "HPC 0.2");
        vm.assertEq(_example.owner(), address(this));
    }

    function test_nobody_initializes_it_again() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        _example.initialize(address(operator), JOB, PAYMENT, address(token));
        PlainConsumer plain = new PlainConsumer(address(token));
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        plain.start(address(token));
    }

    function test_a_refund_of_its_own_money_comes_back_to_it() public {
        vm.recordLogs();
        vm.prank(STRANGER);
        _example.doRequest("echo", "1", "", "", "");
        Seen memory it = seen();
        vm.assertEq(it.payment, PAYMENT);
        vm.assertTrue(fulfil(NODE, it, "1", PAYMENT));
        vm.assertEq(token.balanceOf(address(_example)), PAYMENT);
        vm.assertEq(_example.results(it.id), "1");
    }

    function test_a_refund_of_the_callers_money_goes_to_the_caller() public {
        Seen memory it = asked("1");
        vm.assertTrue(fulfil(NODE, it, "1", PAYMENT));
        vm.assertEq(token.balanceOf(CUSTOMER), 10 * PAYMENT);
    }

    function test_texts_of_all_lengths_are_written() public {
        uint256[7] memory lengths = [uint256(0), 23, 24, 255, 256, 65_535, 65_536];
        for (uint256 i = 0; i < lengths.length; ++i) {
            bytes memory data = new bytes(lengths[i]);
            Seen memory it = asked(string(data));
            vm.assertEq(operator.refundToOf(it.id), CUSTOMER);
            vm.assertTrue(vm.contains(string(it.data), "refundTo"));
        }
    }

    function test_only_the_operator_that_was_asked_answers_and_once() public {
        Seen memory it = asked("1");
        vm.expectRevert(abi.encodeWithSelector(OperatorConsumer.NotTheOperator.selector, address(this)));
        _example.fulfillBytes(it.id, "2");
        fulfil(NODE, it, "1", 0);
        vm.expectRevert(abi.encodeWithSelector(OperatorConsumer.NotPending.selector, it.id));
        _example.fulfillBytes(it.id, "2");
    }

    function test_another_operator_answers_only_what_it_was_asked() public {
        Seen memory it = asked("1");
        Operator other = new Operator(IERC20(address(token)), OWNER);
        _example.changeOracle(address(other));
        vm.assertTrue(fulfil(NODE, it, "1", 0));
        vm.assertEq(_example.oracleId(), address(other));
    }

    function test_its_owner_changes_it_and_nobody_else() public {
        _example.changeFee(7);
        _example.changeJobId("00000000000000000000000000000000");
        _example.changeToken(address(consumer));
        vm.assertEq(_example.fee(), 7);
        vm.assertEq(_example.jobId(), "00000000000000000000000000000000");
        vm.assertEq(_example.getToken(), address(consumer));
        vm.expectRevert(ExampleConsumer.BadSpec.selector);
        _example.changeJobId("a3fa9827-92ad-4867-85be-5d89ac333ab5");
        vm.expectRevert(ExampleConsumer.ZeroOwner.selector);
        _example.transferOwnership(address(0));
        _example.transferOwnership(CUSTOMER);
        vm.expectRevert(abi.encodeWithSelector(ExampleConsumer.NotTheOwner.selector, address(this)));
        _example.changeFee(8);
    }

    function test_its_owner_takes_its_tokens() public {
        uint256 before = token.balanceOf(address(this));
        _example.withdrawLink();
        vm.assertEq(token.balanceOf(address(this)), before + PAYMENT);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ExampleConsumer.NotTheOwner.selector, STRANGER));
        _example.withdrawLink();
    }

    function test_what_was_never_asked_is_not_cancelled() public {
        CancellingConsumer plain = new CancellingConsumer(address(token));
        vm.expectRevert(abi.encodeWithSelector(OperatorConsumer.NotPending.selector, SPEC));
        plain.cancel(SPEC, 1, 2);
    }

    function test_a_token_that_says_no_is_believed() public {
        PlainConsumer plain = new PlainConsumer(address(new NoToken()));
        vm.expectRevert(OperatorConsumer.TransferRefused.selector);
        plain.ask(address(operator), SPEC, 1, "echo");
    }

    /// @dev STUN tells its receiver in the newer manner first; an operator knows the older.
    function test_the_networks_own_token_pays_for_requests() public {
        StunToken stun = new StunToken(address(this));
        operator = new Operator(IERC20(address(stun)), OWNER);
        authorize(address(operator));
        ExampleConsumer example = new ExampleConsumer();
        example.initialize(address(operator), JOB, PAYMENT, address(stun));
        stun.transfer(address(example), PAYMENT);
        vm.recordLogs();
        example.doRequest("ping", "hello", "", "", "");
        Seen memory it = seen();
        vm.assertTrue(fulfil(NODE, it, "hello", 1));
        vm.assertEq(example.result(), "hello");
        vm.assertEq(stun.balanceOf(address(example)), 1);
        vm.assertEq(operator.withdrawable(), PAYMENT - 1);
    }
}

/// @notice Says no.
contract NoToken {
    function transferAndCall(address, uint256, bytes calldata) external pure returns (bool) {
        return false;
    }
}
