"""Who signed: the recovery of an address from a signature on the curve secp256k1 (SEC 1, 4.1.6; SEC 2, 2.4.1).

Nothing here touches a secret, so nothing need take the same time for every input. Points are kept in Jacobian
coordinates, (x / z^2, y / z^3): so a sum needs no division, which is by far the dearest step.
"""

from __future__ import annotations

from .keccak import keccak256

P = 2**256 - 2**32 - 977
"""The prime of the field."""

N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""How many points there are, also a prime."""

G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
"""The point that everybody begins with."""

Point = tuple[int, int]
_Jacobian = tuple[int, int, int]
_NOWHERE: _Jacobian = (0, 1, 0)


def _doubled(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0 or y == 0:
        return _NOWHERE
    square = y * y % P
    s = 4 * x * square % P
    m = 3 * x * x % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * square * square) % P, 2 * y * z % P


def _sum(left: _Jacobian, right: _Jacobian) -> _Jacobian:
    if left[2] == 0:
        return right
    if right[2] == 0:
        return left
    (x1, y1, z1), (x2, y2, z2) = left, right
    z1z1, z2z2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2z2 % P, x2 * z1z1 % P
    s1, s2 = y1 * z2 * z2z2 % P, y2 * z1 * z1z1 % P
    if u1 == u2:
        return _doubled(left) if s1 == s2 else _NOWHERE
    h, r = (u2 - u1) % P, (s2 - s1) % P
    h2 = h * h % P
    h3, v = h * h2 % P, u1 * h2 % P
    x3 = (r * r - h3 - 2 * v) % P
    return x3, (r * (v - x3) - s1 * h3) % P, h * z1 * z2 % P


def combine(a: int, left: Point, b: int, right: Point) -> Point | None:
    """``a * left + b * right``, both multiplied in one walk over the bits; None for the point at infinity."""
    first, second = (*left, 1), (*right, 1)
    table = (_NOWHERE, first, second, _sum(first, second))
    total = _NOWHERE
    for bit in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
        total = _sum(_doubled(total), table[(a >> bit & 1) + 2 * (b >> bit & 1)])
    if total[2] == 0:
        return None
    inverse = pow(total[2], -1, P)
    square = inverse * inverse % P
    return total[0] * square % P, total[1] * square * inverse % P


def address_of(key: Point) -> str:
    """The address of a public key: the last 20 bytes of its hash."""
    return "0x" + keccak256(key[0].to_bytes(32, "big") + key[1].to_bytes(32, "big"))[12:].hex()


def recover(digest: bytes, r: int, s: int, recovery_id: int) -> str | None:
    """The address whose key signed ``digest``, or None where these numbers are no signature.

    Of the two forms that every signature has only that with the lower ``s`` is taken, as by Ethereum since EIP-2: so
    nobody can make a second one out of a first. For the same reason a recovery id is 0 or 1.
    """
    if not (0 < r < N and 0 < s <= N // 2 and recovery_id in (0, 1)):
        return None
    # P leaves 3 when divided by 4: this power is the root, if there is one.
    y = pow(r * r * r + 7, (P + 1) // 4, P)
    if (y * y - r * r * r - 7) % P:
        return None
    if y & 1 != recovery_id:
        y = P - y
    z = int.from_bytes(digest, "big")
    inverse = pow(r, -1, N)
    key = combine(-z * inverse % N, G, s * inverse % N, (r, y))
    return None if key is None else address_of(key)


def recover_text(digest: bytes, signature: str) -> str | None:
    """The same for a signature as wallets write it: 0x, then r, s and v, which is 27 or 28."""
    try:
        raw = bytes.fromhex(signature.removeprefix("0x"))
    except ValueError:
        return None
    if len(raw) != 65:
        return None
    return recover(digest, int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big"), raw[64] - 27)
