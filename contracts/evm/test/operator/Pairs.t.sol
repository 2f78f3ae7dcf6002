// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {RequestPairs} from "../../src/operator/RequestPairs.sol";
import {OperatorFixture} from "./OperatorFixture.sol";

contract RequestPairsTest is OperatorFixture {
    address private constant SOME = 0x2aBeB7AFC86612A6D9A1727aBc677270adc2422a;
    bytes private constant SOME_PAIR =
        hex"68726566756e64546f782a307832616265623761666338363631326136643961313732376162633637373237306164633234323261";

    function parsed(bytes memory data) external pure returns (RequestPairs.Pairs memory) {
        return RequestPairs.read(data);
    }

    function refundTo(bytes memory data) private pure returns (address) {
        return RequestPairs.read(data).refundTo;
    }

    function badQuorum(bytes memory data) private {
        vm.expectRevert(RequestPairs.BadQuorum.selector);
        this.parsed(data);
    }

    function badNodes(bytes memory data) private {
        vm.expectRevert(RequestPairs.BadNodes.selector);
        this.parsed(bytes.concat(pair("quorum", "1"), data));
    }

    function test_nothing_says_nothing() public pure {
        vm.assertEq(refundTo(""), address(0));
        vm.assertEq(RequestPairs.read("").quorum, 0);
    }

    function test_an_address_is_read_in_any_form_that_is_one() public pure {
        vm.assertEq(refundTo(SOME_PAIR), SOME);
        vm.assertEq(refundTo(pair("refundTo", "0x2aBeB7AFC86612A6D9A1727aBc677270adc2422a")), SOME);
        vm.assertEq(refundTo(pair("refundTo", "0X2ABEB7AFC86612A6D9A1727ABC677270ADC2422A")), SOME);
        vm.assertEq(refundTo(pair("refundTo", "2abeb7afc86612a6d9a1727abc677270adc2422a")), SOME);
    }

    function test_what_is_no_address_is_none() public pure {
        string[10] memory texts = [
            "",
            "0x",
            "0x2abeb7afc86612a6d9a1727abc677270adc2422",
            "0x2abeb7afc86612a6d9a1727abc677270adc2422a0",
            "1x2abeb7afc86612a6d9a1727abc677270adc2422a",
            "0y2abeb7afc86612a6d9a1727abc677270adc2422a",
            "0x2abeb7afc86612a6d9a1727abc677270adc2422g",
            "0x/abeb7afc86612a6d9a1727abc677270adc2422a",
            "0x:abeb7afc86612a6d9a1727abc677270adc2422a",
            "0x2abeb7afc86612a6d9a1727abc677270adc242`a"
        ];
        for (uint256 i = 0; i < texts.length; ++i) {
            vm.assertEq(refundTo(pair("refundTo", texts[i])), address(0), texts[i]);
        }
    }

    function testFuzz_any_character_but_a_digit_makes_an_address_none(uint8 character, uint256 place) public pure {
        bytes memory digits = bytes("0x2abeb7afc86612a6d9a1727abc677270adc2422a");
        digits[2 + place % 40] = bytes1(character);
        bool isDigit = (character >= 48 && character <= 57) || (character >= 65 && character <= 70)
            || (character >= 97 && character <= 102);
        vm.assertTrue((refundTo(pair("refundTo", string(digits))) != address(0)) == isDigit);
    }

    function testFuzz_an_address_is_read_among_any_other_pairs(
        address to,
        string memory one,
        string memory two,
        uint256 number,
        bool before
    ) public pure {
        vm.assume(bytes(one).length < 60_000 && bytes(two).length < 60_000);
        bytes memory others = bytes.concat(
            pair("service", one),
            bytes.concat(hex"61611b", bytes8(uint64(number))),
            pair("data", two),
            hex"6162580401020304"
        );
        bytes memory mine = pair("refundTo", text(to));
        vm.assertEq(refundTo(before ? bytes.concat(mine, others) : bytes.concat(others, mine)), to);
    }

    function testFuzz_anything_is_read_to_its_end_or_says_nothing(bytes memory data) public view {
        try this.parsed(data) returns (RequestPairs.Pairs memory pairs) {
            vm.assertTrue(pairs.quorum <= 16);
        } catch (bytes memory reason) {
            bytes4 what = bytes4(reason);
            vm.assertTrue(what == RequestPairs.BadQuorum.selector || what == RequestPairs.BadNodes.selector);
        }
    }

    function test_the_last_of_two_counts() public pure {
        bytes memory first = pair("refundTo", "0x1111111111111111111111111111111111111111");
        vm.assertEq(refundTo(bytes.concat(first, SOME_PAIR)), SOME);
        vm.assertEq(refundTo(bytes.concat(SOME_PAIR, pair("refundTo", "nobody"))), address(0));
    }

    function test_values_of_all_kinds_are_walked_over() public pure {
        bytes[14] memory values = [
            bytes(hex"17"),
            hex"1818",
            hex"190100",
            hex"1a00010000",
            hex"3863",
            hex"43010203",
            hex"c249010000000000000000",
            hex"f5",
            hex"f818",
            hex"fb3ff199999999999a",
            hex"83010203",
            hex"a2616101616202",
            hex"9f6161826162039fffff",
            hex"bf616101616280ff"
        ];
        for (uint256 i = 0; i < values.length; ++i) {
            vm.assertEq(refundTo(bytes.concat(hex"6161", values[i], SOME_PAIR)), SOME, vm.toString(i));
        }
    }

    function test_what_is_not_well_formed_says_nothing() public pure {
        bytes[21] memory bad = [
            bytes(hex"61"), // a key cut off
            hex"6161", // no value
            hex"616161", // a value cut off
            hex"616178", // a length cut off
            hex"61617900", // a length of two bytes cut off
            hex"61617a000000", // of four
            hex"61617b00000000000000", // of eight
            hex"61617bffffffffffffffff", // a length beyond everything
            hex"0161", // a key that is no text
            hex"7f61616161ff6161", // a key in pieces
            hex"61617f6161ff", // a value in pieces
            hex"61611c", // a length that means nothing
            hex"6161ff", // an end of nothing
            hex"61618301", // a list cut off
            hex"61619f01", // an open list cut off
            hex"6161bf6161", // an open map cut off
            hex"6161bf6161ff", // of an odd number
            hex"61619bffffffffffffffff01", // a list of more than there can be
            hex"61618181818181", // too deep
            hex"61619f9f9f9f9fffffffffff", // too deep and open
            hex"6161c2" // a tag of nothing
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.assertEq(refundTo(bytes.concat(SOME_PAIR, bad[i])), address(0), vm.toString(i));
        }
    }

    function test_more_than_64_pairs_say_nothing() public pure {
        bytes memory data = SOME_PAIR;
        for (uint256 i = 0; i < 63; ++i) data = bytes.concat(data, hex"61616162");
        vm.assertEq(refundTo(data), SOME);
        vm.assertEq(refundTo(bytes.concat(data, hex"61616162")), address(0));
    }

    function test_keys_are_told_apart_by_all_their_letters() public pure {
        RequestPairs.Pairs memory pairs = RequestPairs.read(
            bytes.concat(
                pair("refundT", text(SOME)), pair("refundTo ", text(SOME)), pair("Quorum", "3"), pair("quorum2", "3")
            )
        );
        vm.assertEq(pairs.refundTo, address(0));
        vm.assertEq(pairs.quorum, 0);
    }

    function test_a_refund_address_of_another_kind_is_none() public pure {
        vm.assertEq(refundTo(bytes.concat(hex"68726566756e64546f", hex"01")), address(0));
        vm.assertEq(refundTo(bytes.concat(hex"68726566756e64546f", hex"80")), address(0));
    }

    function test_a_quorum_is_a_decimal_text_or_a_number() public pure {
        vm.assertEq(RequestPairs.read(pair("quorum", "1")).quorum, 1);
        vm.assertEq(RequestPairs.read(pair("quorum", "09")).quorum, 9);
        vm.assertEq(RequestPairs.read(pair("quorum", "16")).quorum, 16);
        vm.assertEq(RequestPairs.read(hex"6671756f72756d03").quorum, 3);
    }

    function test_a_quorum_that_cannot_be_is_refused() public {
        badQuorum(pair("quorum", ""));
        badQuorum(pair("quorum", "0"));
        badQuorum(pair("quorum", "17"));
        badQuorum(pair("quorum", "002"));
        badQuorum(pair("quorum", "2x"));
        badQuorum(pair("quorum", "-2"));
        badQuorum(hex"6671756f72756d00");
        badQuorum(hex"6671756f72756d81" hex"02");
        badQuorum(hex"6671756f72756d1bffffffffffffffff");
        badQuorum(hex"6671756f72756d9fff");
    }

    function test_nodes_are_addresses_with_commas_between() public pure {
        RequestPairs.Pairs memory pairs = RequestPairs.read(
            bytes.concat(pair("nodes", string.concat(text(SOME), ",", text(NODE))), pair("quorum", "2"))
        );
        vm.assertEq(pairs.nodes.length, 2);
        vm.assertEq(pairs.nodes[0], SOME);
        vm.assertEq(pairs.nodes[1], NODE);
        pairs = RequestPairs.read(pair("nodes", "whatever"));
        vm.assertEq(pairs.nodes.length, 0);
    }

    function test_nodes_that_cannot_be_are_refused() public {
        badNodes(pair("nodes", ""));
        badNodes(hex"656e6f64657380");
        badNodes(pair("nodes", ","));
        badNodes(pair("nodes", string.concat(text(SOME), ",")));
        badNodes(pair("nodes", string.concat(text(SOME), ", ", text(NODE))));
        badNodes(pair("nodes", string.concat(text(SOME), ",", text(SOME))));
        string memory many = text(address(1));
        for (uint160 i = 2; i <= 16; ++i) many = string.concat(many, ",", text(address(i)));
        vm.assertEq(this.parsed(bytes.concat(pair("quorum", "1"), pair("nodes", many))).nodes.length, 16);
        badNodes(pair("nodes", string.concat(many, ",", text(address(17)))));
    }
}
