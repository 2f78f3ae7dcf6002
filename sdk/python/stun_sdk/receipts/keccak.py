"""Keccak-256, the hash of Ethereum.

It is the sponge that was handed in for SHA-3, with the padding of then: ``hashlib.sha3_256`` pads otherwise and gives
other digests, and so cannot be used. Source: the Keccak reference, version 3.0.
"""

from __future__ import annotations

RATE = 136
"""Bytes taken in before the state is stirred: 1600 bits less twice the 256 of the digest."""

_MASK = (1 << 64) - 1

_ROUND_CONSTANTS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)


def _walk() -> tuple[tuple[int, int], ...]:
    """Where each lane goes and by how much it is turned: rho and pi in one walk over the lanes."""
    steps = []
    x, y = 1, 0
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        steps.append((x + 5 * y, (step + 1) * (step + 2) // 2 % 64))
    return tuple(steps)


_WALK = _walk()


def _turned(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK


def _stir(lanes: list[int]) -> None:
    for constant in _ROUND_CONSTANTS:
        # theta: every lane takes in two neighbouring columns
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            parity = column[(x + 4) % 5] ^ _turned(column[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                lanes[x + y] ^= parity
        # rho and pi: each lane moves on to the next place of the walk, turned
        carried = lanes[1]
        for place, by in _WALK:
            carried, lanes[place] = lanes[place], _turned(carried, by)
        # chi: the only step that is not linear
        for y in range(0, 25, 5):
            a, b, c, d, e = lanes[y:y + 5]
            lanes[y:y + 5] = (a ^ (~b & c), b ^ (~c & d), c ^ (~d & e), d ^ (~e & a), e ^ (~a & b))
        # iota: makes the rounds differ
        lanes[0] ^= constant


def keccak256(data: bytes) -> bytes:
    """The 32 bytes of the Keccak-256 digest of ``data``."""
    padding = bytearray(RATE - len(data) % RATE)
    padding[0] ^= 0x01
    padding[-1] ^= 0x80
    padded = data + bytes(padding)
    lanes = [0] * 25
    for block in range(0, len(padded), RATE):
        for lane in range(RATE // 8):
            at = block + 8 * lane
            lanes[lane] ^= int.from_bytes(padded[at:at + 8], "little")
        _stir(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
