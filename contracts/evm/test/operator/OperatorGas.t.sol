// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Operator} from "../../src/operator/Operator.sol";
import {IOperator} from "../../src/operator/OperatorConsumer.sol";
import {GasFixture} from "../Gas.t.sol";
import {TellingToken} from "./Consumers.sol";
import {LegacyOperator} from "./LegacyOperator.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Remembers an answer, and no more: what the operators cost, not what consumers do.
contract Listener {
    bytes32 private _last;

    function told(bytes32, bytes calldata answer) external {
        _last = bytes32(answer);
    }
}

/// @notice Ours beside one in the manner of Chainlink, with the same token, consumer and request. Each has answered
/// once before. The consumer sends its requests itself.
abstract contract OperatorGasFixture is GasFixture {
    uint256 internal constant PRICE = 123_456_789_123_456_789;
    bytes32 internal constant SPEC_ID = "a3fa982792ad486785be5d89ac333ab5";
    uint256 internal constant NODES = 3;

    TellingToken internal link;
    Operator internal subject;
    Listener internal listener;
    bytes32 internal id;
    uint256 internal until;
    uint256 internal number;

    /// @dev PROVIDER is a node, CREATOR and CHALLENGER two others; OTHER has tokens already.
    function prepare(address at) internal {
        listener = new Listener();
        subject = Operator(at);
        address[] memory nodes = new address[](NODES);
        (nodes[0], nodes[1], nodes[2]) = (PROVIDER, CREATOR, CHALLENGER);
        vm.prank(OWNER);
        subject.setAuthorizedSenders(nodes);
        link.transfer(address(listener), 1e24);
        link.transfer(OTHER, 1e18);
        // Another one stays open all the time, as in a system that is in use.
        ask(plain());
        ask(plain());
        run(PROVIDER, fulfilling(PRICE / 2));
    }

    function plain() internal pure returns (bytes memory) {
        return hex"6773657276696365646563686f64646174616431303234676b6579706174686063616269606a6d756c7469706c69657260";
    }

    function bound() internal view returns (bytes memory) {
        return bytes.concat(plain(), hex"68726566756e64546f782a", bytes(vm.toString(OTHER)));
    }

    function asking(bytes memory data) internal returns (bytes memory) {
        bytes memory request = abi.encodeCall(
            IOperator.oracleRequest,
            (address(0), 0, SPEC_ID, address(listener), Listener.told.selector, ++number, 1, data)
        );
        id = keccak256(abi.encodePacked(address(listener), number));
        until = block.timestamp + 300;
        return abi.encodeCall(link.transferAndCall, (address(subject), PRICE, request));
    }

    function ask(bytes memory data) internal {
        bytes memory request = asking(data);
        vm.prank(address(listener));
        (bool done,) = address(link).call(request);
        vm.assertTrue(done);
    }

    function response() internal view returns (bytes memory) {
        return abi.encode(id, abi.encode(keccak256("result")));
    }

    function fulfilling() internal view returns (bytes memory) {
        return abi.encodeCall(
            subject.fulfillOracleRequest2, (id, PRICE, address(listener), Listener.told.selector, until, response())
        );
    }

    function fulfilling(uint256 refund) internal view returns (bytes memory) {
        return abi.encodeCall(
            subject.fulfillOracleRequest2AndRefund,
            (id, PRICE, address(listener), Listener.told.selector, until, response(), refund)
        );
    }

    function run(address from, bytes memory data) internal {
        vm.prank(from);
        (bool done,) = address(subject).call(data);
        vm.assertTrue(done);
    }

    function measured(address from, address to, bytes memory data) internal returns (uint256) {
        vm.cool(address(link));
        vm.cool(address(subject));
        vm.cool(address(listener));
        return transactionGas(from, to, 0, data);
    }
}

contract OperatorGasTest is OperatorGasFixture {
    function setUp() public {
        vm.warp(START);
        link = new TellingToken();
        prepare(address(new Operator(IERC20(address(link)), OWNER)));
    }

    function test_a_request() public {
        bytes memory data = asking(plain());
        row("Operator request", measured(address(listener), address(link), data));
    }

    function test_a_request_that_names_where_to_refund() public {
        bytes memory data = asking(bound());
        row("Operator request, refundTo named", measured(address(listener), address(link), data));
    }

    function test_a_request_for_2_of_3() public {
        bytes memory data = asking(bytes.concat(bound(), hex"6671756f72756d6132"));
        row("Operator request, refundTo named, quorum 2 of 3", measured(address(listener), address(link), data));
    }
}

contract OperatorAnswerGasTest is OperatorGasFixture {
    function setUp() public virtual {
        vm.warp(START);
        link = new TellingToken();
        prepare(address(new Operator(IERC20(address(link)), OWNER)));
        ask(bound());
    }

    function test_an_answer() public {
        row("Operator fulfil", measured(PROVIDER, address(subject), fulfilling()));
    }

    function test_an_answer_with_its_refund() public {
        row("Operator fulfil, refund paid", measured(PROVIDER, address(subject), fulfilling(PRICE / 3)));
    }

    function test_a_second_transaction_that_has_nothing_to_do() public {
        run(PROVIDER, fulfilling(PRICE / 3));
        bytes memory data = abi.encodeCall(subject.processRefund, (id, OTHER));
        row("Operator processRefund, nothing owed", measured(PROVIDER, address(subject), data));
    }

    function test_an_expiry() public {
        vm.warp(until);
        bytes memory data = abi.encodeCall(
            subject.expireOracleRequest, (id, PRICE, address(listener), Listener.told.selector, until)
        );
        row("Operator expire", measured(STRANGER, address(subject), data));
    }

    function test_an_extension() public {
        bytes memory data = abi.encodeCall(
            subject.extendOracleRequest,
            (id, PRICE, address(listener), Listener.told.selector, until, until + 1_000)
        );
        row("Operator extend, first of a request", measured(PROVIDER, address(subject), data));
    }

    function test_a_cancellation() public {
        vm.warp(until);
        bytes memory data = abi.encodeCall(
            subject.cancelOracleRequest, (id, PRICE, Listener.told.selector, until)
        );
        row("Operator cancel", measured(address(listener), address(subject), data));
    }
}

contract OperatorPollGasTest is OperatorGasFixture {
    function setUp() public {
        vm.warp(START);
        link = new TellingToken();
        prepare(address(new Operator(IERC20(address(link)), OWNER)));
        ask(bytes.concat(bound(), hex"6671756f72756d6132"));
    }

    function test_a_first_vote() public {
        row("Operator vote, first of 2 of 3", measured(PROVIDER, address(subject), fulfilling(PRICE / 3)));
    }

    function test_a_vote_that_decides() public {
        run(CREATOR, fulfilling(PRICE / 3));
        row(
            "Operator vote that decides, first shares of both nodes",
            measured(PROVIDER, address(subject), fulfilling(PRICE / 3))
        );
    }
}

contract PlainOperatorGasTest is OperatorGasFixture {
    function setUp() public {
        vm.warp(START);
        link = new TellingToken();
        prepare(address(new LegacyOperator(IERC20(address(link)), OWNER)));
        run(PROVIDER, abi.encodeCall(subject.processRefund, (id, OTHER)));
    }

    function test_a_request() public {
        bytes memory data = asking(plain());
        row("plain operator request", measured(address(listener), address(link), data));
    }
}

contract PlainOperatorAnswerGasTest is OperatorGasFixture {
    function setUp() public {
        vm.warp(START);
        link = new TellingToken();
        prepare(address(new LegacyOperator(IERC20(address(link)), OWNER)));
        ask(plain());
    }

    function test_an_answer() public {
        row("plain operator fulfil", measured(PROVIDER, address(subject), fulfilling()));
    }

    function test_an_answer_with_a_refund_to_come() public {
        row("plain operator fulfil, refund noted", measured(PROVIDER, address(subject), fulfilling(PRICE / 3)));
    }

    function test_the_refund() public {
        run(PROVIDER, fulfilling(PRICE / 3));
        bytes memory data = abi.encodeCall(subject.processRefund, (id, OTHER));
        row("plain operator processRefund", measured(PROVIDER, address(subject), data));
    }

    function test_a_cancellation() public {
        vm.warp(until);
        bytes memory data = abi.encodeCall(
            subject.cancelOracleRequest, (id, PRICE, Listener.told.selector, until)
        );
        row("plain operator cancel", measured(address(listener), address(subject), data));
    }
}
