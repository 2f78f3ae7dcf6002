// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Channel} from "../src/Channel.sol";
import {StunToken} from "../src/StunToken.sol";
import {Batch, Posted} from "../src/Types.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Fixture} from "./Fixture.sol";
import {Vm} from "./Vm.sol";
import {Asker, LinkLike, NaiveRegistry, NaiveTokenRegistry, RequestFulfil} from "./baselines/Baselines.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Gas of whole transactions, exact: what the contract uses with cold storage, 21,000, and the calldata. Each
/// test makes one measured call, and it is the first: what setUp wrote counts as written by earlier transactions.
/// @dev Every figure must stand in docs/reference/gas.md. With STUN_GAS_WRITE=true it is printed instead, for
/// scripts/gas.mjs, which writes that page.
abstract contract GasFixture is Fixture {
    string private constant PAGE = "../../docs/reference/gas.md";

    // solhint-disable-next-line event-name-capwords
    event log(string line);

    /// @dev EIP-2028 for what is paid, EIP-7623 for what is paid at least.
    function transactionGas(address from, address to, uint256 value, bytes memory data) internal returns (uint256) {
        vm.cool(to);
        if (address(token) != address(0)) vm.cool(address(token));
        if (address(staking) != address(0)) vm.cool(address(staking));
        if (address(escrow) != address(0)) vm.cool(address(escrow));
        vm.prank(from);
        (bool done, bytes memory reason) = to.call{value: value}(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
        Vm.Gas memory used = vm.lastCallGas();
        uint256 zeros = 0;
        for (uint256 i = 0; i < data.length; ++i) {
            if (data[i] == 0) ++zeros;
        }
        uint256 tokens = zeros + 4 * (data.length - zeros);
        uint256 total = 21_000 + 4 * tokens + used.gasTotalUsed;
        uint256 refund = used.gasRefunded < 0 ? 0 : uint256(uint64(used.gasRefunded));
        total -= refund > total / 5 ? total / 5 : refund;
        return total < 21_000 + 10 * tokens ? 21_000 + 10 * tokens : total;
    }

    function row(string memory name, uint256 gas) internal {
        string memory line = string.concat("| ", name, " | ", grouped(gas), " |");
        if (vm.envOr("STUN_GAS_WRITE", false)) emit log(line);
        else vm.assertTrue(vm.contains(vm.readFile(PAGE), line), string.concat("not in the page: ", line));
    }

    function grouped(uint256 value) internal pure returns (string memory) {
        if (value < 1_000) return vm.toString(value);
        string memory rest = vm.toString(1_000 + (value % 1_000));
        bytes memory digits = bytes(rest);
        return string.concat(
            grouped(value / 1_000), ",", string(abi.encodePacked(digits[1], digits[2], digits[3]))
        );
    }
}

/// @notice Registries in the currency of the escrow, one to submit to and one to complete at: a call must not find what
/// the other one has written in the same test.
abstract contract NaiveGas is GasFixture {
    NaiveTokenRegistry internal toSubmit;
    NaiveTokenRegistry internal toComplete;

    function prepareNaive() internal {
        toSubmit = new NaiveTokenRegistry(address(token));
        toComplete = new NaiveTokenRegistry(address(token));
        give(REQUESTER, 1_000 * ONE);
        vm.startPrank(REQUESTER);
        token.approve(address(toSubmit), type(uint256).max);
        token.approve(address(toComplete), type(uint256).max);
        for (uint256 i = 0; i < 3; ++i) {
            toSubmit.submitTask(keccak256(abi.encode(i)), ONE);
            toComplete.submitTask(keccak256(abi.encode(i)), ONE);
        }
        vm.stopPrank();
        vm.startPrank(PROVIDER);
        toComplete.completeTask(0, keccak256("result 0"));
        vm.stopPrank();
    }

    function naiveGas() internal returns (uint256 submitting, uint256 completing) {
        bytes memory data = abi.encodeCall(toSubmit.submitTask, (keccak256("spec"), ONE));
        submitting = transactionGas(REQUESTER, address(toSubmit), 0, data);
        data = abi.encodeCall(toComplete.completeTask, (1, keccak256("result")));
        completing = transactionGas(PROVIDER, address(toComplete), 0, data);
    }
}

abstract contract BatchGas is NaiveGas {
    address[] internal accounts;
    bytes internal moves;
    Posted internal older;
    Batch internal next;
    bytes internal signatures;

    function prepare(uint256 validators, uint8 quorum, uint256 count) internal {
        deploy(validators, quorum);
        // Random addresses in rising order: each a 20-byte number, by adding up large steps.
        uint160 step = uint160(type(uint160).max / (count + 1));
        for (uint256 i = 1; i <= count; ++i) {
            accounts.push(address(step * uint160(i) - uint160(uint256(keccak256(abi.encode(i))) % (step / 2))));
        }
        for (uint256 i = 0; i < count; ++i) fund(accounts[i], 1_000 * ONE);
        moves = movesOf(count);
        older = post(keccak256("root 0"), 1_000, moves);
        next = Batch(1, keccak256("root 1"), 1_000, keccak256("moves 1"));
        signatures = signBatch(next);
        later(1 hours);
    }

    /// @dev A quarter of the accounts pay, the others earn; amounts of 18 decimals with no zero digits to save on.
    function movesOf(uint256 count) internal view returns (bytes memory all) {
        uint256 payers = count / 4;
        all = counts(payers, count - payers, 0, 0);
        uint256 sum = 0;
        for (uint256 i = 0; i < payers; ++i) {
            uint256 amount = 10 * ONE + uint256(keccak256(abi.encode("pay", i))) % ONE;
            sum += amount;
            all = bytes.concat(all, move(accounts[i], amount));
        }
        uint256 earners = count - payers;
        uint256 left = sum;
        for (uint256 i = 0; i < earners; ++i) {
            uint256 even = sum / earners;
            uint256 amount = i == earners - 1 ? left : even - uint256(keccak256(abi.encode("earn", i))) % (even / 8);
            left -= amount;
            all = bytes.concat(all, move(accounts[payers + i], amount));
        }
    }

    function pipelined() internal returns (uint256) {
        Posted[] memory batches = new Posted[](1);
        bytes[] memory allMoves = new bytes[](1);
        (batches[0], allMoves[0]) = (older, moves);
        return transactionGas(
            STRANGER,
            address(escrow),
            0,
            abi.encodeCall(escrow.postAndSettle, (next, signatures, batches, allMoves))
        );
    }

    function posting() internal returns (uint256) {
        return transactionGas(STRANGER, address(escrow), 0, abi.encodeCall(escrow.post, (next, signatures)));
    }

    function settling() internal returns (uint256) {
        return transactionGas(STRANGER, address(escrow), 0, abi.encodeCall(escrow.settle, (older, moves)));
    }
}

contract Gas10Test is BatchGas {
    function setUp() public {
        prepare(3, 2, 6);
    }

    function test_a_batch_of_10_tasks_and_6_accounts() public {
        row("postAndSettle, 10 tasks, 6 accounts, 2 of 3", pipelined());
    }
}

contract Gas100Test is BatchGas {
    function setUp() public {
        prepare(3, 2, 10);
    }

    function test_a_batch_of_100_tasks_and_10_accounts() public {
        row("postAndSettle, 100 tasks, 10 accounts, 2 of 3", pipelined());
    }
}

contract Gas1000Test is BatchGas {
    function setUp() public {
        prepare(3, 2, 40);
    }

    function test_a_batch_of_1000_tasks_and_40_accounts_costs_at_most_300_gas_a_task() public {
        uint256 gas = pipelined();
        vm.assertLe(gas, 300 * 1_000);
        row("postAndSettle, 1,000 tasks, 40 accounts, 2 of 3", gas);
    }

    function test_posting_alone() public {
        row("post alone, 2 of 3", posting());
    }

    function test_settling_40_accounts_alone() public {
        row("settle alone, 40 accounts", settling());
    }
}

contract Gas1000Of7Test is BatchGas {
    function setUp() public {
        prepare(7, 5, 40);
    }

    function test_a_batch_of_1000_tasks_and_40_accounts_signed_by_5_of_7() public {
        row("postAndSettle, 1,000 tasks, 40 accounts, 5 of 7", pipelined());
    }
}

contract Gas10000Test is BatchGas {
    function setUp() public {
        prepare(3, 2, 200);
    }

    function test_a_batch_of_10000_tasks_and_200_accounts_costs_at_most_130_gas_a_task() public {
        uint256 gas = pipelined();
        vm.assertLe(gas, 130 * 10_000);
        row("postAndSettle, 10,000 tasks, 200 accounts, 2 of 3", gas);
    }

    function test_settling_200_accounts_alone() public {
        row("settle alone, 200 accounts", settling());
    }
}

/// @notice How many times the gas of one task in a batch a task costs that is settled by itself.
contract Ratio1000Test is BatchGas {
    function setUp() public {
        prepare(3, 2, 40);
        prepareNaive();
    }

    function test_a_task_in_a_batch_of_1000_costs_a_700th_of_one_alone() public {
        uint256 gas = pipelined();
        (uint256 submitting, uint256 completing) = naiveGas();
        row("naive submitTask, in the escrow's currency", submitting);
        row("naive completeTask, in the escrow's currency", completing);
        uint256 ratio = 1_000 * (submitting + completing) / gas;
        vm.assertGe(ratio, 700);
        row("a naive task in the same currency / a task of 1,000, 40", ratio);
    }
}

contract Ratio10000Test is BatchGas {
    function setUp() public {
        prepare(3, 2, 200);
        prepareNaive();
    }

    function test_a_task_in_a_batch_of_10000_costs_a_1500th_of_one_alone() public {
        uint256 gas = pipelined();
        (uint256 submitting, uint256 completing) = naiveGas();
        uint256 ratio = 10_000 * (submitting + completing) / gas;
        vm.assertGe(ratio, 1_500);
        row("a naive task in the same currency / a task of 10,000, 200", ratio);
    }
}

contract GasChallengeTest is GasFixture {
    Posted internal batch;
    bytes32[] internal path;
    bytes32 internal line = keccak256("line");

    function setUp() public {
        deploy(3, 2);
        // A tree of 2^20 lines, of which only one path is known: all that a challenge brings along.
        bytes32 node = keccak256(abi.encodePacked(uint8(0), line));
        uint256 index = 777_777;
        for (uint256 i = 0; i < 20; ++i) {
            bytes32 sibling = keccak256(abi.encode("sibling", i));
            path.push(sibling);
            node = (index >> i) & 1 == 0
                ? keccak256(abi.encodePacked(uint8(1), node, sibling))
                : keccak256(abi.encodePacked(uint8(1), sibling, node));
        }
        batch = post(node, 1 << 20, counts(0, 0, 0, 0));
        readyToPay(CHALLENGER, 10_000 * ONE);
        // The escrow holds money already, as a live one does.
        fund(STRANGER, 1_000 * ONE);
        // The other challenger has more than his bond at the escrow already.
        readyToPay(OTHER, 1_000 * ONE);
        vm.prank(OTHER);
        escrow.lodge(1_000 * ONE);
    }

    function test_a_challenge_whose_bond_is_transferred() public {
        uint256 gas = transactionGas(
            CHALLENGER, address(court), 0, abi.encodeCall(court.challenge, (batch, 777_777, line, path))
        );
        row("challenge, path of 20, bond transferred", gas);
    }

    function test_a_challenge_with_a_path_of_20_costs_at_most_70000() public {
        uint256 gas = transactionGas(
            OTHER, address(court), 0, abi.encodeCall(court.challenge, (batch, 777_777, line, path))
        );
        vm.assertLe(gas, 70_000);
        row("challenge, path of 20, bond lodged before", gas);
    }
}

contract GasChannelTest is GasFixture {
    Channel internal channel;
    bytes internal voucher;

    function setUp() public {
        vm.warp(START);
        token = new StunToken(address(this));
        channel = new Channel(IERC20(address(token)), 1 days);
        give(REQUESTER, 100 * ONE);
        vm.startPrank(REQUESTER);
        token.approve(address(channel), 100 * ONE);
        channel.fund(PROVIDER, 100 * ONE);
        vm.stopPrank();
        (bytes32 r, bytes32 s) = signed(uint96(1 * ONE));
        vm.prank(PROVIDER);
        channel.redeem(REQUESTER, uint96(1 * ONE), r, s);
    }

    function signed(uint96 cumulative) private view returns (bytes32 r, bytes32 s) {
        bytes32 structHash = keccak256(abi.encode(TypedData.VOUCHER_TYPE, REQUESTER, PROVIDER, cumulative));
        bytes memory signature =
            compact(REQUESTER_KEY, TypedData.digest(channel.domainSeparator(), structHash));
        (r, s) = abi.decode(signature, (bytes32, bytes32));
    }

    function test_a_redeemed_voucher_costs_at_most_40000() public {
        uint96 cumulative = uint96(2 * ONE + 123_456_789_123_456_789);
        (bytes32 r, bytes32 s) = signed(cumulative);
        uint256 gas = transactionGas(
            PROVIDER, address(channel), 0, abi.encodeCall(channel.redeem, (REQUESTER, cumulative, r, s))
        );
        vm.assertLe(gas, 40_000);
        row("Channel.redeem", gas);
    }
}

/// @notice What the same costs with contracts that settle each task by itself. Third task of each: what a live system has
/// written before is written.
contract GasBaselineTest is GasFixture {
    NaiveRegistry internal naive;
    RequestFulfil internal oracle;
    LinkLike internal link;
    Asker internal asker;
    bytes32 internal id;
    uint256 internal until;
    bytes internal payload = abi.encode(keccak256("a"), keccak256("b"), uint256(1), uint256(2));

    function setUp() public {
        vm.warp(START);
        naive = new NaiveRegistry();
        vm.deal(REQUESTER, 1_000 ether);
        vm.deal(PROVIDER, 1 ether);
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(REQUESTER);
            naive.submitTask{value: 1 ether}(keccak256(abi.encode(i)));
        }
        vm.prank(PROVIDER);
        naive.completeTask(0, keccak256("result 0"));
        link = new LinkLike();
        oracle = new RequestFulfil(address(link), PROVIDER);
        asker = new Asker(address(link));
        link.transfer(address(asker), 1e24);
        asker.ask(address(oracle), keccak256("spec"), 1e17, payload);
        vm.prank(PROVIDER);
        fulfil(keccak256(abi.encodePacked(address(asker), uint256(1))));
        id = asker.ask(address(oracle), keccak256("spec"), 1e17, payload);
        until = block.timestamp + 5 minutes;
    }

    function fulfil(bytes32 request) private {
        bool done = oracle.fulfil(
            request, 1e17, address(asker), asker.told.selector, block.timestamp + 5 minutes, keccak256("first")
        );
        vm.assertTrue(done);
    }

    function test_submitting_to_a_naive_registry() public {
        bytes memory data = abi.encodeCall(naive.submitTask, (keccak256("spec")));
        row("naive submitTask", transactionGas(REQUESTER, address(naive), 1 ether, data));
    }

    function test_completing_at_a_naive_registry() public {
        bytes memory data = abi.encodeCall(naive.completeTask, (1, keccak256("result")));
        row("naive completeTask", transactionGas(PROVIDER, address(naive), 0, data));
    }

    function test_requesting_of_an_oracle() public {
        vm.cool(address(oracle));
        vm.cool(address(link));
        bytes memory data =
            abi.encodeCall(asker.ask, (address(oracle), keccak256("spec"), 1e17, payload));
        row("oracle request", transactionGas(REQUESTER, address(asker), 0, data));
    }

    function test_fulfilling_a_request() public {
        vm.cool(address(asker));
        vm.cool(address(link));
        bytes memory data = abi.encodeCall(
            oracle.fulfil, (id, 1e17, address(asker), asker.told.selector, until, keccak256("result"))
        );
        row("oracle fulfil", transactionGas(PROVIDER, address(oracle), 0, data));
    }
}
