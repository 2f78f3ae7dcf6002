"""Canonical CBOR, as much of it as the wire form of Stun uses (RFC 8949, 4.2.1).

Whole numbers of any size, byte and text strings, arrays, maps with rising keys, booleans. One value has one encoding;
what is encoded otherwise is refused, because two encodings of one order would have two digests.
"""

from __future__ import annotations

from typing import Any

_DEPTH_MAX = 32
_BIG_UNSIGNED, _BIG_NEGATIVE = 2, 3


class CborError(ValueError):
    """These bytes are no canonical CBOR, or hold what the wire form has not."""


def encode(value: Any) -> bytes:
    """The one canonical encoding of a value made of int, bytes, str, bool, list and dict."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        major, number = (0, value) if value >= 0 else (1, -1 - value)
        if number < 1 << 64:
            return _head(major, number)
        size = (number.bit_length() + 7) // 8
        return _head(6, _BIG_NEGATIVE if major else _BIG_UNSIGNED) + encode(number.to_bytes(size, "big"))
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(3, len(text)) + text
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        entries = sorted((encode(key), encode(item)) for key, item in value.items())
        return _head(5, len(entries)) + b"".join(key + item for key, item in entries)
    raise TypeError(f"{type(value).__name__} has no place in the wire form")


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError("a length or number of more than 64 bits has no head")


def decode(data: bytes) -> Any:
    """The value that these bytes encode.

    Raises CborError unless they are exactly what :func:`encode` makes of it: that is checked by making it again.
    """
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise CborError(f"{len(data) - end} bytes follow the value")
    if encode(value) != data:
        raise CborError("the encoding is not the canonical one")
    return value


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEPTH_MAX:
        raise CborError(f"deeper than {_DEPTH_MAX} levels")
    if at >= len(data):
        raise CborError("the bytes end within a value")
    major, code = data[at] >> 5, data[at] & 31
    if major == 7:
        if code not in (20, 21):
            raise CborError(f"byte {at}: only true and false are used of major type 7")
        return code == 21, at + 1
    number, at = _number(data, at, code)
    if major in (0, 1):
        return (number if major == 0 else -1 - number), at
    if major in (2, 3):
        return _string(data, at, number, major)
    if major == 6:
        return _big(data, at, number, depth)
    # Each item takes a byte at least: a count that lies ends at the end of the bytes, not of the memory.
    if major == 4:
        items = []
        for _ in range(number):
            item, at = _read(data, at, depth + 1)
            items.append(item)
        return items, at
    entries: dict[Any, Any] = {}
    for _ in range(number):
        key, at = _read(data, at, depth + 1)
        if isinstance(key, (list, dict)):
            raise CborError("a key is a list or a map")
        entries[key], at = _read(data, at, depth + 1)
    return entries, at


def _number(data: bytes, at: int, code: int) -> tuple[int, int]:
    if code < 24:
        return code, at + 1
    if code > 27:
        raise CborError(f"byte {at}: lengths are always stated")
    size = 1 << (code - 24)
    if at + 1 + size > len(data):
        raise CborError("the bytes end within a number")
    return int.from_bytes(data[at + 1:at + 1 + size], "big"), at + 1 + size


def _string(data: bytes, at: int, size: int, major: int) -> tuple[bytes | str, int]:
    if at + size > len(data):
        raise CborError("the bytes end within a string")
    raw = data[at:at + size]
    if major == 2:
        return raw, at + size
    try:
        return raw.decode(), at + size
    except UnicodeDecodeError as bad:
        raise CborError("a text is no UTF-8") from bad


def _big(data: bytes, at: int, tag: int, depth: int) -> tuple[int, int]:
    raw, at = _read(data, at, depth + 1)
    if tag not in (_BIG_UNSIGNED, _BIG_NEGATIVE) or not isinstance(raw, bytes):
        raise CborError("only big numbers are tagged")
    number = int.from_bytes(raw, "big")
    return (number if tag == _BIG_UNSIGNED else -1 - number), at
