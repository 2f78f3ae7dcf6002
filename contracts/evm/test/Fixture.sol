// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Court} from "../src/Court.sol";
import {Escrow} from "../src/Escrow.sol";
import {Staking} from "../src/Staking.sol";
import {StunToken} from "../src/StunToken.sol";
import {TaskEscrow} from "../src/TaskEscrow.sol";
import {Batch, Finding, Judged, Line, Place, Posted, Shares, TaskOrder, Terms, Unsigned, Verdict} from "../src/Types.sol";
import {MerklePath} from "../src/libraries/MerklePath.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Vm} from "./Vm.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice One deployment of everything, and what its parties do: sign, judge, put batches together.
abstract contract Fixture {
    // solhint-disable-next-line func-name-mixedcase
    bool public IS_TEST = true;
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant REQUESTER_KEY = 0xA11CE;
    uint256 internal constant START = 1_800_000_000;
    uint256 internal constant ONE = 1e18;

    address internal immutable REQUESTER = vm.addr(REQUESTER_KEY);
    address internal constant PROVIDER = address(0x9001);
    address internal constant OTHER = address(0x9002);
    address internal constant CREATOR = address(0x9003);
    address internal constant TREASURY = address(0x9004);
    address internal constant OWNER = address(0x9005);
    address internal constant GUARDIAN = address(0x9006);
    address internal constant CHALLENGER = address(0x9007);
    address internal constant STRANGER = address(0x9008);

    StunToken internal token;
    Staking internal staking;
    Escrow internal escrow;
    Court internal court;
    TaskEscrow internal tasks;

    /// @dev In rising order of their addresses.
    uint256[] internal keys;

    function deploy(uint256 validators, uint8 quorum) internal {
        vm.warp(START);
        token = new StunToken(address(this));
        staking = new Staking(IERC20(address(token)), OWNER, address(this), 21 days);
        deployEscrow(IERC20(address(token)), validators, quorum);
    }

    function deployEscrow(IERC20 currency, uint256 validators, uint8 quorum) internal {
        makeKeys(validators);
        address[] memory named = new address[](validators);
        for (uint256 i = 0; i < validators; ++i) named[i] = vm.addr(keys[i]);
        escrow = new Escrow(currency, staking, OWNER, GUARDIAN, address(this), named, quorum, someTerms(), someShares());
        court = new Court(escrow);
        tasks = new TaskEscrow(escrow);
        escrow.connect(address(court), address(tasks));
        staking.connect(address(escrow));
    }

    function makeKeys(uint256 count) internal {
        delete keys;
        for (uint256 i = 0; i < count; ++i) keys.push(0xBEEF + i);
        for (uint256 i = 0; i < count; ++i) {
            for (uint256 j = i + 1; j < count; ++j) {
                if (vm.addr(keys[j]) < vm.addr(keys[i])) (keys[i], keys[j]) = (keys[j], keys[i]);
            }
        }
    }

    function someTerms() internal pure virtual returns (Terms memory) {
        return Terms({
            window: 1 hours,
            answerWindow: 2 hours,
            contestWindow: 6 hours,
            exitDelay: 3 days,
            challengeBond: uint96(100 * ONE),
            claimDelay: 1 days,
            contestBond: uint96(500 * ONE),
            disputeBond: uint96(10 * ONE),
            disputeWindow: 60,
            disputeTimeout: 600,
            expiryGrace: 900,
            depositCap: uint96(1 << 94)
        });
    }

    function someShares() internal pure virtual returns (Shares memory) {
        return Shares({
            from: 0,
            treasuryPpm: 150_000,
            creatorPpm: 50_000,
            slashToRequesterPpm: 500_000,
            slashMultiple: 20,
            treasury: TREASURY
        });
    }

    // ---- Money

    function give(address to, uint256 amount) internal {
        token.transfer(to, amount);
    }

    function fund(address account, uint256 amount) internal {
        token.approve(address(escrow), amount);
        escrow.depositFor(account, amount);
    }

    function stakeFor(address provider, uint256 amount) internal {
        give(provider, amount);
        vm.startPrank(provider);
        token.approve(address(staking), amount);
        staking.stake(amount);
        vm.stopPrank();
    }

    function readyToPay(address who, uint256 amount) internal {
        give(who, amount);
        vm.prank(who);
        token.approve(address(escrow), type(uint256).max);
    }

    function balance(address account) internal view returns (uint256) {
        return escrow.balanceOf(account);
    }

    // ---- Signatures

    function compact(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
    }

    function quorumOf(bytes32 digest, uint256 count) internal view returns (bytes memory all) {
        for (uint256 i = 0; i < count; ++i) all = bytes.concat(all, compact(keys[i], digest));
    }

    function digestOf(bytes32 structHash) internal view returns (bytes32) {
        return TypedData.digest(escrow.domainSeparator(), structHash);
    }

    function signBatch(Batch memory batch) internal view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(TypedData.BATCH_TYPE, batch.number, batch.root, batch.tasks, batch.moves)
        );
        return quorumOf(digestOf(structHash), escrowQuorum());
    }

    function escrowQuorum() internal view returns (uint256) {
        return escrow.quorum();
    }

    // ---- Tasks

    function orderOf(address requester, uint64 key, uint256 priceLimit) internal view returns (TaskOrder memory) {
        return TaskOrder({
            requester: requester,
            idempotencyKey: key,
            spec: keccak256(abi.encode("spec", key)),
            runTimeMax: 60e6,
            priceLimit: uint128(priceLimit),
            deadline: uint64((block.timestamp + 1 hours) * 1e6),
            priority: 1,
            modelCreator: CREATOR,
            home: 0
        });
    }

    function orderHash(TaskOrder memory order) internal pure returns (bytes32) {
        return keccak256(abi.encode(TypedData.ORDER_TYPE, order));
    }

    function taskOf(TaskOrder memory order) internal view returns (bytes16) {
        return bytes16(digestOf(orderHash(order)));
    }

    function verdictHash(Verdict memory verdict) internal pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](verdict.findings.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(TypedData.FINDING_TYPE, verdict.findings[i]));
        }
        return keccak256(
            abi.encode(
                TypedData.VERDICT_TYPE,
                verdict.task,
                verdict.round,
                verdict.outcome,
                verdict.result,
                keccak256(abi.encodePacked(hashes)),
                verdict.cheatPassPpb
            )
        );
    }

    function paidTo(address provider, uint256 pay, TaskOrder memory order) internal view returns (Verdict memory v) {
        v.task = taskOf(order);
        v.result = keccak256(abi.encode("result", order.idempotencyKey));
        v.findings = new Finding[](1);
        v.findings[0] = Finding(1, provider, 0, uint128(pay));
    }

    function fraudBy(address provider, TaskOrder memory order) internal view returns (Verdict memory v) {
        v = paidTo(provider, 0, order);
        v.outcome = 1;
        v.findings[0].judgement = 2;
    }

    function lineOf(TaskOrder memory order, Verdict memory verdict) internal view returns (Line memory) {
        return Line(taskOf(order), orderHash(order), verdictHash(verdict));
    }

    function judgedOf(TaskOrder memory order, Verdict memory verdict) internal view returns (Judged memory) {
        return Judged(
            order,
            compact(REQUESTER_KEY, digestOf(orderHash(order))),
            verdict,
            quorumOf(digestOf(verdictHash(verdict)), escrowQuorum())
        );
    }

    // ---- Trees

    function rootOf(bytes32[] memory items) internal pure returns (bytes32) {
        if (items.length == 0) return 0;
        bytes32[] memory level = leavesOf(items);
        while (level.length > 1) level = up(level);
        return level[0];
    }

    function pathOf(bytes32[] memory items, uint256 index) internal pure returns (bytes32[] memory path) {
        bytes32[] memory level = leavesOf(items);
        bytes32[] memory found = new bytes32[](32);
        uint256 count = 0;
        while (level.length > 1) {
            uint256 sibling = index ^ 1;
            if (sibling < level.length) found[count++] = level[sibling];
            level = up(level);
            index >>= 1;
        }
        path = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) path[i] = found[i];
    }

    function leavesOf(bytes32[] memory items) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; ++i) leaves[i] = keccak256(abi.encodePacked(uint8(0), items[i]));
    }

    function up(bytes32[] memory level) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < above.length; ++i) {
            above[i] = 2 * i + 1 < level.length
                ? keccak256(abi.encodePacked(uint8(1), level[2 * i], level[2 * i + 1]))
                : level[2 * i];
        }
    }

    // ---- Moves and batches

    function move(address account, uint256 amount) internal pure returns (bytes memory) {
        return abi.encodePacked(account, uint96(amount));
    }

    function counts(uint256 debits, uint256 credits, uint256 withdrawals, uint256 slashes)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(uint64(debits), uint64(credits), uint64(withdrawals), uint64(slashes));
    }

    /// @dev Four accounts of the fixture: their addresses rise in the order Provider, Other, Creator, Treasury.
    function onePay(uint256 pay) internal view returns (bytes memory) {
        return bytes.concat(
            counts(1, 3, 0, 0),
            move(REQUESTER, pay),
            move(PROVIDER, pay - (pay * 15) / 100 - (pay * 5) / 100),
            move(CREATOR, (pay * 5) / 100),
            move(TREASURY, (pay * 15) / 100)
        );
    }

    function post(bytes32 root, uint32 count, bytes memory moves) internal returns (Posted memory) {
        Batch memory batch = Batch(escrow.nextToPost(), root, count, keccak256(moves));
        escrow.post(batch, signBatch(batch));
        return Posted(batch.number, root, count, batch.moves, uint64(block.timestamp + 1 hours));
    }

    function postLine(Line memory line, bytes memory moves) internal returns (Posted memory) {
        return post(rootOf(one(TypedData.hash(line))), 1, moves);
    }

    function one(bytes32 item) internal pure returns (bytes32[] memory items) {
        items = new bytes32[](1);
        items[0] = item;
    }

    function only(Line memory line) internal pure returns (Place memory) {
        return Place(0, line, new bytes32[](0));
    }

    function later(uint256 time) internal {
        vm.warp(block.timestamp + time);
    }

    function unsigned(TaskOrder memory order, Verdict memory verdict) internal pure returns (Unsigned[] memory lines) {
        lines = new Unsigned[](1);
        lines[0] = Unsigned(order, verdict);
    }

    function statusOf(uint64 number) internal view returns (uint256) {
        return escrow.batchWord(number) >> 248;
    }
}
