"""What the tests stand on: the golden vectors of the repository, and keys that sign."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

from stun_sdk.receipts import keccak256, secp256k1
from stun_sdk.receipts.wire import Signature

SDK = Path(__file__).resolve().parent.parent
REPOSITORY = SDK.parent.parent


def vectors(name: str) -> Any:
    return json.loads((REPOSITORY / "api" / "vectors" / name).read_text(encoding="utf-8"))


class Key:
    """A key that signs with a nonce made of the digest: good for tests, and for nothing else."""

    def __init__(self, secret: int) -> None:
        self.secret = secret
        point = secp256k1.combine(secret, secp256k1.G, 0, secp256k1.G)
        assert point is not None
        self.address = secp256k1.address_of(point)

    def sign(self, digest: bytes) -> Signature:
        n = secp256k1.N
        nonce = (int.from_bytes(digest, "big") * 31 + self.secret) % n
        point = secp256k1.combine(nonce, secp256k1.G, 0, secp256k1.G)
        assert point is not None
        r = point[0] % n
        s = pow(nonce, -1, n) * (int.from_bytes(digest, "big") + r * self.secret) % n
        return Signature(r, s, point[1] & 1) if s <= n // 2 else Signature(r, n - s, point[1] & 1 ^ 1)


@contextlib.contextmanager
def remembering() -> Iterator[None]:
    """For tests that check nearly the same proof a thousand times: what was worked out once is kept."""
    hashed = lru_cache(maxsize=1 << 16)(keccak256)
    with mock.patch("stun_sdk.receipts.check.recover", lru_cache(maxsize=1 << 16)(secp256k1.recover)), \
            mock.patch("stun_sdk.receipts.typed_data.keccak256", hashed), \
            mock.patch("stun_sdk.receipts.wire.keccak256", hashed):
        yield
