// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Operator} from "../../src/operator/Operator.sol";
import {IOperator} from "../../src/operator/OperatorConsumer.sol";
import {Vm} from "../Vm.sol";
import {AnyConsumer, TellingToken} from "./Consumers.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What OracleRequest says of a request, and all that answers it has to name.
struct Seen {
    bytes32 specId;
    address requester;
    bytes32 id;
    uint256 payment;
    address callback;
    bytes4 selector;
    uint256 until;
    uint256 version;
    bytes data;
}

/// @notice An operator with its token, nodes, and a consumer that does anything.
abstract contract OperatorFixture {
    // solhint-disable-next-line func-name-mixedcase
    bool public IS_TEST = true;
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant PAYMENT = 1e18;
    bytes32 internal constant SPEC = "a3fa982792ad486785be5d89ac333ab5";
    address internal constant OWNER = address(0x9101);
    address internal constant NODE = address(0x9102);
    address internal constant SECOND = address(0x9103);
    address internal constant THIRD = address(0x9104);
    address internal constant CUSTOMER = address(0x9105);
    address internal constant STRANGER = address(0x9106);
    bytes32 internal constant REQUESTED =
        keccak256("OracleRequest(bytes32,address,bytes32,uint256,address,bytes4,uint256,uint256,bytes)");

    TellingToken internal token;
    Operator internal operator;
    AnyConsumer internal consumer;
    uint256 internal nonce;

    function prepare() internal {
        vm.warp(START);
        token = new TellingToken();
        operator = new Operator(IERC20(address(token)), OWNER);
        authorize(address(operator));
        consumer = new AnyConsumer();
        token.transfer(address(consumer), 1_000 * PAYMENT);
    }

    function authorize(address at) internal {
        address[] memory nodes = new address[](3);
        (nodes[0], nodes[1], nodes[2]) = (NODE, SECOND, THIRD);
        vm.prank(OWNER);
        Operator(at).setAuthorizedSenders(nodes);
    }

    /// @dev One pair of texts, keys below 24 characters, values below 65,536.
    function pair(string memory key, string memory value) internal pure returns (bytes memory) {
        return abi.encodePacked(
            uint8(0x60 + bytes(key).length), key, uint8(0x79), uint16(bytes(value).length), value
        );
    }

    function text(address account) internal pure returns (string memory) {
        return vm.toString(account);
    }

    function toRefund(address to) internal pure returns (bytes memory) {
        return bytes.concat(pair("service", "echo"), pair("refundTo", text(to)));
    }

    function ask(bytes memory data) internal returns (Seen memory) {
        return askOf(address(operator), PAYMENT, data);
    }

    function askOf(address at, uint256 payment, bytes memory data) internal returns (Seen memory) {
        bytes memory request = abi.encodeCall(
            IOperator.oracleRequest,
            (address(0), 0, SPEC, address(consumer), AnyConsumer.told.selector, ++nonce, 1, data)
        );
        return askWith(at, payment, request);
    }

    function askWith(address at, uint256 payment, bytes memory request) internal returns (Seen memory) {
        vm.recordLogs();
        consumer.act(address(token), abi.encodeCall(token.transferAndCall, (at, payment, request)));
        return seen();
    }

    function seen() internal returns (Seen memory found) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != REQUESTED) continue;
            // The event's words are the struct's, behind the one that is a topic and the offset of both.
            found = abi.decode(
                bytes.concat(abi.encode(32), logs[i].topics[1], shifted(logs[i].data)), (Seen)
            );
        }
        vm.assertTrue(found.id != 0, "no request was made");
    }

    /// @dev The last word of the head is the offset of the data: a word further in the struct, which has the topic too.
    function shifted(bytes memory data) private pure returns (bytes memory) {
        assembly ("memory-safe") {
            mstore(add(data, 256), add(mload(add(data, 256)), 32))
        }
        return data;
    }

    function answer(Seen memory it, bytes memory result) internal pure returns (bytes memory) {
        return abi.encode(it.id, result);
    }

    function answerCall(Seen memory it, bytes memory result, uint256 refund) internal pure returns (bytes memory) {
        return abi.encodeCall(
            Operator.fulfillOracleRequest2AndRefund,
            (it.id, it.payment, it.callback, it.selector, it.until, answer(it, result), refund)
        );
    }

    function fulfil(address node, Seen memory it, bytes memory result, uint256 refund) internal returns (bool) {
        return abi.decode(asNode(node, answerCall(it, result, refund)), (bool));
    }

    function asNode(address node, bytes memory data) internal returns (bytes memory) {
        return callAs(node, address(operator), data);
    }

    function callAs(address who, address target, bytes memory data) internal returns (bytes memory said) {
        bool done;
        vm.prank(who);
        (done, said) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(said, 32), mload(said))
            }
        }
    }

    function expire(Seen memory it) internal {
        operator.expireOracleRequest(it.id, it.payment, it.callback, it.selector, it.until);
    }

    /// @dev What is in escrow and what is owed, in one.
    function requireHeld(uint256 escrow, uint256 owed) internal view {
        (uint256 isEscrow, uint256 isOwed) = operator.held();
        vm.assertEq(isEscrow, escrow, "escrow");
        vm.assertEq(isOwed, owed, "owed");
        vm.assertEq(operator.withdrawable(), token.balanceOf(address(operator)) - escrow - owed, "withdrawable");
    }
}
