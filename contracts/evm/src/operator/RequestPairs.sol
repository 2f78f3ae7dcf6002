// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice What a request says about itself to the contract: CBOR pairs of a text key and any value, one after the
/// other, without the head of a map, as the libraries of oracles write them. Read once, when the request is made.
/// @dev Gas is linear in the length: an item takes a byte at least. The last of two pairs with the same key counts, as
/// it does where the nodes decode them.
library RequestPairs {
    struct Pairs {
        /// @dev Zero where none is named, or none that is an address.
        address refundTo;
        /// @dev Zero where none is named.
        uint256 quorum;
        address[] nodes;
    }

    /// @dev Where the values lie, plus one; zero where the key is not there.
    struct Places {
        uint256 refundTo;
        uint256 quorum;
        uint256 nodes;
    }

    uint256 internal constant PAIRS_MAX = 64;
    uint256 internal constant NODES_MAX = 16;
    uint256 internal constant DEPTH_MAX = 4;
    uint256 private constant MALFORMED = type(uint256).max;

    error BadNodes();
    error BadQuorum();

    /// @notice What is not well-formed, or has more than 64 pairs, says nothing. A quorum must be readable.
    function read(bytes memory data) internal pure returns (Pairs memory pairs) {
        Places memory places = _places(data);
        if (places.refundTo != 0) {
            (uint256 start, uint256 length) = _text(data, places.refundTo - 1);
            (, pairs.refundTo) = _address(data, start, length);
        }
        if (places.quorum == 0) return pairs;
        pairs.quorum = _quorum(data, places.quorum - 1);
        if (places.nodes != 0) pairs.nodes = _nodes(data, places.nodes - 1);
    }

    function _places(bytes memory data) private pure returns (Places memory places) {
        uint256 at = 0;
        for (uint256 count = 0; at < data.length; ++count) {
            (uint256 major, uint256 length, uint256 start) = _head(data, at);
            if (count == PAIRS_MAX || major != 3 || start == MALFORMED || length > data.length - start) {
                return Places(0, 0, 0);
            }
            // Both are below the length of the data by now.
            unchecked {
                at = start + length;
            }
            if (length == 8 && bytes8(_word(data, start)) == "refundTo") places.refundTo = at + 1;
            else if (length == 6 && bytes6(_word(data, start)) == "quorum") places.quorum = at + 1;
            else if (length == 5 && bytes5(_word(data, start)) == "nodes") places.nodes = at + 1;
            at = _skip(data, at, DEPTH_MAX);
            if (at == MALFORMED) return Places(0, 0, 0);
        }
    }

    /// @dev The place after the item at `at`.
    function _skip(bytes memory data, uint256 at, uint256 depth) private pure returns (uint256) {
        (uint256 major, uint256 length, uint256 start) = _head(data, at);
        if (start == MALFORMED) return _skipOpen(data, at, depth);
        if (major == 2 || major == 3) return length > data.length - start ? MALFORMED : start + length;
        if (major < 2 || major == 7) return start;
        if (depth == 0) return MALFORMED;
        uint256 items = major == 6 ? 1 : major == 5 ? 2 * length : length;
        for (uint256 i = 0; i < items && start != MALFORMED; ++i) start = _skip(data, start, depth - 1);
        return start;
    }

    /// @dev A list or map whose end is marked by a byte of its own.
    function _skipOpen(bytes memory data, uint256 at, uint256 depth) private pure returns (uint256) {
        if (depth == 0 || at >= data.length || (data[at] != 0x9f && data[at] != 0xbf)) return MALFORMED;
        bool isMap = data[at] == 0xbf;
        ++at;
        while (at < data.length) {
            if (data[at] == 0xff) return at + 1;
            at = _skip(data, at, depth - 1);
            if (isMap && at != MALFORMED) at = _skip(data, at, depth - 1);
        }
        return MALFORMED;
    }

    /// @dev The first byte of an item and the number after it. Without a definite length, or cut off: malformed.
    function _head(bytes memory data, uint256 at)
        private
        pure
        returns (uint256 major, uint256 value, uint256 next)
    {
        if (at >= data.length) return (0, 0, MALFORMED);
        // No place is behind the end of the data, and no number in a head above 64 bits: nothing here can wrap.
        unchecked {
            uint256 first = uint256(_word(data, at)) >> 248;
            (major, value, next) = (first >> 5, first & 0x1f, at + 1);
            if (value < 24) return (major, value, next);
            if (value > 27) return (major, 0, MALFORMED);
            uint256 size = 2 ** (value - 24);
            if (size > data.length - next) return (major, 0, MALFORMED);
            value = uint256(_word(data, next)) >> (256 - 8 * size);
            next += size;
        }
    }

    /// @dev Where the text at `at` begins; of length zero where it is no text.
    function _text(bytes memory data, uint256 at) private pure returns (uint256 start, uint256 length) {
        uint256 major;
        (major, length, start) = _head(data, at);
        if (major != 3 || start == MALFORMED) length = 0;
    }

    /// @dev As a decimal text, or as a whole number.
    function _quorum(bytes memory data, uint256 at) private pure returns (uint256 quorum) {
        (uint256 major, uint256 length, uint256 start) = _head(data, at);
        if (major == 0) {
            quorum = length;
        } else {
            if (major != 3 || start == MALFORMED || length == 0 || length > 2) revert BadQuorum();
            for (uint256 i = 0; i < length; ++i) {
                uint256 digit = uint256(uint8(data[start + i])) ^ 0x30;
                if (digit > 9) revert BadQuorum();
                quorum = 10 * quorum + digit;
            }
        }
        if (quorum == 0 || quorum > NODES_MAX) revert BadQuorum();
    }

    /// @dev Addresses with a comma between each two.
    function _nodes(bytes memory data, uint256 at) private pure returns (address[] memory nodes) {
        (uint256 start, uint256 length) = _text(data, at);
        uint256 end = start + length;
        uint256 count = 1;
        for (uint256 i = start; i < end; ++i) {
            if (data[i] == ",") ++count;
        }
        if (length == 0 || count > NODES_MAX) revert BadNodes();
        nodes = new address[](count);
        for (uint256 n = 0; n < count; ++n) {
            uint256 stop = start;
            while (stop < end && data[stop] != ",") ++stop;
            bool isAddress;
            (isAddress, nodes[n]) = _address(data, start, stop - start);
            if (!isAddress) revert BadNodes();
            for (uint256 i = 0; i < n; ++i) {
                if (nodes[i] == nodes[n]) revert BadNodes();
            }
            start = stop + 1;
        }
    }

    /// @dev 40 hexadecimal digits of any case, with or without 0x.
    function _address(bytes memory data, uint256 start, uint256 length) private pure returns (bool, address) {
        if (length == 42) {
            if (data[start] != "0" || data[start + 1] | bytes1(0x20) != "x") return (false, address(0));
            start += 2;
        } else if (length != 40) {
            return (false, address(0));
        }
        (uint256 value, uint256 bad) = (0, 0);
        (uint256 first, uint256 rest) = (uint256(_word(data, start)), uint256(_word(data, start + 8)));
        unchecked {
            for (uint256 i = 0; i < 40; ++i) {
                uint256 character = (i < 32 ? first >> (248 - 8 * i) : rest >> (8 * (39 - i))) & 0xff;
                uint256 digit = character - 48;
                if (digit > 9) {
                    digit = (character | 0x20) - 87;
                    if (digit < 10) bad = 16;
                }
                bad |= digit;
                value = (value << 4) | (digit & 15);
            }
        }
        return bad > 15 ? (false, address(0)) : (true, address(uint160(value)));
    }

    /// @dev 32 bytes from `at` on; what lies behind the end is not looked at by those who ask.
    function _word(bytes memory data, uint256 at) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), at))
        }
    }
}
