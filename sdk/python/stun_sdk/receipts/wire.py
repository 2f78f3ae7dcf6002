"""Orders, receipts and verdicts as they stand in canonical CBOR.

A value on the wire is ``[1, record]``; a record is a map whose keys are the positions of its fields, from 1. The fields
get their EIP-712 names here, so that what was decoded is what :mod:`stun_sdk.receipts.typed_data` hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import cbor
from .keccak import keccak256

OUTCOMES = ("Complete", "Failed", "Cancelled")
JUDGEMENTS = ("Paid", "Unpaid", "Fraud")

PAID, COMPLETE = 0, 0
_WIRE_VERSION = 1
_MICROS = 1 << 64


class ProofError(ValueError):
    """A proof cannot be read, or does not hold. ``faults`` has a sentence for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Signature:
    """r, s and the recovery id of a signature on secp256k1."""

    r: int
    s: int
    recovery_id: int

    @property
    def text(self) -> str:
        """As wallets write it: 0x, r, s and v, which is 27 or 28."""
        return f"0x{self.r:064x}{self.s:064x}{self.recovery_id + 27:02x}"


@dataclass(frozen=True)
class Signed:
    """A message (fields by their EIP-712 names), who is to have signed it, and its canonical bytes."""

    message: dict[str, Any]
    signature: Signature
    raw: bytes
    salt: bytes = b""


@dataclass(frozen=True)
class Vote:
    """A validator's signature."""

    validator: str
    signature: Signature


@dataclass(frozen=True)
class SignedVerdict:
    """A verdict and the votes for it."""

    message: dict[str, Any]
    votes: tuple[Vote, ...]
    raw: bytes


_Reader = Callable[[Any], Any]


def _integer(bits: int) -> _Reader:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << bits:
            raise ValueError(f"{value!r} is no number of {bits} bits")
        return value
    return read


def _micros(value: Any) -> int:
    # The signed form has no negative times: the bits are kept.
    if isinstance(value, bool) or not isinstance(value, int) or not -(1 << 63) <= value < 1 << 63:
        raise ValueError(f"{value!r} is no time")
    return value % _MICROS


def _bytes(size: int) -> _Reader:
    def read(value: Any) -> str:
        if not isinstance(value, bytes) or len(value) != size:
            raise ValueError(f"not {size} bytes")
        return "0x" + value.hex()
    return read


def _spec(value: Any) -> str:
    """A task's spec enters an order as the hash of its canonical form: it is not looked into."""
    if not isinstance(value, dict):
        raise ValueError("a spec is a record")
    return "0x" + keccak256(cbor.encode(value)).hex()


def _signature(value: Any) -> Signature:
    raw = bytes.fromhex(_bytes(65)(value)[2:])
    return Signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big"), raw[64])


def _same(value: Any) -> Any:
    return value


_ADDRESS, _DIGEST, _TASK = _bytes(20), _bytes(32), _bytes(16)

_ORDER: dict[str, _Reader] = {
    "requester": _ADDRESS, "idempotencyKey": _integer(64), "spec": _spec, "runTimeMax": _micros,
    "priceLimit": _integer(128), "deadline": _micros, "priority": _integer(8), "modelCreator": _ADDRESS,
    "home": _integer(64),
}
_RECEIPT: dict[str, _Reader] = {
    "attempt": _integer(64), "task": _TASK, "provider": _ADDRESS, "offer": _integer(64), "spec": _DIGEST,
    "result": _DIGEST, "proof": _DIGEST, "resumedFrom": _DIGEST, "runTime": _micros,
}
_FINDING: dict[str, _Reader] = {
    "attempt": _integer(64), "provider": _ADDRESS, "judgement": _integer(8), "pay": _integer(128),
}
_VERDICT: dict[str, _Reader] = {
    "task": _TASK, "round": _integer(16), "outcome": _integer(8), "result": _DIGEST, "findings": _same,
    "cheatPassPpb": _integer(32),
}
_VOTE: dict[str, _Reader] = {"validator": _ADDRESS, "signature": _signature}


def _record(what: str, value: Any, fields: dict[str, _Reader]) -> dict[str, Any]:
    if not isinstance(value, dict) or list(value) != list(range(1, len(fields) + 1)):
        raise ProofError([f"{what}: not a record of {len(fields)} fields."])
    record = {}
    for (name, read), item in zip(fields.items(), value.values(), strict=True):
        try:
            record[name] = read(item)
        except (ValueError, TypeError) as bad:
            raise ProofError([f"{what}.{name}: {bad}."]) from bad
    return record


def _list(what: str, value: Any, fields: dict[str, _Reader]) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise ProofError([f"{what}: not a list."])
    return [_record(what, item, fields) for item in value]


def decode(what: str, raw: bytes) -> Any:
    """A value, canonical to the last byte."""
    try:
        return cbor.decode(raw)
    except (cbor.CborError, RecursionError) as bad:
        raise ProofError([f"{what}: {bad}."]) from bad


def _opened(what: str, raw: bytes) -> Any:
    value = decode(what, raw)
    if not isinstance(value, list) or len(value) != 2 or value[0] != _WIRE_VERSION or isinstance(value[0], bool):
        raise ProofError([f"{what}: not [{_WIRE_VERSION}, record]."])
    return value[1]


def read_order(raw: bytes) -> Signed:
    """A SignedOrder."""
    outer = _record("SignedOrder", _opened("SignedOrder", raw), {"order": _same, "signature": _signature})
    return Signed(_record("TaskOrder", outer["order"], _ORDER), outer["signature"], raw)


def read_receipt(raw: bytes) -> Signed:
    """A SignedReceipt; the salt opens the commitment that came before it."""
    fields: dict[str, _Reader] = {"receipt": _same, "salt": _DIGEST, "signature": _signature}
    outer = _record("SignedReceipt", _opened("SignedReceipt", raw), fields)
    return Signed(_record("Receipt", outer["receipt"], _RECEIPT), outer["signature"], raw,
                  bytes.fromhex(outer["salt"][2:]))


def read_verdict(raw: bytes) -> SignedVerdict:
    """A SignedVerdict."""
    outer = _record("SignedVerdict", _opened("SignedVerdict", raw), {"verdict": _same, "signatures": _same})
    message = _record("Verdict", outer["verdict"], _VERDICT)
    message["findings"] = _list("Finding", message["findings"], _FINDING)
    if message["outcome"] >= len(OUTCOMES) or any(each["judgement"] >= len(JUDGEMENTS)
                                                  for each in message["findings"]):
        raise ProofError(["Verdict: an outcome or a judgement that does not exist."])
    votes = tuple(Vote(**vote) for vote in _list("Vote", outer["signatures"], _VOTE))
    return SignedVerdict(message, votes, raw)


def manifest_digest(files: list[tuple[str, str, int]]) -> str:
    """The digest of a result: SHA-256 of the canonical form of its files, each (name, ``sha256:...``, size)."""
    entries = [{1: name, 2: bytes.fromhex(digest.removeprefix("sha256:")), 3: size} for name, digest, size in files]
    return "sha256:" + hashlib.sha256(cbor.encode([_WIRE_VERSION, {1: entries}])).hexdigest()
