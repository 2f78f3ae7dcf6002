// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Operator} from "../../src/operator/Operator.sol";
import {AnyConsumer, TellingToken} from "./Consumers.sol";
import {OperatorFixture, Seen} from "./OperatorFixture.sol";

/// @notice Does anything that anybody can do, in any order, and keeps its own simple books beside it.
contract OperatorHandler is OperatorFixture {
    enum Stage {
        Open,
        Refused,
        Over
    }

    struct Known {
        Seen asked;
        Stage stage;
        address boundTo;
        bool polled;
        bool split;
    }

    Known[] private _known;
    address[] private _customers;
    uint256 public inEscrow;
    uint256 public owed;
    uint256 public earned;
    uint256 public closedWrongly;
    uint256 public answers;
    uint256 public refusals;
    uint256 public returned;
    uint256 public polls;
    mapping(address account => uint256 amount) public paidTo;
    mapping(address account => uint256 amount) public owedTo;

    constructor() {
        prepare();
        _customers = [CUSTOMER, STRANGER, address(0x9200)];
    }

    function parts() external view returns (TellingToken, Operator, address[] memory) {
        return (token, operator, _customers);
    }

    function request(uint96 payment, uint256 how) external {
        payment = payment % 1e19;
        address bound = how % 4 == 3 ? address(consumer) : _customers[how % 4];
        bytes memory data = how % 4 == 3 ? pair("service", "echo") : toRefund(bound);
        bool polled = how % 3 == 0;
        if (polled) data = bytes.concat(data, pair("quorum", "2"));
        Seen memory asked = askOf(address(operator), payment, data);
        inEscrow += payment;
        Known storage known = _known.push();
        (known.asked, known.boundTo) = (asked, bound);
        known.polled = polled;
    }

    function fulfilSome(uint256 which, uint256 refund, uint256 mode, uint256 node) external {
        (bool found, Known storage known) = pick(which, Stage.Open);
        if (!found) return;
        Seen memory asked = known.asked;
        refund = refund % (asked.payment + 1);
        consumer.set(mode % 3 == 0 ? AnyConsumer.Mode.Refuse : AnyConsumer.Mode.Accept);
        address[3] memory nodes = [NODE, SECOND, THIRD];
        address who = nodes[node % 3];
        if (known.polled) {
            // A vote, and mostly one that agrees: else the request can only be returned.
            if (known.split) return;
            fulfil(who, asked, "result", refund);
            who = nodes[(node + 1) % 3];
            if (which % 4 == 0) {
                fulfil(who, asked, "another result", refund);
                known.split = true;
                return;
            }
            ++polls;
        }
        fulfil(who, asked, "result", refund);
        back(known, refund);
        known.asked.payment -= refund;
        known.asked.until = block.timestamp + 1 days;
        if (mode % 3 == 0) {
            known.stage = Stage.Refused;
            ++refusals;
        } else {
            close(known);
        }
    }

    function retrySome(uint256 which, bool accepts) external {
        (bool found, Known storage known) = pick(which, Stage.Refused);
        if (!found) return;
        consumer.set(accepts ? AnyConsumer.Mode.Accept : AnyConsumer.Mode.Refuse);
        Seen memory asked = known.asked;
        operator.retryCallback(
            asked.id, asked.payment, asked.callback, asked.selector, asked.until, answer(asked, "result")
        );
        if (!accepts) ++closedWrongly;
        close(known);
    }

    function expireSome(uint256 which, bool cancels) external {
        (bool found, Known storage known) = pick(which, Stage.Open);
        if (!found) return;
        Seen memory asked = known.asked;
        if (block.timestamp < asked.until) vm.warp(asked.until);
        if (cancels) {
            consumer.act(
                address(operator),
                abi.encodeCall(
                    operator.cancelOracleRequest, (asked.id, asked.payment, asked.selector, asked.until)
                )
            );
        } else {
            expire(asked);
        }
        back(known, asked.payment);
        known.stage = Stage.Over;
        ++returned;
    }

    function giveUpSome(uint256 which) external {
        (bool found, Known storage known) = pick(which, Stage.Refused);
        if (!found) return;
        Seen memory asked = known.asked;
        if (block.timestamp < asked.until) vm.warp(asked.until);
        operator.expireRetry(
            asked.id,
            asked.payment,
            asked.callback,
            asked.selector,
            asked.until,
            keccak256(answer(asked, "result"))
        );
        back(known, asked.payment);
        known.stage = Stage.Over;
        ++returned;
    }

    function rejectSome(uint256 which) external {
        (bool found, Known storage known) = pick(which, Stage.Open);
        if (!found || known.polled) return;
        Seen memory asked = known.asked;
        vm.prank(NODE);
        operator.rejectOracleRequest(asked.id, asked.payment, asked.callback, asked.selector, asked.until, NODE);
        back(known, asked.payment);
        known.stage = Stage.Over;
        ++returned;
    }

    function extendSome(uint256 which, uint256 by) external {
        (bool found, Known storage known) = pick(which, Stage.Open);
        if (!found) return;
        Seen memory asked = known.asked;
        vm.prank(SECOND);
        operator.extendOracleRequest(
            asked.id, asked.payment, asked.callback, asked.selector, asked.until, asked.until + by % 2 hours
        );
        known.asked.until = asked.until + by % 2 hours;
    }

    function refuse(uint256 who, bool isRefused) external {
        token.refuse(_customers[who % _customers.length], isRefused);
    }

    function process(uint256 who) external {
        address to = _customers[who % _customers.length];
        uint256 before = token.balanceOf(to);
        operator.processRefund(bytes32(who), to);
        uint256 moved = token.balanceOf(to) - before;
        owed -= moved;
        owedTo[to] -= moved;
        paidTo[to] += moved;
    }

    function takeShare(uint256 node) external {
        address who = [NODE, SECOND, THIRD][node % 3];
        uint256 amount = operator.shares(who);
        vm.prank(who);
        operator.withdrawShare(address(0x9300));
        owed -= amount;
    }

    function withdraw(uint96 amount) external {
        uint256 most = operator.withdrawable();
        vm.prank(OWNER);
        operator.withdraw(address(0x9300), amount % (most + 1));
        earned -= amount % (most + 1);
    }

    /// @dev Sent by mistake: the owner's.
    function send(uint96 amount) external {
        amount = amount % 1e18;
        token.transfer(address(operator), amount);
        earned += amount;
    }

    function later(uint256 time) external {
        vm.warp(block.timestamp + time % 2 hours);
    }

    function pick(uint256 which, Stage stage) private view returns (bool, Known storage) {
        uint256 count = _known.length;
        for (uint256 i = 0; i < count; ++i) {
            Known storage known = _known[(which % count + i) % count];
            if (known.stage == stage) return (true, known);
        }
        return (false, _known[0]);
    }

    function back(Known storage known, uint256 amount) private {
        inEscrow -= amount;
        if (known.boundTo != address(consumer) && token.refused(known.boundTo)) {
            owed += amount;
            owedTo[known.boundTo] += amount;
        } else {
            paidTo[known.boundTo] += amount;
        }
    }

    function close(Known storage known) private {
        uint256 payment = known.asked.payment;
        known.stage = Stage.Over;
        inEscrow -= payment;
        if (known.polled) {
            owed += payment / 2 * 2;
            earned += payment % 2;
        } else {
            earned += payment;
        }
        ++answers;
    }
}

abstract contract OperatorBooks is OperatorFixture {
    OperatorHandler internal handler;
    address[] internal customers;

    function setUp() public {
        handler = new OperatorHandler();
        (token, operator, customers) = handler.parts();
    }

    function check() internal view {
        requireHeld(handler.inEscrow(), handler.owed());
        vm.assertEq(operator.withdrawable(), handler.earned(), "earned");
        vm.assertGe(
            token.balanceOf(address(operator)), handler.inEscrow() + handler.owed() + handler.earned(), "held"
        );
        for (uint256 i = 0; i < customers.length; ++i) {
            vm.assertEq(token.balanceOf(customers[i]), handler.paidTo(customers[i]), "paid");
            vm.assertEq(operator.owedRefunds(customers[i]), handler.owedTo(customers[i]), "owed");
        }
        vm.assertEq(handler.closedWrongly(), 0);
    }
}

contract OperatorInvariantTest is OperatorBooks {
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev And everybody has what went back to him and no more, and no refused answer was earned.
    function invariant_tokens_held_are_escrow_owed_and_earned() public view {
        check();
    }
}

/// @notice That the handler gets everywhere: an invariant over nothing would hold too.
contract OperatorHandlerTest is OperatorBooks {
    function test_the_handler_answers_is_refused_polls_and_returns() public {
        for (uint256 i = 0; i < 40; ++i) handler.request(1e18 + 1, i);
        for (uint256 i = 0; i < 30; ++i) handler.fulfilSome(i, 3, i, i);
        handler.refuse(0, true);
        for (uint256 i = 0; i < 5; ++i) handler.retrySome(i, true);
        for (uint256 i = 0; i < 5; ++i) handler.giveUpSome(i);
        for (uint256 i = 0; i < 5; ++i) handler.expireSome(i, i % 2 == 0);
        handler.refuse(0, false);
        handler.process(0);
        handler.takeShare(1);
        check();
        vm.assertGe(handler.answers(), 5, "answers");
        vm.assertGe(handler.refusals(), 5, "refusals");
        vm.assertGe(handler.returned(), 5, "returns");
        vm.assertGe(handler.polls(), 2, "polls");
    }
}
