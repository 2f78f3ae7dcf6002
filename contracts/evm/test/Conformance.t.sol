// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Batch, Finding, Line, Posted, TaskOrder, Verdict} from "../src/Types.sol";
import {Division} from "../src/libraries/Division.sol";
import {MerklePath} from "../src/libraries/MerklePath.sol";
import {Signatures} from "../src/libraries/Signatures.sol";
import {TypedData} from "../src/libraries/TypedData.sol";
import {Fixture} from "./Fixture.sol";

/// @notice The vectors that scripts/vectors.mjs computes without any of this code.
contract ConformanceTest is Fixture {
    string private _json;

    function setUp() public {
        _json = vm.readFile("../spec/vectors/settlement.json");
        vm.chainId(8453);
    }

    function number(string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, key);
    }

    function word(string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(_json, key);
    }

    function domain() private view returns (bytes32) {
        return TypedData.separator(vm.parseJsonAddress(_json, ".domain.verifyingContract"));
    }

    function theOrder() private view returns (TaskOrder memory order) {
        order.requester = vm.parseJsonAddress(_json, ".order.message.requester");
        order.idempotencyKey = uint64(number(".order.message.idempotencyKey"));
        order.spec = word(".order.message.spec");
        order.runTimeMax = uint64(number(".order.message.runTimeMax"));
        order.priceLimit = uint128(number(".order.message.priceLimit"));
        order.deadline = uint64(number(".order.message.deadline"));
        order.priority = uint8(number(".order.message.priority"));
        order.modelCreator = vm.parseJsonAddress(_json, ".order.message.modelCreator");
        order.home = uint64(number(".order.message.home"));
    }

    function theVerdict() private view returns (Verdict memory verdict) {
        verdict.task = bytes16(word(".verdict.message.task"));
        verdict.round = uint16(number(".verdict.message.round"));
        verdict.outcome = uint8(number(".verdict.message.outcome"));
        verdict.result = word(".verdict.message.result");
        verdict.cheatPassPpb = uint32(number(".verdict.message.cheatPassPpb"));
        verdict.findings = new Finding[](3);
        for (uint256 i = 0; i < 3; ++i) {
            string memory at = string.concat(".verdict.message.findings[", vm.toString(i), "]");
            verdict.findings[i] = Finding(
                uint64(number(string.concat(at, ".attempt"))),
                vm.parseJsonAddress(_json, string.concat(at, ".provider")),
                uint8(number(string.concat(at, ".judgement"))),
                uint128(number(string.concat(at, ".pay")))
            );
        }
    }

    // The library reads from calldata, as it is called in earnest.
    function hashOf(TaskOrder calldata order) external pure returns (bytes32) {
        return TypedData.hash(order);
    }

    function hashOf(Verdict calldata verdict) external pure returns (bytes32) {
        return TypedData.hash(verdict);
    }

    function hashOf(Batch calldata batch) external pure returns (bytes32) {
        return TypedData.hash(batch);
    }

    function wordOf(Posted calldata batch) external pure returns (uint256) {
        return TypedData.wordOf(1, batch);
    }

    function signer(bytes32 digest, bytes calldata signature) external view returns (address) {
        return Signatures.signer(digest, signature);
    }

    function verify(bytes32 root, bytes32 item, uint256 index, uint256 count, bytes32[] calldata path) external pure {
        MerklePath.verify(root, item, index, count, path);
    }

    function test_orders_are_hashed_signed_and_named_as_everywhere() public view {
        bytes32 structHash = this.hashOf(theOrder());
        vm.assertEq(structHash, word(".order.structHash"));
        bytes32 digest = TypedData.digest(domain(), structHash);
        vm.assertEq(digest, word(".order.digest"));
        vm.assertEq(bytes32(TypedData.taskOf(digest)), word(".order.task"));
        address who = this.signer(digest, vm.parseJsonBytes(_json, ".order.signature"));
        vm.assertEq(who, vm.parseJsonAddress(_json, ".order.signer"));
    }

    function test_verdicts_and_lines_are_hashed_as_everywhere() public view {
        bytes32 structHash = this.hashOf(theVerdict());
        vm.assertEq(structHash, word(".verdict.structHash"));
        bytes32 digest = TypedData.digest(domain(), structHash);
        vm.assertEq(digest, word(".verdict.digest"));
        address who = this.signer(digest, vm.parseJsonBytes(_json, ".verdict.signature"));
        vm.assertEq(who, vm.parseJsonAddress(_json, ".verdict.signer"));
        bytes16 task = bytes16(word(".order.task"));
        vm.assertEq(TypedData.hash(Line(task, word(".order.structHash"), structHash)), word(".line"));
        vm.assertEq(verdictHash(theVerdict()), structHash);
    }

    function test_batches_and_moves_are_hashed_as_everywhere() public view {
        vm.assertEq(domain(), word(".domain.separator"));
        bytes memory moves = vm.parseJsonBytes(_json, ".moves.bytes");
        vm.assertEq(keccak256(moves), word(".moves.hash"));
        Batch memory batch = Batch(
            uint64(number(".batch.message.number")),
            word(".batch.message.root"),
            uint32(number(".batch.message.tasks")),
            word(".batch.message.moves")
        );
        vm.assertEq(TypedData.digest(domain(), this.hashOf(batch)), word(".batch.digest"));
        Posted memory posted =
            Posted(batch.number, batch.root, batch.tasks, batch.moves, uint64(number(".batch.payableAt")));
        vm.assertEq(bytes32(this.wordOf(posted)), word(".batch.word"));
        vm.assertEq(bytes32(TypedData.word(1, posted)), word(".batch.word"));
    }

    function test_other_things_that_are_signed() public view {
        bytes32 structHash = keccak256(
            abi.encode(
                TypedData.ALLOWANCE_TYPE,
                vm.parseJsonAddress(_json, ".allowance.message.account"),
                vm.parseJsonAddress(_json, ".allowance.message.sponsor")
            )
        );
        vm.assertEq(TypedData.digest(domain(), structHash), word(".allowance.digest"));
        structHash = keccak256(
            abi.encode(
                TypedData.SCORES_TYPE,
                number(".scores.message.epoch"),
                word(".scores.message.root"),
                number(".scores.message.count")
            )
        );
        vm.assertEq(TypedData.digest(domain(), structHash), word(".scores.digest"));
        structHash = keccak256(
            abi.encode(
                TypedData.VOUCHER_TYPE,
                vm.parseJsonAddress(_json, ".voucher.message.requester"),
                vm.parseJsonAddress(_json, ".voucher.message.provider"),
                number(".voucher.message.cumulative")
            )
        );
        vm.assertEq(TypedData.digest(domain(), structHash), word(".voucher.digest"));
    }

    function test_trees_have_the_same_roots_and_paths() public view {
        bytes32[] memory items = vm.parseJsonBytes32Array(_json, ".items");
        for (uint256 i = 0; i < items.length; ++i) {
            string memory at = string.concat(".trees[", vm.toString(i), "]");
            bytes32 root = word(string.concat(at, ".root"));
            uint256 index = number(string.concat(at, ".index"));
            bytes32[] memory path = vm.parseJsonBytes32Array(_json, string.concat(at, ".path"));
            this.verify(root, items[index], index, i + 1, path);
            bytes32[] memory first = new bytes32[](i + 1);
            for (uint256 j = 0; j <= i; ++j) first[j] = items[j];
            vm.assertEq(rootOf(first), root);
        }
    }

    function test_money_is_divided_as_everywhere() public view {
        for (uint256 i = 0; i < 8; ++i) {
            string memory at = string.concat(".divisions[", vm.toString(i), "]");
            (uint256 provider, uint256 treasury, uint256 creator) = Division.split(
                number(string.concat(at, ".pay")),
                number(string.concat(at, ".treasuryPpm")),
                number(string.concat(at, ".creatorPpm")),
                vm.parseJsonBool(_json, string.concat(at, ".hasCreator"))
            );
            vm.assertEq(provider, number(string.concat(at, ".provider")));
            vm.assertEq(treasury, number(string.concat(at, ".treasury")));
            vm.assertEq(creator, number(string.concat(at, ".creator")));
        }
    }
}
