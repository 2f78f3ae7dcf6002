// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AuthorizedSenders} from "../../src/operator/AuthorizedSenders.sol";
import {ExampleConsumer} from "../../src/operator/ExampleConsumer.sol";
import {Operator} from "../../src/operator/Operator.sol";
import {ITellingToken, OperatorConsumer} from "../../src/operator/OperatorConsumer.sol";
import {OperatorPolls} from "../../src/operator/OperatorPolls.sol";
import {OperatorRequests} from "../../src/operator/OperatorRequests.sol";
import {OperatorVault} from "../../src/operator/OperatorVault.sol";
import {RequestPairs} from "../../src/operator/RequestPairs.sol";
import {Vm} from "../Vm.sol";
import {TellingToken} from "./Consumers.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Byte for byte what consumers and nodes that know nothing of us send and look for. The figures stand here as
/// they were published; scripts/operator-vectors.mjs computes them once more.
contract OperatorNamesTest is OperatorFixture {
    string private _json;

    function setUp() public {
        _json = vm.readFile("../spec/vectors/operator.json");
    }

    function selector(bytes4 ours, bytes4 published, string memory signature) private view {
        vm.assertEq(bytes32(ours), bytes32(published), signature);
        listed(signature, abi.encodePacked(published));
    }

    function topic(bytes32 ours, bytes32 published, string memory signature) private view {
        vm.assertEq(ours, published, signature);
        listed(signature, abi.encodePacked(published));
    }

    function listed(string memory signature, bytes memory hash) private view {
        vm.assertTrue(
            vm.contains(_json, string.concat('"', signature, '": "', vm.toString(hash), '"')), signature
        );
    }

    function test_functions_of_requests_have_their_selectors() public view {
        selector(
            Operator.oracleRequest.selector,
            0x40429946,
            "oracleRequest(address,uint256,bytes32,address,bytes4,uint256,uint256,bytes)"
        );
        selector(
            Operator.operatorRequest.selector,
            0x3c6d41b9,
            "operatorRequest(address,uint256,bytes32,bytes4,uint256,uint256,bytes)"
        );
        selector(Operator.onTokenTransfer.selector, 0xa4c0ed36, "onTokenTransfer(address,uint256,bytes)");
        selector(ITellingToken.transferAndCall.selector, 0x4000aea0, "transferAndCall(address,uint256,bytes)");
        selector(
            Operator.cancelOracleRequest.selector, 0x6ee4d553, "cancelOracleRequest(bytes32,uint256,bytes4,uint256)"
        );
        selector(
            Operator.cancelOracleRequestByRequester.selector,
            0xeb007d99,
            "cancelOracleRequestByRequester(uint256,uint256,bytes4,uint256)"
        );
    }

    function test_functions_of_nodes_have_their_selectors() public view {
        selector(
            Operator.fulfillOracleRequest.selector,
            0x4ab0d190,
            "fulfillOracleRequest(bytes32,uint256,address,bytes4,uint256,bytes32)"
        );
        selector(
            Operator.fulfillOracleRequest2.selector,
            0x6ae0bc76,
            "fulfillOracleRequest2(bytes32,uint256,address,bytes4,uint256,bytes)"
        );
        selector(
            Operator.fulfillOracleRequest2AndRefund.selector,
            0xde40f883,
            "fulfillOracleRequest2AndRefund(bytes32,uint256,address,bytes4,uint256,bytes,uint256)"
        );
        selector(OperatorVault.processRefund.selector, 0xae5f0d02, "processRefund(bytes32,address)");
        selector(
            Operator.rejectOracleRequest.selector,
            0xa5926c0d,
            "rejectOracleRequest(bytes32,uint256,address,bytes4,uint256,address)"
        );
    }

    function test_functions_of_owners_have_their_selectors() public view {
        selector(AuthorizedSenders.setAuthorizedSenders.selector, 0xee56997b, "setAuthorizedSenders(address[])");
        selector(AuthorizedSenders.getAuthorizedSenders.selector, 0x2408afaa, "getAuthorizedSenders()");
        selector(AuthorizedSenders.isAuthorizedSender.selector, 0xfa00763a, "isAuthorizedSender(address)");
        selector(Operator.initialize.selector, 0x485cc955, "initialize(address,address)");
        selector(OperatorVault.withdraw.selector, 0xf3fef3a3, "withdraw(address,uint256)");
        selector(OperatorVault.withdrawable.selector, 0x50188301, "withdrawable()");
        selector(Operator.getExpiryTime.selector, 0x25cb5bc0, "getExpiryTime()");
        selector(Operator.typeAndVersion.selector, 0x181f5a77, "typeAndVersion()");
        selector(Operator.getChainlinkToken.selector, 0x165d35e1, "getChainlinkToken()");
        selector(AuthorizedSenders.transferOwnership.selector, 0xf2fde38b, "transferOwnership(address)");
        selector(Operator(address(0)).acceptOwnership.selector, 0x79ba5097, "acceptOwnership()");
    }

    function test_functions_of_the_example_have_their_selectors() public view {
        selector(ExampleConsumer.initialize.selector, 0x8087457d, "initialize(address,string,uint256,address)");
        selector(ExampleConsumer.doRequest.selector, 0x454fa6e1, "doRequest(string,string,string,string,string)");
        selector(
            ExampleConsumer.doTransferAndRequest.selector,
            0x16a00c0b,
            "doTransferAndRequest(string,string,string,string,string,uint256)"
        );
        selector(ExampleConsumer.fulfillBytes.selector, 0xc2fb8523, "fulfillBytes(bytes32,bytes)");
        selector(ExampleConsumer(address(0)).results.selector, 0x4c6b25b1, "results(bytes32)");
        selector(ExampleConsumer.getToken.selector, 0x21df0da7, "getToken()");
        selector(ExampleConsumer.getChainlinkToken.selector, 0x165d35e1, "getChainlinkToken()");
        selector(ExampleConsumer.typeAndVersion.selector, 0x181f5a77, "typeAndVersion()");
    }

    function test_events_have_their_topics() public view {
        topic(
            OperatorRequests.OracleRequest.selector,
            0xd8d7ecc4800d25fa53ce0372f13a416d98907a7ef3d8d3bdd79cf4fe75529c65,
            "OracleRequest(bytes32,address,bytes32,uint256,address,bytes4,uint256,uint256,bytes)"
        );
        topic(
            OperatorRequests.CancelOracleRequest.selector,
            0xa7842b9ec549398102c0d91b1b9919b2f20558aefdadf57528a95c6cd3292e93,
            "CancelOracleRequest(bytes32)"
        );
        topic(
            OperatorRequests.OracleResponse.selector,
            0x9e9bc7616d42c2835d05ae617e508454e63b30b934be8aa932ebc125e0e58a64,
            "OracleResponse(bytes32)"
        );
        topic(
            OperatorConsumer.ChainlinkRequested.selector,
            0xb5e6e01e79f91267dc17b4e6314d5d4d03593d2ceee0fbb452b750bd70ea5af9,
            "ChainlinkRequested(bytes32)"
        );
        topic(
            OperatorConsumer.ChainlinkFulfilled.selector,
            0x7cc135e0cebb02c3480ae5d74d377283180a2601f8f644edf7987b009316c63a,
            "ChainlinkFulfilled(bytes32)"
        );
        topic(
            OperatorConsumer.ChainlinkCancelled.selector,
            0xe1fe3afa0f7f761ff0a8b89086790efd5140d2907ebd5b7ff6bfcb5e075fd4c5,
            "ChainlinkCancelled(bytes32)"
        );
        topic(
            AuthorizedSenders.AuthorizedSendersChanged.selector,
            0xf263cfb3e4298332e776194610cf9fdc09ccb3ada8b9aa39764d882e11fbf0a0,
            "AuthorizedSendersChanged(address[],address)"
        );
        topic(
            keccak256("Transfer(address,address,uint256,bytes)"),
            0xe19260aff97b920c7df27010903aeb9c8d2be5d310a2c67824cf3f15396e4c16,
            "Transfer(address,address,uint256,bytes)"
        );
    }

    function test_what_is_new_is_listed() public view {
        listed(
            "expireOracleRequest(bytes32,uint256,address,bytes4,uint256)",
            abi.encodePacked(Operator.expireOracleRequest.selector)
        );
        listed(
            "extendOracleRequest(bytes32,uint256,address,bytes4,uint256,uint256)",
            abi.encodePacked(Operator.extendOracleRequest.selector)
        );
        listed(
            "retryCallback(bytes32,uint256,address,bytes4,uint256,bytes)",
            abi.encodePacked(Operator.retryCallback.selector)
        );
        listed(
            "expireRetry(bytes32,uint256,address,bytes4,uint256,bytes32)",
            abi.encodePacked(Operator.expireRetry.selector)
        );
        listed(
            "OracleRequestExpired(bytes32,address,uint256)",
            abi.encodePacked(OperatorRequests.OracleRequestExpired.selector)
        );
        listed(
            "OracleRequestExtended(bytes32,address,uint256)",
            abi.encodePacked(Operator.OracleRequestExtended.selector)
        );
        listed(
            "CallbackRefused(bytes32,uint256,uint256,bytes32,bytes)",
            abi.encodePacked(OperatorRequests.CallbackRefused.selector)
        );
        listed(
            "CallbackAccepted(bytes32,uint256)",
            abi.encodePacked(OperatorRequests.CallbackAccepted.selector)
        );
        listed(
            "RetryExpired(bytes32,address,uint256)",
            abi.encodePacked(OperatorRequests.RetryExpired.selector)
        );
        listed(
            "RefundPaid(bytes32,address,uint256)",
            abi.encodePacked(OperatorVault.RefundPaid.selector)
        );
        listed(
            "RefundOwed(bytes32,address,uint256)",
            abi.encodePacked(OperatorVault.RefundOwed.selector)
        );
        listed(
            "Voted(bytes32,address,bytes32,uint256,uint256)",
            abi.encodePacked(OperatorPolls.Voted.selector)
        );
        listed(
            "Shared(bytes32,address,uint256)",
            abi.encodePacked(OperatorVault.Shared.selector)
        );
    }
}

/// @notice The published examples, and our own, through the contracts at the addresses that development chains give.
contract OperatorVectorTest is OperatorFixture {
    string private _json;
    address private _deployer;
    ExampleConsumer private _example;

    function setUp() public {
        _json = vm.readFile("../spec/vectors/operator.json");
        vm.warp(START);
        _deployer = vm.parseJsonAddress(_json, ".development.deployer");
        vm.startPrank(_deployer);
        token = new TellingToken();
        new TellingToken();
        operator = new Operator(IERC20(address(token)), OWNER);
        new TellingToken();
        _example = new ExampleConsumer();
        _example.initialize(address(operator), vm.parseJsonString(_json, ".requests[1].jobId"), 5, address(token));
        vm.stopPrank();
        authorize(address(operator));
    }

    function at(uint256 i, string memory key) private pure returns (string memory) {
        return string.concat(i == 0 ? ".requests[0]." : ".requests[1].", key);
    }

    function answerAt(uint256 i, string memory key) private pure returns (string memory) {
        return string.concat(i == 0 ? ".answers[0]." : ".answers[1].", key);
    }

    /// @dev As the form of a request says it, whoever sends it.
    function seenOf(uint256 i) private view returns (Seen memory asked) {
        asked.requester = vm.parseJsonAddress(_json, at(i, "requester"));
        asked.callback = asked.requester;
        asked.id = vm.parseJsonBytes32(_json, at(i, "requestId"));
        asked.specId = vm.parseJsonBytes32(_json, at(i, "specId"));
        asked.payment = vm.parseJsonUint(_json, at(i, "payment"));
        asked.selector = bytes4(vm.parseJsonBytes(_json, at(i, "callback")));
        asked.until = vm.parseJsonUint(_json, answerAt(i, "expiration"));
        asked.data = vm.parseJsonBytes(_json, at(i, "data"));
    }

    function test_a_development_chain_has_the_addresses_that_scripts_know() public view {
        vm.assertEq(address(token), 0x5FbDB2315678afecb367f032d93F642f64180aa3);
        vm.assertEq(address(operator), 0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0);
        vm.assertEq(address(_example), 0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9);
        vm.assertEq(address(token), vm.parseJsonAddress(_json, ".development.token"));
        vm.assertEq(address(operator), vm.parseJsonAddress(_json, ".development.operator"));
        vm.assertEq(address(_example), vm.parseJsonAddress(_json, ".development.consumer"));
    }

    function test_the_published_request_has_its_id_and_data() public view {
        Seen memory asked = seenOf(0);
        vm.assertEq(asked.requester, 0x2aBeB7AFC86612A6D9A1727aBc677270adc2422a);
        vm.assertEq(asked.id, 0x7177d8e016d4d507166ce563e68da73a867f100a43014006b147c6819fcb02b9);
        vm.assertEq(asked.specId, "5db955dabd334024861406858e1fbbe2");
        vm.assertEq(
            asked.data,
            hex"6773657276696365646563686f64646174616431303234676b6579706174686063616269606a6d756c7469706c69657260"
        );
    }

    /// @dev Sent by the published requester itself, and answered with the published bytes at the published time.
    function test_the_published_request_and_answer_are_taken_as_they_are() public {
        Seen memory asked = seenOf(0);
        vm.warp(asked.until - 300);
        vm.recordLogs();
        vm.prank(asked.requester);
        token.transferAndCall(address(operator), 0, vm.parseJsonBytes(_json, at(0, "oracleRequest")));
        Seen memory told = seen();
        vm.assertEq(told.id, asked.id);
        vm.assertEq(told.until, 1663508100);
        vm.assertEq(told.data, asked.data);
        bytes memory tx0 = vm.parseJsonBytes(_json, answerAt(0, "tx0"));
        vm.assertEq(tx0, answerCall(told, '{"error": "fee too small"}', 0));
        vm.assertEq(bytes32(bytes8(tx0)), bytes32(bytes8(0xde40f8837177d8e0)));
        asNode(NODE, tx0);
        vm.assertEq(uint256(operator.stateOf(asked.id)), uint256(OperatorRequests.State.None));
        bytes memory tx1 = vm.parseJsonBytes(_json, answerAt(0, "tx1"));
        vm.assertEq(tx1, bytes.concat(hex"ae5f0d02", asked.id, bytes32(uint256(uint160(asked.requester)))));
        asNode(NODE, tx1);
        asNode(NODE, tx1);
    }

    function test_the_example_writes_what_the_vectors_say_and_gets_its_answer() public {
        Seen memory asked = seenOf(1);
        address customer = vm.parseJsonAddress(_json, ".requests[0].requester");
        string memory pairs = ".requests[1].pairs.";
        vm.prank(_deployer);
        token.transfer(customer, asked.payment);
        vm.startPrank(customer);
        token.approve(address(_example), asked.payment);
        vm.recordLogs();
        bytes32 id = _example.doTransferAndRequest(
            vm.parseJsonString(_json, string.concat(pairs, "service")),
            vm.parseJsonString(_json, string.concat(pairs, "data")),
            vm.parseJsonString(_json, string.concat(pairs, "keypath")),
            vm.parseJsonString(_json, string.concat(pairs, "abi")),
            vm.parseJsonString(_json, string.concat(pairs, "multiplier")),
            asked.payment
        );
        vm.stopPrank();
        vm.assertEq(id, asked.id);
        checkLogs(asked);
        vm.assertEq(operator.refundToOf(id), customer);
        asNode(NODE, vm.parseJsonBytes(_json, answerAt(1, "tx0")));
        vm.assertEq(_example.result(), abi.encode(42));
        vm.assertEq(_example.results(id), abi.encode(42));
        vm.assertEq(token.balanceOf(customer), 1);
    }

    function checkLogs(Seen memory asked) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 found = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == keccak256("Transfer(address,address,uint256,bytes)")) {
                (uint256 value, bytes memory sent) = abi.decode(logs[i].data, (uint256, bytes));
                vm.assertEq(value, asked.payment);
                vm.assertEq(sent, vm.parseJsonBytes(_json, at(1, "oracleRequest")));
                vm.assertEq(
                    abi.encodeCall(token.transferAndCall, (address(operator), value, sent)),
                    vm.parseJsonBytes(_json, at(1, "transferAndCall"))
                );
                ++found;
            }
            if (logs[i].topics[0] == OperatorRequests.OracleRequest.selector) {
                vm.assertEq(logs[i].topics[1], asked.specId);
                ++found;
            }
        }
        vm.assertEq(found, 2);
    }

    function test_answers_are_encoded_as_the_vectors_say() public view {
        for (uint256 i = 0; i < 2; ++i) {
            Seen memory asked = seenOf(i);
            bytes memory response = answer(asked, vm.parseJsonBytes(_json, answerAt(i, "result")));
            vm.assertEq(response, vm.parseJsonBytes(_json, answerAt(i, "response")));
            vm.assertEq(keccak256(response), vm.parseJsonBytes32(_json, answerAt(i, "resultHash")));
            vm.assertEq(
                bytes.concat(asked.selector, response), vm.parseJsonBytes(_json, answerAt(i, "callbackData"))
            );
            vm.assertEq(
                abi.encodeCall(
                    operator.fulfillOracleRequest2,
                    (asked.id, asked.payment, asked.callback, asked.selector, asked.until, response)
                ),
                vm.parseJsonBytes(_json, answerAt(i, "withoutRefund"))
            );
        }
    }

    function test_an_operator_request_is_as_the_vectors_say() public {
        bytes memory request = vm.parseJsonBytes(_json, at(0, "operatorRequest"));
        vm.recordLogs();
        vm.prank(vm.parseJsonAddress(_json, at(0, "requester")));
        token.transferAndCall(address(operator), 0, request);
        vm.assertEq(seen().data, vm.parseJsonBytes(_json, at(0, "data")));
    }

    function test_a_quorum_is_read_as_the_vectors_say() public view {
        RequestPairs.Pairs memory pairs = RequestPairs.read(vm.parseJsonBytes(_json, ".quorum.data"));
        vm.assertEq(pairs.quorum, 2);
        vm.assertEq(pairs.nodes.length, 2);
        vm.assertEq(pairs.nodes[0], vm.parseJsonAddress(_json, ".quorum.nodes[0]"));
        vm.assertEq(pairs.nodes[1], vm.parseJsonAddress(_json, ".quorum.nodes[1]"));
    }
}
